"""Says whether a person wrote a mail, or a machine: answering machines, lists, bounces (RFC 3834, security.md M5)."""

from __future__ import annotations

import re
from email.message import Message

from gateways.mailbox.raw_parts import headers_named

_SUBJECT = re.compile(
    r"(?i)^(automatic reply|auto(matic)?[- ]?(reply|response|responder)|out of (the )?office|balasan otomatis"
    r"|jawaban otomatis|sedang (tidak di kantor|cuti)|abwesenheit|réponse automatique|respuesta automática)\b"
)
_MACHINES = re.compile(r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|noreply\w*|bounce[s]?|daemon)([+@.-]|$)")
_LISTS = ("List-Id", "List-Post", "List-Unsubscribe", "X-Mailing-List")


def kind_of(mail: Message, sender: str) -> str:
    """bounce, auto_reply, list, machine; "" where nothing says that it is not by a person."""
    content = _value(mail, "Content-Type")
    if content.startswith("multipart/report") and "disposition-notification" not in content:
        return "bounce"
    if sender.startswith(("mailer-daemon@", "mailer-daemon+")):
        return "bounce"
    if _value(mail, "Auto-Submitted").startswith(("auto-replied", "auto_replied")) or _SUBJECT.match(
        _value(mail, "Subject")
    ):
        return "auto_reply"
    if any(_value(mail, name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponse", "X-Auto-Reply-From")):
        return "auto_reply"
    if _value(mail, "Precedence") in ("auto_reply", "auto-reply"):
        return "auto_reply"
    if any(_value(mail, name) for name in _LISTS) or _value(mail, "Precedence") == "list":
        return "list"
    if _is_by_machine(mail, sender) or "disposition-notification" in content:
        return "machine"
    return ""


def wants_silence(mail: Message) -> bool:
    """Is it one that no automatic mail may answer? Wider than kind_of: a person's mail may ask for silence."""
    return bool(_value(mail, "X-Auto-Response-Suppress")) or _value(mail, "Return-Path") == "<>"


def _is_by_machine(mail: Message, sender: str) -> bool:
    said = _value(mail, "Auto-Submitted")
    return (
        (said not in ("", "no") and not said.startswith("no "))
        or _value(mail, "Precedence") in ("bulk", "junk")
        or _value(mail, "Return-Path") == "<>"
        or bool(_MACHINES.match(sender))
    )


def _value(mail: Message, name: str) -> str:
    try:
        return " ".join("".join(headers_named(mail, name)[:1])[:2_000].split()).lower()
    except Exception:  # a broken header says nothing
        return ""
