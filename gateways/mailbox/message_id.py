"""Finds the Message-ID of a raw mail without reading the mail: by it and its hash a mail is known again."""

from __future__ import annotations

import re

_LINE = re.compile(rb"(?im)^message-id:[ \t]*(?:\r?\n[ \t]+)?([^\r\n]{0,1000})")
_ID = re.compile(r"<[^<>\s\x00-\x20\x7f-\U0010ffff]{1,248}>")
_LONGEST_HEAD = 200_000  # bytes


def message_id_of(raw: bytes) -> str:
    """With its angle brackets; "" where there is none that is one."""
    head = raw[:_LONGEST_HEAD].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    found = _LINE.search(head)
    return first_id(found[1].decode("ascii", "replace")) if found else ""


def first_id(text: str) -> str:
    found = _ID.search(text[:2_000])
    return found[0] if found else ""


def all_ids(text: str) -> list[str]:
    return _ID.findall(text)
