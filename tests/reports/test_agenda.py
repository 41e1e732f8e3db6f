"""An officer's appointments: by week and month, a head's people, and the calendar that leaves the house."""

from __future__ import annotations

from datetime import timedelta

import lxml.html
import pytest
from icalendar import Calendar
from sqlalchemy import update

from models.base.db import db, utcnow, write_transaction
from models.base.wording import at_time, local, today
from models.installation.survey import Appointment
from models.organisation.audit import AuditEntry
from models.organisation.calendar_feed import CalendarFeed
from models.organisation.staff import Staff
from models.outages.duty_turn import DutyTurn
from models.tickets.listing import agenda
from models.tickets.ticket import Participant, Ticket
from tests.browse import Person
from tests.databases import both, once
from tests.installation.installation_walk import dispose, installation_at, name_surveyors, send_letter
from tests.outages.walk import network_outage_at
from tests.walk import complaint_at, take

PAGE = "/admin/agenda/"
TOKEN = "x" * 43


def shown(person: Person, **query: str) -> list[str]:
    """The entries of the page, day by day, as they are read."""
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    tree = lxml.html.fromstring(person.get(f"{PAGE}?{asked}").text)
    return [" ".join(entry.text_content().split()) for entry in tree.xpath("//a[contains(@class, 'pk-agenda__entry')]")]


def move(ticket: Ticket, days: int) -> None:
    """The ticket's visits lie so many days from now."""
    with write_transaction():
        db.session.execute(
            update(Appointment)
            .where(Appointment.ticket_id == ticket.id)
            .values(starts_at=utcnow() + timedelta(days=days))
        )


def feed_of(app, username: str) -> str:
    page = Person(app, username).post("/admin/agenda/feed/")
    assert page.headers["Cache-Control"] == "no-store"
    return lxml.html.fromstring(page.text).get_element_by_id("feed").get("value").partition("example")[2] or (
        lxml.html.fromstring(page.text).get_element_by_id("feed").get("value")
    )


def path_of(address: str) -> str:
    return "/agenda/" + address.rpartition("/agenda/")[2]


def events(answer) -> list:
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


@both
def test_a_surveyor_finds_the_visit_on_its_day_with_its_place(app, cast):
    ticket = installation_at("survey")
    tomorrow = today() + timedelta(days=1)
    (entry,) = [each for each in shown(Person(app, "tono"), day=tomorrow) if "Survey" in each]
    when = at_time(db.session.query(Appointment).filter_by(ticket_id=ticket.id).one().starts_at)[:5]
    assert entry == f"{when} Survey {ticket.subject} Gedung B, lantai 3, ruang B.3.07 {ticket.number}"
    assert shown(Person(app, "tono"), day=tomorrow + timedelta(days=14)) == []


@both
def test_an_installation_stands_on_each_of_its_days_and_becomes_the_test(app, cast):
    ticket = installation_at("installation")
    visit = db.session.query(Appointment).filter_by(ticket_id=ticket.id, purpose="installation").one()
    first = local(visit.starts_at).date()
    days = (visit.ends_on - first).days + 1
    entries = [entry for entry in shown(Person(app, "tono"), view="month", day=first) if "Pemasangan" in entry]
    after = [entry for entry in shown(Person(app, "tono"), view="month", day=visit.ends_on) if "Pemasangan" in entry]
    assert max(len(entries), len(after)) == days >= 1
    tested = installation_at("testing")
    assert [
        e for e in shown(Person(app, "tono"), view="month", day=first) if "Uji kualitas" in e and tested.subject in e
    ]


@both
def test_work_in_hand_stands_where_it_is_due_and_not_while_others_hold_it(app, cast):
    ticket = complaint_at("in_progress")
    due = local(db.session.get(Ticket, ticket.id).due_at).date()
    assert [entry for entry in shown(Person(app, "tono"), day=due) if f"Tindak lanjut {ticket.subject}" in entry]
    take(ticket, "ask_requester", "tono", text="Di ruang mana?")
    assert shown(Person(app, "tono"), day=due) == []


