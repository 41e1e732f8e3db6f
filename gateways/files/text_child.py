"""The guarded child that takes the words out of text, PDF and office files, for search (security.md U4).

It answers with the keys by which the file is found, and whether there were more than are kept.
"""

from __future__ import annotations

import html
import io
import re
import zipfile

from gateways.files.file_kind import OFFICE_TYPES, TEXT_TYPES
from gateways.guarded.child import serve
from models.base.columns.json_value import Json
from models.base.search.terms import keys_of
from models.base.text_encoding import NotText, decode

MOST_LETTERS = 400_000  # of a file; what stands behind is not searched
MOST_KEYS = 12_000
MOST_PAGES = 200
MOST_UNPACKED = 30 * 1024 * 1024
_PARTS = {
    OFFICE_TYPES["docx"]: "word/document.xml",
    OFFICE_TYPES["xlsx"]: "xl/sharedStrings.xml",
    OFFICE_TYPES["odt"]: "content.xml",
    OFFICE_TYPES["ods"]: "content.xml",
}
_GAP = re.compile(r"</(?:w:p|text:p|text:h|si|table:table-cell)>|<(?:w:br|w:tab|text:tab|text:line-break)\b[^>]*>")
_MARKUP = re.compile(r"<[^>]*>")


class NoWords(Exception):
    """The file has none that can be read, or more than is read; the words say which."""


def _read(raw: bytes, content_type: str) -> tuple[dict[str, Json], list[bytes]]:
    text = _text(raw, content_type)
    keys = keys_of(text[:MOST_LETTERS])
    return {"keys": keys[:MOST_KEYS], "is_cut": len(text) > MOST_LETTERS or len(keys) > MOST_KEYS}, []


def _text(raw: bytes, content_type: str) -> str:
    if content_type in TEXT_TYPES.values():
        try:
            return decode(raw).text
        except NotText:
            raise NoWords("no text in any encoding that is read") from None
    return _of_pdf(raw) if content_type == "application/pdf" else _of_office(raw, _PARTS[content_type])


def _of_pdf(raw: bytes) -> str:
    from pypdf import PdfReader  # noqa: PLC0415  # after the limits are set
    from pypdf.errors import PyPdfError  # noqa: PLC0415  # the same

    try:
        reader = PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise NoWords("it opens with a password alone")
        parts: list[str] = []
        for page in reader.pages[:MOST_PAGES]:
            parts.append(page.extract_text())
            if sum(map(len, parts)) > MOST_LETTERS:
                break
        return "\n".join(parts)
    except PyPdfError as broken:
        raise NoWords(f"damaged: {type(broken).__name__}") from None


def _of_office(raw: bytes, part: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive, archive.open(part) as member:
            written = member.read(MOST_UNPACKED + 1)
    except (zipfile.BadZipFile, KeyError):
        raise NoWords("damaged, or without text") from None
    if len(written) > MOST_UNPACKED:
        raise NoWords("too large when it is unpacked")
    return html.unescape(_MARKUP.sub("", _GAP.sub("\n", written.decode("utf-8", "replace"))))


if __name__ == "__main__":
    serve(_read, NoWords)
