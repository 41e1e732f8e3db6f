"""How a text file's bytes are written, for every file that a person uploads: UTF-8, UTF-16 or an old Windows code page.

A file of UTF-8 in which a few bytes are none keeps its other letters: those bytes are read as Windows-1252, and the
lines they stand in are named, so that somebody looks at them.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

FORGIVING = "as-windows-1252"  # errors= of open(): what is no UTF-8 is read as Windows-1252
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MOST_NAMED = 100


class NotText(ValueError):
    """These bytes are no text in any encoding that we read."""


@dataclass(frozen=True)
class Encoding:
    """Python's name of the encoding, and the lines (from 1) whose letters are doubtful."""

    name: str
    doubtful_lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Decoded:
    """A text, how it was written, and the lines (from 1) whose letters are doubtful."""

    text: str
    encoding: str
    doubtful_lines: tuple[int, ...] = ()


def decode(data: bytes, older: str = "cp1252") -> Decoded:
    """The text of a whole file; `older` is the code page of a file that is no Unicode. NotText for other bytes."""
    found = encoding_of(io.BytesIO(data), older)
    return Decoded(data.decode(found.name, FORGIVING).removeprefix("\ufeff"), found.name, found.doubtful_lines)


def encoding_of(stream: IO[bytes], older: str = "cp1252") -> Encoding:
    """How a seekable file is written, by its mark or else by its bytes; the file stands at its beginning again.

    Open it with `errors=FORGIVING`. Raises NotText where zero bytes say that it is no text.
    """
    stream.seek(0)
    head = stream.read(4096)
    stream.seek(0)
    name = next((name for mark, name in MARKS if head.startswith(mark)), "")
    if not name and b"\0" in head:
        name = _unmarked_utf16(head)
    if name.startswith(("utf-16", "utf-32")):
        return Encoding(name)
    good, bad = _judged(stream)
    if name or len(bad) <= len(good):
        return Encoding(name or "utf-8", tuple(bad[:MOST_NAMED]))
    return Encoding(older, tuple(good[:MOST_NAMED]))


def _unmarked_utf16(head: bytes) -> str:
    little, big = head[1::2].count(0), head[0::2].count(0)
    if max(little, big) < len(head) // 8 or min(little, big) > len(head) // 16:
        raise NotText
    return "utf-16-le" if little > big else "utf-16-be"


def _judged(stream: IO[bytes]) -> tuple[list[int], list[int]]:
    """The numbers of the lines with letters outside ASCII: those that are UTF-8, and those that are not."""
    good: list[int] = []
    bad: list[int] = []
    for number, line in enumerate(_lines(stream), 1):
        if not line.isascii():
            (good if _is_utf8(line) else bad).append(number)
    stream.seek(0)
    return good, bad


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines as a text editor counts them: ended by LF, CR LF or a lone CR."""
    for line in stream:
        yield from line.removesuffix(b"\n").removesuffix(b"\r").split(b"\r")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    piece = error.object[error.start : error.end]
    return piece.decode("cp1252", "replace"), error.end


codecs.register_error(FORGIVING, _as_windows_1252)
