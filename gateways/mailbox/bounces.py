"""Reads the report of a mail server that a mail of ours did not arrive (RFC 3464)."""

from __future__ import annotations

import re
from email.message import Message

from gateways.mailbox.letters_read import header_text
from gateways.mailbox.mail_read import Bounce
from gateways.mailbox.raw_parts import payload_of

_ID = re.compile(r"(?im)^message-id:\s*(<[^<>\s]{1,248}>)")
_LONGEST = 100_000


def bounce_of(parts: list[tuple[Message, int]]) -> Bounce | None:
    """What became of the mail, where this one is such a report; the first recipient of several."""
    status = next((part for part, _depth in parts if _kind(part) == "message/delivery-status"), None)
    if status is None:
        return None
    found = Bounce()
    blocks = payload_of(status)
    for block in blocks if isinstance(blocks, list) else []:
        if recipient := _value(block, "Final-Recipient") or _value(block, "Original-Recipient"):
            found.recipient = recipient.rpartition(";")[2].strip().strip("<>").lower()[:254]
            found.status = _value(block, "Status").split(" ")[0][:20]
            found.is_final = _value(block, "Action").lower() == "failed"
            found.said = _value(block, "Diagnostic-Code").partition(";")[2].strip()[:200]
            break
    found.message_id = next((own for part, _depth in parts if (own := _own_id(part))), "")
    return found


def _own_id(part: Message) -> str:
    """The Message-ID of the mail that came back, whole or as headers."""
    kind, payload = _kind(part), payload_of(part)
    if kind == "message/rfc822" and isinstance(payload, list) and payload:
        return _value(payload[0], "Message-ID").strip()[:250]
    if kind in ("text/rfc822-headers", "message/rfc822-headers", "message/rfc822") and isinstance(payload, str):
        head = _ID.search(payload[:_LONGEST])
        return head[1] if head else ""
    return ""


def _kind(part: Message) -> str:
    try:
        return part.get_content_type()
    except Exception:  # a broken header is none
        return ""


def _value(block: Message, name: str) -> str:
    try:
        return header_text(block.get(name, ""))
    except Exception:  # a broken header is none
        return ""
