"""Who is reading or writing in the panel, and the audit rows of refused pages and of exports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask import has_request_context, request
from flask_login import current_user

from models.base.counter import count_up
from models.base.db import keep_house, write_transaction
from models.organisation import audit
from models.organisation.staff import Staff
from web.refusals import refused_because

TOLD_AT = frozenset({1, 10, 100, 1_000, 10_000, 100_000})  # refusals of one page to one person within an hour
_READER: ContextVar[Staff | None] = ContextVar("reader", default=None)


def person() -> Any:
    """The member of staff behind this request as a plain object; None for a stranger.

    In the worker, where there is no request: the one for whom it reads (`as_reader`).
    """
    if reader := _READER.get():
        return reader
    return current_user._get_current_object() if has_request_context() and current_user.is_authenticated else None


@contextmanager
def as_reader(staff: Staff) -> Iterator[None]:
    """Inside the block every row rule asks for this person."""
    token = _READER.set(staff)
    try:
        yield
    finally:
        _READER.reset(token)


def address() -> str:
    return request.remote_addr or ""


def audit_denied(view: str, act: str) -> None:
    """A refused door is on record; where the database is busy, in the log alone."""
    staff, ip = person(), address()
    refused_because(f"right: {act} of {view} is not for {', '.join(sorted(role.value for role in staff.roles))}")
    keep_house(lambda: _note_denied(view, act, staff, ip))


def _note_denied(view: str, act: str, staff: Staff, ip: str) -> None:
    """One page refused to one person a thousand times within the hour is a few lines with a count, not a thousand."""
    times = count_up(f"denied:{staff.id}:{view}:{act}"[:120])
    if times in TOLD_AT:
        audit.record("denied", view, act, staff=staff, ip=ip, diff={"times": times} if times > 1 else {})


def audit_export(view: str, count: int) -> None:
    with write_transaction():
        audit.record("export", view, "", staff=person(), diff={"rows": count}, ip=address())
