"""A complaint about two things becomes two; a ticket's checklist is written, ticked and shown with who and when."""

from __future__ import annotations

import re
from io import BytesIO
from urllib.parse import urlsplit

import pytest

from admin_views.tickets.workbench.workbench_parts import facts_of
from gateways.files.file_store import StoredFile
from gateways.files.uploads import store
from models.base.db import db, write_transaction
from models.organisation.staff import Staff
from models.tickets.label import MOST_ITEMS, ChecklistItem, items_of
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket, TicketText, is_visible
from models.tickets.ticket_keys import link_of
from procedures.engine.take_step import StepRefused, open_ticket, take_step
from procedures.tickets.forget_identity import pseudonymise
from tests.browse import Person
from tests.databases import once
from tests.walk import (
    REQUESTER,
    as_staff,
    category_id,
    complaint_at,
    complaint_fields,
    file_complaint,
    form_of,
    take,
)

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


def photo(name: str) -> StoredFile:
    return store().store_published(BytesIO(f"isi {name}".encode()), name, 1_000)


def told_much() -> Ticket:
    """A complaint with a public file, an internal one, a reply, an answer with a picture and an internal note."""
    form = form_of("complaint", "file_complaint", **complaint_fields())
    ticket = open_ticket("complaint", "file_complaint", REQUESTER, form, files=[photo("layar.png")])
    take(ticket, "follow_up", "tono", text="")
    take(ticket, "reply", "tono", text="Nilai mana yang tidak tampil?")
    words = form_of("complaint", "answer", text="Nilai Kalkulus, fotonya terlampir.")
    take_step(ticket, "answer", REQUESTER, words, files=[photo("nilai.png")])
    take(ticket, "note", "tono", text="Kuota AP perpustakaan sudah dinaikkan.")
    take_step(ticket, "attach", as_staff("tono"), form_of("complaint", "attach"), files=[photo("log.txt")])
    return ticket


def own_events(ticket_id: int) -> dict[str, Event]:
    return {event.step: event for event in db.session.query(Event).filter_by(ticket_id=ticket_id).order_by(Event.id)}


def test_chosen_messages_and_files_go_along_and_the_first_ticket_keeps_all(app):
    first = told_much()
    said, files = own_events(first.id), {f.name: f.id for f in first.files}
    before = [(e.id, e.kind, e.text, len(e.files)) for e in said.values()]
    chosen = {"messages": [said["reply"].id, said["answer"].id], "enclosed": [files["layar.png"], files["log.txt"]]}
    take(first, "split", "tono", category=category_id("Portal dan aplikasi"), **SECOND, **chosen)
    second = db.session.query(Ticket).order_by(Ticket.id.desc()).first()
    there = [(e.kind, e.text, e.is_public) for e in second.events if "said_on" in e.data]
    assert there == [
        ("reply", "Nilai mana yang tidak tampil?", True),
        ("answer", "Nilai Kalkulus, fotonya terlampir.", True),
        ("answer", "", True),
        ("note", "", False),
    ]
    assert {f.name: f.is_public for f in second.files} == {"layar.png": True, "nilai.png": True, "log.txt": False}
    assert {f.sha256 for f in second.files} == {f.sha256 for f in first.files}
    assert [(e.id, e.kind, e.text, len(e.files)) for e in own_events(first.id).values()][: len(before)] == before
    event = own_events(first.id)["split"]
    assert event.data["brought"] == {"messages": 2, "files": 3}
    assert facts_of(event)[-1] == ("Ikut", "2 pesan, 3 berkas")
    assert [
        f.name for e in db.session.query(Event).filter_by(step="bring_answer").order_by(Event.id) for f in e.files
    ] == [
        "nilai.png",
        "layar.png",
    ]
    assert own_events(second.id)["bring_reply"].actor_name == "Tono"


def test_lina_of_the_second_group_reads_what_came_along_and_nothing_else(app):
    first = told_much()
    said, names = own_events(first.id), ("nilai.png", "layar.png", "log.txt")
    ids = {f.name: f.id for f in first.files}
    take(first, "split", "tono", category=category_id("Portal dan aplikasi"), **SECOND, messages=[said["answer"].id])
    second = db.session.query(Ticket).order_by(Ticket.id.desc()).first()
    pk, brought = second.id, second.files[0].id
    lina = Person(app, "lina")
    page = lina.get(f"/admin/ticket/details/?id={pk}").text
    assert "Nilai Kalkulus" in page and "nilai.png" in page and f"dari {first.number}, ditulis" in page
    assert "Kuota AP" not in page and "Nilai mana" not in page and "layar.png" not in page and "log.txt" not in page
    assert lina.get(f"/admin/ticket/file/{brought}").status_code == 200
    assert [lina.get(f"/admin/ticket/file/{ids[name]}", check=False).status_code for name in names] == [404] * 3


