"""Several tickets at once: each by its own step, with a report of which were refused and why."""

from __future__ import annotations

import re

from admin_views.tickets.bulk_some import ACTS, BulkAct
from models.base.db import db, write_transaction
from models.organisation.roles import Role
from models.organisation.staff import Group, GroupMember, Staff
from models.organisation.unit import Unit
from models.tickets.label import Label, labels_of
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket, is_visible
from procedures.engine import catalog
from procedures.engine.declaration import Actor
from procedures.engine.take_step import refusal
from procedures.outages.forms import NetworkFaultForm
from tests.browse import Person
from tests.databases import both, once
from tests.walk import category_id, complaint_at, file_complaint, take

pytestmark = once


def bulk(person: Person, do: str, picks: list[object], **fields: object):
    return person.post("/admin/bulk/", {"do": do, "pick": [str(pick) for pick in picks], "once": "x", **fields})


def outcome(answer) -> tuple[str, list[str]]:
    sentences = re.findall(r"<small>(?:<span[^>]*>[^<]*</span> · )?([^<]*)</small></div></div>", answer.text)
    return re.search(r"<h1>(.*?)</h1>", answer.text)[1], sentences


def complaint_at_systems() -> Ticket:
    return file_complaint(category=category_id("Portal dan aplikasi"), subject="Rahasia sistem")


def networking(count: int) -> list[int]:
    return [file_complaint(subject=f"Wi-Fi ruang {n}").id for n in range(count)]


def test_tono_takes_five_tickets_at_once(app, cast):
    ids, tono = networking(5), cast["tono"].id
    answer = bulk(Person(app, "tono"), "take", ids)
    assert outcome(answer)[0] == "Ambil: 5 berhasil, 0 ditolak"
    assert [db.session.get(Ticket, i).assignee_id for i in ids] == [tono] * 5


def test_d2_foreign_missing_and_senseless_ids_are_counted_as_refused_and_untouched(app):
    foreign = file_complaint(category=category_id("Portal dan aplikasi"), subject="Rahasia sistem").id
    mine = networking(1)
    answer = bulk(Person(app, "tono"), "take", [*mine, foreign, 999_999, "1 OR 1=1", "-1"])
    assert outcome(answer)[0] == "Ambil: 1 berhasil, 4 ditolak"
    assert "Rahasia sistem" not in answer.text
    assert (db.session.get(Ticket, foreign).assignee_id, db.session.query(Event).filter_by(step="take").count()) == (None, 1)  # fmt: skip


@both
def test_d2_a_role_that_may_act_reaches_no_ticket_that_the_row_rule_hides(app, cast, monkeypatch):
    """Networking staff may take this step of any complaint that they see; only the row rule keeps others' from them."""
    hidden = complaint_at_systems()
    step, tono = catalog.get("complaint").steps["open_outage"], Actor("staff", "Tono", cast["tono"])
    assert (refusal(step, hidden, tono), is_visible(hidden, cast["tono"])) == (None, False)
    monkeypatch.setitem(ACTS, "open_outage", BulkAct("Buka gangguan", "", NetworkFaultForm))
    typed = {"unit": db.session.query(Unit.id).first()[0], "subject": "Mati", "description": "Mati semua."}
    answer = bulk(Person(app, "tono"), "open_outage", [hidden.id], go="1", **typed)
    assert outcome(answer) == ("Buka gangguan: 0 berhasil, 1 ditolak", ["Tiket ini tidak ditemukan."])
    assert db.session.query(Event).filter_by(step="open_outage").count() == 0


def test_d2_a_hidden_ticket_is_refused_in_the_words_for_one_that_is_none(app):
    hidden = complaint_at_systems().id
    for act in ("take", "assign"):
        answers = [bulk(Person(app, "tono"), act, [pick], go="1", assignee=1, text="") for pick in (hidden, 999_999)]
        assert outcome(answers[0]) == outcome(answers[1]), act


def test_each_refusal_says_why_and_leads_to_its_ticket(app):
    closed, mine = complaint_at("closed").id, networking(1)[0]
    answer = bulk(Person(app, "tono"), "take", [closed, mine])
    assert outcome(answer)[0] == "Ambil: 1 berhasil, 1 ditolak"
    assert "Tiket ini sekarang di “Ditutup”" in answer.text
    assert f'href="/admin/ticket/details/?id={closed}"' in answer.text


