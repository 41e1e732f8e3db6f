"""The report of a month: made once, kept as it was, told to whom the setting says, read by who sees all tickets."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select, true

from jobs.tickets.make_monthly_report import make_monthly_report
from models.base import setting
from models.base.db import db, write_transaction
from models.organisation.monthly_report import MonthlyReport
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from procedures.organisation.setting_rules import ONE_FORM, SettingRefused
from procedures.tickets.reports.service_report import report_of
from tests.browse import Person
from tests.databases import once
from tests.tickets.test_service_report import assert_same, slowly
from tests.walk import REQUESTER, file_complaint, take

PAGE = "/admin/monthly_report/"


@pytest.fixture
def december(app, cast, monkeypatch):
    """Work of November; it is the first of December, 00.10 WIB."""
    now = [datetime(2026, 11, 10, 2, 0, tzinfo=UTC)]
    monkeypatch.setattr("models.base.db.clock", lambda: now[0])
    ticket = file_complaint()
    now[0] += timedelta(hours=3)
    take(ticket, "reply", "tono", text="Sedang dicek.")
    take(ticket, "resolve", "tono", cause="Kabel", solution="Diganti.")
    take(ticket, "confirm", REQUESTER)
    file_complaint(subject="Masih terbuka")
    now[0] = datetime(2026, 11, 30, 17, 10, tzinfo=UTC)
    return now


def mails():
    return list(db.session.scalars(select(Mail).where(Mail.notice == "month_reported").order_by(Mail.id)))


def test_the_month_is_reported_once_and_equals_a_plain_loop(app, december):
    make_monthly_report()
    make_monthly_report()
    report = db.session.scalars(select(MonthlyReport)).one()
    plain = slowly(date(2026, 11, 1), date(2026, 11, 30), db.session.scalars(select(Ticket)).unique().all())
    assert_same(report_of(date(2026, 11, 1), date(2026, 11, 30), true()), plain)
    assert (report.month, report.received, report.ended, report.open) == (
        date(2026, 11, 1),
        plain["received"],
        plain["ended"],
        plain["open"],
    )
    targets = [(h, t) for visits in plain["visits"].values() for h, t in visits if t is not None]
    assert (report.with_target, report.kept) == (len(targets), sum(h <= t + 1 / 3600 for h, t in targets))
    assert [mail.recipient for mail in mails()] == ["budi@pustikom.example"]


@once
def test_what_was_kept_does_not_change_with_the_tickets(app, december):
    make_monthly_report()
    first = Person(app, "budi").get(f"{PAGE}paper/2026-11-01").data
    with write_transaction():
        db.session.delete(db.session.scalars(select(Mail)).first())
    december[0] += timedelta(days=3)
    file_complaint(subject="Bulan berikutnya")
    make_monthly_report()
    assert Person(app, "budi").get(f"{PAGE}paper/2026-11-01").data == first
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(first)).pages)
    assert "November 2026" in text and "Pengaduan TIK" in text


@once
def test_the_setting_says_who_is_told(app, december, cast):
    with write_transaction():
        setting.put("monthly_report_to", "rektorat@kampus.example, rina@pustikom.example")
    make_monthly_report()
    assert {mail.recipient for mail in mails()} == {"rektorat@kampus.example", "rina@pustikom.example"}
    assert ONE_FORM["monthly_report_to"](" A@b.example ,a@b.example,") == "a@b.example"
    with pytest.raises(SettingRefused):
        ONE_FORM["monthly_report_to"]("rektor, rina@pustikom.example")


@once
def test_an_empty_house_makes_no_report_and_says_so(app, cast):
    make_monthly_report()
    assert db.session.scalars(select(MonthlyReport)).all() == [] and mails() == []
    assert "Belum ada laporan bulanan" in Person(app, "budi").get(PAGE).text


@once
def test_a_head_of_division_does_not_read_the_figures_of_all(app, december):
    make_monthly_report()
    assert "November 2026" in Person(app, "ketua").get(PAGE).text
    for path in (PAGE, f"{PAGE}paper/2026-11-01"):
        assert Person(app, "rina").get(path, check=False).status_code == 403


@once
@pytest.mark.parametrize("month", ["2026-10-01", "kemarin", "2026-13-01", "0"])
def test_a_month_without_a_report_is_not_found(app, december, month):
    assert Person(app, "budi").get(f"{PAGE}paper/{month}", check=False).status_code == 404