def test_the_requester_reads_their_own_words_on_the_second_number(app):
    first = told_much()
    said = own_events(first.id)
    chosen = [said[step].id for step in ("reply", "answer", "note")]
    take(first, "split", "tono", category=category_id("Portal dan aplikasi"), **SECOND, messages=chosen)
    second = db.session.query(Ticket).order_by(Ticket.id.desc()).first()
    number, path = second.number, urlsplit(link_of(second)).path
    stranger = Person(app).get(f"/tiket/{number}").text
    assert "Nilai mana yang tidak tampil?" in stranger and "Nilai Kalkulus" not in stranger
    andi = Person(app)
    andi.get(path, check=False)
    page = andi.get(f"/tiket/{number}").text
    assert "Nilai Kalkulus" in page and "nilai.png" in page and "Kuota AP" not in page


def test_what_came_along_is_forgotten_with_its_own_ticket(app):
    first = told_much()
    said = own_events(first.id)
    chosen = [said[step].id for step in ("reply", "answer", "note")]
    take(first, "split", "tono", category=category_id("Portal dan aplikasi"), **SECOND, messages=chosen)
    second = db.session.query(Ticket).order_by(Ticket.id.desc()).first()
    with write_transaction():
        pseudonymise(second, "Orang 1")
    brought = [e for e in own_events(second.id).values() if "said_on" in e.data]
    assert len(brought) == 3 and not any("Andi" in e.actor_name for e in brought)
    assert "andi" not in db.session.get(TicketText, second.id).words


@once
def test_messages_and_files_of_another_ticket_do_not_come_along(app):
    other, first = told_much(), complaint_at("in_progress")
    take(
        first,
        "split",
        "tono",
        category=category_id("Portal dan aplikasi"),
        **SECOND,
        messages=[e.id for e in own_events(other.id).values()],
        enclosed=[f.id for f in other.files],
    )
    second = db.session.query(Ticket).order_by(Ticket.id.desc()).first()
    assert second.files == [] and not any("said_on" in e.data for e in own_events(second.id).values())


@once
def test_what_is_missing_is_said_nothing_typed_is_lost_and_nothing_is_opened(app):
    first = told_much()
    pk, answer_id = first.id, own_events(first.id)["answer"].id
    tono = Person(app, "tono")
    page = tono.get(f"/admin/split/?id={pk}").text
    assert "Nilai Kalkulus, fotonya terlampir. [nilai.png]" in page and "layar.png" in page and "log.txt" in page
    typed = {"id": pk, "subject": "Nilai", "category": "0", "description": "Di portal", "messages": str(answer_id)}
    answer = tono.post("/admin/split/take", typed, token=tono.token(f"/admin/split/?id={pk}"))
    assert answer.status_code == 422 and "Pilih jenis masalahnya." in answer.text
    assert 'value="Nilai"' in answer.text and "Di portal" in answer.text
    assert re.search(rf'checked[^>]*value="{answer_id}"', answer.text)
    assert db.session.query(Ticket).count() == 1
    done = tono.post(
        "/admin/split/take", {**typed, "category": str(category_id())}, token=tono.token(f"/admin/split/?id={pk}")
    )
    assert done.status_code == 303 and db.session.query(Ticket).count() == 2
    assert Person(app, "lina").post(f"/admin/ticket/{pk}/do/split", SECOND).status_code == 404
    assert Person(app, "lina").get(f"/admin/split/?id={pk}", check=False).status_code == 404
    assert Person(app, "ketua").post(f"/admin/ticket/{pk}/do/split", SECOND).status_code == 403
    with pytest.raises(StepRefused):
        take(complaint_at("resolved"), "split", "tono", category=category_id(), **SECOND)
    assert "Tiket ini sekarang di" in tono.get(f"/admin/split/?id={complaint_at('resolved').id}", check=False).text


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
