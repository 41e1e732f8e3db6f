"""Who held the folder, from when to when: without a gap, in every story, and the times that are counted from it."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.base import calendar
from models.base.db import db, utcnow
from models.organisation.staff import Group, GroupMember, Staff
from models.tickets.span import HeldBy, Span, spans_of
from models.tickets.ticket import Event, Ticket
from procedures.engine import catalog
from procedures.engine.take_step import StepRefused
from procedures.tickets import times
from procedures.tickets.mending import FACTS
from tests.accounts.stories import change_at, email_at
from tests.browse import Person
from tests.installation.installation_walk import installation_at
from tests.outages.walk import network_outage_at, server_outage_at, small_network, small_services
from tests.walk import REQUESTER, complaint_at, file_complaint, take

MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)  # 08.00 WIB
HOUR = timedelta(hours=1)
# Whose turn it is on each desk where it is not ours, as docs/procedures/ says it.
NOT_OURS = {
    ("complaint", "resolved"): "requester",
    ("network_installation", "unit_agreement"): "unit",
    ("network_installation", "payment"): "unit",
    ("unit_email", "unit_answer"): "unit",
    ("server_outage", "with_manager"): "outside",
}
STORIES = {
    "complaint": lambda state: complaint_at(state),
    "network_installation": lambda state: installation_at(state),
    "unit_email": lambda state: email_at(state),
    "password_change": lambda state: change_at(state),
    "network_outage": lambda state: network_outage_at(state, small_network()),
    "server_outage": lambda state: server_outage_at(state, small_services()),
}
ENDS = [
    ("complaint", "closed"), ("complaint", "resolved"), ("network_installation", "unit_agreement"),
    ("network_installation", "payment"), ("network_installation", "closed"), ("unit_email", "creation"),
    ("password_change", "comparison"), ("network_outage", "on_site"), ("server_outage", "checking"),
]  # fmt: skip


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""

    class Clock:
        now = MONDAY

        def on(self, **span: float) -> None:
            self.now += timedelta(**span)

    moved = Clock()
    monkeypatch.setattr("models.base.db.clock", lambda: moved.now)
    return moved


def whole(ticket: Ticket) -> list[Span]:
    """Its spans, of which none is missing: each begins where the one before ended."""
    spans = list(spans_of(ticket.id))
    assert all(one.ended_at == two.began_at for one, two in zip(spans, spans[1:], strict=False))
    assert [one.ended_at is None for one in spans] == [False] * (len(spans) - 1) + [ticket.is_open]
    now = utcnow()
    ended = now if ticket.is_open else ticket.closed_at
    assert sum((times.length_of(one, now).clock for one in spans), 0.0) == pytest.approx(
        (ended - min(ticket.received_at, ticket.created_at)) / HOUR, abs=1e-3
    )
    return spans


def shown(spans):
    return [(one.state, one.holder, one.pause, (one.ended_at - one.began_at) / HOUR if one.ended_at else None)
            for one in spans if one.ended_at is None or one.ended_at > one.began_at]  # fmt: skip


@pytest.mark.parametrize(("procedure", "state"), ENDS)
def test_the_spans_of_every_story_make_up_its_life(app, cast, procedure, state):
    ticket = STORIES[procedure](state)
    spans = whole(ticket)
    if ticket.is_open:
        last = spans[-1]
        assert (last.state, last.group_id, last.assignee_id) == (ticket.state, ticket.group_id, ticket.assignee_id)
    for one in spans:
        assert one.holder == NOT_OURS.get((procedure, one.state), "us"), one.state


def test_the_clock_of_a_complaint_stops_while_the_requester_holds_it(app, cast, clock):
    ticket = file_complaint()
    clock.on(hours=1)
    take(ticket, "follow_up", "tono")
    clock.on(hours=1)
    take(ticket, "ask_requester", "tono", text="Lantai berapa?")
    clock.on(hours=24)
    take(ticket, "answer", REQUESTER, text="Lantai dua.")
    clock.on(hours=2)
    take(ticket, "resolve", "tono", cause="Titik akses mati", solution="Diganti.")
    resolved_at = clock.now
    clock.on(hours=3)
    take(ticket, "reopen", REQUESTER, reason="Masih mati.")
    clock.on(hours=1)
    spans = whole(ticket)
    assert shown(spans) == [
        ("with_group", "us", "", 1.0),
        ("in_progress", "us", "", 1.0),
        ("in_progress", "requester", "requester", 24.0),
        ("in_progress", "us", "", 2.0),
        ("resolved", "requester", "", 3.0),
        (ticket.state, "us", "", None),
    ]
    held = times.by_holder(spans, clock.now)
    assert {holder: took.clock for holder, took in held.items()} == {HeldBy.US: 5.0, HeldBy.REQUESTER: 27.0}
    assert times.until_resolved(spans, resolved_at) == times.Took(
        calendar.hours_between(MONDAY, MONDAY + 2 * HOUR)
        + calendar.hours_between(MONDAY + 26 * HOUR, MONDAY + 28 * HOUR),
        4.0,
    )
    events = db.session.scalars(select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id)).all()
    assert times.until_first_answer(catalog.get("complaint"), ticket.received_at, events).clock == 2.0


def test_a_held_ticket_is_ours_but_its_time_does_not_count(app, cast, clock):
    ticket = complaint_at("in_progress")
    clock.on(hours=1)
    take(ticket, "hold", "tono", reason="Menunggu suku cadang")
    clock.on(hours=5)
    take(ticket, "carry_on", "tono")
    clock.on(hours=1)
    last = whole(ticket)[-3:]
    assert [(one.holder, one.pause, one.counts_for_us) for one in last] == [
        ("us", "", True), ("us", "hold", False), ("us", "", True)
    ]  # fmt: skip


def test_another_group_or_person_begins_another_span(app, cast, clock):
    ticket = complaint_at("in_progress")
    clock.on(hours=1)
    systems = db.session.scalars(select(Group).join(GroupMember).where(GroupMember.staff_id == cast["lina"].id)).first()
    take(ticket, "hand_over", "tono", group=systems.id, reason="Bukan jaringan")
    clock.on(hours=1)
    take(ticket, "take", "lina")
    spans = whole(ticket)
    assert [(one.group_id, one.assignee_id) for one in spans[-2:]] == [
        (systems.id, None), (systems.id, cast["lina"].id)
    ]  # fmt: skip


def test_what_is_refused_leaves_no_span(app, cast):
    ticket = complaint_at("in_progress")
    before = [(one.id, one.ended_at) for one in spans_of(ticket.id)]
    with pytest.raises(StepRefused):
        take(ticket, "resolve", "tono", cause="", solution="")
    db.session.rollback()
    assert [(one.id, one.ended_at) for one in spans_of(ticket.id)] == before


def test_a_merged_complaint_has_no_open_span_until_it_is_taken_out(app, cast, clock):
    one, other = complaint_at("in_progress"), complaint_at("in_progress")
    clock.on(hours=1)
    take(one, "merge", "tono", into=other.number, reason="Sama")
    assert whole(one)[-1].ended_at == clock.now
    clock.on(hours=1)
    take(one, "unmerge", "tono", reason="Ternyata lain")
    last = spans_of(one.id)[-1]
    assert (last.began_at, last.ended_at, last.state) == (clock.now, None, one.state)


def test_a_mended_time_of_receipt_is_where_its_life_begins(app, cast, clock):
    ticket = complaint_at("in_progress")
    typed = FACTS["received"].typed(ticket)
    take(ticket, "mend", "sari", fact="received", was=typed, value="2026-11-16T07:30", reason="Menelepon lebih dulu")
    spans = whole(ticket)
    assert spans[0].began_at == ticket.received_at == MONDAY - timedelta(minutes=30)


def test_the_migration_makes_the_same_of_the_events(app, cast, clock):
    """What take_step wrote, and what the migration reads out of the events of the same tickets."""
    path = Path(__file__).resolve().parents[2] / "migrations" / "versions" / "0040_spans.py"
    spec = importlib.util.spec_from_file_location("spans_migration", path)
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    test_another_group_or_person_begins_another_span(app, cast, clock)
    for procedure, state in ENDS:
        STORIES[procedure](state)
        clock.on(hours=1)
    groups = dict(db.session.execute(select(Group.name, Group.id)).all())
    people = dict(db.session.execute(select(Staff.name, Staff.id)).all())
    for ticket in db.session.scalars(select(Ticket)).unique():
        made = [Span(**facts) for facts in migration.spans_of(ticket, list(ticket.events), groups, people)]
        assert _joined(made) == _joined(spans_of(ticket.id)), (ticket.procedure, ticket.state)
        last = spans_of(ticket.id)[-1]
        if ticket.is_open:
            assert (made[-1].group_id, made[-1].assignee_id) == (last.group_id, last.assignee_id)


def _joined(spans):
    """Without the changes of person, which not every step's event tells."""
    found = []
    for one in spans:
        facts = (one.state, one.holder, one.pause, one.began_at, one.ended_at)
        if one.ended_at == one.began_at:
            continue
        if found and found[-1][:3] == facts[:3]:
            found[-1] = (*found[-1][:4], facts[4])
        else:
            found.append(facts)
    return found


def test_tono_reads_where_the_time_of_a_ticket_went_and_a_stranger_to_it_does_not(app, cast, clock):
    ticket = file_complaint()
    clock.on(hours=2)
    take(ticket, "follow_up", "tono")
    clock.on(hours=1)
    take(ticket, "ask_requester", "tono", text="Lantai berapa?")
    clock.on(minutes=90)
    page = Person(app, "tono").get(f"/admin/times/?id={ticket.id}").text
    assert "Sampai jawaban pertama" in page and "1 jam 30 menit" in page and "menunggu jawaban pemohon" in page
    assert f"/admin/times/?id={ticket.id}" in Person(app, "tono").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert Person(app, "lina").get(f"/admin/times/?id={ticket.id}", check=False).status_code == 404
    assert Person(app, "rudi").get(f"/admin/times/?id={ticket.id}", check=False).status_code == 403


def test_every_open_ticket_has_one_open_span(app, cast):
    for procedure, state in ENDS:
        STORIES[procedure](state)
    open_spans = select(func.count()).select_from(Span).where(Span.ended_at.is_(None))
    assert db.session.scalar(open_spans) == db.session.scalar(
        select(func.count()).select_from(Ticket).where(Ticket.is_open)
    )
