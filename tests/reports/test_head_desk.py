"""A head's first screen: each of the four answers and each figure of the month is the count of the list it leads to."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from statistics import median

import pytest
from sqlalchemy import func, select

from admin_views.tickets.desk.my_desk_counts import late_of, lying_with
from jobs.tickets.count_months import count_months
from models.base import calendar
from models.base.db import db, utcnow, write_transaction
from models.base.wording import today
from models.organisation.delegation import divisions_of_groups
from models.organisation.month_figure import MonthFigure, month_of
from models.organisation.staff import Group
from models.outages.outage import Outage
from models.tickets.ticket import Ticket, visible_to
from tests.browse import Person
from tests.databases import once
from tests.outages.walk import network_outage_at, small_network
from tests.tickets.test_service_report import day_of, visit_slowly
from tests.tickets.test_workbench import Statements
from tests.walk import REQUESTER, category_id, complaint_at, file_complaint, take

ANSWER = re.compile(r'<a href="([^"]+)"><b>([^<]+)</b> ')
TOTAL = re.compile(r'<span class="pk-muted">(?:lebih dari )?([\d.]+) tiket')


def listed(person: Person, address: str) -> int:
    return int(TOTAL.search(person.get(address.replace("&amp;", "&")).text)[1].replace(".", ""))


@pytest.fixture
def two_months(app, cast, monkeypatch):
    """Work of October and November 2026, looked at on 20 November."""
    now = [datetime(2026, 10, 5, 2, 0, tzinfo=UTC)]
    monkeypatch.setattr("models.base.db.clock", lambda: now[0])
    for _count in range(3):
        wifi, portal = file_complaint(), file_complaint(category=category_id("Portal dan aplikasi"))
        now[0] += timedelta(hours=3)
        take(wifi, "reply", "tono", text="Sedang dicek.")
        take(portal, "reply", "lina", text="Sedang dicek.")
        now[0] += timedelta(days=3 * _count)
        take(wifi, "resolve", "tono", cause="Kabel", solution="Diganti.")
        take(wifi, "confirm", REQUESTER)
        now[0] += timedelta(days=10)
    file_complaint()
    now[0] = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    file_complaint(subject="Hari ini")  # not yet in the figures, which end yesterday
    count_months()
    return now


@pytest.mark.parametrize("who", ["budi", "rina"])
def test_the_month_of_a_head_equals_a_plain_loop_over_the_tickets_that_head_may_see(app, two_months, cast, who):
    figures = month_of(cast[who].id, cast[who].roles)
    tickets = db.session.scalars(select(Ticket).where(visible_to(cast[who]))).unique().all()
    assert (figures.now.first, figures.now.last) == ("2026-11-01", "2026-11-19")
    assert (figures.then.first, figures.then.last) == ("2026-10-01", "2026-10-19")
    for count in (figures.now, figures.then):

        def inside(moment, count=count):
            return moment is not None and count.day <= day_of(moment) <= count.end

        ended = [ticket for ticket in tickets if inside(ticket.closed_at)]
        assert count.received == sum(inside(ticket.received_at) for ticket in tickets)
        assert count.ended == len(ended)
        lengths = [calendar.hours_between(t.received_at, t.resolved_at or t.closed_at) for t in ended]
        assert count.median == (pytest.approx(median(lengths)) if lengths else None)
        plain = {"visits": {}, "reopened": 0}
        for ticket in tickets:
            visit_slowly(ticket, count.day, count.end, plain)
        targets = [(h, t) for visits in plain["visits"].values() for h, t in visits if t is not None]
        assert (count.with_target, count.kept) == (len(targets), sum(h <= t + 1 / 3600 for h, t in targets))
    for week in figures.weeks:
        assert week.received == sum(week.day <= day_of(ticket.received_at) <= week.end for ticket in tickets)
        assert week.ended == sum(bool(t.closed_at) and week.day <= day_of(t.closed_at) <= week.end for t in tickets)
    assert figures.weeks[0].day == date(2026, 10, 1) and figures.weeks[-1].end == date(2026, 11, 19)
    assert sum(group.with_target for group in figures.groups) == figures.now.with_target
    assert sum(group.kept_then for group in figures.groups) == figures.then.kept
    assert figures.now.received and figures.then.ended


@once
def test_each_figure_of_the_month_leads_to_so_many_tickets(app, two_months, cast):
    for who in ("budi", "rina"):
        person = Person(app, who)
        desk = person.get("/admin/").text
        part = desk[desk.index('id="bulan"') :]
        counted = re.findall(r'<a href="(/admin/ticket/\?state=[^"]+)">(?:<b>)?(\d+)<', part)
        assert len(counted) > 10
        for address, figure in counted:
            assert listed(person, address) == int(figure), address


@once
def test_a_head_of_division_counts_less_and_an_officer_no_month(app, two_months, cast):
    budi, rina = (month_of(cast[who].id, cast[who].roles) for who in ("budi", "rina"))
    assert rina.then.received < budi.then.received
    assert month_of(cast["tono"].id, cast["tono"].roles) is None
    assert "Bulan ini dibanding" not in Person(app, "tono").get("/admin/").text


@once
def test_figures_counted_for_other_roles_are_not_shown(app, two_months, cast):
    with write_transaction():
        db.session.get(MonthFigure, cast["budi"].id).roles = "viewer"
    assert "Belum dihitung" in Person(app, "budi").get("/admin/").text


@once
def test_a_day_is_counted_once_and_the_next_day_anew(app, two_months, cast, monkeypatch):
    asked = []
    monkeypatch.setattr("jobs.tickets.count_months.month_until", lambda last, seen: asked.append(last))
    count_months()
    assert asked == []
    two_months[0] += timedelta(days=1)
    monkeypatch.undo()
    monkeypatch.setattr("models.base.db.clock", lambda: two_months[0])
    count_months()
    assert db.session.get(MonthFigure, cast["budi"].id).last_day == today() - timedelta(days=1)


@once
def test_a_house_without_tickets_says_so_on_the_heads_desk(app, cast):
    budi = Person(app, "budi")
    assert "Belum dihitung" in budi.get("/admin/").text
    count_months()
    assert "Tidak ada tiket pada dua bulan ini" in budi.get("/admin/").text


@pytest.fixture
def busy(app, cast):
    """Late at two desks, two outages of which one answers again."""
    late = [complaint_at("in_progress") for _n in range(2)]
    late.append(file_complaint(category=category_id("Portal dan aplikasi")))
    nodes = small_network()
    out, answered = network_outage_at("estimated", nodes), network_outage_at("estimated", nodes)
    with write_transaction():
        for ticket in late:
            db.session.get(Ticket, ticket.id).due_at = utcnow().replace(year=2026, month=1)
        db.session.get(Outage, answered.id).answered_at = utcnow()
    return out.id, answered.id


@pytest.mark.parametrize("who", ["budi", "rina", "hadi"])
def test_the_four_answers_are_the_counts_of_their_lists(app, busy, cast, who):
    person = Person(app, who)
    desk = person.get("/admin/").text
    answers = ANSWER.findall(desk[desk.index("pk-answers") : desk.index("</ul>", desk.index("pk-answers"))])
    assert [address.split("?")[1] for address, _figure in answers[:3]] == [
        "pile=decisions",
        "pile=overdue",
        "state=out",
    ]
    for address, figure in answers[:3]:
        assert listed(person, address) == int(figure), address


@once
def test_what_answers_again_is_out_no_more_and_the_row_rule_holds(app, busy, cast):
    numbers = dict(db.session.execute(select(Ticket.id, Ticket.number).where(Ticket.id.in_(busy))).tuples().all())
    shown = Person(app, "budi").get("/admin/ticket/?state=out").text
    assert numbers[busy[0]] in shown and numbers[busy[1]] not in shown
    assert numbers[busy[0]] not in Person(app, "wati").get("/admin/ticket/?state=out").text


@once
@pytest.mark.parametrize("who", ["budi", "rina", "hadi"])
def test_what_is_late_at_a_desk_is_as_many_as_its_list(app, busy, cast, who):
    person = Person(app, who)
    page = person.get("/admin/").text
    found = re.findall(r'<a href="(/admin/ticket/\?pile=overdue&amp;group=(\d+))"><b>(\d+)', page)
    late = late_of(lying_with(cast[who], divisions_of_groups()))
    assert [(int(group), int(count)) for _href, group, count in found] == [(x.group_id, x.lying.count) for x in late]
    assert found
    for address, _group, count in found:
        assert listed(person, address) == int(count)
    groups = dict(
        db.session.execute(select(Ticket.group_id, func.count()).where(Ticket.due_at < utcnow(), Ticket.is_open, visible_to(cast[who])).group_by(Ticket.group_id)).tuples().all()
    )  # fmt: skip
    assert {x.group_id: x.lying.count for x in late} == groups
    assert all(db.session.get(Group, x.group_id).name in page for x in late)


@once
@pytest.mark.parametrize("who", ["budi", "rina", "hadi"])
def test_a_heads_desk_asks_at_most_ten_statements(app, busy, cast, who):
    count_months()
    person = Person(app, who)
    person.get("/admin/")
    with Statements(app) as asked:
        assert person.client.get("/admin/").status_code == 200
    assert len(asked.found) <= 10


@once
@pytest.mark.parametrize("query", ["ended_since=kemarin", "ended_until=2026-13-01", "ended_since=0001-01-01"])
def test_an_end_that_is_no_day_is_refused(app, cast, query):
    assert Person(app, "budi").get(f"/admin/ticket/?{query}", check=False).status_code == 400
