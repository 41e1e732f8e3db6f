"""Keeps two machines from answering each other for ever: an address gets few mails that nobody here has pressed for.

An address that somebody typed or wrote from gets at most five such mails an hour and twenty a day; what comes beyond
stays in the queue, held, and staff are told (security.md M6). Receipts have narrower limits of their own, and the
registered contacts of a unit hear of every outage.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from mails.recipients import Recipient
from models.base.counter import count_up

MOST_AN_HOUR, MOST_A_DAY = 5, 20
MUTED = "muted: "  # begins last_error of what is held for this reason
RECEIPTS = ("complaint_received", "letter_received", "email_requested")  # mails/receipts.py counts these
TYPED = ("requester", "unit")  # audiences whose address anybody may have typed

_automatic: ContextVar[bool] = ContextVar("automatic", default=False)


@contextmanager
def automatic(is_so: bool) -> Iterator[None]:
    """What the block tells, nobody of the staff has pressed for."""
    token = _automatic.set(is_so)
    try:
        yield
    finally:
        _automatic.reset(token)


def why_muted(notice: str, to: Recipient) -> tuple[str, bool]:
    """Why this mail is to be held, and whether it is the first for which staff are to be told; "" where it may go."""
    if not _automatic.get() or to.is_staff or to.audience not in TYPED or notice in RECEIPTS:
        return "", False
    key = f"automatic:{to.email.lower()}"[:120]
    hour, day = count_up(key), count_up(key, length=timedelta(days=1))
    if hour <= MOST_AN_HOUR and day <= MOST_A_DAY:
        return "", False
    limit = f"{MOST_AN_HOUR} automatic mails in an hour" if hour > MOST_AN_HOUR else f"{MOST_A_DAY} in a day"
    return f"{MUTED}more than {limit}", hour == MOST_AN_HOUR + 1 or day == MOST_A_DAY + 1
