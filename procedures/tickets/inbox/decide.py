"""What becomes of an incoming mail: a new complaint, part of a ticket, or nothing; by a press or by rule.

Each decision is one transaction that begins with the mail's own row, so that of two presses, or a press and the worker,
one decides and the other is told.
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from gateways.files.file_store import StoredFile
from mails.receipts import without_receipts
from models.base.db import db, utcnow, write_transaction
from models.organisation import audit
from models.organisation.staff import Staff
from models.tickets.evidence.seal import SealedKind
from models.tickets.incoming_mail import DONE, IncomingMail, MailFate
from models.tickets.ticket import Attachment, Event, Ticket
from procedures.engine import catalog
from procedures.engine.declaration import Actor
from procedures.engine.take_step import StepRefused, open_ticket, refusal, take_step
from procedures.tickets.evidence.changing import change_rows
from procedures.tickets.forms import ComplaintForm
from procedures.tickets.inbox.proposals import language_of
from procedures.tickets.inbox.reply_parts import parts_of
from procedures.tickets.inbox.step_proposals import StepProposal, step_for

LONGEST_STORY = 19_000
LONGEST_ANSWER = 9_500
OPEN_TO_DECIDE = (MailFate.STORED, MailFate.WAITING, MailFate.QUARANTINE)


class MailNotDecided(Exception):
    """It cannot be decided so; the text says why, and nothing has changed."""


def open_complaint(mail_id: int, category_id: int, unit_id: int | None, by: Staff | None, ip: str = "") -> Ticket:
    """C1 by mail: the same step as the form takes. Raises MailNotDecided or StepRefused."""
    with write_transaction():
        mail = locked(mail_id)
        parts = parts_of(mail.text)
        form = ComplaintForm(
            MultiDict(
                {
                    "name": mail.sender_name or mail.sender.partition("@")[0] or _("Tanpa nama"),
                    "email": mail.sender,
                    "unit": str(unit_id or 0),
                    "category": str(category_id or 0),
                    "subject": (mail.subject or _("(tanpa judul)"))[:200],
                    "description": _cut(parts.whole_story or _("(surat tanpa isi)"), LONGEST_STORY),
                }
            ),
            language="id",
        )
        channel, received_at, language = (
            mail.mailbox.channel,
            mail.received_at,
            language_of(f"{mail.subject} {mail.text}"),
        )

        def prepare(ticket: Ticket) -> None:
            ticket.channel, ticket.received_at, ticket.language = channel, received_at, language

        with without_receipts(mail.is_silent or mail.kind != ""):
            ticket = open_ticket(
                "complaint",
                "file_complaint",
                Actor("requester", form.name.data or ""),
                form,
                nonce=f"mail-{mail.digest[:56]}",
                files=files_of(mail),
                prepare=prepare,
            )
        event = db.session.scalars(select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id).limit(1)).one()
        _settle(mail, MailFate.OPENED, by, ip, ticket_id=ticket.id, event=event)
    return ticket


def join(mail_id: int, ticket_id: int, by: Staff | None, ip: str = "") -> Ticket:
    """The mail becomes part of a ticket: the requester's own words as their answer, another's as an internal note (M3).

    Without `by` the product does it by rule, and only for the requester. Raises MailNotDecided or StepRefused.
    """
    with write_transaction():
        mail = locked(mail_id)
        ticket = db.session.get_one(Ticket, ticket_id)
        parts = parts_of(mail.text)
        words = _cut(parts.said or _("(surat tanpa isi; lihat lampirannya)"), LONGEST_ANSWER)
        if mail.sender and mail.sender == ticket.requester_email.lower():
            event = _answer(ticket, words, mail)
        elif by is None:
            raise MailNotDecided(_("Bukan alamat pemohon tiket ini."))
        else:
            said = _("Surat dari %(sender)s:", sender=mail.sender or mail.sender_name or "?") + "\n\n" + words
            event = _taken(ticket, "note", Actor("staff", by.name, by, ip), {"text": said}, mail)
        _settle(mail, MailFate.JOINED, by, ip, ticket_id=ticket.id, event=event)
        if (proposed := step_of(mail, ticket)) is not None:
            event.data = {**event.data, "proposes": proposed.as_data}
    return ticket


def step_of(mail: IncomingMail, ticket: Ticket) -> StepProposal | None:
    """The step that this mail would fill, for a person to take; no mail takes one by itself."""
    files = tuple(file.name for file in mail.files if file.sha256)
    return step_for(ticket, mail.text, mail.sender, mail.sender_name, files)


def discard(mail_id: int, by: Staff | None, ip: str = "") -> None:
    """It is nothing for anybody: it stays readable for its time, and can be brought back."""
    with write_transaction():
        _settle(locked(mail_id), MailFate.DISCARDED, by, ip)


def bring_back(mail_id: int, by: Staff, ip: str = "") -> None:
    """Undo: a discarded mail waits again; a joined one too, and its words no longer stand on the ticket.

    A complaint that was opened stays: its number has been given away. Raises MailNotDecided.
    """
    with write_transaction():
        mail = locked(mail_id, DONE)
        if mail.state == MailFate.OPENED:
            raise MailNotDecided(_("Nomornya sudah dikirim. Batalkan atau gabungkan pengaduan itu di halamannya."))
        if mail.emptied_at is not None:
            raise MailNotDecided(_("Isi surat ini sudah dihapus karena lewat masa simpannya."))
        if mail.state == MailFate.JOINED and mail.event_id is not None:
            _take_out(mail, by)
        mail.state, mail.decided_at, mail.decided_by_id, mail.event_id = MailFate.WAITING.value, None, None, None
        audit.record("mail_brought_back", "IncomingMail", mail.id, staff=by, ip=ip)


def locked(mail_id: int, states: tuple[MailFate, ...] = OPEN_TO_DECIDE) -> IncomingMail:
    """The mail for deciding, its row locked; MailNotDecided when somebody was first."""
    query = select(IncomingMail).where(IncomingMail.id == mail_id).execution_options(populate_existing=True)
    mail = db.session.scalars(query.with_for_update(of=IncomingMail)).unique().one_or_none()
    if mail is None or mail.state not in states:
        raise MailNotDecided(_("Surat ini sudah diputuskan orang lain. Muat ulang halaman."))
    return mail


def why_not_answer(ticket: Ticket) -> str:
    """Why the requester's words cannot join this ticket now, or nothing."""
    refused = refusal(catalog.get(ticket.procedure).steps["answer"], ticket, Actor("requester", ticket.requester_name))
    return refused.sentence if refused else ""


