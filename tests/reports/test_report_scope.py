"""The report of a part of the tickets: every figure equals a plain loop over that part; its files; the worker's."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import timedelta

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import select, true

from admin_views.tickets.reports import service_report as page
from jobs.organisation.write_exports import write_exports
from models.base.db import db, write_transaction
from models.organisation.export import Export
from models.organisation.staff import Group, Staff
from models.organisation.unit import with_subunits
from models.tickets.span import spans_of
from models.tickets.ticket import Ticket, visible_to
from procedures.engine import catalog
from procedures.tickets.reports.scope import ReportScope, places_of_steps
from procedures.tickets.reports.service_report import report_of
from tests.browse import Person
from tests.databases import once
from tests.tickets.test_service_report import PAGE, assert_same, day_of, slowly
from tests.tickets.test_service_report import month as month  # the story that both read
from tests.tickets.test_workbench import Statements


def tickets():
    return db.session.scalars(select(Ticket)).unique().all()


def scopes():
    """A scope of every kind, with the plain question whether a ticket belongs to it."""
    group = db.session.scalars(select(Group).where(Group.name == "Jaringan")).one()
    tono = db.session.scalars(select(Staff).where(Staff.username == "tono")).unique().one()
    unit = next(ticket.unit_id for ticket in tickets() if ticket.unit_id)
    below = with_subunits(unit)
    return [
        (ReportScope(procedure="complaint"), lambda t: t.procedure == "complaint"),
        (ReportScope(group=group.id), lambda t: t.group_id == group.id),
        (ReportScope(assignee=tono.id), lambda t: t.assignee_id == tono.id),
        (ReportScope(unit=unit), lambda t: t.unit_id in below),
        (ReportScope(channel="web"), lambda t: t.channel == "web"),
        (ReportScope(procedure="complaint", channel="letter"), lambda _t: False),
    ]


def test_every_figure_of_a_part_equals_a_plain_loop_over_that_part(app, month):
    first, last = month
    counted = []
    for scope, belongs in scopes():
        part = [ticket for ticket in tickets() if belongs(ticket)]
        report = report_of(first, last, scope.within(true()))
        assert_same(report, slowly(first, last, part))
        counted.append(report.received)
    assert counted[0] and counted[0] < report_of(first, last, true()).received and counted[-1] == 0


def test_a_step_counts_the_tickets_that_lay_there_and_that_desk_alone(app, month):
    first, last = month
    scope = ReportScope(step="C5")
    places = places_of_steps()["C5"]
    part = [t for t in tickets() if any((t.procedure, span.state) in places for span in spans_of(t.id))]
    plain = slowly(first, last, part)
    plain["visits"] = {place: visits for place, visits in plain["visits"].items() if place in places}
    report = report_of(first, last, scope.within(true()), places=scope.places())
    assert_same(report, plain)
    assert len(part) < len(tickets()) and {(d.procedure.key, d.state.value) for d in report.desks} <= places


def test_every_step_on_which_a_ticket_can_lie_is_offered(app):
    lines = {state.line for procedure in catalog.PROCEDURES.values() for state in procedure.states if state.line}
    assert set(places_of_steps()) == lines


def test_a_period_counted_month_by_month_has_the_figures_of_the_whole(app, month):
    first, last = month[0] - timedelta(days=40), month[1] + timedelta(days=40)
    told = []
    parts, whole = report_of(first, last, true(), told.append), report_of(first, last, true())
    assert len(told) >= 3 and told[-1] == whole.received and told == sorted(told)
    assert [(s.received, s.ended, s.open, s.whole.median, s.answer.p90) for s in parts.services] == [
        (s.received, s.ended, s.open, s.whole.median, s.answer.p90) for s in whole.services
    ]
    assert [(d.state, d.took.median, d.took.kept) for d in parts.desks] == [
        (d.state, d.took.median, d.took.kept) for d in whole.desks
    ]
    assert (parts.days, parts.reopened, parts.rating) == (whole.days, whole.reopened, whole.rating)
    assert (parts.units, parts.kinds, parts.channels) == (whole.units, whole.kinds, whole.channels)


def test_the_backlog_of_each_day_equals_a_plain_count(app, month):
    first, last = month
    for day, still in report_of(first, last, true()).backlog:
        assert still == sum(
            day_of(t.received_at) <= day and (t.closed_at is None or day_of(t.closed_at) > day) for t in tickets()
        )


@once
def test_a_head_of_division_sees_no_more_by_choosing(app, month):
    """The row rule stands in every scope: rina asks for the group of systems, whose tickets she may not see."""
    group = db.session.scalars(select(Group).where(Group.name == "Sistem Informasi")).one()
    rina = db.session.scalars(select(Staff).where(Staff.username == "rina")).unique().one()
    scope = ReportScope(group=group.id)
    assert report_of(*month, scope.within(true())).received > 0
    assert report_of(*month, scope.within(visible_to(rina))).received == 0
    first, last = month
    shown = Person(app, "rina").get(f"{PAGE}?first={first}&last={last}&group={group.id}").text
    assert re.search(r"<b>0</b> diterima", shown)


@once
def test_a_chosen_report_asks_twelve_statements_and_says_what_was_chosen(app, month):
    first, last = month
    budi = Person(app, "budi")
    budi.get(PAGE)
    with Statements(app) as asked:
        shown = budi.get(f"{PAGE}?first={first}&last={last}&procedure=complaint&step=C5&channel=web").text
    assert len(asked.found) <= 12
    assert "Layanan: Pengaduan TIK, Langkah: C5, Datang melalui: Formulir daring" in shown
    assert "/admin/ticket/?state=all&amp;since" not in shown  # a list cannot say who lay there
    assert "procedure=complaint&amp;since" not in shown


@once
@pytest.mark.parametrize(
    "query", ["procedure=x", "step=Z9", "group=abc", "unit=²", "channel=merpati", "assignee=-1", "hapus=1"]
)
def test_what_cannot_be_chosen_is_refused(app, cast, query):
    assert Person(app, "budi").get(f"{PAGE}?{query}", check=False).status_code == 400
    assert Person(app, "budi").get(f"{PAGE}export/?{query}", check=False).status_code == 400


@once
def test_budi_takes_the_report_along_as_a_pdf(app, month):
    first, last = month
    answer = Person(app, "budi").get(f"{PAGE}export/?format=pdf&first={first}&last={last}&procedure=complaint")
    assert answer.mimetype == "application/pdf"
    text = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.data)).pages)
    assert "Pengaduan TIK" in text and "Masih terbuka" in text and "Layanan: Pengaduan TIK" in text
    assert str(report_of(first, last, ReportScope(procedure="complaint").within(true())).received) in text


@once
def test_a_great_report_is_left_to_the_worker_and_equals_the_page(app, month, monkeypatch):
    monkeypatch.setattr(page, "MOST_AT_ONCE", 2)
    first, last = month
    budi, query = Person(app, "budi"), "first={}&last={}".format(*month)
    assert "Lebih dari 2 tiket masuk" in budi.get(f"{PAGE}?{query}").text
    assert budi.get(f"{PAGE}export/?{query}", check=False).status_code == 303  # nothing great is counted in a request
    assert budi.post(f"{PAGE}export/?format=xlsx&{query}").location == "/admin/export/"
    db.session.rollback()
    export = db.session.scalars(select(Export)).one()
    report = report_of(first, last, true())
    assert (export.view, export.expected, export.state) == ("service_report", report.received, "queued")
    assert write_exports() == 1
    db.session.expire_all()
    assert (export.state, export.expected) == ("ready", report.received)
    sheet = openpyxl.load_workbook(io.BytesIO(budi.get(f"/admin/export/file/{export.id}").data)).active
    told = {(row[0], row[1]): row[2] for row in sheet.iter_rows(values_only=True)}
    for line in report.services:
        assert told["Diterima", str(line.procedure.title)] == line.received


@once
def test_five_years_are_left_to_the_worker_however_few_tickets_they_hold(app, month):
    """Its file has the figures of the whole, counted in parts of a month."""
    last = month[1]
    first = last.replace(year=last.year - 5, day=1)
    budi, query = Person(app, "budi"), f"first={first}&last={last}"
    assert "Masa ini lebih dari satu tahun" in budi.get(f"{PAGE}?{query}").text
    assert budi.get(f"{PAGE}export/?{query}", check=False).status_code == 303
    assert budi.post(f"{PAGE}export/?format=csv&{query}").location == "/admin/export/"
    assert write_exports() == 1
    db.session.rollback()
    export = db.session.scalars(select(Export)).one()
    text = budi.get(f"/admin/export/file/{export.id}").data.decode("utf-8-sig")
    told = {(row[0], row[1]): row[2] for row in csv.reader(io.StringIO(text), delimiter=";")}
    plain = Counter(t.procedure for t in tickets() if first <= day_of(t.received_at) <= last)
    for line in report_of(first, last, true()).services:
        assert told["Diterima", str(line.procedure.title)] == str(plain[line.procedure.key])


@once
def test_the_worker_asks_the_right_again_while_it_counts(app, cast, month, monkeypatch):
    monkeypatch.setattr(page, "MOST_AT_ONCE", 2)
    Person(app, "rina").post(f"{PAGE}export/?format=csv&first={month[0]}&last={month[1]}")
    with write_transaction():
        db.session.scalars(select(Staff).where(Staff.username == "rina")).unique().one().roles = frozenset()
    write_exports()
    db.session.rollback()
    assert db.session.scalars(select(Export.state)).one() == "refused"


@once
def test_the_workers_file_holds_what_its_reader_may_see(app, month, monkeypatch):
    monkeypatch.setattr(page, "MOST_AT_ONCE", 2)
    rina = Person(app, "rina")
    rina.post(f"{PAGE}export/?format=csv&first={month[0]}&last={month[1]}")
    write_exports()
    db.session.rollback()
    text = rina.get(f"/admin/export/file/{db.session.scalars(select(Export.id)).one()}").data.decode("utf-8-sig")
    told = {(row[0], row[1]): row[2] for row in csv.reader(io.StringIO(text), delimiter=";")}
    staff = db.session.scalars(select(Staff).where(Staff.username == "rina")).unique().one()
    for line in report_of(*month, visible_to(staff)).services:
        assert told["Diterima", str(line.procedure.title)] == str(line.received)
