"""Reads the stored mails, ten at a time, and settles each: by rule where that is safe, else for the operator.

1. their reading is begun: the count of tries is written, so that a mail that kills its reader is put aside after three;
   what a worker left behind that died is read alone, so that no other mail is counted with it;
2. each raw mail is read in the guarded child, and its files are checked and stored like uploads;
3. in one transaction those that name no ticket get what was read, what is proposed, and, where a rule says so, their
   end; where one of them is refused, and for an answer to a ticket, each has a transaction of its own.
"""

from __future__ import annotations

import io
import logging
import threading
from dataclasses import dataclass
from itertools import takewhile

from sqlalchemy import select

from gateways.files.file_store import FileDamaged, FileMissing, UploadRefused
from gateways.files.uploads import store
from gateways.mailbox.guarded import read_guarded
from gateways.mailbox.mail_read import MailRead, ReadFile, Unreadable
from gateways.mailbox.sender import vouched
from mails.render import loop_mark
from models.base.counter import count_up
from models.base.db import db, utcnow, write_transaction
from models.tickets.incoming_mail import IncomingFile, IncomingMail, MailFate
from models.tickets.mailbox import Mailbox
from models.tickets.mailing.sender_rule import SenderRule, rule_of
from procedures.engine.take_step import StepRefused
from procedures.tickets.inbox import decide
from procedures.tickets.inbox.belongs import Belonging, belonging, copy_of, is_of_staff, is_own
from procedures.tickets.inbox.proposals import proposal_for
from procedures.tickets.inbox.returned import note_bounce

TOGETHER = 10  # mails in one transaction: the lock is held for less than a page of people waits
MOST_TRIES = 3
MOST_FILES = 20
MOST_AN_HOUR = 5  # mails of one address that are settled by rule; what comes beyond waits for the operator (M6)
log = logging.getLogger("helpdesk")


@dataclass(frozen=True)
class Verdict:
    """What is proposed for a mail and why; `is_safe`: it may be done at once."""

    act: str  # open, join, discard
    reason: str
    is_safe: bool = False


@dataclass(frozen=True)
class _BegunMail:
    """A stored mail whose reading has begun."""

    mail_id: int
    tries: int
    sha256: str
    is_whole: bool
    box: Mailbox


@dataclass(frozen=True)
class _ReadMail:
    """What was read of a mail, its files, and whether it speaks of a ticket of ours, whose row it may have to lock."""

    mail_id: int
    reading: MailRead
    files: list[IncomingFile]
    names_ticket: bool


def read_stored(stop: threading.Event, most: int = 1000) -> int:
    """Read what is stored and not read yet, the oldest first; says how many."""
    done = 0
    while done < most and not stop.is_set() and (mail_ids := _next(min(TOGETHER, most - done))):
        read_some(mail_ids)
        done += len(mail_ids)
    return done


def read_some(mail_ids: list[int]) -> None:
    """Read stored mails and settle them; one that cannot be read goes to quarantine, with its raw text."""
    read = [one for begun in _begin(mail_ids) if (one := _read(begun)) is not None]
    alone = [one for one in read if one.names_ticket]
    together = [one for one in read if not one.names_ticket]
    try:
        with write_transaction():
            for one in together:
                _settle(one, by_rule=True)
    except Exception:  # whichever it was: it is found out when each is settled by itself
        db.session.rollback()
        alone = read
    for one in alone:
        _settle_alone(one)


def _settle_alone(one: _ReadMail) -> None:
    try:
        _settle(one, by_rule=True)
    except (StepRefused, decide.MailNotDecided):  # it waits for the operator, who is told why when he tries
        _settle(one, by_rule=False)


def _next(most: int) -> list[int]:
    """Those that nobody has begun to read; one that was begun is read alone."""
    query = select(IncomingMail.id, IncomingMail.tries).where(IncomingMail.state == MailFate.STORED)
    found = list(db.session.execute(query.order_by(IncomingMail.id).limit(most)).tuples())
    db.session.rollback()
    fresh = [mail_id for mail_id, _tries in takewhile(lambda row: row[1] == 0, found)]
    return fresh or [mail_id for mail_id, _tries in found[:1]]


