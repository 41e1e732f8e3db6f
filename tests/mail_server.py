"""A real SMTP server for tests, and what it received.

aiosmtpd imports a package called `public` (atpublic); the house has a room of that name. While aiosmtpd is
imported, and only then, the name means the other one.
"""

from __future__ import annotations

import email
import importlib
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import policy
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def _the_other_public() -> Iterator[None]:
    ours = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "public"}
    path = list(sys.path)
    for name in ours:
        del sys.modules[name]
    sys.path[:] = [entry for entry in path if entry and Path(entry).resolve() != ROOT]
    try:
        yield
    finally:
        for name in [n for n in sys.modules if n.split(".")[0] == "public"]:
            del sys.modules[name]
        sys.path[:] = path
        sys.modules.update(ours)


with _the_other_public():
    Controller: Any = importlib.import_module("aiosmtpd.controller").Controller
    smtp: Any = importlib.import_module("aiosmtpd.smtp")


class Postbox:
    """What a mail server received; `refuse` maps a recipient to the answer that it gets."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, Any]] = []
        self.refuse: dict[str, str] = {}
        self.refuse_sender = ""
        self.cuts_answer_to: set[str] = set()  # takes the mail, and the line is cut before the answer
        self.cuts_before = 0  # so many mails are cut off before they are taken
        self.after_data: Callable[[], object] = lambda: None

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.refuse_sender:
            return self.refuse_sender
        if self.cuts_before:
            self.cuts_before -= 1
            server.transport.abort()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append((envelope.rcpt_tos[0], email.message_from_bytes(envelope.content, policy=policy.default)))
        self.after_data()
        if envelope.rcpt_tos[0] in self.cuts_answer_to:
            server.transport.abort()
        return "250 accepted"

    def of(self, words: str) -> Any:
        return next(mail for _to, mail in self.mails if words in mail["Subject"])


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