@both
def test_a_repair_stands_from_when_somebody_was_sent_until_today(app, cast):
    ticket = network_outage_at("on_site")
    assert any("Perbaikan di tempat" in entry and ticket.number in entry for entry in shown(Person(app, "tono")))
    assert shown(Person(app, "tono"), day=today() + timedelta(days=14)) == []


@once
def test_a_turn_on_duty_stands_on_its_night(app, cast):
    with write_transaction():
        db.session.add(DutyTurn(division="networking", day=today(), staff_id=cast["tono"].id))
    assert shown(Person(app, "tono")) == ["16.00 Giliran jaga"]
    assert shown(Person(app, "lina")) == []


@both
def test_a_head_sees_the_people_of_the_division_and_the_head_of_the_centre_all(app, cast):
    ticket = installation_at("survey")
    tomorrow = today() + timedelta(days=1)
    assert shown(Person(app, "rina"), day=tomorrow) == []
    for head in ("rina", "budi"):
        (entry,) = [each for each in shown(Person(app, head), day=tomorrow, whose="all") if "Survey" in each]
        assert ticket.number in entry and entry.endswith("Tono")
    assert shown(Person(app, "hadi"), day=tomorrow, whose="all") == []
    assert shown(Person(app, "lina"), day=tomorrow, whose="all") == []  # she leads nobody


@both
def test_an_appointment_of_a_ticket_that_one_may_see_no_more_is_shown_nowhere(app, cast):
    """The row rule of each source: what stands in the agenda is asked for whoever reads it."""
    survey, answer, repair = installation_at("survey"), complaint_at("in_progress"), network_outage_at("on_site")
    numbers = {ticket.number for ticket in (survey, answer, repair)}
    with write_transaction():  # whoever works for systems alone sees none of the three
        lina = db.session.get(Staff, cast["lina"].id)
        for model in (Participant,):
            db.session.query(model).filter_by(staff_id=lina.id).delete()
    window = agenda.Window(
        db.session.get(Staff, cast["lina"].id), None, utcnow() - timedelta(9), utcnow() + timedelta(30)
    )
    assert not numbers & {entry.number for entry in agenda.agenda_of(window)}
    window = agenda.Window(
        db.session.get(Staff, cast["rina"].id), None, utcnow() - timedelta(9), utcnow() + timedelta(30)
    )
    assert numbers <= {entry.number for entry in agenda.agenda_of(window)}


@once
@pytest.mark.parametrize("source", agenda.SOURCES[:3], ids=lambda source: source.__name__)
def test_each_source_asks_the_row_rule_itself(app, cast, source):
    survey, answer, repair = installation_at("survey"), complaint_at("in_progress"), network_outage_at("on_site")
    assert {survey.number, answer.number, repair.number}
    span = (utcnow() - timedelta(9), utcnow() + timedelta(30))
    assert source(agenda.Window(db.session.get(Staff, cast["rina"].id), None, *span))
    assert source(agenda.Window(db.session.get(Staff, cast["lina"].id), None, *span)) == []


@once
def test_a_day_that_is_none_is_said_and_this_week_is_shown(app, cast):
    page = Person(app, "tono").get(f"{PAGE}?day=31/02/2026").text
    assert "Yang ditampilkan hari-hari ini." in page and 'role="alert"' in page
    assert Person(app, "tono").get(f"{PAGE}?day=2199-12-31&view=month").status_code == 200
    assert Person(app, "tono").get(f"{PAGE}?day=1900-01-01&view=month").status_code == 200


@once
def test_a_full_day_of_a_month_leads_to_its_week(app, cast):
    for place in range(7):
        ticket = send_letter(room=f"B.3.{place}", letter_number=f"{place}/FEB/XI/2026")
        dispose(ticket)
        name_surveyors(ticket, "tono")
    with write_transaction():  # before the office opens, an answer is due on the day of the visits, too
        db.session.execute(update(Ticket).values(due_at=utcnow() + timedelta(days=90)))
    tomorrow = today() + timedelta(days=1)
    tree = lxml.html.fromstring(Person(app, "tono").get(f"{PAGE}?view=month&day={tomorrow}").text)
    found = {more.get("href"): more.text_content() for more in tree.xpath("//a[@class='pk-agenda__more']")}
    assert found[f"{PAGE}?day={tomorrow}"].startswith("3 lagi")
    assert len([each for each in shown(Person(app, "tono"), day=tomorrow) if "Survey" in each]) == 7


