"""Takes everything personal out of closed tickets: who asked, every text, every file, in all tables that hold some.

Which tables and columns these are stands in models/base/periods/personal_columns.py, so that a table of another room is
emptied too. Number, state, times, steps and counts stay; bills and their documents keep accounting's period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import JSON, ColumnElement, LargeBinary, Select, Table, and_, delete, or_, select, update

from models.base.columns.json_value import Held, Json
from models.base.db import db, utcnow
from models.base.periods.personal_columns import columns_of
from models.base.search.terms import keys_of
from models.organisation.audit import AuditEntry
from models.tickets.evidence.seal import SealedKind
from models.tickets.outbox import MailState
from models.tickets.search_keys import number_words
from models.tickets.ticket import Event, Ticket, TicketText
from procedures.tickets.evidence.changing import change_rows
from procedures.tickets.evidence.digests import FACTS, SealedRow

FORGOTTEN = "(identitas dihapus)"  # one word in every language
NO_TEXT = "(isi dihapus)"
ACCOUNTING = ("bill", "receipt", "rab")  # kinds of documents that are kept as long as bills
PAYMENT_STEPS = ("record_payment", "return_overpayment")  # the files of these steps prove that money came or went back
PROOF_NAME = "bukti pembayaran"
DELETED = (
    "copied_person",
    "file_text",
    "checklist_item",
    "survey_photo",
    "test_photo",
    "affected_person",
    "outage_told",
)
"""Rows that say nothing when their words are gone."""
NOBODY = ("", "Pustikom", "Monitor")  # names under which the product itself acts
PLAIN_FACTS = frozenset(
    [
        "fact",
        "branch",
        "channel",
        "told_by",
        "from_group",
        "to_group",
        "from_branch",
        "to_branch",
        "from_side",
        "to_side",
        "number",
        "into",
        "out_of",
        "split_to",
        "split_from",
        "incident",
        "outage",
        "agenda",
        "from",
        "to",
        "on_behalf_of",
        "view",
        "format",
        "act",
        "proof",
        "said_on",
    ]
)
"""Texts among the facts of an event or an act that name no person."""
VIA = {  # how a table without ticket_id is tied to its ticket
    "survey_point": ("survey_id", "survey"),
    "survey_photo": ("survey_id", "survey"),
    "test_photo": ("test_id", "quality_test"),
    "test_point": ("test_id", "quality_test"),
    "recheck": ("test_id", "quality_test"),
    "disposition": ("letter_id", "request_letter"),
}
LISTS = {("field_report", "problems")}
FILE_COLUMNS = (
    ("request_letter", "scan_id"),
    ("disposition", "scan_id"),
    ("test_point", "ping_file_id"),
    ("test_point", "iperf_file_id"),
)
ELSEWHERE = {"ticket", "event", "ticket_text", "attachment", "outbox", *DELETED}  # with a statement of their own


def forget_tickets(ids: Sequence[int], alias: str = FORGOTTEN) -> None:
    """Empty these closed tickets, inside the caller's transaction; `alias` stands in the requester's place."""
    events = list(db.session.scalars(select(Event.id).where(Event.ticket_id.in_(ids))))
    change_rows(SealedKind.EVENT, events, lambda row: _emptied_event(row, alias))
    acts = select(AuditEntry.id).where(AuditEntry.object_kind == "Ticket", AuditEntry.object_id.in_(map(str, ids)))
    change_rows(SealedKind.AUDIT, list(db.session.scalars(acts)), lambda row: emptied_act(row, alias))
    _forget_files(ids)
    for table in _tables():
        owned = _owned(table, ids)
        if table.name in DELETED:
            db.session.execute(delete(table).where(owned))
        elif table.name not in ELSEWHERE:
            values = {name: blank(table, name) for name in columns_of(table.name, "texts")}
            db.session.execute(update(table).where(owned).values(values))
    _forget_documents(ids)
    mails = db.metadata.tables["outbox"]
    values = {name: blank(mails, name) for name in columns_of("outbox", "texts")}
    db.session.execute(update(mails).where(mails.c.ticket_id.in_(ids)).values(values))
    give_up_unsent(mails.c.ticket_id.in_(ids))
    for ticket_id, number in db.session.execute(select(Ticket.id, Ticket.number).where(Ticket.id.in_(ids))).tuples():
        words = "\n".join(keys_of(number_words(number)))
        db.session.execute(update(TicketText).where(TicketText.ticket_id == ticket_id).values(words=words))
    empty = {name: blank(db.metadata.tables["ticket"], name) for name in columns_of("ticket", "identity", "texts")}
    empty |= {"requester_name": alias, "subject": NO_TEXT, "forgotten_at": utcnow()}
    db.session.execute(update(Ticket).where(Ticket.id.in_(ids)).values(empty))
    db.session.expire_all()


def give_up_unsent(which: ColumnElement[bool]) -> None:
    """Mails that wait for their hour, for a release or for a digest are sent to nobody; what was told stays told."""
    mails = db.metadata.tables["outbox"]
    waits = mails.c.state.not_in((MailState.SENT, MailState.TOLD, MailState.PUSHED, MailState.DEAD))
    given_up = {"state": MailState.DEAD.value, "leased_until": None}
    db.session.execute(update(mails).where(which, waits).values(given_up))


def emptied_act(row: SealedRow, alias: str = FORGOTTEN) -> dict[str, Held]:
    """A line of the audit without the name of somebody outside and without what was typed."""
    name = alias if row.staff_id is None and row.actor_name not in (FORGOTTEN, *NOBODY) else row.actor_name
    return {"actor_name": name, "diff": plain_facts(getattr(row, FACTS[SealedKind.AUDIT]))}


def plain_facts(facts: Mapping[str, Json] | None) -> dict[str, Json]:
    """Of an event's or an act's facts those that are numbers, answers of yes or no, or name no person."""
    kept: dict[str, Json] = {}
    for name, value in (facts or {}).items():
        if isinstance(value, bool | int | float) or value is None or (name in PLAIN_FACTS and isinstance(value, str)):
            kept[name] = value
    return kept


def _emptied_event(row: SealedRow, alias: str) -> dict[str, Held]:
    outside = row.staff_id is None and row.actor_name not in NOBODY
    return {
        "actor_name": alias if outside else row.actor_name,
        "text": "",
        "data": plain_facts(getattr(row, FACTS[SealedKind.EVENT])),
        "ip": "" if outside else row.ip,
    }


def _tables() -> list[Table]:
    """The tables whose rows hang on a ticket and hold texts of it, children first."""
    found = [table for table in reversed(db.metadata.sorted_tables) if columns_of(table.name, "texts", "addresses")]
    return [table for table in found if table.name in VIA or "ticket_id" in table.c]


def _owned(table: Table, ids: Sequence[int]) -> ColumnElement[bool]:
    """The rows of a table that belong to these tickets."""
    if "ticket_id" in table.c:
        return table.c.ticket_id.in_(ids)
    column, parent = VIA[table.name]
    above = db.metadata.tables[parent]
    return table.c[column].in_(select(above.c.id).where(above.c.ticket_id.in_(ids)))


def _forget_files(ids: Sequence[int]) -> None:
    """The rows of all files but those that prove a payment; the file store lets go of what no row names."""
    files = db.metadata.tables["attachment"]
    proofs = select(Event.id).where(Event.ticket_id.in_(ids), Event.step.in_(PAYMENT_STEPS))
    gone = and_(files.c.ticket_id.in_(ids), or_(files.c.event_id.is_(None), files.c.event_id.not_in(proofs)))
    for name, column in FILE_COLUMNS:
        table = db.metadata.tables[name]
        db.session.execute(update(table).where(_owned(table, ids)).values({column: None}))
    for name in ("file_text", "survey_photo", "test_photo"):
        table = db.metadata.tables[name]
        db.session.execute(delete(table).where(_owned(table, ids)))
    db.session.execute(delete(files).where(gone))
    db.session.execute(update(files).where(files.c.ticket_id.in_(ids)).values(name=PROOF_NAME))


def _forget_documents(ids: Sequence[int]) -> None:
    """What was issued and is no bill, receipt or RAB: its number and date stay, its facts and its file go."""
    papers = db.metadata.tables["issued_paper"]
    old = and_(papers.c.ticket_id.in_(ids), papers.c.kind.not_in(ACCOUNTING))
    empty_documents(old)


def empty_documents(which: ColumnElement[bool]) -> None:
    """Documents without their facts and their file; nothing prints them again."""
    papers = db.metadata.tables["issued_paper"]
    values = {"data": "", "template": "", "sha256": None, "void_reason": "", "last_error": ""}
    db.session.execute(update(papers).where(which).values(values))


def blank(table: Table, name: str) -> Held:
    column = table.c[name]
    if column.nullable:
        return None
    if isinstance(column.type, JSON):
        return [] if (table.name, name) in LISTS else {}
    return b"" if isinstance(column.type, LargeBinary) else ""


def old_tickets(before: datetime) -> Select[int]:
    """The ids of tickets that were closed before this moment and still hold something."""
    old = select(Ticket.id).where(Ticket.closed_at < before, Ticket.is_open.is_(False), Ticket.forgotten_at.is_(None))
    return old.order_by(Ticket.closed_at, Ticket.id)
