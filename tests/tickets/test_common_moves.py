"""The common moves and the rules of the house: clock, delegation, distribution, stale forms, closing by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

import models.base.db
from jobs.tickets.close_resolved import close_resolved
from jobs.tickets.escalate import escalate
from models.base.counter import next_number
from models.base.db import db, utcnow, write_transaction
from models.base.wording import today
from models.organisation.delegation import Absence, Delegation
from models.organisation.staff import Group
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from procedures.engine.take_step import StepRefused, take_step
from tests.walk import REQUESTER, as_staff, category_id, complaint_at, file_complaint, form_of, take


def move_clock(monkeypatch, **span):
    later = utcnow() + timedelta(**span)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)


def test_waiting_for_the_requester_stops_the_clock_until_the_answer(app, monkeypatch):
    ticket = complaint_at("in_progress")
    due = ticket.due_at
    take(ticket, "ask_requester", "tono", text="Tipe ponsel apa?")
    assert (ticket.pause, ticket.is_overdue) == ("requester", False)
    move_clock(monkeypatch, days=10)
    assert not ticket.is_overdue
    take(ticket, "answer", REQUESTER, text="Galaxy A15.")
    assert ticket.pause is None
    assert ticket.due_at > due + timedelta(days=7)


def test_who_worked_on_it_still_reads_it_after_a_hand_over(app, cast):
    ticket = complaint_at("in_progress")
    systems = db.session.query(Group).filter_by(name="Sistem Informasi").one()
    take(ticket, "hand_over", "tono", group=str(systems.id), reason="Ini masalah portal.")
    assert (ticket.group.name, ticket.assignee_id) == ("Sistem Informasi", None)
    with pytest.raises(StepRefused) as refused:
        take(ticket, "follow_up", "tono", text="")
    assert refused.value.why == "role"
    take(ticket, "take", "lina")


def test_distribution_goes_to_the_present_member_with_the_fewest_open_tickets(app, cast):
    tono, rina = cast["tono"].id, cast["rina"].id
    with write_transaction():
        db.session.query(Group).filter_by(name="Jaringan").one().assigns_by_load = True
    first, second = (file_complaint().assignee_id for _n in range(2))
    assert {first, second} == {tono, rina}
    day = today()
    with write_transaction():
        db.session.add(Absence(staff_id=rina, first_day=day, last_day=day))
    assert [file_complaint().assignee_id for _n in range(2)] == [tono, tono]


def test_pak_yusuf_acts_for_a_head_only_within_the_delegation(app, cast):
    ticket_id = complaint_at("with_group").id
    with pytest.raises(StepRefused):
        take(db.session.get(Ticket, ticket_id), "cancel", "yusuf", reason="x")
    day = today()
    with write_transaction():
        db.session.add(
            Delegation(
                from_staff_id=cast["rina"].id,
                to_staff_id=cast["yusuf"].id,
                role="head_networking",
                starts_on=day,
                ends_on=day,
                reason="Cuti",
            )
        )
        from models.tickets.ticket import Participant

        Participant.add(ticket_id, cast["yusuf"].id)
    from flask import g

    g.pop("delegations", None)
    event = take(db.session.get(Ticket, ticket_id), "cancel", "yusuf", reason="Atas permintaan unit.")
    assert event.on_behalf_of == "a.n. Pustikom, Kepala Divisi Networking (Bu Rina)"


def test_a_resolved_complaint_is_warned_then_closes_by_itself_and_may_be_reopened_for_14_days(app, monkeypatch):
    ticket = complaint_at("resolved")
    move_clock(monkeypatch, days=11, hours=1)
    assert close_resolved() == 1
    assert close_resolved() == 0
    move_clock(monkeypatch, days=3)
    close_resolved()
    db.session.expire_all()
    assert ticket.state == "closed"
    notices = [m.notice for m in db.session.query(Mail).filter_by(recipient="andi@mhs.example").order_by(Mail.id)]
    assert notices == ["complaint_received", "resolved", "closing_soon", "closed"]
    with pytest.raises(StepRefused) as refused:
        take(ticket, "reopen", REQUESTER, reason="Masih.")
    assert refused.value.sentence.startswith("Sudah lewat 14 hari")


def test_a_closed_complaint_is_reopened_within_14_days(app):
    ticket = complaint_at("closed")
    take(ticket, "reopen", REQUESTER, reason="Putus lagi.")
    assert (ticket.state, ticket.is_open, ticket.closed_at) == ("in_progress", True, None)


def test_the_second_of_two_is_told_what_the_first_did(app):
    ticket = complaint_at("in_progress")
    seen = ticket.version
    take_step(
        ticket, "resolve", as_staff("rina"), form_of("complaint", "resolve", cause="a", solution="b"), version=seen
    )
    with pytest.raises(StepRefused) as refused:
        take_step(ticket, "close", as_staff("tono"), form_of("complaint", "close", text=""), version=seen)
    assert refused.value.sentence.startswith("Bu Rina lebih dulu mengubah tiket ini: Selesaikan.")


def test_a_reply_sent_twice_is_one_reply_and_one_mail(app):
    ticket = complaint_at("in_progress")
    for _n in range(2):
        take_step(
            ticket, "reply", as_staff("tono"), form_of("complaint", "reply", text="Sedang kami periksa."), once="a-form"
        )
    assert db.session.query(Event).filter_by(kind="reply").count() == 1
    assert db.session.query(Mail).filter_by(notice="replied").count() == 1


def test_what_is_overdue_rises_to_the_head_of_the_division_then_to_the_head_of_the_centre_once_each(app, monkeypatch):
    file_complaint()
    move_clock(monkeypatch, days=5)
    assert (escalate(), escalate()) == (2, 0)
    told = [m.recipient for m in db.session.query(Mail).filter_by(notice="overdue").order_by(Mail.id)]
    assert told == ["rina@pustikom.example", "budi@pustikom.example"]


def test_p4_an_address_gets_one_acknowledgement_an_hour_and_later_numbers_together(app, monkeypatch):
    for n in range(5):
        file_complaint(subject=f"Serangan {n}", name="Jahat", description="Kata penyerang")
    acks = db.session.query(Mail).filter_by(notice="complaint_received").all()
    assert [len(m.facts["tickets"]) for m in acks] == [5]
    assert "Serangan" not in str(acks[0].facts) and "Jahat" not in str(acks[0].facts)


def test_a_rollback_gives_a_number_back(app):
    with write_transaction():
        assert next_number("bill:2026") == 1
    with pytest.raises(ZeroDivisionError), write_transaction():
        next_number("bill:2026")
        1 / 0  # noqa: B018  # the fault itself
    with write_transaction():
        assert next_number("bill:2026") == 2


def test_an_operators_entry_keeps_the_true_time_of_receipt(app, cast):
    from procedures.engine.take_step import open_ticket

    form = form_of(
        "complaint",
        "enter_complaint",
        name="Mega",
        phone="0812-1",
        unit="0",
        category=str(category_id()),
        subject="Kabel mati",
        description="Mati.",
        channel="phone",
        received_at=(utcnow() - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
        language="id",
    )
    form.phone.data = "0812-6600-0003"
    ticket = open_ticket("complaint", "enter_complaint", as_staff("sari"), form)
    assert (ticket.channel, ticket.state) == ("phone", "with_group")
    assert ticket.received_at < ticket.created_at
