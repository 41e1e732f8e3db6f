"""One press answers, takes and begins; one answers and resolves, one answers and waits; who gets it is two presses away."""

from __future__ import annotations

import pytest

from models.base.db import db, write_transaction
from models.organisation.staff import Group
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from procedures.engine.take_step import StepRefused
from tests.browse import Person
from tests.walk import as_staff, complaint_at, file_complaint, take


def steps_after_c4(ticket_id: int) -> list[str]:
    query = db.session.query(Event).filter_by(ticket_id=ticket_id).order_by(Event.id)
    names = [event.step for event in query]
    return names[names.index("distribute") + 1 :]


def test_tono_answers_a_new_complaint_and_it_is_his_and_begun(app, cast):
    ticket_id = file_complaint().id
    answer = Person(app, "tono").post(f"/admin/ticket/{ticket_id}/do/reply", {"text": "Kami periksa.", "version": "3"})
    assert answer.status_code == 303
    ticket = db.session.get(Ticket, ticket_id)
    assert (ticket.state, ticket.assignee_id) == ("in_progress", cast["tono"].id)
    assert steps_after_c4(ticket_id) == ["follow_up", "reply"]


def test_an_answer_takes_a_begun_ticket_that_lies_with_nobody_and_leaves_a_colleagues_where_it_is(app, cast):
    ticket = complaint_at("in_progress")
    take(ticket, "reply", "rina", text="Saya bantu.")
    assert (ticket.assignee_id, steps_after_c4(ticket.id)) == (cast["tono"].id, ["follow_up", "reply"])
    with write_transaction():
        db.session.get(Ticket, ticket.id).assignee_id = None
    take(ticket, "reply", "rina", text="Saya lanjutkan.")
    assert (ticket.assignee_id, steps_after_c4(ticket.id)[2:]) == (cast["rina"].id, ["take", "reply"])


def test_saris_answer_from_the_front_desk_takes_nothing(app):
    ticket = file_complaint()
    take(ticket, "reply", "sari", text="Sudah kami teruskan.")
    assert (ticket.state, ticket.assignee_id, steps_after_c4(ticket.id)) == ("with_group", None, ["reply"])


def test_one_press_answers_and_resolves_with_one_mail_and_sent_twice_it_is_one(app):
    ticket_id = file_complaint().id
    tono = Person(app, "tono")
    fields = {"text": "Titik akses dinyalakan kembali.", "then": "resolve", "version": "3", "once": "satu"}
    assert [tono.post(f"/admin/ticket/{ticket_id}/do/reply", fields).status_code for _n in range(2)] == [303, 303]
    ticket = db.session.get(Ticket, ticket_id)
    assert (ticket.state, ticket.solution, ticket.cause) == ("resolved", "Titik akses dinyalakan kembali.", "")
    told = [m.notice for m in db.session.query(Mail).filter_by(recipient="andi@mhs.example").order_by(Mail.id)]
    assert told == ["complaint_received", "resolved"]


def test_one_press_answers_and_waits_and_the_clock_stands_still(app):
    ticket_id = file_complaint().id
    Person(app, "tono").post(
        f"/admin/ticket/{ticket_id}/do/reply", {"text": "Tipe ponselnya?", "then": "ask_requester"}
    )
    ticket = db.session.get(Ticket, ticket_id)
    assert (ticket.state, ticket.pause, ticket.pause_reason) == ("in_progress", "requester", "Tipe ponselnya?")


def test_an_empty_reply_takes_nothing_and_one_that_others_overtook_keeps_its_words(app):
    ticket = complaint_at("with_group")
    version = ticket.version
    tono = Person(app, "tono")
    empty = tono.post(f"/admin/ticket/{ticket.id}/do/reply", {"text": "", "then": "resolve"})
    assert (empty.status_code, steps_after_c4(ticket.id)) == (422, [])
    take(ticket, "resolve", "rina", cause="Mati.", solution="Dinyalakan.")
    fields = {"text": "Sudah saya nyalakan.", "then": "resolve", "version": str(version)}
    late = tono.post(f"/admin/ticket/{ticket.id}/do/reply", fields)
    assert late.status_code == 409 and "Sudah saya nyalakan." in late.text and "Bu Rina lebih dulu" in late.text


def test_tono_assigns_from_the_list_in_two_presses_and_is_back_on_it(app, cast):
    ticket_id = file_complaint().id
    tono, back = Person(app, "tono"), "/admin/ticket/?state=open"
    bench = tono.get(f"/admin/ticket/details/?id={ticket_id}").text
    assert f'href="/admin/assign/?id={ticket_id}" data-choose' in bench
    page = tono.get(f"/admin/assign/?id={ticket_id}&back={back}")
    assert f'value="{cast["rina"].id}"' in page.text and "0 terbuka" in page.text
    fields = {"assignee": str(cast["rina"].id), "onwards": back}
    answer = tono.post(f"/admin/ticket/{ticket_id}/do/assign", fields)
    assert answer.headers["Location"] == back
    assert db.session.get(Ticket, ticket_id).assignee_id == cast["rina"].id
    away = tono.post(f"/admin/ticket/{ticket_id}/do/take", {"onwards": "//elsewhere.example/admin/"})
    assert away.headers["Location"] == f"/admin/ticket/details/?id={ticket_id}"


def test_who_may_not_assign_reads_why_and_a_ticket_not_seen_is_not_there(app):
    ticket_id = file_complaint().id
    page = Person(app, "budi").get(f"/admin/assign/?id={ticket_id}").text
    assert "Langkah ini dilakukan oleh" in page and "/do/assign" not in page
    assert Person(app, "lina").get(f"/admin/assign/?id={ticket_id}").status_code == 404


def test_a_group_that_asks_why_gets_no_ticket_without_a_reason(app):
    ticket = complaint_at("in_progress")
    systems = db.session.query(Group).filter_by(name="Sistem Informasi").one()
    with write_transaction():
        db.session.get(Group, systems.id).asks_why = True
    with pytest.raises(StepRefused) as refused:
        take(ticket, "hand_over", "tono", group=str(systems.id), reason="")
    assert refused.value.form.errors == {
        "reason": ["Kelompok itu meminta alasannya. Tulis mengapa tiket ini lebih tepat di sana."]
    }
    with write_transaction():
        db.session.get(Group, systems.id).asks_why = False
    take(ticket, "hand_over", "tono", group=str(systems.id), reason="")
    assert ticket.group_id == systems.id


def test_sari_accepts_two_held_complaints_at_once_and_is_told_first_how_many_can_take_a_label(app):
    ids = [file_complaint(subject=f"Tahan {n}").id for n in range(2)]
    with write_transaction():
        for ticket_id in ids:
            ticket = db.session.get(Ticket, ticket_id)
            ticket.state, ticket.suspicion = "screening", "too_fast"
    done = complaint_at("closed").id
    sari = Person(app, "sari")
    asked = sari.post("/admin/bulk/", {"do": "label", "pick": [str(i) for i in [*ids, done]]}).text
    assert "2 dari 3 tiket dapat menerima langkah ini" in asked and "Dilewati:" in asked
    answer = sari.post("/admin/bulk/", {"do": "accept", "pick": [str(i) for i in ids]})
    assert "2 berhasil, 0 ditolak" in answer.text
    assert {db.session.get(Ticket, i).state for i in ids} == {"with_group"}


def test_sari_reads_the_keys_as_a_page(app):
    page = Person(app, "sari").get("/admin/keys/").text
    assert "balasan siap pakai dan label" in page and as_staff("sari").name in page