@both
def test_the_calendar_of_a_phone_reads_number_kind_and_place_and_no_word_of_a_requester(app, cast):
    ticket = installation_at("survey")
    answer = Person(app).get(path_of(feed_of(app, "tono")))
    assert answer.mimetype == "text/calendar" and "no-store" in answer.headers["Cache-Control"]
    (event,) = [each for each in events(answer) if "Survey" in each["summary"]]
    visit = db.session.query(Appointment).filter_by(ticket_id=ticket.id).one()
    assert str(event["summary"]) == f"Survey {ticket.number}" and event["dtstart"].dt == visit.starts_at
    assert str(event["location"]) == "Gedung B, lantai 3, ruang B.3.07"
    assert set(event) == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "URL"}
    told = answer.data.decode().replace("\r\n ", "")
    assert not [word for word in ("Dewi", "dewi@", "0812", ticket.subject, "Laboratorium") if word in told]
    assert "Terakhir dibaca" in Person(app, "tono").get("/admin/me/").text


@both
def test_a_revoked_address_a_remade_one_and_one_of_who_has_left_open_nothing(app, cast):
    first = path_of(feed_of(app, "tono"))
    second = path_of(feed_of(app, "tono"))
    assert Person(app).get(first).status_code == 404 and Person(app).get(second).status_code == 200
    assert Person(app, "tono").post("/admin/agenda/feed/revoke/").location == "/admin/me/"
    assert Person(app).get(second).status_code == 404
    third = path_of(feed_of(app, "tono"))
    with write_transaction():
        db.session.get(Staff, cast["tono"].id).is_active = False
    assert Person(app).get(third).status_code == 404
    acts = [
        row.act for row in db.session.query(AuditEntry).filter_by(object_kind="CalendarFeed").order_by(AuditEntry.id)
    ]
    assert acts == ["make", "make", "revoke", "make"]


@once
def test_the_secret_of_an_address_is_kept_as_a_hash_and_shown_once(app, cast):
    token = path_of(feed_of(app, "tono"))[len("/agenda/") : -len(".ics")]
    assert len(token) >= 40 and token not in Person(app, "tono").get("/admin/me/").text
    row = db.session.get(CalendarFeed, cast["tono"].id)
    assert token not in row.token_hash and len(row.token_hash) == 64


@once
def test_an_administrator_who_disables_an_officer_ends_the_address_for_good(app, cast):
    address = path_of(feed_of(app, "tono"))
    tono = db.session.get(Staff, cast["tono"].id)
    form = {"username": tono.username, "name": tono.name, "email": tono.email, "language": "id"}
    rudi, path = Person(app, "rudi"), f"/admin/staff/edit/?id={tono.id}"
    seen = rudi.get(path).text.split('name="seen" value="')[1].split('"')[0]
    assert rudi.post(path, {**form, "role_names": ["staff_networking"], "seen": seen}).status_code == 303
    db.session.expire_all()
    assert not db.session.get(Staff, tono.id).is_active and db.session.get(CalendarFeed, tono.id) is None
    with write_transaction():
        db.session.get(Staff, tono.id).is_active = True
    assert Person(app).get(address).status_code == 404


@once
def test_who_tries_addresses_must_wait_while_known_ones_still_answer(app, cast):
    address, stranger = path_of(feed_of(app, "tono")), Person(app)
    answers = [stranger.get(f"/agenda/{TOKEN}{n}.ics").status_code for n in range(12)]
    assert answers == [404] * 10 + [429] * 2
    assert stranger.get(address).status_code == 200


@once
def test_a_calendar_that_is_read_without_end_must_wait(app, cast, monkeypatch):
    monkeypatch.setattr("doors.agenda.AN_HOUR", 2)
    address = path_of(feed_of(app, "tono"))
    assert [Person(app).get(address).status_code for _ in range(3)] == [200, 200, 429]
