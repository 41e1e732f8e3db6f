"""The text of a measuring file as a tester's machine wrote it: UTF-8, UTF-16 (PowerShell's `>`), or a code page.

What the readers look for (digits, =, %, !, ms, addresses) is ASCII in every code page of Windows. Bytes above
that only have to stay where they are, so an unknown code page is read as Latin-1 and no letter is guessed.
"""

import re

from flask_babel import gettext as _

from models.base.text_encoding import NotText, decode

_TERMINAL = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B]|[=>78cM])")
_ERASED = re.compile(r"[^\x08\n]?\x08")
_OTHERS = (b"%PDF-", b"{\\rtf", b"PK\x03\x04", b"\xff\xd8\xff", b"\x89PNG", b"\xd0\xcf\x11\xe0")


class UnreadableMeasurement(ValueError):
    """A measuring file that cannot be taken; the message is a sentence for who uploaded it."""


def text_of(data: bytes) -> str:
    """The file's text, with \\n at each line's end and without a terminal's colours and erased letters."""
    if data.startswith(_OTHERS):
        raise UnreadableMeasurement(_no_text())
    try:
        text = decode(data, older="latin-1").text.replace("\0", "")
    except NotText:
        raise UnreadableMeasurement(_no_text()) from None
    text = _TERMINAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    while "\b" in text:
        text = _ERASED.sub("", text)
    return text


def _no_text() -> str:
    return _("Berkas ini dokumen atau gambar, bukan teks. Simpan keluaran perintahnya sebagai berkas .txt.")
