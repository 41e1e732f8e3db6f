"""The report on a period's work: each figure equals what a slow, plain loop finds; rights, rows and bad periods."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from statistics import median

import pytest
from sqlalchemy import select, true

from models.base import calendar
from models.base.db import db
from models.base.wording import WIB
from models.organisation.staff import Staff
from models.tickets.span import spans_of
from models.tickets.ticket import Event, Ticket, visible_to
from procedures.engine import catalog
from procedures.tickets import times
from procedures.tickets.reports.service_report import before, report_of
from tests.accounts.stories import email_at
from tests.browse import Person
from tests.databases import both, once
from tests.installation.installation_walk import installation_at
from tests.tickets.test_workbench import Statements
from tests.walk import REQUESTER, category_id, complaint_at, file_complaint, take

pytestmark = both

MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)  # 08.00 WIB
PAGE = "/admin/service_report/"


@pytest.fixture
def month(app, cast, monkeypatch):
    """Three weeks of work, two of them within the period 23 November to 6 December."""
    now = [MONDAY]
    monkeypatch.setattr("models.base.db.clock", lambda: now[0])

    def on(**span):
        now[0] += timedelta(**span)

    file_complaint()
    early = complaint_at("in_progress")
    on(days=7, hours=3)
    take(early, "resolve", "tono", cause="Kabel", solution="Diganti.")
    take(early, "reopen", REQUESTER, reason="Masih mati.")
    quick = file_complaint(subject="Sandi Wi-Fi")
    on(minutes=30)
    take(quick, "reply", "tono", text="Sedang dicek.")
    on(hours=2)
    take(quick, "resolve", "tono", cause="Salah ketik", solution="Dijelaskan.")
    on(hours=1)
    take(quick, "rate", REQUESTER, rating=4, comment="")
    take(quick, "confirm", REQUESTER)
    on(days=1)
    installation_at("closed")
    on(days=2)
    installation_at("survey")
    email_at("creation")
    file_complaint(category=category_id("Portal dan aplikasi"))
    slow = complaint_at("in_progress")
    on(days=2)
    take(slow, "ask_requester", "tono", text="Lantai berapa?")
    on(days=4)
    take(slow, "answer", REQUESTER, text="Dua.")
    on(hours=2)
    take(slow, "resolve", "tono", cause="Titik akses", solution="Diganti.")
    return MONDAY.date() + timedelta(days=7), MONDAY.date() + timedelta(days=20)


def day_of(moment):
    return moment.astimezone(WIB).date()


def slowly(first, last, tickets):
    """What the report must say of these tickets, ticket by ticket and without SQL."""
    found = {
        "received": 0,
        "ended": 0,
        "open": 0,
        "answers": [],
        "wholes": [],
        "visits": {},
        "reopened": 0,
        "ratings": [],
    }
    for ticket in tickets:
        closed = day_of(ticket.closed_at) if ticket.closed_at else None
        if first <= day_of(ticket.received_at) <= last:
            found["received"] += 1
            events = db.session.scalars(select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id)).all()
            answer = times.until_first_answer(catalog.get(ticket.procedure), ticket.received_at, events)
            if answer is not None:
                found["answers"].append(answer.working)
        if closed is not None and first <= closed <= last:
            found["ended"] += 1
            found["wholes"].append(calendar.hours_between(ticket.received_at, ticket.resolved_at or ticket.closed_at))
            found["ratings"] += [ticket.rating] if ticket.rating else []
        if day_of(ticket.received_at) <= last and (closed is None or closed > last):
            found["open"] += 1
        visit_slowly(ticket, first, last, found)
    return found


def visit_slowly(ticket, first, last, found):
    spans = list(spans_of(ticket.id))
    at = 0
    while at < len(spans):
        here, ours = [spans[at]], 0.0
        while (
            at + 1 < len(spans)
            and spans[at + 1].state == spans[at].state
            and spans[at + 1].began_at == spans[at].ended_at
        ):
            at += 1
            here.append(spans[at])
        at += 1
        if here[-1].ended_at is None or not first <= day_of(here[-1].ended_at) <= last:
            continue
        if here[0].state == "resolved" and at < len(spans) and spans[at].began_at == here[-1].ended_at:
            found["reopened"] += 1
        within = catalog.get(ticket.procedure).within(catalog.get(ticket.procedure).state(here[0].state))
        mine = [span for span in here if span.counts_for_us]
        for span in mine:
            plain = (span.ended_at - span.began_at) / timedelta(hours=1)
            ours += plain if within and within.round_the_clock else calendar.hours_between(span.began_at, span.ended_at)
        if mine:
            found["visits"].setdefault((ticket.procedure, here[0].state), []).append((ours, within and within.hours))


def assert_same(report, plain):
    assert (report.received, report.ended, report.open) == (plain["received"], plain["ended"], plain["open"])
    assert sorted(report.answer.hours) == pytest.approx(sorted(plain["answers"]))
    assert sorted(h for line in report.services for h in line.whole.hours) == pytest.approx(sorted(plain["wholes"]))
    assert report.reopened == plain["reopened"]
    assert report.rated == len(plain["ratings"])
    desks = {(d.procedure.key, d.state.value): d.took for d in report.desks}
    assert desks.keys() == plain["visits"].keys()
    for key, visits in plain["visits"].items():
        hours = sorted(hours for hours, _target in visits)
        assert sorted(desks[key].hours) == pytest.approx(hours)
        assert desks[key].median == pytest.approx(median(hours))
        assert desks[key].p90 == pytest.approx(hours[-(-9 * len(hours) // 10) - 1])
        assert (desks[key].with_target, desks[key].kept) == (
            sum(target is not None for _h, target in visits), sum(target is not None and h <= target + 1 / 3600 for h, target in visits)
        )  # fmt: skip
    assert sum(n for _day, n, _ended in report.days) == plain["received"]
    assert sum(n for _day, _received, n in report.days) == plain["ended"]


def test_every_figure_equals_a_plain_loop_over_the_tickets(app, month):
    first, last = month
    everything = db.session.scalars(select(Ticket)).unique().all()
    plain = slowly(first, last, everything)
    assert plain["received"] >= 4 and plain["reopened"] == 1 and plain["ratings"] == [4]  # the story tells something
    assert any(target and hours > target for visits in plain["visits"].values() for hours, target in visits)
    assert_same(report_of(first, last, true()), plain)
    earlier = slowly(first - timedelta(days=14), first - timedelta(days=1), everything)
    told = before(first, last, true())
    assert (told.received, told.ended, told.open) == (earlier["received"], earlier["ended"], earlier["open"])


@pytest.mark.parametrize("who", ["rina", "hadi"])
def test_a_head_of_division_counts_the_tickets_that_head_may_see(app, month, who):
    person = db.session.scalars(select(Staff).where(Staff.username == who)).unique().one()
    own = db.session.scalars(select(Ticket).where(visible_to(person))).unique().all()
    assert len(own) < db.session.query(Ticket).count()
    assert_same(report_of(*month, visible_to(person)), slowly(*month, own))


@once
def test_the_page_and_its_file_count_what_their_reader_may_see(app, month):
    """The systems' complaint came in the period: the head of networking, who may not see it, counts one less."""
    query = "?first={}&last={}".format(*month)
    counted = {}
    for who in ("budi", "rina"):
        person = Person(app, who)
        text = person.get(f"{PAGE}export/{query}").text
        rows = csv.reader(StringIO(text.lstrip("\ufeff")), delimiter=";" if ";" in text.splitlines()[0] else ",")
        counted[who] = next(int(row[2]) for row in rows if row[:2] == ["Diterima", "Pengaduan TIK"])
        page = person.get(f"{PAGE}{query}").text
        assert (
            f"<b>{report_of(*month, visible_to(db.session.scalars(select(Staff).where(Staff.username == who)).unique().one())).received}</b>"
            in page
        )
    assert counted["budi"] == counted["rina"] + 1


