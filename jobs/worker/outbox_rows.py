"""The outbox as the sending lane sees it: which mail is next, and what became of it. Callers hold the transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, select, update
from sqlalchemy.orm import aliased

from mails.render import KEPT, Rendered
from mails.tickets.dead_notices import mail_dead
from models.base import lease
from models.base.db import db, utcnow
from models.tickets.outbox import Mail, MailState
from procedures.tickets.inbox.returned import note_unreached

LEASE = timedelta(minutes=5)  # longer than one mail takes with all its time-outs
LONGEST_WAIT = timedelta(hours=1)
UNREACHED = "unreached: "  # begins last_error where no connection was made
UNPRINTED = "unprinted: "  # where a document of it has no file yet
WAITS = [min(LONGEST_WAIT, timedelta(minutes=2**n)) for n in range(7)]  # after the first failure, the second, …
PATIENT_DEATHS = 2  # workers that died with it in hand: so many may be chance, then it waits between tries
MOST_DEATHS = 10  # then it is given up
MOST_CUT = 2  # lines cut after it was handed over: one retry (security.md Z9)


def claim() -> int | None:
    """The mail that is due longest, now leased to this worker; workers share by SKIP LOCKED."""
    while True:
        waiting = select(Mail.id, Mail.state, Mail.unsure).where(_is_due()).order_by(Mail.not_before, Mail.id).limit(1)
        found = db.session.execute(waiting.with_for_update(skip_locked=True)).one_or_none()
        if found is None:
            return None
        unsure = found.unsure + (found.state == MailState.CLAIMED)  # whoever had it died, and may have handed it over
        if unsure > max(found.unsure, PATIENT_DEATHS):
            _hold_back(found.id, unsure)
            continue
        values = {"state": MailState.CLAIMED, "leased_until": utcnow() + LEASE, "unsure": unsure}
        db.session.execute(update(Mail).where(Mail.id == found.id).values(attempts=Mail.attempts + 1, **values))
        return int(found.id)


def _hold_back(mail_id: int, deaths: int) -> None:
    """It may be what they died of: it waits, longer each time, so that the rest flows, and is given up in the end."""
    words = f"{deaths} workers died while they sent it; it may have arrived"
    mail = db.session.get_one(Mail, mail_id)
    mail.unsure = deaths
    if deaths >= MOST_DEATHS:
        bury(mail_id, words)
    else:
        postpone(mail_id, words)
        mail.not_before = utcnow() + WAITS[min(deaths - PATIENT_DEATHS, len(WAITS)) - 1]
    db.session.flush()


def is_anything_due() -> bool:
    """Only reads, so that an idle worker locks nothing."""
    return db.session.scalar(select(Mail.id).where(_is_due()).limit(1)) is not None


def _is_due() -> ColumnElement[bool]:
    now = utcnow()
    in_nobodys_hand = or_(
        and_(Mail.state == MailState.QUEUED, _may_leave(Mail, now)),
        and_(Mail.state == MailState.CLAIMED, lease.has_ended(Mail.leased_until, LEASE)),
    )
    return and_(in_nobodys_hand, ~_has_elder(now))


def _may_leave(mail: Any, now: datetime) -> ColumnElement[bool]:
    """Its time has come, or was set while the clock was ahead (Z36)."""
    was_put_off = and_(mail.attempts > 0, lease.is_ahead(mail.not_before, LONGEST_WAIT))
    set_ahead = or_(lease.is_ahead(mail.created_at), was_put_off)
    return or_(mail.not_before <= now, set_ahead)


def _has_elder(now: datetime) -> ColumnElement[bool]:
    """Does an older mail to the same address about the same ticket still have to leave first?

    One that was never tried and is to wait (the acknowledgements of an hour) holds nothing up.
    """
    elder = aliased(Mail)
    at_work = or_(
        elder.state == MailState.CLAIMED,
        and_(elder.state == MailState.QUEUED, or_(elder.attempts > 0, _may_leave(elder, now))),
    )
    return exists().where(
        elder.ticket_id == Mail.ticket_id, elder.recipient == Mail.recipient, elder.id < Mail.id, at_work
    )


def hurry(why: str, ticket_id: int | None = None) -> None:
    """What waited only for this (the server, a document of this ticket) waits no longer."""
    now = utcnow()
    waiting = update(Mail).where(Mail.state == MailState.QUEUED, Mail.not_before > now, Mail.last_error.startswith(why))
    if ticket_id is not None:
        waiting = waiting.where(Mail.ticket_id == ticket_id)
    db.session.execute(waiting.values(not_before=now))


def sent(mail_id: int, rendered: Rendered) -> None:
    mail = db.session.get_one(Mail, mail_id)
    mail.state, mail.sent_at, mail.leased_until, mail.last_error = MailState.SENT.value, utcnow(), None, ""
    if not mail.recipient:  # forgotten while it was on its way: no word of it comes back
        return
    mail.subject, mail.body, mail.wording_id = rendered.subject, rendered.kept_body, rendered.wording_id
    mail.facts = {k: v for k, v in mail.facts.items() if k not in KEPT}  # a one-time link is wiped when sent


def postpone(mail_id: int, why: str) -> None:
    """1, 2, 4 … 60 minutes."""
    mail = db.session.get_one(Mail, mail_id)
    if not mail.recipient:  # forgotten while it was tried
        bury(mail_id, why)
        return
    mail.state, mail.leased_until = MailState.QUEUED.value, None
    mail.not_before, mail.last_error = utcnow() + WAITS[min(max(mail.attempts, 1), len(WAITS)) - 1], why[:300]


def postpone_all(mail_id: int, why: str) -> None:
    """The server was not reached: this mail and all others that are due wait, each as often as it has waited."""
    now = utcnow()
    postpone(mail_id, why)
    db.session.flush()
    tried = case(*((Mail.attempts == n, now + wait) for n, wait in enumerate(WAITS)), else_=now + LONGEST_WAIT)
    due = update(Mail).where(Mail.state == MailState.QUEUED, _may_leave(Mail, now))
    values = {"not_before": tried, "attempts": Mail.attempts + 1, "last_error": why[:300]}
    db.session.execute(due.values(values).execution_options(synchronize_session=False))


def not_known(mail_id: int, why: str) -> None:
    """The line was cut after it was handed over: it goes once more under its Message-ID, and no third time."""
    mail = db.session.get_one(Mail, mail_id)
    mail.unsure += 1
    if mail.unsure >= MOST_CUT:
        bury(mail_id, f"no answer after it was handed over, {mail.unsure} times; it may have arrived ({why})")
    else:
        postpone(mail_id, why)


def bury(mail_id: int, why: str) -> None:
    """Given up; a mail and the ticket's history tell the staff, who can reach the person another way."""
    mail = db.session.get_one(Mail, mail_id)
    mail.state, mail.leased_until, mail.last_error = MailState.DEAD.value, None, why[:300]
    if not mail.recipient:
        mail.last_error = ""
        return
    mail_dead(mail, why)
    note_unreached(mail, "mail_failed", why, {"notice": mail.notice})
