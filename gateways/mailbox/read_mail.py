"""Reads a raw mail: runs in the guarded child alone, for hostile mail crashes Python's parser (security.md M11, Z12).

The old policy (compat32) is used, which leaves every header as it came; each part and header is then read by itself,
so that one broken part costs no more than itself.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email import policy
from email.message import Message
from email.utils import collapse_rfc2231_value
from typing import Any

from gateways.mailbox.automatic import kind_of, wants_silence
from gateways.mailbox.bounces import bounce_of
from gateways.mailbox.html_words import plain_of
from gateways.mailbox.letters_read import header_text, text_of
from gateways.mailbox.mail_read import (
    LONGEST_TEXT,
    MOST_BYTES,
    MOST_DEPTH,
    MOST_PARTS,
    MOST_REFERENCES,
    MailRead,
    ReadFile,
    Unreadable,
)
from gateways.mailbox.message_id import all_ids, first_id
from gateways.mailbox.raw_parts import headers_named, payload_of
from gateways.mailbox.sender import sender_of

MOST_BOUNDARIES = 100
_BOUNDARY = re.compile(rb"(?i)boundary\s{0,20}=")
_TEXTS = ("text/plain", "text/html")
_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
KINDS_REMARKED = {
    "application/ms-tnef": "winmail",
    "multipart/encrypted": "encrypted",
    "application/pkcs7-mime": "smime",
    "application/x-pkcs7-mime": "smime",
    "text/calendar": "calendar",
    "multipart/signed": "signed",
}
SIGNATURES = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}


def read_mail(raw: bytes) -> MailRead:
    """Raises Unreadable where it has too many or too deep parts; whatever else is broken is read as far as it goes."""
    if len(raw) > MOST_BYTES:
        raise Unreadable("larger than 25 MB")
    if len(_BOUNDARY.findall(raw)) > MOST_BOUNDARIES:  # Python's parser takes time by the square of the layers
        raise Unreadable(f"more than {MOST_BOUNDARIES} parts with parts")
    try:
        mail = email.message_from_bytes(raw, policy=policy.compat32)
        parts = list(_parts(mail))
    except RecursionError:
        raise Unreadable(f"parts in more than {MOST_DEPTH} layers") from None
    sender = sender_of(_headers(mail, "From"))
    found = MailRead(
        message_id=first_id(_header(mail, "Message-ID")),
        sender=sender.address,
        sender_name=sender.name,
        sender_fault=sender.fault,
        recipients=_recipients(mail),
        subject=header_text(_header(mail, "Subject"))[:250],
        references=_references(mail),
        authentication=[text[:20_000] for text in _headers(mail, "Authentication-Results")[:5]],
        kind=kind_of(mail, sender.address),
        is_silent=wants_silence(mail),
        loop=header_text(_header(mail, "X-Loop"))[:250],
        bounce=bounce_of(parts),
    )
    _read_parts(found, parts)
    return found


def _parts(mail: Message) -> Iterator[tuple[Message, int]]:
    """Every part that is a leaf, or that says by its kind what the mail is, with its depth; limits are kept."""
    waiting, count = [(mail, 1)], 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if count > MOST_PARTS:
            raise Unreadable(f"more than {MOST_PARTS} parts")
        if depth > MOST_DEPTH:
            raise Unreadable(f"parts in more than {MOST_DEPTH} layers")
        yield part, depth
        payload = payload_of(part)
        if isinstance(payload, list):
            waiting += [(inner, depth + 1) for inner in reversed(payload) if isinstance(inner, Message)]


def _read_parts(found: MailRead, parts: list[tuple[Message, int]]) -> None:
    plain: list[str] = []
    html: list[str] = []
    inside = 0  # `inside`: the depth of a mail that is enclosed in this one
    for part, depth in parts:
        kind = _kind(part)
        inside = 0 if inside and depth <= inside else inside
        if (remark := KINDS_REMARKED.get(kind)) and remark not in found.remarks:
            found.remarks.append(remark)
        if isinstance(payload_of(part), list):
            if kind == "message/rfc822" and depth > 1 and not inside:
                inside = depth
                found.remarks.append("enclosed")
            continue
        if kind in SIGNATURES or kind == "message/delivery-status":
            continue
        data, name = _data(part), _file_name(part)
        is_file = _is_attached(part) or bool(name and kind not in _TEXTS)
        if kind in _TEXTS and not is_file:
            text = text_of(data, _parameter(part, "charset"))[: LONGEST_TEXT + 1]
            (plain if kind == "text/plain" else html).append(_enclosed(text) if inside else text)
        elif data:
            name = name or _name_for(kind, len(found.files) + 1)
            content_id = first_id(_header(part, "Content-ID")).strip("<>")
            found.files.append(ReadFile(name[:200], kind, content_id[:250], data))
    found.html = "\n".join(html)[:LONGEST_TEXT]
    text = "\n\n".join(words for words in plain if words.strip()) or plain_of(found.html)
    if len(text) > LONGEST_TEXT:
        found.remarks.append("cut")
    found.text = text[:LONGEST_TEXT].strip("\n")


def _enclosed(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


def _headers(mail: Message, name: str) -> list[str]:
    try:
        return headers_named(mail, name)
    except Exception:  # a broken header is no header
        return []


def _header(mail: Message, name: str) -> str:
    return (_headers(mail, name) or [""])[0]


def _references(mail: Message) -> list[str]:
    """In-Reply-To, then References from the newest on."""
    answered = all_ids(_header(mail, "In-Reply-To")[:10_000])
    older = all_ids(_header(mail, "References")[-50_000:])
    return list(dict.fromkeys([*answered, *reversed(older)]))[:MOST_REFERENCES]


def _recipients(mail: Message) -> list[str]:
    """Every address to which it came: the headers that servers add first, then those that the sender wrote."""
    names = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
    text = " ".join(value[:10_000] for name in names for value in _headers(mail, name)[:5])
    return list(dict.fromkeys(re.findall(r"[\w.+=-]{1,64}@[\w.-]{1,250}", text.lower())))[:50]


def _kind(part: Message) -> str:
    try:
        kind = part.get_content_type()
    except Exception:  # Python's own reader falls over some
        return "text/plain"
    if kind.startswith("multipart/") and not isinstance(payload_of(part), list):
        return "text/plain"  # it names no boundary, or one that never comes
    return kind if _TYPE.fullmatch(kind) else "application/octet-stream"


def _data(part: Message) -> bytes:
    try:
        data: Any = part.get_payload(decode=True)
    except Exception:  # an encoding that is none
        data = None
    if data is None:
        payload = payload_of(part)
        data = payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""
    return bytes(data)


def _parameter(part: Message, name: str) -> str:
    try:
        value: Any = part.get_param(name, "")
        return collapse_rfc2231_value(value)[:60] if value else ""
    except Exception:  # broken parameters are none
        return ""


def _is_attached(part: Message) -> bool:
    return _header(part, "Content-Disposition").strip().lower().startswith("attachment")


def _file_name(part: Message) -> str:
    for header, name in (("content-disposition", "filename"), ("content-type", "name")):
        try:
            value: Any = part.get_param(name, "", header)
            if value:
                return header_text(collapse_rfc2231_value(value))
        except Exception:  # the next one may be whole
            continue
    return ""


def _name_for(kind: str, number: int) -> str:
    endings = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp",
               "application/pdf": "pdf", "text/calendar": "ics", "message/rfc822": "eml", "text/csv": "csv",
               "text/plain": "txt", "text/html": "html"}  # fmt: skip
    return f"lampiran-{number}.{endings.get(kind, 'bin')}"
