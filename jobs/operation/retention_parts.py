"""The parts of the nightly forgetting: for each, which rows are past their time, and how a batch of them is emptied.

What is short-lived (sessions, drafts, counters, exports …) goes every hour with jobs/operation/tidy.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, String, Table, and_, cast, delete, or_, select, true, update

from models.accounts.account import Account
from models.accounts.person import Person
from models.base.db import db, rows_changed
from models.base.periods.personal_columns import columns_of
from models.base.retention import PERIODS, forgotten_before
from models.organisation.audit import AuditEntry
from models.tickets.evidence.seal import SealedKind
from models.tickets.ticket import Event, Ticket
from procedures.accounts.erase_person import ActsNaming, acts_naming, forget_left
from procedures.tickets.evidence.changing import change_rows
from procedures.tickets.forget_ticket import (
    ACCOUNTING,
    FORGOTTEN,
    NOBODY,
    blank,
    emptied_act,
    empty_documents,
    forget_tickets,
    give_up_unsent,
    old_tickets,
)

Forget = Callable[[Sequence[int]], int]


@dataclass(frozen=True)
class RetentionPart:
    """One kind of rows: `due` selects their keys (the last column is the key by which it goes on), `forget` empties
    some of them inside a transaction and says how many. `ahead` reads what takes long before the lock is taken, and
    gives what then forgets.
    """

    period: str
    due: Callable[[], Select[int]]
    forget: Forget
    at_once: int = 200
    ahead: Callable[[Sequence[int]], Forget] | None = None


def _table(name: str) -> Table:
    return db.metadata.tables[name]


def _tickets(ids: Sequence[int]) -> int:
    forget_tickets(list(ids))
    return len(ids)


def _acts() -> Select[int]:
    """Lines of the audit that may hold more than numbers and the product's own words, and were not looked through.

    The stand-in of somebody who was erased ("Orang 12") goes too: it ties a person's acts together.
    """
    named = and_(AuditEntry.staff_id.is_(None), AuditEntry.actor_name.not_in((FORGOTTEN, *NOBODY)))
    told = and_(cast(AuditEntry.diff, String) != "{}", ~AuditEntry.act.startswith("step:"))  # a step tells its states
    old = and_(AuditEntry.at < forgotten_before("acts"), AuditEntry.is_emptied.is_(False))
    return select(AuditEntry.id).where(old, or_(named, told))


def _forget_acts(ids: Sequence[int]) -> int:
    """Each line once: what it holds now is numbers and plain words, and stays."""
    changed = change_rows(SealedKind.AUDIT, ids, emptied_act)
    db.session.execute(update(AuditEntry).where(AuditEntry.id.in_(ids)).values(is_emptied=True))
    return changed


def _with_address(kind: SealedKind, model: type[AuditEntry | Event]) -> RetentionPart:
    return RetentionPart(
        "addresses",
        lambda: select(model.id).where(model.at < forgotten_before("addresses"), model.ip != ""),
        lambda ids: change_rows(kind, ids, lambda _row: {"ip": ""}),
        at_once=500,
    )


def _emptying(
    period: str,
    name: str,
    column: str,
    more: Callable[[Table], ColumnElement[bool]] = lambda _t: true(),
    columns: str = "",
) -> RetentionPart:
    """Rows of a table whose `column` (a moment or a day) lies before the period, emptied of what the period names.

    `columns` is the period whose columns these are, where the rows have another period than most of their table.
    """

    def due() -> Select[int]:
        table = _table(name)
        moment = forgotten_before(period)
        before = moment.date() if table.c[column].type.python_type.__name__ == "date" else moment
        is_full = [_is_full(table, each) for each in columns_of(name, columns or period)]
        return select(table.c.id).where(table.c[column] < before, more(table), or_(*is_full))

    def forget(ids: Sequence[int]) -> int:
        table = _table(name)
        values = {each: blank(table, each) for each in columns_of(name, columns or period)}
        db.session.execute(update(table).where(table.c.id.in_(ids)).values(values))
        return len(ids)

    return RetentionPart(period, due, forget)


def _is_full(table: Table, name: str) -> ColumnElement[bool]:
    column = table.c[name]
    empty = blank(table, name)
    if empty is None:
        return column.is_not(None)
    if isinstance(empty, dict | list):
        return cast(column, String).not_in(("{}", "[]", "null"))
    return column != empty


def _lines_of_bills(name: str, column: str, parent: str, moment: str) -> RetentionPart:
    """The words of the lines of an old bill or RAB; volumes and amounts stay."""

    def due() -> Select[int]:
        lines, above = _table(name), _table(parent)
        old = select(above.c.id).where(above.c[moment] < forgotten_before("bills"))
        return select(lines.c.id).where(lines.c[column].in_(old), lines.c.description != "")

    def forget(ids: Sequence[int]) -> int:
        lines = _table(name)
        db.session.execute(update(lines).where(lines.c.id.in_(ids)).values(description=""))
        return len(ids)

    return RetentionPart("bills", due, forget)


def _documents_of_bills() -> Select[int]:
    papers = _table("issued_paper")
    old = and_(papers.c.issued_at < forgotten_before("bills"), papers.c.kind.in_(ACCOUNTING), papers.c.template != "")
    return select(papers.c.id).where(old)


def _forget_documents(ids: Sequence[int]) -> int:
    empty_documents(_table("issued_paper").c.id.in_(ids))
    return len(ids)


def _proofs_of_payment() -> Select[int]:
    files = _table("attachment")
    closed = select(Ticket.id).where(Ticket.closed_at < forgotten_before("bills"), Ticket.forgotten_at.is_not(None))
    return select(files.c.id).where(files.c.ticket_id.in_(closed))


def _delete(name: str) -> Callable[[Sequence[int]], int]:
    def forget(ids: Sequence[int]) -> int:
        table = _table(name)
        db.session.execute(delete(table).where(table.c.id.in_(ids)))
        return len(ids)

    return forget


def _left() -> Select[int]:
    """People who left long ago, are not forgotten yet, and have no account that works."""
    works = select(Account.owner_id).where(Account.owner_id == Person.id, Account.state.in_(("active", "creating")))
    gone = and_(Person.status == "left", Person.updated_at < forgotten_before("register"))
    return select(Person.id).where(gone, ~Person.number.startswith("-"), ~works.exists())


def _forget_register(acts: Mapping[int, ActsNaming]) -> Forget:
    return lambda ids: sum(forget_left(each, acts.get(each)) for each in ids)


def _register_ahead(ids: Sequence[int]) -> Forget:
    """The whole audit is read for their names while nobody waits; under the lock only what came since."""
    return _forget_register(acts_naming(ids))


def _told_of_work() -> Select[int]:
    told, work = _table("planned_work_told"), _table("planned_work")
    over = select(work.c.id).where(work.c.ends_at < forgotten_before("addresses"))
    return select(told.c.work_id).where(told.c.work_id.in_(over)).distinct()


def _forget_told(ids: Sequence[int]) -> int:
    told = _table("planned_work_told")
    return rows_changed(delete(told).where(told.c.work_id.in_(ids)))


def _has_no_ticket(table: Table) -> ColumnElement[bool]:
    return table.c.ticket_id.is_(None)


_MAILS = _emptying("sent_mails", "outbox", "created_at", _has_no_ticket, "texts")


def _forget_mails(ids: Sequence[int]) -> int:
    """What was never sent in all that time is given up."""
    give_up_unsent(_table("outbox").c.id.in_(ids))
    return _MAILS.forget(ids)


PARTS: dict[str, RetentionPart] = {
    "tickets": RetentionPart("texts", lambda: old_tickets(forgotten_before("texts")), _tickets, at_once=50),
    "acts": RetentionPart("acts", _acts, _forget_acts, at_once=500),
    "addresses_of_acts": _with_address(SealedKind.AUDIT, AuditEntry),
    "addresses_of_events": _with_address(SealedKind.EVENT, Event),
    "told_of_work": RetentionPart("addresses", _told_of_work, _forget_told),
    "notes_of_accounts": _emptying("acts", "account_event", "at"),
    "holders_of_reviews": _emptying("acts", "account", "reviewed_at"),
    "changes_of_the_directory": _emptying("acts", "directory_change", "intended_at"),
    "data_requests": _emptying("data_requests", "data_request", "answered_at"),
    "sent_mails": RetentionPart("sent_mails", _MAILS.due, _forget_mails),
    "password_links": _emptying("sent_mails", "one_time_link", "created_at"),
    "rabs": _emptying("bills", "rab", "saved_at"),
    "lines_of_rabs": _lines_of_bills("rab_line", "rab_id", "rab", "saved_at"),
    "bills": _emptying("bills", "bill", "issued_at"),
    "lines_of_bills": _lines_of_bills("bill_line", "bill_id", "bill", "issued_at"),
    "payments": _emptying("bills", "payment", "recorded_at"),
    "documents_of_bills": RetentionPart("bills", _documents_of_bills, _forget_documents),
    "proofs_of_payment": RetentionPart("bills", _proofs_of_payment, _delete("attachment")),
    "register": RetentionPart("register", _left, _forget_register({}), at_once=5, ahead=_register_ahead),
    "absences": _emptying("leave", "absence", "last_day"),
    "delegations": _emptying("leave", "delegation", "ends_on"),
    "pending_changes": _emptying("leave", "pending_change", "made_at"),
}
assert all(part.period in PERIODS for part in PARTS.values())
