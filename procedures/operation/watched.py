"""What of the installation is watched: ages of queues, jobs and lanes, clock, keys, backup; each a quick look."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from gateways.files.evidence_files import last_head
from gateways.files.last_backup import last_backup_at
from models.base import heartbeat, setting
from models.base.db import db, utcnow
from models.base.heartbeat import Heartbeat, Sweep
from models.base.periods.retention_run import RetentionRun
from models.organisation.audit import AuditEntry
from models.tickets.evidence.seal import Seal, SealedKind
from models.tickets.incoming_mail import IncomingMail, MailFate
from models.tickets.issued_document import IssuedDocument
from models.tickets.link_key import wrong_keys
from models.tickets.mailbox import active_mailboxes
from models.tickets.outbox import STANDS_AFTER, Mail, MailState, sending_now
from models.tickets.ticket import Event, Ticket
from models.tickets.ticket_keys import keys
from procedures.operation.house_health import SERVES, Look

OLDEST_WAITING = timedelta(minutes=15)  # what is due and has not left
LONGEST_AT_WORK = timedelta(minutes=15)
LONG_LANES = {
    "watch",
    "exports",
    "many",
    "imports",
    "backup",
    "retention",
    "evidence",
}  # where hours are nothing unusual
LONGEST_LONG = timedelta(hours=6)
OVERDUE_AFTER = timedelta(minutes=30)  # a recurring job whose turn has come
CLOCK_SLIPS = timedelta(minutes=5)
SEALED_WITHIN = timedelta(minutes=10)  # an act, by the worker
LONGEST_WITHOUT_NIGHT = timedelta(days=3)
OLDEST_BACKUP_HOURS = 26  # one a day, and two hours to make it


def _worker() -> tuple[bool, str]:
    beat = heartbeat.last_beat()
    if beat is None:
        return False, "No worker has ever run: start `flask --app app work`."
    return not heartbeat.is_silent(beat), f"A worker was last seen at {_at(beat)}."


def _lanes() -> tuple[bool, str]:
    now, hanging = utcnow(), []
    for row in db.session.scalars(select(Heartbeat).where(Heartbeat.ended_at.is_(None))):
        for lane, (job, since) in row.at_work.items():
            began, longest = datetime.fromisoformat(since), LONGEST_LONG if lane in LONG_LANES else LONGEST_AT_WORK
            if lane != "watch" and now - began > longest and not heartbeat.is_silent(row.beat_at):
                hanging.append(f"{lane} has been at {job} since {_at(began)}")
    return not hanging, f"The worker's lane {'; '.join(hanging)}." if hanging else "No lane of the worker hangs."


def _jobs() -> tuple[bool, str]:
    late = select(Sweep.name).where(Sweep.worker == "", Sweep.next_run_at < utcnow() - OVERDUE_AFTER)
    failed = select(Sweep.name, Sweep.last_error).where(Sweep.last_error != "")
    said = [f"{name} failed: {error}" for name, error in db.session.execute(failed).tuples()]
    said += [f"{name} has not run when its turn came" for name in db.session.scalars(late)]
    return not said, f"Of the recurring jobs, {'; '.join(said)}." if said else "Every recurring job ran and ended well."


def _mails() -> tuple[bool, str]:
    due = (Mail.state.in_((MailState.QUEUED, MailState.CLAIMED))) & (Mail.attempts == 0)
    oldest = db.session.scalar(select(func.min(Mail.not_before)).where(due, Mail.not_before <= utcnow()))
    tried = db.session.scalar(select(func.max(Mail.attempts)).where(Mail.state == MailState.QUEUED)) or 0
    is_old = oldest is not None and oldest < utcnow() - OLDEST_WAITING
    if is_old or tried >= 3:
        count = db.session.scalar(select(func.count()).where(Mail.state == MailState.QUEUED))
        since = f"; the oldest is due since {_at(oldest)}" if is_old and oldest else ""
        return False, f"{count} mails wait{since}, and one was tried {tried} times."
    return True, "No mail waits longer than it should."


def _sending() -> tuple[bool, str]:
    """Was nothing sent for a quarter of an hour while something waits? Every page of the panel says so then."""
    now, long_ago = sending_now(), utcnow() - STANDS_AFTER
    since = now.waits_since()
    stands = since is not None and since < long_ago and (now.last_sent_at is None or now.last_sent_at < long_ago)
    last = f"the last mail went at {_at(now.last_sent_at)}" if now.last_sent_at else "no mail was ever sent"
    return not stands, f"Mails wait since {_at(since)}, and {last}." if stands and since else "Sending does not stand."


def _mailboxes() -> tuple[bool, str]:
    """Complaints by mail: is each mailbox read, and is nothing stored that nobody reads?"""
    silent = [f"{box.address} ({box.last_error or 'nothing fetched'})" for box in active_mailboxes() if box.is_silent]
    old = IncomingMail.received_at < utcnow() - OLDEST_WAITING
    unread = select(func.count()).where(IncomingMail.state == MailFate.STORED, old)
    count = db.session.scalar(unread) or 0
    said = [f"Not fetched for a quarter of an hour: {', '.join(silent)}."] if silent else []
    said += [f"{count} stored mails are not read."] if count else []
    return not said, " ".join(said) or "Every mailbox is read."


def _given_up() -> tuple[bool, str]:
    a_day = utcnow() - timedelta(days=1)
    count = db.session.scalar(select(func.count()).where(Mail.state == MailState.DEAD, Mail.created_at > a_day)) or 0
    return not count, f"{count} mails of the last day were given up; see the outbox in the panel." if count else (
        "No mail of the last day was given up."
    )


def _documents() -> tuple[bool, str]:
    old = IssuedDocument.issued_at < utcnow() - OLDEST_WAITING
    count = (
        db.session.scalar(
            select(func.count()).where(IssuedDocument.sha256.is_(None), IssuedDocument.template != "", old)
        )
        or 0
    )
    return not count, f"{count} issued documents have no file yet." if count else "Every issued document has its file."


def _clock() -> tuple[bool, str]:
    now = utcnow()
    last = db.session.scalar(select(func.max(Event.at)))
    if last is not None and last > now + CLOCK_SLIPS:
        return False, f"The clock says {_at(now)}, and something happened here at {_at(last)}: one of both is wrong."
    if db.engine.dialect.name == "postgresql":
        there: datetime = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
        if abs(there - now) > CLOCK_SLIPS:
            return False, f"The clock says {_at(now)}, the database's {_at(there)}."
    return True, f"The clock says {_at(now)}."


def _keys() -> tuple[bool, str]:
    wrong = wrong_keys(keys())
    if wrong:
        return False, f"LINK_KEY has another secret under {wrong[0]!r} than the one of old tickets: put it back."
    used = set(db.session.scalars(select(Ticket.link_key_id).distinct()))
    lost = sorted(key for key in used if key not in keys())
    if lost:
        return False, f"Keys lost for access codes of old tickets: {', '.join(lost)}."
    return True, "All keys of access codes are here."


def _backup() -> tuple[bool, str]:
    """Its age, and whether a stranger who finds it can read it."""
    last = last_backup_at()
    if last is None:
        return False, "No backup has been made: start a worker, or run `flask --app app backup FILE`."
    hours = int((utcnow() - last).total_seconds() // 3600)
    is_sealed = bool(setting.get("backup_public_key"))
    how = "encrypted" if is_sealed else "not encrypted (`flask --app app backup-key` makes a key)"
    return hours <= OLDEST_BACKUP_HOURS, f"The last backup was made {hours} hours ago, {how}."


def _evidence() -> tuple[bool, str]:
    """Are the audit and the histories sealed, and is the last seal kept outside the database still in it?"""
    head = last_head()
    before = utcnow() - SEALED_WITHIN
    if head is None:
        waits = db.session.scalar(select(func.min(AuditEntry.at)))
        return waits is None or waits > before, "Nothing of the audit is sealed yet; the worker does it."
    there = db.session.scalar(select(Seal.value).where(Seal.seq == head.seq))
    if head.seq and there != head.value:
        return False, f"Seal {head.seq} is not in the database as it was kept: run `flask --app app audit verify`."
    last = select(func.max(Seal.row_id)).where(Seal.kind == SealedKind.AUDIT.value).scalar_subquery()
    waits = db.session.scalar(select(func.min(AuditEntry.at)).where(AuditEntry.id > func.coalesce(last, 0)))
    if waits is not None and waits < before:
        return False, f"Acts wait for their seal since {_at(waits)}: does the worker run?"
    return True, f"The audit is sealed up to number {head.seq}, at {_at(head.at)}."


def _retention() -> tuple[bool, str]:
    """Did the last night forget what was due? Archives hold it until they are out of date themselves."""
    days, months = setting.get("backup_days_kept"), setting.get("backup_months_kept")
    rule = f"Backups hold what was forgotten for {days} days and {months} months more, by their own rule."
    last = db.session.scalar(select(func.max(RetentionRun.ended_at)))
    begun = db.session.scalar(select(func.min(RetentionRun.began_at)))
    if begun is None:
        return True, f"No night has passed yet in which something was to be forgotten. {rule}"
    is_well = (last or begun) > utcnow() - LONGEST_WITHOUT_NIGHT
    said = f"What is past its time was last forgotten at {_at(last)}." if last else "No night's forgetting has ended."
    return is_well, f"{said} {rule}"


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


WATCHED: dict[str, Look] = {
    **SERVES,
    "worker": _worker,
    "lanes": _lanes,
    "jobs": _jobs,
    "mails": _mails,
    "sending": _sending,
    "mailboxes": _mailboxes,
    "given_up": _given_up,
    "documents": _documents,
    "clock": _clock,
    "keys": _keys,
    "backup": _backup,
    "evidence": _evidence,
    "retention": _retention,
}
