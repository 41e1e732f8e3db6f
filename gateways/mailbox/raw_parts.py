"""Headers and contents of a mail's part as they came, past the questions at which Python's own reader falls over."""

from __future__ import annotations

from email.message import Message
from typing import Any


def headers_named(mail: Message, name: str) -> list[str]:
    """The headers of this name, eight-bit bytes too: Python's own question makes question marks of those."""
    return [str(value) for key, value in mail.raw_items() if key.lower() == name.lower()]


def payload_of(part: Message) -> Any:
    """The parts within, or the text as it stands; get_payload() asks for a charset first, which may be none."""
    return part._payload  # type: ignore[attr-defined]  # there is no other way to it