@once
def test_budi_reads_the_month_in_twelve_statements_and_takes_it_along(app, month):
    first, last = month
    budi = Person(app, "budi")
    budi.get(PAGE)
    with Statements(app) as asked:
        page = budi.get(f"{PAGE}?first={first}&last={last}").text
    assert len(asked.found) <= 12
    assert "Pemasangan jaringan baru" in page and "Paling banyak terlambat di" in page
    assert "1 tiket dibuka lagi" in page and "4" in page
    text = budi.get(f"{PAGE}export/?first={first}&last={last}").text
    rows = list(csv.reader(StringIO(text.lstrip("\ufeff")), delimiter=";" if ";" in text.splitlines()[0] else ","))
    report = report_of(first, last, true())
    told = {(row[0], row[1]): row[2] for row in rows}
    assert told["Diterima", "Pengaduan TIK"] == str(
        next(s.received for s in report.services if s.procedure.key == "complaint")
    )
    assert budi.get(f"{PAGE}export/?format=xlsx&first={first}&last={last}").data[:2] == b"PK"


@once
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("first=2026-12-06&last=2026-11-01", "Hari pertama harus sebelum hari terakhir."),
        ("first=2010-01-01&last=2026-11-01", "Pilih masa paling lama sepuluh tahun."),
        ("first=kemarin", "tanggal"),
    ],
)
def test_a_period_that_cannot_be_gets_a_sentence(app, cast, query, sentence):
    answer = Person(app, "budi").get(f"{PAGE}?{query}", check=False)
    assert (answer.status_code, sentence in answer.text) == (422, True)


@once
def test_a_house_without_tickets_says_so(app, cast):
    assert "Tidak ada tiket pada masa ini" in Person(app, "budi").get(PAGE).text
