"""Reads mails in a child process with limits of time and memory, so that a hostile one harms no other (M11, Z12)."""

from __future__ import annotations

import atexit

from gateways.guarded.parent import GuardedChild, NotDone
from gateways.mailbox.mail_read import MailRead, Unreadable

SECONDS = 10.0


class GuardedReader(GuardedChild):
    """The child that reads mails."""

    def __init__(self, seconds: float = SECONDS) -> None:
        super().__init__("gateways.mailbox.reader_child", seconds)

    def read(self, raw: bytes) -> MailRead:
        """The mail as read; Unreadable after `seconds`, above the memory limit, or whatever it does to the child."""
        try:
            return MailRead.put_together(*self.ask(raw))
        except NotDone as why:
            raise Unreadable(str(why)) from None


READER = GuardedReader()
atexit.register(READER.close)


def read_guarded(raw: bytes) -> MailRead:
    """By this process's child; raises Unreadable."""
    return READER.read(raw)