def _begin(mail_ids: list[int]) -> list[_BegunMail]:
    with write_transaction():
        mails = db.session.scalars(
            select(IncomingMail).where(IncomingMail.id.in_(mail_ids)).order_by(IncomingMail.id)
        ).unique()
        begun = []
        for mail in mails:
            mail.tries += 1
            begun.append(_BegunMail(mail.id, mail.tries, mail.sha256 or "", mail.is_whole, mail.mailbox))
    return begun


def _read(begun: _BegunMail) -> _ReadMail | None:
    """By the guarded child; nothing where it is put aside."""
    try:
        if begun.tries > MOST_TRIES:
            raise Unreadable(f"{MOST_TRIES} workers died while they read it")
        if not begun.is_whole:
            raise Unreadable("larger than 25 MB; only its beginning is stored here")
        with store().open(begun.sha256) as file:
            reading = read_guarded(file.read())
    except (Unreadable, FileMissing, FileDamaged) as fault:
        why = f"{type(fault).__name__}: {fault}" if not isinstance(fault, Unreadable) else str(fault)
        _put_aside(begun.mail_id, why)
        return None
    names_ticket = reading.bounce is not None or belonging(reading, begun.box).ticket is not None
    db.session.rollback()
    return _ReadMail(begun.mail_id, reading, [_checked(file) for file in reading.files[:MOST_FILES]], names_ticket)


def _put_aside(mail_id: int, why: str) -> None:
    log.warning("a mail cannot be read", extra={"mail": mail_id})
    with write_transaction():
        mail = db.session.get_one(IncomingMail, mail_id, with_for_update=True)
        if mail.state == MailFate.STORED:
            mail.state, mail.fault = MailFate.QUARANTINE.value, why[:300]


def _checked(file: ReadFile) -> IncomingFile:
    """Through the same store and checks as an upload; what is refused keeps its name and the sentence why."""
    kept = IncomingFile(
        name=file.name[:200], size=len(file.data), content_type=file.content_type[:100], content_id=file.content_id
    )
    try:
        stored = store().store(io.BytesIO(file.data), file.name)
    except UploadRefused as refused:
        kept.refusal = str(refused)[:300]
        return kept
    kept.sha256, kept.size, kept.name = stored.sha256, stored.size, stored.name
    kept.content_type, kept.is_inline = stored.content_type, stored.inline
    return kept


def _settle(one: _ReadMail, by_rule: bool) -> None:
    reading = one.reading
    with write_transaction():
        try:
            mail = decide.locked(one.mail_id, (MailFate.STORED,))
        except decide.MailNotDecided:
            return  # another worker read it meanwhile
        _write(mail, reading, one.files)
        if mail.state == MailFate.QUARANTINE:
            return
        db.session.flush()
        with db.session.no_autoflush:  # nothing is written while it is judged
            verdict = _judge(mail, reading)
        mail.proposal, mail.reason = verdict.act, verdict.reason
        if by_rule and verdict.is_safe:
            _do(mail, verdict)


def _write(mail: IncomingMail, reading: MailRead, files: list[IncomingFile]) -> None:
    mail.state = MailFate.WAITING.value
    mail.message_id = mail.message_id or reading.message_id[:250]
    mail.sender, mail.sender_name, mail.subject = reading.sender, reading.sender_name, reading.subject
    mail.text, mail.html, mail.kind = reading.text, reading.html, reading.kind
    mail.is_silent, mail.remarks = reading.is_silent, list(reading.remarks)
    if len(reading.files) > MOST_FILES:
        mail.remarks = [*mail.remarks, "many_files"]
    mail.files = [_again(file) for file in files]
    if reading.sender_fault and not reading.kind:
        mail.state, mail.fault = MailFate.QUARANTINE.value, reading.sender_fault


