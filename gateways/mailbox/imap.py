"""Fetches raw mails from an IMAP server, over a checked connection, and marks there what is stored here.

imap-tools makes the connection and keeps the folder; the bytes are asked for past its own reading of mails, which would
be done in this process. Every wait has an end: a server that hangs costs one turn (security.md Z11).
"""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailMessageFlags
from imap_tools.errors import ImapToolsError

from gateways.mailbox.mail_read import MOST_BYTES
from gateways.mailbox.overheard import Hear, overhear

SECONDS = 30
LEAVE_SECONDS = 1
MOST_EMPTY = 5  # times that there was something to read and nothing came: the line is cut
BEGINNING = 256 * 1024  # bytes that are fetched of a mail that is larger than may be
BYTES_A_GROUP = 8 * 1024 * 1024  # that are asked for in one question
_Facts = tuple[int, datetime | None]  # size in bytes, and when it came in
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")


class NotFetched(Exception):
    """The mailbox cannot be read now: not reached, not let in, no such folder; the words say which."""


@dataclass(frozen=True)
class Place:
    """Where a mailbox is, as a person typed it."""

    host: str
    port: int
    security: str  # tls or starttls
    username: str
    password: str
    folder: str
    token: str = ""  # OAuth2, instead of the password


@dataclass(frozen=True)
class Fetched:
    """A raw mail; of one that is too large only the beginning."""

    uid: int
    raw: bytes
    size: int
    received_at: datetime | None


class OpenMailbox:
    """A folder that is being read."""

    def __init__(self, box: BaseMailBox, uid_validity: int) -> None:
        self._box, self.uid_validity = box, uid_validity

    def uids_after(self, last: int, most: int) -> list[int]:
        """The next UIDs above `last`, in order, `most` at most."""
        kind, found = self._ask("UID", "SEARCH", f"UID {last + 1}:*")
        uids = sorted(int(uid) for line in found for uid in (line or b"").split() if uid.isdigit())
        return [uid for uid in uids if uid > last][:most]  # "n:*" always names the last one

    def fetch(self, uids: list[int], most_bytes: int) -> list[Fetched]:
        """These mails in order, unread as before, as far as they fit into `most_bytes`, the first in any case.

        Many are asked for at once. Of one that is gone meanwhile there are no bytes.
        """
        facts, found, taken = self._facts(uids), list[Fetched](), 0
        for group in _groups(uids, facts):
            if taken > most_bytes:
                break
            raws = self._bodies([uid for uid in group if uid in facts], facts)
            for uid in group:
                size, received_at = facts.get(uid, (0, None))
                raw = raws.get(uid, b"")
                found.append(Fetched(uid, raw, (size or len(raw)) if raw else 0, received_at))
                taken += len(raw)
        return found

    def _facts(self, uids: list[int]) -> dict[int, _Facts]:
        """Of those that are there."""
        found: dict[int, _Facts] = {}
        for line in self._ask("UID", "FETCH", _listed(uids), "(RFC822.SIZE INTERNALDATE)")[1]:
            if isinstance(line, bytes) and (uid := _UID.search(line)) and (size := _SIZE.search(line)):
                found[int(uid[1])] = (int(size[1]), _moment(line))
        return found

    def _bodies(self, uids: list[int], facts: dict[int, _Facts]) -> dict[int, bytes]:
        """The raw mails of a group; of one that is too large, which is alone in its group, the beginning."""
        if not uids:
            return {}
        wanted = "(BODY.PEEK[])" if facts[uids[0]][0] <= MOST_BYTES else f"(BODY.PEEK[]<0.{BEGINNING}>)"
        answer = self._ask("UID", "FETCH", _listed(uids), wanted)[1]
        parts = [(part, _UID.search(_with_rest(answer, at))) for at, part in enumerate(answer)]
        return {int(uid[1]): bytes(part[1]) for part, uid in parts if isinstance(part, tuple) and uid}

    def settle(self, uids: list[int], afterwards: str) -> None:
        """Mark or delete what is stored here; a server that refuses is no fault of the mails (security.md Z14)."""
        try:
            named = [str(uid) for uid in uids]
            if afterwards == "seen" and named:
                self._box.flag(named, [MailMessageFlags.SEEN], True)
            elif afterwards == "delete" and named:
                self._box.delete(named)
        except (ImapToolsError, imaplib.IMAP4.error, OSError) as fault:
            raise NotFetched(_short(fault)) from fault

    def _ask(self, *words: str) -> tuple[str, list[Any]]:
        try:
            kind, found = self._box.client.uid(*words[1:])
        except (imaplib.IMAP4.error, OSError) as fault:
            raise NotFetched(_short(fault)) from fault
        if kind != "OK":
            raise NotFetched(f"{words[1]}: {found[0]!r}"[:200])
        return kind, list(found)


