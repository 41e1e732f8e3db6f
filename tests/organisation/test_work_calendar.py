"""The work calendar: hours that differ are typed, refused in a sentence, previewed, and due times follow them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import lxml.html
import pytest
from sqlalchemy import select

from jobs.tickets.recount_due import is_recount_asked, recount_due
from models.base import calendar, setting
from models.base.calendar import DueRecount, Holiday, SpecialHours
from models.base.db import db, utcnow, write_transaction
from models.base.setting import put
from models.base.wording import today
from models.organisation.audit import AuditEntry
from models.organisation.staff import Group
from models.tickets.ticket import Ticket
from procedures.organisation.typed_hours import BadHours, hours_in_words, read_hours
from tests.browse import Person
from tests.databases import both
from tests.walk import REQUESTER, complaint_at, file_complaint, take

pytestmark = both

FRIDAY = {"name": "Salat Jumat", "division": "", "day_numbers": "4", "typed": "08.00–11.30, 13.30–16.00"}
THURSDAY_3PM = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)  # 15.00 WIB
NEW = "/admin/special_hours/new/"


@pytest.fixture
def thursday(app, cast, monkeypatch):
    """The clock stands at Thursday, 26 November 2026, 15.00; the tests move it."""
    now = [THURSDAY_3PM]
    monkeypatch.setattr("models.base.db.clock", lambda: now[0])
    return now


def add(**row) -> int:
    with write_transaction():
        made = SpecialHours(**{"name": "Jam", "weekdays": "4", "hours": "08:00-11:30,13:30-16:00", **row})
        db.session.add(made)
    return made.id


def due_of(ticket: Ticket) -> datetime:
    db.session.expire_all()
    return db.session.get_one(Ticket, ticket.id).due_at


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("08.00–11.30, 13.30–16.30", "08:00-11:30,13:30-16:30"),
        ("13:30-16:30; 8-11.30", "08:00-11:30,13:30-16:30"),
        ("8 s/d 12 dan 13 sampai 15", "08:00-12:00,13:00-15:00"),
        ("tutup", ""),
        ("", ""),
    ],
)
def test_hours_are_read_as_people_write_them(app, typed, kept):
    assert read_hours(typed) == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("pagi", "bukan jam"),
        ("08.00–25.00", "tidak ada di jam"),
        ("16.00–08.00", "berakhir sebelum dimulai"),
        ("08.00–12.00, 11.00–16.00", "bertumpang tindih"),
        (", ".join(f"{h}.00-{h}.30" for h in range(8, 15)), "Paling banyak 6"),
    ],
)
def test_what_are_no_hours_is_refused_in_a_sentence(app, typed, sentence):
    with pytest.raises(BadHours, match=sentence):
        read_hours(typed)


def test_hours_are_shown_as_they_are_written_here(app):
    assert (hours_in_words("08:00-11:30,13:30-16:00"), hours_in_words("")) == ("08.00–11.30, 13.30–16.00", "Tutup")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"typed": "08.00–12.00, 11.00–16.00"}, "bertumpang tindih"),
        ({"first_day": "2027-02-08"}, "Isi kedua tanggalnya"),
        ({"first_day": "2027-03-09", "last_day": "2027-02-08"}, "Hari terakhir sebelum hari pertama"),
        ({"first_day": "2026-01-05", "last_day": "2026-01-09"}, "sudah lewat"),
        ({"day_numbers": ["0", "1", "2", "3", "4"], "typed": ""}, "tidak ada jam kerja sama sekali"),
        ({"day_numbers": []}, "Pilih sedikitnya satu hari"),
    ],
)
def test_impossible_calendars_are_refused_in_a_sentence_and_what_was_typed_stays(app, cast, change, sentence):
    rudi = Person(app, "rudi")
    answer = rudi.post(NEW, {**FRIDAY, **change})
    page = lxml.html.document_fromstring(answer.text)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert page.xpath('//input[@name="name"]/@value') == ["Salat Jumat"]
    assert db.session.query(SpecialHours).count() == 0


def test_two_rules_for_the_same_day_of_the_same_time_are_refused_and_a_range_stands_before_what_holds_always(app, cast):
    rudi = Person(app, "rudi")
    assert rudi.post(NEW, FRIDAY).status_code == 303
    assert "sudah mengatur hari itu" in rudi.post(NEW, {**FRIDAY, "name": "Lagi", "day_numbers": ["3", "4"]}).text
    ramadan = {**FRIDAY, "name": "Ramadan", "typed": "8-15", "first_day": "2027-02-08", "last_day": "2027-03-09"}
    assert rudi.post(NEW, ramadan).status_code == 303
    hours = calendar.calendars()
    assert hours_of(hours, date(2027, 2, 12)) == "08.00–15.00"
    assert hours_of(hours, date(2027, 3, 12)) == "08.00–11.30, 13.30–16.00"
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "create").order_by(AuditEntry.id))
    assert [entry.diff["hours"][1] for entry in entries] == ["08:00-11:30,13:30-16:00", "08:00-15:00"]


def hours_of(hours: calendar.Calendars, day: date, division: str = "") -> str:
    return ", ".join(f"{a:%H.%M}–{b:%H.%M}" for a, b in hours.of(division).intervals_on(day, hours.holidays))


def test_a_division_has_hours_of_its_own_before_the_houses(app, cast, thursday):
    add(division="networking", weekdays="4", hours="08:00-20:00")
    add(division="", weekdays="4", hours="08:00-11:30")
    hours, friday = calendar.calendars(), date(2026, 11, 27)
    assert (hours_of(hours, friday, "networking"), hours_of(hours, friday)) == ("08.00–20.00", "08.00–11.30")
    thursday[0] += timedelta(days=1, hours=5)  # Friday, 20.00
    ticket = file_complaint()  # goes to networking
    assert ticket.group.division == "networking"
    assert due_of(ticket) == calendar.due_at(utcnow(), 8, division="networking")


def test_a_holiday_in_the_past_is_refused_in_a_sentence(app, cast):
    yesterday = today() - timedelta(days=1)
    answer = Person(app, "rudi").post("/admin/holiday/new/", {"day": str(yesterday), "name": "Kemarin"})
    assert (answer.status_code, "sudah lewat" in answer.text) == (422, True)
    assert db.session.query(Holiday).count() == 0


def test_the_head_sees_what_a_holiday_moves_and_the_worker_moves_it_after_the_second_press(app, thursday):
    ticket = file_complaint()
    before = due_of(ticket)
    assert before == datetime(2026, 11, 27, 8, 0, tzinfo=UTC)  # a working day later
    budi, holiday = Person(app, "budi"), {"day": "2026-11-27", "name": "Libur mendadak"}
    answer = budi.post("/admin/holiday/new/", holiday)
    assert (answer.status_code, "1 batas waktu bergeser" in answer.text, ticket.number in answer.text) == (
        422,
        True,
        True,
    )
    assert (db.session.query(Holiday).count(), due_of(ticket)) == (0, before)
    mark = lxml.html.document_fromstring(answer.text).xpath('//input[@name="seen_moves"]/@value')[0]
    other = budi.post("/admin/holiday/new/", {**holiday, "name": "Lain", "seen_moves": mark})
    assert (other.status_code, db.session.query(Holiday).count()) == (422, 0)  # other words are looked at anew
    assert budi.post("/admin/holiday/new/", {**holiday, "seen_moves": mark}).status_code == 303
    assert (recount_due(), recount_due()) == (1, 0)
    assert due_of(ticket) == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "due_recounted")).one()
    assert entry.diff == {"due_at": [before.isoformat(), due_of(ticket).isoformat()]}


def test_the_administrator_reads_how_many_move_and_no_ticket_that_they_may_not_see(app, thursday):
    ticket = file_complaint()
    page = Person(app, "rudi").post("/admin/holiday/new/", {"day": "2026-11-27", "name": "Libur"}).text
    assert ("1 batas waktu bergeser" in page, ticket.number in page, ticket.subject in page) == (True, False, False)


def test_other_opening_hours_show_what_they_move_before_they_are_saved(app, thursday):
    ticket = file_complaint()
    budi, before = Person(app, "budi"), due_of(ticket)
    answer = budi.post("/admin/setting/save/", {"closes_at": "15:00"})
    page = lxml.html.document_fromstring(answer.text)
    assert (answer.status_code, "1 batas waktu bergeser" in answer.text, setting.get("closes_at")) == (
        422,
        True,
        "16:00",
    )
    assert page.xpath('//input[@name="closes_at"]/@value') == ["15:00"]
    mark = page.xpath('//form[.//input[@name="closes_at"]]//input[@name="seen_moves"]/@value')[0]
    assert budi.post("/admin/setting/save/", {"closes_at": "14:00", "seen_moves": mark}).status_code == 422
    assert budi.post("/admin/setting/save/", {"closes_at": "15:00", "seen_moves": mark}).status_code == 303
    assert (recount_due(), due_of(ticket) > before) == (1, True)


def test_every_way_of_changing_the_calendar_asks_for_a_recount(app, cast):
    def asked() -> int:
        count = db.session.query(DueRecount).filter_by(done_at=None).count()
        recount_due()
        return count

    with write_transaction():
        db.session.add(Holiday(day=date(2027, 1, 1), name="Tahun baru"))
    assert asked() == 1
    row = add()
    assert asked() == 1
    with write_transaction():
        db.session.get_one(SpecialHours, row).hours = "08:00-12:00"
    assert asked() == 1
    with write_transaction():
        db.session.delete(db.session.get_one(SpecialHours, row))
    assert asked() == 1
    with write_transaction():
        put("closes_at", "15:00")
    assert asked() == 1
    with write_transaction():
        put("urgent_target_percent", 20)
    assert asked() == 1
    with write_transaction():
        db.session.query(Group).order_by(Group.id.desc()).first().division = "front_desk"
    assert asked() == 1
    with write_transaction():
        put("file_megabytes", 9)
    assert asked() == 0


def test_the_worker_waits_until_every_process_counts_by_the_new_calendar(app, thursday):
    add()
    assert not is_recount_asked()
    thursday[0] += timedelta(seconds=11)
    assert is_recount_asked()


def test_a_recount_that_is_cut_off_goes_on_and_counts_nothing_twice(app, thursday, monkeypatch):
    monkeypatch.setattr("jobs.tickets.recount_due.BATCH", 1)
    tickets = [file_complaint(email=f"a{n}@x.example") for n in range(3)]
    with write_transaction():
        db.session.add(Holiday(day=date(2026, 11, 27), name="Libur"))
    calls = []

    def fails(*args, **kwargs):
        calls.append(args)
        if len(calls) == 2:
            raise ZeroDivisionError
        return record(*args, **kwargs)

    from models.organisation import audit

    record = audit.record
    monkeypatch.setattr("jobs.tickets.recount_due.audit.record", fails)
    with pytest.raises(ZeroDivisionError):
        recount_due()
    db.session.rollback()
    monkeypatch.setattr("jobs.tickets.recount_due.audit.record", record)
    assert recount_due() == 2
    assert [due_of(t) for t in tickets] == [datetime(2026, 11, 30, 8, 0, tzinfo=UTC)] * 3
    asked = db.session.query(DueRecount).order_by(DueRecount.id.desc()).first()
    assert (asked.moved, asked.done_at is not None) == (3, True)


def test_the_clock_stands_while_the_requester_is_asked_also_when_it_is_counted_anew(app, thursday):
    ticket = complaint_at("in_progress")
    thursday[0] += timedelta(days=4, hours=1)  # Monday, 16.00
    take(ticket, "ask_requester", "tono", text="Tipe ponsel apa?")
    thursday[0] += timedelta(days=2)
    take(ticket, "answer", REQUESTER, text="Galaxy A15.")
    before = due_of(ticket)
    add(weekdays="6", hours="", name="Minggu")  # changes nothing
    assert (recount_due(), due_of(ticket)) == (0, before)
    with write_transaction():
        db.session.add(Holiday(day=date(2026, 12, 3), name="Libur"))
    assert recount_due() == 1
    assert due_of(ticket) > before


def test_a_mended_priority_shortens_the_target_and_takes_it_back(app, thursday):
    ticket = complaint_at("in_progress")
    usual = due_of(ticket)
    begun = ticket.since_at
    for value, label, hours in ((2, "Normal", 6), (1, "Mendesak", 12)):
        was = {"Normal": 0, "Mendesak": 2}[label]
        take(ticket, "mend", "tono", fact="priority", was=str(was), value=str(value), reason="Dekan menunggu")
        assert abs(due_of(ticket) - calendar.due_at(begun, hours)) < timedelta(minutes=1)
    take(ticket, "mend", "tono", fact="priority", was="1", value="0", reason="Sudah tenang")
    assert abs(due_of(ticket) - usual) < timedelta(minutes=1)


def test_the_head_says_how_much_of_a_target_is_left_to_the_urgent(app, thursday):
    ticket = complaint_at("in_progress")
    with write_transaction():
        put("urgent_target_percent", 10)
    take(ticket, "mend", "tono", fact="priority", was="0", value="2", reason="Rektorat")
    assert abs(due_of(ticket) - calendar.due_at(ticket.since_at, 2.4)) < timedelta(minutes=1)


def test_the_coming_week_is_shown_for_the_house_and_the_divisions_that_differ(app, thursday):
    add(division="systems", weekdays="3", hours="08:00-21:00")
    with write_transaction():
        db.session.add(Holiday(day=date(2026, 11, 27), name="Libur"))
    page = lxml.html.document_fromstring(Person(app, "tono").get("/admin/special_hours/").text)
    table = page.xpath('//table[@aria-labelledby="pekan"]')[0]
    heads = [th.text_content() for th in table.xpath(".//th")]
    first, second = ([td.text_content() for td in tr.xpath("td")[1:]] for tr in table.xpath(".//tbody/tr")[:2])
    assert heads == ["Hari", "Semua", "Divisi Sistem Informasi"]
    assert (first, second) == (["08.00–16.00", "08.00–21.00"], ["Hari libur", "Hari libur"])
