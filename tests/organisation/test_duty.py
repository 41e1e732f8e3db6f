"""The on-call roster: planned by the head, swapped by colleagues, told at night, and its holes are warned of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import lxml.html
import pytest
from icalendar import Calendar

from models.base.db import db, write_transaction
from models.organisation.audit import AuditEntry
from models.organisation.delegation import Absence
from models.organisation.roles import Division, Role
from models.organisation.staff import Staff
from models.outages.duty_turn import DutyTurn, night_of, on_duty_now
from models.tickets.outbox import Mail
from procedures.outages.duty import tonight
from tests.browse import Person
from tests.databases import both
from tests.outages.walk import network_outage_at

pytestmark = both

MONDAY = date(2026, 11, 30)
NOON, NIGHT = datetime(2026, 11, 30, 5, tzinfo=UTC), datetime(2026, 11, 30, 15, tzinfo=UTC)  # 12.00 and 22.00 WIB


@pytest.fixture
def clock(app, cast, monkeypatch):
    """It stands at Monday, 12.00, in working hours; the tests move it."""
    now = [NOON]
    monkeypatch.setattr("models.base.db.clock", lambda: now[0])
    with write_transaction():
        tini = Staff(username="tini", name="Tini", email="tini@pustikom.example")
        tini.roles = {Role.STAFF_NETWORKING}
        db.session.add(tini)
    cast["tini"] = tini
    return now


def turn(who: Staff, day: date, division: str = "networking") -> int:
    with write_transaction():
        row = DutyTurn(division=division, day=day, staff_id=who.id)
        db.session.add(row)
    return row.id


def roster() -> dict[tuple[str, date], str]:
    db.session.expire_all()
    return {(row.division, row.day): row.staff.username for row in db.session.query(DutyTurn)}


def saved(person: Person, **fields: int) -> int:
    """The status of the answer to the week's form with these cells, such as networking_30=…"""
    sent = {"week": str(MONDAY)}
    for name, who in fields.items():
        kind, _blank, day = name.rpartition("_")
        sent[f"{'was-' if kind.startswith('was') else ''}{kind.removeprefix('was_')}-2026-11-{day}"] = str(who)
    return person.post("/admin/duty/save/", sent).status_code


def heard(notice: str) -> list[str]:
    return sorted(mail.recipient.split("@")[0] for mail in db.session.query(Mail).filter_by(notice=notice))


def test_the_head_plans_a_week_and_those_concerned_are_told(app, clock, cast):
    rina = Person(app, "rina")
    assert saved(rina, networking_30=cast["tono"].id) == 303
    assert (roster(), heard("duty_changed")) == ({("networking", MONDAY): "tono"}, ["tono"])
    assert saved(rina, networking_30=cast["tini"].id, was_networking_30=cast["tono"].id) == 303
    assert (roster(), heard("duty_changed")) == ({("networking", MONDAY): "tini"}, ["tini", "tono", "tono"])
    assert saved(rina, networking_30=0, was_networking_30=cast["tini"].id) == 303
    diffs = [entry.diff for entry in db.session.query(AuditEntry).filter_by(object_kind="DutyTurn").order_by("id")]
    assert (roster(), diffs[0]) == ({}, {"networking 2026-11-30": ["", "Tono"]})


def test_a_head_plans_neither_another_division_nor_the_past_nor_people_from_elsewhere(app, clock, cast):
    rina, budi = Person(app, "rina"), Person(app, "budi")
    assert saved(rina, systems_30=cast["lina"].id) == 422
    assert saved(rina, networking_30=cast["lina"].id) == 422
    clock[0] += timedelta(days=2)
    assert saved(Person(app, "rina"), networking_30=cast["tono"].id) == 422
    clock[0] -= timedelta(days=2)
    assert roster() == {}
    assert saved(budi, systems_30=cast["lina"].id) == 303


def test_what_somebody_else_planned_meanwhile_is_not_written_over_and_the_choice_stays(app, clock, cast):
    turn(cast["tono"], MONDAY)
    rina = Person(app, "rina")
    answer = rina.post(
        "/admin/duty/save/",
        {"week": str(MONDAY), "networking-2026-11-30": str(cast["tini"].id), "was-networking-2026-11-30": "0"},
    )
    page = lxml.html.document_fromstring(answer.text)
    chosen = page.xpath('//select[@name="networking-2026-11-30"]/option[@selected]/text()')
    assert (answer.status_code, chosen, "baru saja diubah" in answer.text) == (422, ["Tini"], True)
    assert roster() == {("networking", MONDAY): "tono"}


