"""Writes down what is spoken with an IMAP server, for whoever sets a mailbox up; never a password or token."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Callable
from typing import Any

MASK = "••••••••"
LONGEST_LINE, MOST_LINES = 300, 60
Hear = Callable[[str, str], None]  # "us" or "server", and what was said
_LOGIN = re.compile(rb"(?i)(\S+ LOGIN )(.*)", re.DOTALL)
_AUTHENTICATE = re.compile(rb"(?i)(\S+ AUTHENTICATE \S+)(.*)", re.DOTALL)


def overhear(client: imaplib.IMAP4, hear: Hear) -> None:
    """From now on `hear` is told each line of this connection; the words of logging in are masked whole."""
    send: Any = client.send
    readline: Any = client.readline
    talk = _Talk(hear)

    def sending(data: Any) -> Any:
        talk.we_say(bytes(data))
        return send(data)

    def reading() -> bytes:
        line: bytes = readline()
        talk.server_says(line)
        return line

    client.send, client.readline = sending, reading  # type: ignore[method-assign]  # this connection's alone


class _Talk:
    """Knows whether the next line of ours is a secret, and when enough was heard."""

    def __init__(self, hear: Hear) -> None:
        self._hear, self._is_secret, self._lines = hear, False, 0

    def we_say(self, data: bytes) -> None:
        if found := _LOGIN.match(data):
            self._note("us", found[1] + MASK.encode())
            self._is_secret = True  # a password with odd letters follows as a literal
        elif found := _AUTHENTICATE.match(data):
            self._note("us", found[1] + (b" " + MASK.encode() if found[2].strip() else b""))
            self._is_secret = True
        else:
            self._note("us", MASK.encode() if self._is_secret else data)

    def server_says(self, line: bytes) -> None:
        self._note("server", line)
        if not line.startswith((b"+", b"*")):
            self._is_secret = False  # the answer with our tag: logging in is over

    def _note(self, who: str, data: bytes) -> None:
        words = " ".join(data.decode(errors="replace").split())[:LONGEST_LINE]
        if words and self._lines < MOST_LINES:
            self._lines += 1
            self._hear(who, words)