class ListeningMailbox:
    """A folder whose server tells when something comes in (IDLE)."""

    def __init__(self, box: BaseMailBox) -> None:
        self._box, self._empty = box, 0

    def fileno(self) -> int:
        return self._box.client.sock.fileno()

    def has_news(self) -> bool:
        """What the server says now, when there is something to read; raises NotFetched when it hung up."""
        try:
            lines = self._box.idle.poll(timeout=0)
        except (ImapToolsError, imaplib.IMAP4.error, OSError) as fault:
            raise NotFetched(_short(fault)) from fault
        self._empty = 0 if lines else self._empty + 1
        if self._empty > MOST_EMPTY or any(line.upper().startswith(b"* BYE") for line in lines):
            raise NotFetched("the server ended the connection")
        return any(line.upper().endswith((b" EXISTS", b" RECENT")) for line in lines)


@contextmanager
def open_mailbox(place: Place, hear: Hear | None = None) -> Iterator[OpenMailbox]:
    """Connect, log in and open the folder; raises NotFetched. Only a checked certificate gets the password (Z10).

    `hear` is told what is spoken, line by line, without the password.
    """
    with _connected(place, hear) as (box, validity):
        yield OpenMailbox(box, validity)


@contextmanager
def listen(place: Place) -> Iterator[ListeningMailbox | None]:
    """The same, listening; None where the server offers no IDLE. Raises NotFetched."""
    with _connected(place, None) as (box, _validity):
        try:
            _kind, offered = box.client.capability()
            if b"IDLE" not in b" ".join(line or b"" for line in offered).upper().split():
                yield None
                return
            box.idle.start()
        except (ImapToolsError, imaplib.IMAP4.error, OSError) as fault:
            raise NotFetched(_short(fault)) from fault
        try:
            yield ListeningMailbox(box)
        finally:
            with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
                box.client.sock.settimeout(LEAVE_SECONDS)
                box.idle.stop()


@contextmanager
def _connected(place: Place, hear: Hear | None) -> Iterator[tuple[BaseMailBox, int]]:
    box: BaseMailBox | None = None
    try:
        context = ssl.create_default_context(cafile=current_app.config.get("MAIL_CA_FILE"))
        if place.security == "tls":
            box = MailBox(place.host, place.port, timeout=SECONDS, ssl_context=context)
        else:
            box = MailBoxStartTls(place.host, place.port, timeout=SECONDS, ssl_context=context)
        if hear is not None:
            overhear(box.client, hear)
        if place.token:
            _log_in_by_token(box.client, place)
        else:
            box.login(place.username, place.password, initial_folder=None)
        box.folder.set(place.folder)
        validity = box.folder.status(place.folder, ["UIDVALIDITY"])["UIDVALIDITY"]
    except (ImapToolsError, imaplib.IMAP4.error, OSError, KeyError) as fault:
        _close(box)
        raise NotFetched(_short(fault)) from fault
    try:
        yield box, int(validity)
    finally:
        _close(box)


def _log_in_by_token(client: imaplib.IMAP4, place: Place) -> None:
    """XOAUTH2, which Google and Microsoft speak, or OAUTHBEARER (RFC 7628) where a server offers that alone."""
    words = f"user={place.username}\1auth=Bearer {place.token}\1\1"
    mechanism = "XOAUTH2"
    if "AUTH=XOAUTH2" not in client.capabilities and "AUTH=OAUTHBEARER" in client.capabilities:
        name = place.username.replace("=", "=3D").replace(",", "=2C")
        words = f"n,a={name},\1host={place.host}\1port={place.port}\1auth=Bearer {place.token}\1\1"
        mechanism = "OAUTHBEARER"
    said = iter((words.encode(),))
    client.authenticate(mechanism, lambda _challenge: next(said, b"\1"))  # a refusal is asked for once more


def _close(box: BaseMailBox | None) -> None:
    if box is not None:
        try:
            box.client.logout()
        except (imaplib.IMAP4.error, OSError):
            box.client.shutdown()


def _groups(uids: list[int], facts: dict[int, _Facts]) -> list[list[int]]:
    """Those that are asked for together: together they are not large."""
    groups: list[list[int]] = []
    filled = BYTES_A_GROUP
    for uid in uids:
        size = facts[uid][0] if uid in facts else 0
        if filled + size > BYTES_A_GROUP:
            groups.append([])
            filled = 0
        groups[-1].append(uid)
        filled += size
    return groups


def _listed(uids: list[int]) -> str:
    return ",".join(str(uid) for uid in uids)


def _with_rest(answer: list[Any], at: int) -> bytes:
    """What the server says of a literal before it and after it: the UID may stand in either."""
    if not isinstance(answer[at], tuple):
        return b""
    rest = answer[at + 1] if at + 1 < len(answer) and isinstance(answer[at + 1], bytes) else b""
    return bytes(answer[at][0]) + b" " + rest


def _moment(line: bytes) -> datetime | None:
    try:
        local = imaplib.Internaldate2tuple(line)
        return datetime.fromtimestamp(time.mktime(local), UTC) if local else None
    except (ValueError, OverflowError, OSError):
        return None


def _short(fault: BaseException) -> str:
    words = str(fault)
    if isinstance(fault, imaplib.IMAP4.error) and fault.args and isinstance(fault.args[0], bytes):
        words = fault.args[0].decode(errors="replace")
    return f"{type(fault).__name__}: {words}"[:200]
