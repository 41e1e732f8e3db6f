"""Reads from whom a mail is, strictly, and whether our own mail server vouches for it (security.md M1, M10).

Who somebody calls himself proves nothing: the address between < and > counts, and one that can be read in two ways is
none. Only the topmost Authentication-Results header of our own server is believed (RFC 8601, section 5).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gateways.mailbox.letters_read import header_text, with_letters

LONGEST = 2_000  # characters of a From header
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@\x00-\x20\x7f-\U0010ffff]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\s*([a-z0-9-]+)\s*=\s*([a-z]+)")
_PROPERTY = re.compile(r"\b(header\.from|header\.d|header\.i|smtp\.mailfrom)\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)


class Sender(NamedTuple):
    """The address in small letters ("" where it is none, or not clear), and the name as written beside it."""

    address: str
    name: str
    fault: str = ""


def sender_of(headers: list[str]) -> Sender:
    """From the raw From headers of a mail; there must be one, with one address."""
    if len(headers) != 1:
        return Sender("", "", "no From" if not headers else "several From")
    raw = headers[0]
    if len(raw) > LONGEST:
        return Sender("", "", "From is too long")
    raw = with_letters(raw)
    line = " ".join(raw.split())
    quoted = _QUOTED.search(line)
    rest = _QUOTED.sub(" ", line) if line.count('"') % 2 == 0 else line
    bracketed = re.findall(r"<([^<>]*)>", rest)
    if len(bracketed) > 1 or rest.count("<") != len(bracketed) or rest.count(">") != len(bracketed):
        return Sender("", header_text(line)[:120], "From is not clear")
    bare = _COMMENT.sub(" ", rest)
    if bracketed:
        address, beside = bracketed[0].strip(), re.sub(r"<[^<>]*>", " ", bare)
    else:
        address, beside = bare.strip(), ""
    name = header_text(quoted[1].replace("\\", "") if quoted else beside)[:120]
    address = _ascii(address.lower())
    if not _ADDRESS.fullmatch(address) or ".." in address.partition("@")[2]:
        return Sender("", name or header_text(line)[:120], "From is no address")
    if _is_doubtful(beside, address):
        return Sender("", name, "From is not clear")
    return Sender(address, name if name.lower() != address else "")


def _is_doubtful(beside: str, address: str) -> bool:
    """Outside quotation marks another address stands beside it, or a list begins."""
    words = header_text(beside)
    return "," in beside and "@" in beside or ("@" in words and address not in words.lower())


def _ascii(address: str) -> str:
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        return ""


def vouched(headers: list[str], authserv_id: str, sender: str) -> str:
    """What our own server (`authserv_id`) says in its topmost header: "pass" where the sender's domain wrote this mail,
    "fail" where it says that another did, "" where it says neither."""
    domain = sender.rpartition("@")[2]
    if not headers or not authserv_id or not domain:
        return ""
    plain = " ".join(_without_comments(headers[0][:20_000]).split())
    first, *results = plain.split(";")
    if (first.split() or [""])[0].lower() != authserv_id.strip().lower():
        return ""
    said: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for result in results:
        if found := _RESULT.match(result.lower()):
            properties = {name.lower(): value.lower() for name, value in _PROPERTY.findall(result)}
            said.setdefault(found[1], []).append((found[2], properties))
    dmarc = said.get("dmarc", [])
    if any(is_ == "pass" and p.get("header.from") == domain for is_, p in dmarc):
        return "pass"
    if any(is_ == "fail" for is_, _p in dmarc):
        return "fail"
    is_signed = _passes(said.get("dkim", []), domain, "header.d", "header.i")
    return "pass" if is_signed and _passes(said.get("spf", []), domain, "smtp.mailfrom") and not dmarc else ""


def _passes(said: list[tuple[str, dict[str, str]]], domain: str, *properties: str) -> bool:
    """Passed, for this very domain (strict alignment, RFC 7489, 3.1)."""
    named = (p[name].rpartition("@")[2] for is_, p in said if is_ == "pass" for name in properties if name in p)
    return any(name == domain for name in named)


def _without_comments(text: str) -> str:
    """Comments (RFC 5322, 3.2.2) are left out, nested ones too: what stands in them is anybody's."""
    kept, depth, is_quoted = [], 0, False
    for character in text:
        if character == '"' and not depth:
            is_quoted = not is_quoted
        if character == "(" and not is_quoted:
            depth += 1
        elif character == ")" and not is_quoted and depth:
            depth -= 1
        elif not depth:
            kept.append(character)
    return "".join(kept)