def _again(file: IncomingFile) -> IncomingFile:
    """A new row of the same file: a first try may have been rolled back."""
    names = ("name", "size", "content_type", "content_id", "sha256", "is_inline", "refusal")
    return IncomingFile(**{name: getattr(file, name) for name in names if getattr(file, name) is not None})


def _judge(mail: IncomingMail, reading: MailRead) -> Verdict:
    """What this mail is, in the order in which one excludes the next."""
    if is_own(reading, loop_mark()):
        mail.kind = "own"
        return Verdict("discard", "own", True)
    if (first := copy_of(reading, mail.id)) is not None:
        mail.ticket_id = first.ticket_id
        return Verdict("discard", "copy", True)
    if reading.bounce is not None and note_bounce(mail, reading.bounce):
        return Verdict("discard", "bounce", True)
    found = belonging(reading, mail.mailbox)
    said = vouched(reading.authentication, mail.mailbox.authserv_id, reading.sender)
    mail.is_verified, mail.is_token_valid = said == "pass", found.is_proved
    mail.ticket_id = found.ticket.id if found.ticket else None
    if reading.kind and (rule := rule_of(mail.sender)) is not None and rule.act == "discard":
        return _by_sender_rule(mail, rule)
    if reading.kind:
        is_answer_of_machine = reading.kind == "auto_reply" and found.ticket is not None
        return Verdict("discard", reading.kind, is_answer_of_machine)
    if found.ticket is not None:
        return _of_answer(mail, found, said)
    return _of_new(mail)


def _of_answer(mail: IncomingMail, found: Belonging, said: str) -> Verdict:
    """Joined at once only where sender and proof agree; else it waits beside the ticket (M1, M2, M3)."""
    assert found.ticket is not None
    if is_of_staff(mail.sender):
        return Verdict("join", "staff")
    if mail.sender != found.ticket.requester_email.lower():
        return Verdict("join", "other_sender")
    if said == "fail":
        return Verdict("join", "forged")
    if not (found.is_proved or mail.is_verified):
        return Verdict("join", "unverified")
    if decide.why_not_answer(found.ticket):
        return Verdict("join", "ended")
    if not _is_among_few(mail.sender):
        return Verdict("join", "flood")
    return Verdict("join", "answer", True)


def _of_new(mail: IncomingMail) -> Verdict:
    found = proposal_for(mail.subject, mail.text, mail.sender, mail.mailbox)
    mail.category_id, mail.unit_id = found.category_id, found.unit_id
    if (rule := rule_of(mail.sender)) is not None:
        return _by_sender_rule(mail, rule)
    if found.words:
        mail.remarks = [*mail.remarks, {"words": list(found.words), "count": found.count, "of": found.of}]
    if not mail.mailbox.opens_itself or found.category_id is None or is_of_staff(mail.sender):
        return Verdict("open", "new")
    return Verdict("open", "new", True) if _is_among_few(mail.sender) else Verdict("open", "flood")


def _by_sender_rule(mail: IncomingMail, rule: SenderRule) -> Verdict:
    """The operator's rule for this sender; a flood waits all the same, and so does the mail of staff."""
    rule.used, rule.used_at = rule.used + 1, utcnow()
    if rule.act == "discard":
        return Verdict("discard", "rule", True)
    mail.category_id, mail.unit_id = rule.category_id or mail.category_id, rule.unit_id or mail.unit_id
    if rule.act != "open" or mail.category_id is None or is_of_staff(mail.sender):
        return Verdict("open", "rule")
    return Verdict("open", "rule", True) if _is_among_few(mail.sender) else Verdict("open", "flood")


def _is_among_few(sender: str) -> bool:
    return count_up(f"mail-in:{sender}"[:120]) <= MOST_AN_HOUR


def _do(mail: IncomingMail, verdict: Verdict) -> None:
    if verdict.act == "discard":
        decide.discard(mail.id, None)
    elif verdict.act == "join" and mail.ticket_id is not None:
        decide.join(mail.id, mail.ticket_id, None)
    elif verdict.act == "open" and mail.category_id is not None:
        decide.open_complaint(mail.id, mail.category_id, mail.unit_id, None)