def test_closing_with_one_solution_asks_first_and_tells_every_requester(app):
    ids = networking(3)
    tono = Person(app, "tono")
    asked = bulk(tono, "resolve", ids)
    assert (asked.status_code, "Selesaikan: 3 tiket" in asked.text) == (200, True)
    assert {db.session.get(Ticket, i).state for i in ids} == {"with_group"}
    db.session.rollback()
    empty = bulk(tono, "resolve", ids, go="1", cause="Sakelar mati.", solution="")
    assert (empty.status_code, "Sakelar mati." in empty.text) == (422, True)
    done = bulk(tono, "resolve", ids, go="1", cause="Sakelar mati.", solution="Sakelar diganti.")
    assert outcome(done)[0] == "Selesaikan: 3 berhasil, 0 ditolak"
    db.session.expire_all()
    assert {(t.state, t.solution) for t in db.session.query(Ticket)} == {("resolved", "Sakelar diganti.")}
    assert db.session.query(Mail).filter_by(notice="resolved").count() == 3


def test_a_list_that_is_sent_twice_does_nothing_twice(app, cast):
    ids, tono = networking(2), Person(app, "tono")
    person = cast["rina"].id
    answers = [bulk(tono, "assign", ids, go="1", assignee=person, text="") for _n in range(2)]
    assert [outcome(a)[0] for a in answers] == ["Tugaskan: 2 berhasil, 0 ditolak"] * 2
    assert db.session.query(Event).filter_by(step="assign").count() == 2
    assert db.session.query(Mail).filter_by(notice="assigned").count() == 2


def test_r1_a_ticket_that_somebody_took_meanwhile_is_not_taken_from_them(app, cast):
    ticket = file_complaint()
    seen = f"{ticket.id}.{ticket.version}"
    take(ticket, "take", "rina")
    answer = bulk(Person(app, "tono"), "take", [seen])
    assert "Bu Rina lebih dulu mengubah tiket ini: Ambil." in answer.text
    db.session.expire_all()
    assert ticket.assignee_id == cast["rina"].id


def test_labels_are_added_to_those_that_hang_there(app):
    ids = networking(2)
    with write_transaction():
        db.session.add_all([Label(name="Gedung B"), Label(name="Mendesak")])
    building, urgent = (db.session.query(Label).filter_by(name=n).one().id for n in ("Gedung B", "Mendesak"))
    take(db.session.get(Ticket, ids[0]), "label", "tono", labels=str(building))
    bulk(Person(app, "tono"), "label", ids, go="1", labels=urgent)
    assert [[label.name for label in labels_of(i)] for i in ids] == [["Gedung B", "Mendesak"], ["Mendesak"]]


def test_what_is_handed_over_to_a_group_one_does_not_see_is_counted(app):

    ids = networking(2)
    systems = db.session.query(Group).filter_by(name="Sistem Informasi").one().id
    answer = bulk(Person(app, "tono"), "hand_over", ids, go="1", group=systems, reason="Masalah portal.")
    assert outcome(answer)[0] == "Serahkan: 2 berhasil, 0 ditolak"
    assert {t.group_id for t in db.session.query(Ticket)} == {systems}


def test_nothing_picked_or_more_than_a_page_is_told_with_a_sentence(app):
    tono = Person(app, "tono")
    for picks in ([], range(1, 52)):
        answer = bulk(tono, "take", list(picks))
        assert (answer.status_code, "Centang 1 sampai 50 tiket" in answer.text) == (422, True)


def test_r4_a_right_that_was_revoked_meanwhile_is_asked_for_each_ticket(app, cast):
    ids, tono = networking(1), Person(app, "tono")
    with write_transaction():
        db.session.query(GroupMember).filter_by(staff_id=cast["tono"].id).delete()
        db.session.get(Staff, cast["tono"].id).roles = {Role.STAFF_SYSTEMS}
    assert outcome(bulk(tono, "take", ids))[0] == "Ambil: 0 berhasil, 1 ditolak"


def test_the_list_offers_a_box_a_row_to_who_may_act_and_shows_labels(app):
    ticket = file_complaint()
    with write_transaction():
        db.session.add(Label(name="Gedung B", tone="run"))
    take(ticket, "label", "tono", labels=str(db.session.query(Label).one().id))
    page = Person(app, "tono").get("/admin/ticket/").text
    assert f"name=pick value={ticket.id}.{ticket.version}>" in page
    assert '<span class="pk-label pk-label--run">Gedung B</span>' in page
    assert "name=pick" not in Person(app, "ketua").get("/admin/ticket/").text