def test_colleagues_swap_their_turns_and_nobody_swaps_those_of_others(app, clock, cast):
    mine, other = turn(cast["tono"], MONDAY), turn(cast["tini"], MONDAY + timedelta(days=1))
    foreign = turn(cast["lina"], MONDAY, "systems")
    tono = Person(app, "tono")
    for one, two in ((other, mine), (mine, foreign), (mine, mine), (mine, 999), (0, 0)):
        assert tono.post("/admin/duty/swap/", {"mine": str(one), "other": str(two)}).status_code == 422
    assert tono.post("/admin/duty/swap/", {"mine": str(mine), "other": str(other)}).status_code == 303
    assert roster()[("networking", MONDAY)] == "tini" and roster()[("networking", MONDAY + timedelta(days=1))] == "tono"
    assert heard("duty_changed") == ["tini"]


@pytest.mark.parametrize(("at", "told"), [(NOON, ["rina", "tini", "tono"]), (NIGHT, ["rina", "tini"])])
def test_an_outage_at_night_is_told_to_whoever_is_on_duty_and_by_day_to_all(app, clock, cast, at, told):
    turn(cast["tini"], MONDAY)
    clock[0] = at
    network_outage_at("reported")
    assert heard("outage_opened") == told


@pytest.mark.parametrize("lack", ["nobody", "away", "gone", "no address"])
def test_where_the_roster_has_a_hole_all_are_told_and_the_page_warns(app, clock, cast, lack):
    if lack != "nobody":
        turn(cast["tini"], MONDAY)
    with write_transaction():
        if lack == "away":
            db.session.add(Absence(staff_id=cast["tini"].id, first_day=MONDAY, last_day=MONDAY))
        elif lack == "gone":
            db.session.get_one(Staff, cast["tini"].id).is_active = False
        elif lack == "no address":
            db.session.get_one(Staff, cast["tini"].id).email = ""
    clock[0] = NIGHT
    network_outage_at("reported")
    assert {"rina", "tono"} <= set(heard("outage_opened"))
    if lack != "no address":
        assert (MONDAY, Division.NETWORKING) in tonight().holes
        assert "Malam tanpa petugas jaga" in Person(app, "rina").get("/admin/shift/").text
    if lack in ("away", "gone"):
        assert "tidak hadir" in Person(app, "tono").get("/admin/duty/").text


def test_a_turn_lasts_until_it_changes_on_the_next_day_also_over_a_weekend(app, clock, cast):
    turn(cast["tini"], MONDAY)
    seen = []
    for hours in (3, 4, 10, 19, 20, 28):  # after Monday, 12.00
        clock[0] = NOON + timedelta(hours=hours)
        now = on_duty_now(Division.NETWORKING)
        seen.append((hours, str(night_of(clock[0]))[-2:], now.name if now else None))
    assert seen == [
        (3, "29", None), (4, "30", "Tini"), (10, "30", "Tini"), (19, "30", "Tini"), (20, "30", None), (28, "01", None),
    ]  # fmt: skip


def test_my_shift_names_who_is_on_duty_tonight(app, clock, cast):
    turn(cast["tini"], MONDAY)
    clock[0] = NIGHT
    page = lxml.html.document_fromstring(Person(app, "sari").get("/admin/shift/").text)
    rows = page.xpath('//section[@aria-labelledby="h-jaga"]//li')
    assert [" ".join(" ".join(row.itertext()).split()) for row in rows] == [
        "Tini Divisi Networking", "Belum ada Divisi Sistem Informasi semua staf dikabari",
    ]  # fmt: skip


def test_ones_own_turns_come_as_a_calendar_file_and_no_one_elses(app, clock, cast):
    turn(cast["tono"], MONDAY)
    turn(cast["tini"], MONDAY + timedelta(days=1))
    events = Calendar.from_ical(Person(app, "tono").get("/admin/duty/mine.ics", check=False).data).walk("VEVENT")
    assert [(e["DTSTART"].dt.astimezone(UTC).isoformat(), str(e["UID"])) for e in events] == [
        ("2026-11-30T09:00:00+00:00", "duty-networking-2026-11-30@pustikom")
    ]


@pytest.mark.parametrize("week", ["besok", "2026-02-30", "1999-01-01", "9999-12-31"])
def test_a_week_that_is_none_is_refused(app, clock, week):
    assert Person(app, "rina").get(f"/admin/duty/?week={week}", check=False).status_code == 400
