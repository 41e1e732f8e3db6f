"""A complaint about two things becomes two; a ticket's checklist is written, ticked and shown with who and when."""

from __future__ import annotations

import pytest

from models.base.db import db
from models.organisation.staff import Staff
from models.tickets.label import MOST_ITEMS, ChecklistItem, items_of
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket, is_visible
from procedures.engine.take_step import StepRefused
from tests.browse import Person
from tests.databases import once
from tests.walk import category_id, complaint_at, file_complaint, take

SECOND = {"subject": "Nilai semester tidak tampil", "description": "Di portal, sejak Senin."}


def split() -> tuple[Ticket, Ticket]:
    first = complaint_at("in_progress")
    take(first, "split", "tono", category=category_id("Portal dan aplikasi"), **SECOND)
    return first, db.session.query(Ticket).order_by(Ticket.id.desc()).first()


def test_the_second_part_has_its_own_number_and_group_and_the_requester_of_the_first(app):
    first, second = split()
    assert first.id != second.id and first.number != second.number
    assert (first.state, second.state) == ("in_progress", "with_group")
    assert (second.subject, second.description) == (SECOND["subject"], SECOND["description"])
    kept = ("requester_name", "requester_email", "requester_phone", "unit_id", "channel", "language", "received_at")
    assert [getattr(second, name) for name in kept] == [getattr(first, name) for name in kept]
    assert second.group.name != first.group.name and second.due_at is not None
    told = db.session.query(Mail).filter_by(notice="split", recipient="andi@mhs.example").one()
    assert (told.ticket_id, told.facts["second"], told.facts["text"]) == (first.id, second.number, SECOND["subject"])
    events = {e.step: e.data for e in db.session.query(Event).filter(Event.step.in_(("split", "open_from_split")))}
    assert events["split"]["split_to"] == second.number and events["open_from_split"]["split_from"] == first.number


def test_each_part_leads_to_the_other_and_who_split_it_still_sees_both(app):
    first, second = split()
    ids = first.id, second.id
    tono = Person(app, "tono")
    for here, there in (ids, ids[::-1]):
        assert f"/admin/ticket/details/?id={there}" in tono.get(f"/admin/ticket/details/?id={here}").text
    lina = db.session.query(Staff).filter_by(username="lina").one()
    assert is_visible(db.session.get(Ticket, ids[1]), lina) and not is_visible(db.session.get(Ticket, ids[0]), lina)
    page = Person(app, "lina").get(f"/admin/ticket/details/?id={ids[1]}").text
    assert f"/admin/ticket/details/?id={ids[0]}" not in page, "the other part is not for her"


@once
def test_what_is_missing_is_said_nothing_typed_is_lost_and_nothing_is_opened(app):
    pk = complaint_at("in_progress").id
    tono = Person(app, "tono")
    answer = tono.post(
        f"/admin/ticket/{pk}/do/split", {"subject": "Nilai", "category": "0", "description": "Di portal"}
    )
    assert answer.status_code == 422 and "Pilih jenis masalahnya." in answer.text
    assert 'value="Nilai"' in answer.text and "Di portal" in answer.text
    assert db.session.query(Ticket).count() == 1
    assert Person(app, "lina").post(f"/admin/ticket/{pk}/do/split", SECOND).status_code == 404
    assert Person(app, "ketua").post(f"/admin/ticket/{pk}/do/split", SECOND).status_code == 403
    with pytest.raises(StepRefused):
        take(complaint_at("resolved"), "split", "tono", category=category_id(), **SECOND)


def listed() -> Ticket:
    ticket = complaint_at("in_progress")
    take(ticket, "add_items", "tono", items="Lihat beban AP\n\n  Pasang AP cadangan, kanal 11 \nUji 60 perangkat")
    return ticket


def test_lines_are_added_ticked_and_shown_with_who_and_when(app):
    ticket = listed()
    items = items_of(ticket.id)
    assert [i.text for i in items] == ["Lihat beban AP", "Pasang AP cadangan, kanal 11", "Uji 60 perangkat"]
    take(ticket, "tick_item", "rina", item=str(items[0].id), done="y")
    (first, *_rest) = items_of(ticket.id)
    assert (first.done_by.username, first.done_at is not None) == ("rina", True)
    page = Person(app, "tono").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert "1 dari 3" in page and 'aria-checked="true"' in page and "Bu Rina, hari ini" in page
    take(ticket, "tick_item", "tono", item=str(first.id))
    assert items_of(ticket.id)[0].done_at is None
    take(ticket, "drop_item", "tono", item=str(first.id))
    steps = db.session.query(Event).filter(Event.step.in_(("tick_item", "drop_item"))).order_by(Event.id)
    assert [e.data for e in steps] == [{k: "Lihat beban AP"} for k in ("ticked", "unticked", "dropped")]
    assert not any(e.is_public for e in db.session.query(Event).filter(Event.step == "add_items"))


def test_the_second_of_two_is_told_that_the_line_was_ticked(app):
    ticket = listed()
    item = str(items_of(ticket.id)[0].id)
    take(ticket, "tick_item", "rina", item=item, done="y")
    with pytest.raises(StepRefused, match="sudah diubah orang lain"):
        take(ticket, "tick_item", "tono", item=item, done="y")
    other = file_complaint()
    with pytest.raises(StepRefused, match="tidak ada lagi di daftar"):
        take(other, "tick_item", "tono", item=item)


@once
def test_too_much_too_long_or_nothing_is_said_on_the_field(app):
    pk = listed().id
    tono = Person(app, "tono")
    for typed, sentence in (
        ("", "Bagian ini wajib diisi."),
        ("x" * 201, "Paling panjang 200 huruf per baris."),
        ("\n".join(f"Butir {n}" for n in range(MOST_ITEMS)), f"Paling banyak {MOST_ITEMS} butir"),
    ):
        answer = tono.post(f"/admin/ticket/{pk}/do/add_items", {"items": typed})
        assert answer.status_code == 422 and sentence in answer.text and typed[:7] in answer.text, sentence
    assert db.session.query(ChecklistItem).count() == 3
    assert tono.post(f"/admin/ticket/{pk}/do/tick_item", {"item": "x"}).status_code in (409, 422)
    assert Person(app, "lina").post(f"/admin/ticket/{pk}/do/add_items", {"items": "x"}).status_code == 404
    assert Person(app, "ketua").post(f"/admin/ticket/{pk}/do/add_items", {"items": "x"}).status_code == 403
