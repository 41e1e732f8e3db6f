"""Routine work: the days of a schedule, the one ticket of each of them, and what comes after a rest or a kill."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import lxml.html
import pytest
from sqlalchemy import func, select

from jobs.tickets.open_routines import open_routines
from models.base.calendar import Holiday
from models.base.db import db, write_transaction
from models.organisation.recurrence import Recurrence
from models.organisation.staff import Group, Staff
from models.tickets.label import items_of
from models.tickets.outbox import Mail
from models.tickets.routine.routine import Routine, RoutineTicket
from models.tickets.ticket import Event, Participant, Ticket
from procedures.engine.take_step import StepRefused
from procedures.tickets.routine import open_due
from tests.browse import Person
from tests.databases import both, once
from tests.walk import take

MONDAY = date(2026, 11, 30)
MORNING = datetime(2026, 11, 30, 1, 30, tzinfo=UTC)  # 08.30 WIB


@pytest.fixture
def clock(app, cast, monkeypatch):
    now = [MORNING]
    monkeypatch.setattr("models.base.db.clock", lambda: now[0])
    return now


def group_of(division: str) -> int:
    return db.session.scalar(select(Group.id).where(Group.division == division).order_by(Group.id))


def routine(**changes) -> int:
    fields = {
        "title": "Uji UPS ruang server", "checklist": "Beban diukur\nBaterai diuji", "group_id": group_of("networking"),
        "period": "week", "weekdays": "0", "first_day": MONDAY,
    }  # fmt: skip
    with write_transaction():
        row = Routine(**{**fields, **changes})
        db.session.add(row)
    return row.id


def made(routine_id: int) -> list[tuple[date, int]]:
    query = select(RoutineTicket.due_on, RoutineTicket.missed).where(RoutineTicket.routine_id == routine_id)
    return [tuple(row) for row in db.session.execute(query.order_by(RoutineTicket.due_on))]


def rule(**changes) -> Recurrence:
    fields = {
        "every": 1, "period": "day", "weekdays": (), "ordinal": 0, "first_day": MONDAY, "last_day": None,
        "skips_closed": False,
    }  # fmt: skip
    return Recurrence(**{**fields, **changes})


def by_hand(chosen: Recurrence, days: int) -> list[date]:
    """Day after day, each asked by itself."""
    found = []
    for day in (chosen.first_day + timedelta(days=n) for n in range(days)):
        months = (day.year - chosen.first_day.year) * 12 + day.month - chosen.first_day.month
        weeks = (
            day - timedelta(days=day.weekday()) - chosen.first_day + timedelta(days=chosen.first_day.weekday())
        ).days // 7
        last = ((day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)).day
        if chosen.period == "day":
            fits = (day - chosen.first_day).days % chosen.every == 0
        elif chosen.period == "week":
            fits = weeks % chosen.every == 0 and day.weekday() in (chosen.weekdays or (chosen.first_day.weekday(),))
        elif chosen.ordinal:
            nth = (day.day - 1) // 7 + 1 if chosen.ordinal > 0 else -((last - day.day) // 7 + 1)
            fits = months % chosen.every == 0 and day.weekday() == chosen.weekdays[0] and nth == chosen.ordinal
        else:
            fits = months % chosen.every == 0 and day.day == min(chosen.first_day.day, last)
        if fits and (chosen.last_day is None or day <= chosen.last_day):
            found.append(day)
    return found


@once
@pytest.mark.parametrize(
    "chosen",
    [
        rule(), rule(every=10), rule(period="week"), rule(period="week", every=2, weekdays=(0, 3)),
        rule(period="month", first_day=date(2026, 1, 31)), rule(period="month", every=3, first_day=date(2026, 1, 30)),
        rule(period="month", weekdays=(6,), ordinal=1), rule(period="month", weekdays=(4,), ordinal=-1),
        rule(period="month", first_day=date(2026, 1, 5)), rule(last_day=date(2026, 12, 24)),
    ],
    ids=lambda chosen: f"{chosen.every}-{chosen.period}-{chosen.ordinal}",
)  # fmt: skip
def test_the_days_of_a_rule_are_those_of_a_plain_calendar(app, chosen):
    days = by_hand(chosen, 800)
    assert chosen.coming(chosen.first_day - timedelta(days=1), len(days)) == days and days
    seen = chosen.first_day + timedelta(days=70)
    assert chosen.coming(seen, 3) == [day for day in days if day > seen][:3]
    assert chosen.latest(seen)[0] == [day for day in days if day <= seen][-1]


@once
def test_days_on_which_the_division_is_closed_are_left_out_where_that_is_chosen(app, cast):
    with write_transaction():
        db.session.add(Holiday(day=MONDAY + timedelta(days=2), name="Libur"))
    daily = rule(skips_closed=True)
    assert daily.coming(MONDAY, 4) == [MONDAY + timedelta(days=n) for n in (1, 3, 4, 7)]
    assert rule().coming(MONDAY, 3) == [MONDAY + timedelta(days=n) for n in (1, 2, 3)]


@both
def test_on_its_day_a_routine_becomes_one_ticket_with_its_checklist_for_its_officer(app, clock):
    tono = db.session.scalar(select(Staff).where(Staff.username == "tono"))
    ident = routine(assignee_id=tono.id, description="Catat voltasenya.")
    assert open_routines() == 1 and open_routines() == 0
    assert made(ident) == [(MONDAY, 0)]
    ticket = db.session.scalars(select(Ticket).where(Ticket.channel == "schedule")).unique().one()
    assert (ticket.state, ticket.subject, ticket.assignee_id) == ("with_group", "Uji UPS ruang server", tono.id)
    assert ticket.due_at is not None and ticket.group_id == group_of("networking")
    assert [item.text for item in items_of(ticket.id)] == ["Beban diukur", "Baterai diuji"]
    (event,) = db.session.scalars(select(Event).where(Event.ticket_id == ticket.id)).all()
    assert (event.number, event.actor_kind) == ("C2d", "product")
    assert [mail.recipient for mail in db.session.scalars(select(Mail).where(Mail.ticket_id == ticket.id))] == [
        tono.email
    ]


@both
def test_routine_work_ends_when_each_line_of_its_list_is_done(app, clock):
    routine(assignee_id=db.session.scalar(select(Staff.id).where(Staff.username == "tono")))
    open_routines()
    ticket = db.session.scalars(select(Ticket).where(Ticket.channel == "schedule")).unique().one()
    first, second = items_of(ticket.id)
    take(ticket, "tick_item", "tono", item=str(first.id), done="y")
    with pytest.raises(StepRefused, match="Daftar periksanya belum selesai"):
        take(ticket, "resolve", "tono", cause="Rutin", solution="Baik")
    take(ticket, "drop_item", "tono", item=str(second.id))
    take(ticket, "resolve", "tono", cause="Rutin", solution="Baik")
    assert db.session.get(Ticket, ticket.id).state == "resolved"


@both
def test_before_the_division_opens_nothing_is_made_and_on_a_closed_day_as_it_begins(app, clock):
    ident = routine(period="day", weekdays="")
    clock[0] = MORNING - timedelta(hours=1)  # 07.30 WIB
    assert open_routines() == 0
    clock[0] = MORNING
    assert open_routines() == 1
    clock[0] = datetime(2026, 12, 4, 17, 30, tzinfo=UTC)  # Saturday, 00.30 WIB
    assert open_routines() == 1 and made(ident)[-1] == (date(2026, 12, 5), 4)


@both
def test_after_days_without_a_worker_one_ticket_is_made_and_says_what_passed(app, clock):
    ident = routine(period="day", weekdays="")
    open_routines()
    clock[0] = MORNING + timedelta(days=10)
    assert open_routines() == 1 and open_routines() == 0
    assert made(ident) == [(MONDAY, 0), (MONDAY + timedelta(days=10), 9)]
    assert (
        "9 tanggal sebelumnya terlewat tanpa tiket"
        in Person(app, "budi").get(f"/admin/routine/details/?id={ident}").text
    )


@both
def test_a_worker_killed_while_it_makes_a_ticket_leaves_nothing_and_the_next_goes_on(app, clock, monkeypatch):
    ident = routine()

    def killed(**_fields):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(open_due, "RoutineTicket", killed)
        with pytest.raises(KeyboardInterrupt):
            open_routines()
    db.session.rollback()
    assert made(ident) == [] and db.session.scalar(select(func.count()).select_from(Ticket)) == 0
    assert open_routines() == 1 and made(ident) == [(MONDAY, 0)]


@both
def test_of_two_workers_that_see_the_same_day_one_makes_its_ticket(app, clock, monkeypatch):
    """The second looked before the first was done: with the lock it looks again."""
    ident = routine()
    asked, real = [], open_due._due

    def first_by_another(row):
        found = real(row)
        if not asked:
            asked.append(1)
            monkeypatch.setattr(open_due, "_due", real)
            assert open_due.open_due(ident)
            db.session.expire_all()
        return found

    monkeypatch.setattr(open_due, "_due", first_by_another)
    assert not open_due.open_due(ident)
    assert made(ident) == [(MONDAY, 0)]


@once
def test_a_schedule_that_rests_or_has_ended_makes_nothing(app, clock):
    routine(is_active=False)
    routine(first_day=MONDAY + timedelta(days=7))
    assert open_routines() == 0
    ended = routine(first_day=MONDAY - timedelta(days=28), last_day=MONDAY - timedelta(days=7))
    assert open_routines() == 1 and made(ended) == [(MONDAY - timedelta(days=7), 3)]
    assert open_routines() == 0


@once
def test_an_officer_who_has_left_gets_no_ticket_but_the_group_does(app, clock):
    lina = db.session.scalar(select(Staff).where(Staff.username == "lina"))
    routine(group_id=group_of("systems"), assignee_id=lina.id)
    with write_transaction():
        db.session.get(Staff, lina.id).is_active = False
    assert open_routines() == 1
    assert db.session.scalars(select(Ticket.assignee_id)).one() is None


FORM = {
    "title": "Periksa cadangan", "checklist": "Cadangan terakhir dibuka", "every": "1", "period": "month",
    "day_numbers": ["0"], "ordinal": "1", "first_day": "01/12/2026", "is_active": "y", "assignee_id": "0",
}  # fmt: skip


@both
def test_a_head_sees_the_next_five_days_before_saving_and_after(app, clock):
    rina = Person(app, "rina")
    form = {**FORM, "group_id": str(group_of("networking"))}
    page = rina.post("/admin/routine/new/", {**form, "look": "1"}).text
    days = ["7 Desember 2026", "4 Januari 2027", "1 Februari 2027", "1 Maret 2027", "5 April 2027"]
    assert [each.text_content() for each in lxml.html.fromstring(page).xpath("//div[@role='status']//li")] == [
        f"Senin, {day}" for day in days
    ]
    assert db.session.scalar(select(func.count()).select_from(Routine)) == 0 and "Cadangan terakhir dibuka" in page
    answer = rina.post("/admin/routine/new/", form)
    assert answer.status_code == 303
    shown = rina.get(answer.location).text
    assert all(day in shown for day in days) and "Setiap bulan, Senin pertama" in shown


@once
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"every": "0"}, "Setiap"),
        ({"last_day": "30/11/2026"}, "Hari terakhir sebelum hari pertama."),
        ({"day_numbers": []}, "Pilih tepat satu hari"),
        ({"first_day": "29/11/2026"}, "Hari itu sudah lewat."),
        ({"checklist": "x" * 201}, "Paling panjang 200 huruf per baris."),
        ({"checklist": "\n".join(str(n) for n in range(41))}, "Paling banyak 40 butir"),
        ({"assignee_id": "lina"}, "bukan anggota kelompok yang dipilih"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_and_nothing_typed_is_lost(app, clock, change, sentence):
    if change.get("assignee_id") == "lina":
        change = {"assignee_id": str(db.session.scalar(select(Staff.id).where(Staff.username == "lina")))}
    answer = Person(app, "rina").post(
        "/admin/routine/new/", {**FORM, "group_id": str(group_of("networking")), **change}
    )
    assert answer.status_code == 422 and sentence in answer.text and "Periksa cadangan" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Routine)) == 0


@once
def test_a_head_of_division_keeps_the_schedules_of_the_own_groups_alone(app, clock):
    ident, hadi = routine(), Person(app, "hadi")
    assert hadi.get(f"/admin/routine/edit/?id={ident}").status_code == 403
    answer = hadi.post("/admin/routine/new/", {**FORM, "group_id": str(group_of("networking"))})
    assert answer.status_code == 422
    assert Person(app, "budi").get(f"/admin/routine/edit/?id={ident}").status_code == 200


@once
def test_the_tickets_of_a_schedule_are_shown_to_whom_the_row_rule_shows_them(app, clock):
    ident = routine()
    open_routines()
    number = db.session.scalars(select(Ticket.number)).one()
    path = f"/admin/routine/details/?id={ident}"
    assert number in Person(app, "tono").get(path).text
    assert db.session.scalar(select(func.count()).select_from(Participant)) == 0
    assert number not in Person(app, "lina").get(path).text
