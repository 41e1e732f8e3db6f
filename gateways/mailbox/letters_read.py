"""Turns the bytes and headers of a mail into letters, whatever charset they claim to be written in.

Charsets come from a list of ours: Python's own list holds codecs that are no writing at all (rot13, zlib, idna).
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re

LONGEST_HEADER = 20_000  # characters that are looked at
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(=\?)")
_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_OTHER_NAMES = {
    "ascii": "cp1252", "us-ascii": "cp1252", "ansi_x3.4-1968": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252",
    "latin-1": "cp1252", "iso8859-1": "cp1252", "8bit": "cp1252", "unknown-8bit": "cp1252", "default": "cp1252",
    "x-unknown": "cp1252", "utf8": "utf-8", "unicode-1-1-utf-8": "utf-8", "utf-8-sig": "utf-8", "x-utf-8": "utf-8",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "ks-c-5601-1987": "cp949", "euc-kr": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "windows-31j": "cp932",
    "big5": "big5hkscs", "tis-620": "cp874", "windows-874": "cp874", "iso-8859-8-i": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6", "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "cp-850": "cp850",
    "unicode": "utf-16", "iso-10646-ucs-2": "utf-16", "iso-8859-9": "cp1254", "iso-8859-11": "cp874",
}  # fmt: skip
_KNOWN = re.compile(
    r"utf-(7|8|16|16le|16be|32|32le|32be)|iso-8859-\d{1,2}|iso-2022-(jp|jp-1|jp-2|kr)|windows-125\d|cp125\d|koi8-[ru]"
    r"|gb18030|euc-jp|cp(437|850|852|858|866|874|932|949)|big5hkscs|mac_roman|hz-gb-2312"
)


def text_of(data: bytes, charset: str = "") -> str:
    """The bytes of a text part as text: what it says it is where that is true, else UTF-8, else Windows-1252."""
    name = _codec(charset)
    if name not in ("utf-8", "cp1252"):
        try:
            return cleaned(data.decode(name))
        except (UnicodeError, LookupError, ValueError):
            pass
    for attempt in ("utf-8", "cp1252"):
        try:
            return cleaned(data.decode(attempt))
        except UnicodeError:
            continue
    return cleaned(data.decode("utf-8" if name == "utf-8" else "latin-1", "replace"))


def header_text(raw: object) -> str:
    """A header as people read it: encoded words (RFC 2047) as letters, on one line, without control characters."""
    if not isinstance(raw, str):
        raw = str(raw)
    raw = " ".join(with_letters(raw[:LONGEST_HEADER]).split())
    if "=?" in raw:
        raw = _WORD.sub(_decoded, _BETWEEN.sub(r"\1\2", raw))
    return " ".join(cleaned(raw).split())


def with_letters(raw: str) -> str:
    """A raw header in which eight-bit bytes stood bare, with those as letters."""
    return text_of(raw.encode("utf-8", "surrogateescape")) if _SURROGATES.search(raw) else raw


def cleaned(text: str) -> str:
    """Without NUL and other control characters, lone surrogates and the mark at its beginning; lines end in \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))


def _codec(charset: str) -> str:
    name = charset.strip().strip("\"'").lower().replace("_", "-").partition("*")[0]
    name = _OTHER_NAMES.get(name.replace("-", "_")) or _OTHER_NAMES.get(name) or name
    return name if _KNOWN.fullmatch(name) else "cp1252"


def _decoded(found: re.Match[str]) -> str:
    charset, how, said = found.groups()
    try:
        if how in "bB":
            data = base64.b64decode(said.encode("ascii", "ignore") + b"==")
        else:
            data = quopri.decodestring(said.replace("_", " ").encode("ascii", "replace"), header=False)
    except (binascii.Error, ValueError):
        return found[0]
    return text_of(data, charset)
