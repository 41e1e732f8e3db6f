"""What the mail server took, by Message-ID: enough to count lost and double mails of ten thousands."""

from __future__ import annotations

import re
import threading
from collections import Counter
from typing import Any

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)


class MailLog:
    """A handler for aiosmtpd; `refuses` makes it say 451 to every recipient."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.refuses = False
        self._lock = threading.Lock()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.refuses:
            return "451 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        found = MESSAGE_ID.search(envelope.content)
        with self._lock:
            self.taken[found[1].decode() if found else "none"] += 1
        return "250 accepted"

    @property
    def doubles(self) -> int:
        """Mails that came more often than once, counted as often as they were too many."""
        return sum(times - 1 for times in self.taken.values())