def files_of(mail: IncomingMail) -> list[StoredFile]:
    return [
        StoredFile(file.sha256, file.size, file.name, file.content_type, file.is_inline)
        for file in mail.files
        if file.sha256 and not file.refusal
    ]


def _answer(ticket: Ticket, words: str, mail: IncomingMail) -> Event:
    """Their answer; on a closed ticket it opens it again, as on the page."""
    actor = Actor("requester", ticket.requester_name)
    try:
        return _taken(ticket, "answer", actor, {"text": words}, mail)
    except StepRefused:
        if "reopen" not in catalog.get(ticket.procedure).steps:
            raise
    return _taken(ticket, "reopen", actor, {"reason": words[:2_000]}, mail)


def _taken(ticket: Ticket, step: str, by: Actor, fields: dict[str, str], mail: IncomingMail) -> Event:
    asks = catalog.get(ticket.procedure).steps[step].asks
    assert asks is not None  # answer, note and reopen all ask for words
    take_step(ticket.id, step, by, asks(MultiDict(fields)), files=files_of(mail))
    made = select(Event).where(Event.ticket_id == ticket.id, Event.step == step).order_by(Event.id.desc()).limit(1)
    return db.session.scalars(made).one()


def _take_out(mail: IncomingMail, by: Staff) -> None:
    """Words that came to the wrong ticket are somebody's: they go, the line that something was here stays."""
    event = db.session.get_one(Event, mail.event_id)
    said = _("Surat ini keliru digabung dan sudah dikeluarkan oleh %(who)s.", who=by.name)
    change_rows(SealedKind.EVENT, [event.id], lambda _row: {"text": said, "is_public": False})
    for file in db.session.scalars(select(Attachment).where(Attachment.event_id == event.id)):
        db.session.delete(file)


def _settle(
    mail: IncomingMail,
    fate: MailFate,
    by: Staff | None,
    ip: str,
    ticket_id: int | None = None,
    event: Event | None = None,
) -> None:
    db.session.flush()
    if event is not None:
        event.data = {**event.data, "incoming_mail": mail.id}
    mail.state, mail.decided_at, mail.decided_by_id = fate.value, utcnow(), by.id if by else None
    mail.event_id = event.id if event is not None else None
    if ticket_id is not None:
        mail.ticket_id = ticket_id
    name = "" if by else "Pustikom"
    audit.record(f"mail_{fate.value}", "IncomingMail", mail.id, staff=by, actor_name=name, ip=ip)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + "\n\n" + _("[dipotong; surat lengkapnya disimpan]")
