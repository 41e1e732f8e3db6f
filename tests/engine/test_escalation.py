"""What is late rises once each: a warning, the head above, the head of the centre, and again while it waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobs.tickets.escalate import escalate
from mails.render import render
from models.base import calendar
from models.base.db import db, utcnow, write_transaction
from models.base.setting import put
from models.tickets.mailing.digest_reader import DigestReader
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Event, Ticket
from procedures.engine.declaration import PRODUCT
from procedures.engine.take_step import StepRefused, take_step
from procedures.tickets.promised.escalation import RUNGS, next_rung, rungs_told
from tests.accounts.stories import email_at
from tests.browse import Person
from tests.databases import both
from tests.outages.walk import network_outage_at
from tests.walk import REQUESTER, complaint_at, file_complaint, take

pytestmark = both

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 08.00 WIB


@pytest.fixture
def clock(app, cast, monkeypatch):
    """It stands at Monday, 08.00; the tests move it."""
    now = [MONDAY]
    monkeypatch.setattr("models.base.db.clock", lambda: now[0])
    return now


def heard() -> list[tuple[str, str]]:
    """Every mail about what is due, in order: its notice and who gets it."""
    db.session.expire_all()
    mails = db.session.query(Mail).filter(Mail.notice.in_(("due_soon", "overdue", "overdue_again"))).order_by(Mail.id)
    return [(mail.notice, mail.recipient.split("@")[0]) for mail in mails]


def risen(ticket: Ticket) -> list[str]:
    return [
        e.step for e in db.session.query(Event).filter_by(ticket_id=ticket.id).order_by(Event.id) if e.step in RUNGS
    ]


def used(hours: float) -> datetime:
    """When so many working hours have passed since Monday, 08.00, and a minute more."""
    return calendar.due_at(MONDAY, hours) + timedelta(minutes=1)


def test_what_waits_rises_from_the_person_at_work_to_the_head_of_the_centre_once_each(clock):
    ticket = complaint_at("in_progress")  # three working days
    said = []
    for hours in (17, 18, 18, 24, 25, 47, 48, 63, 64, 65, 80):
        clock[0] = used(hours)
        said.append((hours, escalate()))
    assert said == [(17, 0), (18, 1), (18, 0), (24, 1), (25, 0), (47, 0), (48, 1), (63, 0), (64, 1), (65, 0), (80, 1)]
    assert heard() == [
        ("due_soon", "tono"),
        *(("overdue", who) for who in ("tono", "rina", "budi")),
        *(("overdue_again", who) for who in ("rina", "budi")),
        *(("overdue_again", who) for who in ("rina", "budi")),
    ]
    assert risen(ticket) == ["warn_due", "tell_overdue", "tell_centre", "tell_again", "tell_again"]


def test_a_worker_that_was_away_tells_each_head_once_and_warns_of_nothing_that_has_passed(clock):
    ticket = complaint_at("in_progress")
    clock[0] = used(60)
    assert (escalate(), escalate(), risen(ticket)) == (2, 0, ["tell_overdue", "tell_centre"])


def test_a_rung_whose_worker_is_cut_off_is_taken_whole_the_next_time(clock, monkeypatch):
    ticket = complaint_at("in_progress")
    clock[0] = used(24)

    def cut_off(*_args, **_more):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("procedures.engine.record.audit.record", cut_off)
        with pytest.raises(ZeroDivisionError):
            escalate()
    db.session.rollback()
    assert (heard(), risen(ticket)) == ([], [])
    assert (escalate(), heard()) == (1, [("overdue", "tono"), ("overdue", "rina")])


def test_a_second_worker_that_saw_the_same_rung_is_refused_it(clock):
    ticket = complaint_at("in_progress")
    clock[0] = used(24)
    assert next_rung(ticket, rungs_told([ticket.id])[ticket.id]) == "tell_overdue"
    take_step(ticket.id, "tell_overdue", PRODUCT)
    with pytest.raises(StepRefused):
        take_step(ticket.id, "tell_overdue", PRODUCT)
    assert len(heard()) == 2


def test_a_step_that_others_hold_rises_to_nobody_here(clock):
    asked, resolved, unit_has_it = complaint_at("in_progress"), complaint_at("resolved"), email_at("unit_answer")
    take(asked, "ask_requester", "tono", text="Tipe ponsel apa?")
    clock[0] = used(400)
    assert (unit_has_it.due_at is not None, utcnow() > unit_has_it.due_at) == (True, True)
    assert (escalate(), risen(asked), risen(resolved), risen(unit_has_it)) == (0, [], [], [])
    take(asked, "answer", REQUESTER, text="Galaxy A15.")
    assert escalate() == 0  # the time that was left is still left


def test_the_next_desk_begins_anew(clock):
    ticket = file_complaint()
    clock[0] = used(8)
    assert escalate() == 1
    take(ticket, "follow_up", "tono")
    assert escalate() == 0
    clock[0] = used(8 + 24)
    assert (escalate(), risen(ticket)) == (1, ["tell_overdue", "tell_overdue"])


def test_no_mail_about_what_is_late_leaves_at_night_unless_it_is_urgent(clock):
    usual, urgent = complaint_at("in_progress"), complaint_at("in_progress")
    take(urgent, "mend", "tono", fact="priority", was="0", value="2", reason="Rektorat")
    clock[0] = night = calendar.due_at(MONDAY, 24) + timedelta(hours=6)  # Wednesday, 22.00
    assert escalate() == 3
    leaves = {(m.ticket_id, m.not_before) for m in db.session.query(Mail).filter_by(notice="overdue")}
    assert leaves == {(usual.id, calendar.due_at(MONDAY, 24) + timedelta(hours=16)), (urgent.id, night)}


def test_an_outage_counts_day_and_night_and_waits_for_no_morning(clock):
    ticket = network_outage_at("on_site")
    clock[0] = night = ticket.due_at + timedelta(hours=15)
    assert escalate() > 0
    assert {m.not_before for m in db.session.query(Mail).filter_by(notice="overdue", ticket_id=ticket.id)} == {night}


def test_a_warning_waits_for_the_digest_of_whoever_reads_it_and_what_is_late_does_not(clock, cast):
    complaint_at("in_progress")
    with write_transaction():
        db.session.add(DigestReader(staff_id=cast["tono"].id))
    clock[0] = used(18)
    escalate()
    clock[0] = used(24)
    escalate()
    states = {(m.notice, m.state) for m in db.session.query(Mail).filter_by(recipient=cast["tono"].email)}
    assert {("due_soon", MailState.COLLECTED.value), ("overdue", MailState.QUEUED.value)} <= states


def test_settings_say_when_and_how_often(clock):
    ticket = complaint_at("in_progress")
    with write_transaction():
        put("warn_at_percent", 0)
        put("centre_at_percent", 150)
        put("told_again_hours", 0)
    for hours in (20, 24, 36, 200):
        clock[0] = used(hours)
        escalate()
    assert risen(ticket) == ["tell_overdue", "tell_centre"]


def test_staff_read_in_the_history_who_was_told_and_the_requester_does_not(clock, app):
    ticket = complaint_at("in_progress")
    clock[0] = used(24)
    escalate()
    page = Person(app, "tono").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert "Lewat target: dikabarkan ke kepala" in page and "Dikabari: Tono, Bu Rina" in page
    event = db.session.query(Event).filter_by(ticket_id=ticket.id, step="tell_overdue").one()
    assert (event.is_public, event.kind, event.actor_kind) == (False, "system", "product")


@pytest.mark.parametrize(("language", "words"), [("id", "sebelum"), ("en", "is due at its desk before")])
def test_the_warning_says_until_when_in_the_readers_language(clock, cast, language, words):
    with write_transaction():
        cast["tono"].language = language
    ticket = complaint_at("in_progress")
    clock[0] = used(18)
    escalate()
    text = render(db.session.query(Mail).filter_by(notice="due_soon").one()).text
    assert words in text and ticket.subject in text and "25 November 2026" in text
