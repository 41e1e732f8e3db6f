"""Signs a mail with our own key, where one is configured, so that receivers can tell that it is ours (RFC 6376)."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"in-reply-to", b"references", b"mime-version",
    b"content-type", b"content-transfer-encoding", b"auto-submitted",
)  # fmt: skip


class NotSigned(Exception):
    """The key cannot be read or is none; the mail waits."""


def signed(wire: bytes) -> bytes:
    """The mail with a signature on top; as it is where no key is configured. Raises NotSigned."""
    key_file = current_app.config.get("MAIL_DKIM_KEY_FILE")
    if not key_file:
        return wire
    import dkim  # noqa: PLC0415  # with a DNS library: for whoever signs alone

    domain = str(current_app.config["MAIL_DEFAULT_SENDER"]).rpartition("@")[2].strip("> ")
    selector = current_app.config["MAIL_DKIM_SELECTOR"]
    present = {line.partition(b":")[0].lower() for line in wire.partition(b"\r\n\r\n")[0].split(b"\r\n")}
    try:
        key = Path(key_file).read_bytes()
        line: bytes = dkim.sign(
            wire, selector.encode(), domain.encode(), key, canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name for name in SIGNED if name in present],
        )  # fmt: skip
    except (OSError, dkim.DKIMException, ValueError) as fault:
        raise NotSigned(f"{type(fault).__name__}: {fault}"[:200]) from fault
    return line + wire
