"""What the workbench keeps and offers while people write: drafts, replies that stand ready, labels."""

from __future__ import annotations

import re

import pytest

from jobs.operation.tidy import forget_unseen_drafts
from models.base.db import db, write_transaction
from models.organisation.staff import Group
from models.tickets.canned_reply import CannedReply
from models.tickets.draft import Draft
from models.tickets.label import Label, labels_of
from models.tickets.ticket import Event
from procedures.engine.take_step import take_step
from tests.browse import Person
from tests.databases import both, once
from tests.walk import as_staff, complaint_at, file_complaint, form_of, take

pytestmark = once

FETCH = {"X-Requested-With": "fetch"}


def bench(person: Person, ticket_id: int, part: str = "") -> str:
    return person.get(f"/admin/ticket/details/?id={ticket_id}{part}").text


def typed(page: str, name: str = "reply-text") -> str:
    return re.search(rf'<textarea[^>]*id="{name}"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1].strip()


@pytest.fixture
def ticket_id(app):
    return complaint_at("in_progress").id


def test_tonos_draft_waits_on_any_device_and_nobody_else_sees_it(app, ticket_id):
    office, phone, rina = Person(app, "tono"), Person(app, "tono"), Person(app, "rina")
    words = "Kabel ke titik akses putus; kami ganti besok pagi."
    answer = office.post(f"/admin/draft/{ticket_id}/reply", {"text": words}, headers=FETCH)
    assert answer.json["said"].startswith("Draf tersimpan pukul ")
    page = bench(phone, ticket_id)
    assert (typed(page), "Draf Anda, tersimpan" in page) == (words, True)
    assert words not in bench(rina, ticket_id)
    assert words not in rina.get("/admin/draft/").text
    assert "Balas: Wi-Fi perpustakaan tidak tersambung" in phone.get("/admin/draft/").text


def test_a_draft_is_gone_when_it_is_sent_emptied_or_thrown_away(app, ticket_id):
    tono, place = Person(app, "tono"), f"/admin/draft/{ticket_id}/reply"
    for how in ("send", "empty", "discard"):
        tono.post(place, {"text": "Kami datang."})
        assert db.session.query(Draft).count() == 1, how
        if how == "send":
            tono.post(f"/admin/ticket/{ticket_id}/do/reply", {"text": "Kami datang."})
        else:
            tono.post(place, {"text": "  "} if how == "empty" else {"text": "Kami datang.", "discard": "1"})
        assert db.session.query(Draft).count() == 0, how


def test_a_draft_of_a_step_opens_its_form_with_every_field_as_typed(app, ticket_id):
    tono = Person(app, "tono")
    tono.post(f"/admin/draft/{ticket_id}/resolve", {"cause": "Adaptor rusak.", "solution": ""})
    page = bench(tono, ticket_id)
    assert typed(page, "resolve-cause") == "Adaptor rusak."
    assert re.search(r'<details[^>]*id="langkah-resolve"[^>]* open>', page)


def test_d1_a_draft_cannot_be_kept_for_a_ticket_that_is_not_seen_or_a_step_that_is_none(app, ticket_id):
    lina, tono = Person(app, "lina"), Person(app, "tono")
    assert lina.post(f"/admin/draft/{ticket_id}/reply", {"text": "x"}).status_code == 404
    assert tono.post(f"/admin/draft/{ticket_id}/no_such_step", {"text": "x"}).status_code == 404
    assert tono.post(f"/admin/draft/{ticket_id}/reply", {"text": "x" * 60_001}).status_code == 413
    assert db.session.query(Draft).count() == 0


@both
def test_a_draft_of_a_ticket_that_went_to_others_is_no_longer_shown(app, cast):
    ticket = file_complaint()
    lina = cast["lina"]
    with write_transaction():
        Draft.keep(lina.id, f"/admin/ticket/{ticket.id}/do/note", {"text": ["Rahasia kantor."]})
        Draft.keep(cast["tono"].id, f"/admin/ticket/{ticket.id}/do/note", {"text": ["Milik Tono."]})
    page = Person(app, "lina").get("/admin/draft/").text
    assert ("Rahasia" in page, ticket.number in page) == (False, False)
    with write_transaction():
        forget_unseen_drafts()
    assert [draft.fields for draft in db.session.query(Draft)] == [{"text": ["Milik Tono."]}]


def canned(**fields) -> int:
    with write_transaction():
        row = CannedReply(**{"title": "Diperiksa", "text": "Tiket {nomor} kami periksa. {petugas}", **fields})
        db.session.add(row)
        db.session.flush()
        return row.id


def test_a_ready_reply_is_put_below_what_was_typed_without_script(app, ticket_id):
    reply_id, tono = canned(), Person(app, "tono")
    number = db.session.query(Event).first().ticket.number
    answer = tono.post(f"/admin/draft/{ticket_id}/reply", {"text": "Selamat pagi.", "canned": str(reply_id)})
    assert answer.headers["Location"].endswith(f"&canned={reply_id}#balas")
    assert typed(tono.get(answer.headers["Location"]).text) == f"Selamat pagi.\n\nTiket {number} kami periksa. Tono"


def test_a_ready_reply_speaks_the_requesters_language(app, ticket_id):
    canned(text_en="Ticket {nomor} is being checked.")
    ticket = db.session.query(Event).first().ticket
    with write_transaction():
        db.session.refresh(ticket)
        ticket.language = "en"
    page = bench(Person(app, "tono"), ticket_id)
    assert ("is being checked" in page, "kami periksa" in page) == (True, False)


def test_only_replies_for_this_procedure_and_group_are_offered(app, ticket_id):
    systems = db.session.query(Group).filter_by(name="Sistem Informasi").one().id
    canned(title="Untuk jaringan baru", procedure="network_installation")
    canned(title="Untuk kelompok lain", group_id=systems)
    canned(title="Tak dipakai", is_active=False)
    canned(title="Untuk pengaduan", procedure="complaint")
    page = bench(Person(app, "tono"), ticket_id)
    offered = re.findall(r"<li><details><summary>(.*?)</summary>", page)
    assert offered == ["Untuk pengaduan"]


@both
def test_u9_braces_are_plain_text_and_an_unknown_gap_is_refused_at_save(app, ticket_id):
    rina, tono = Person(app, "rina"), Person(app, "tono")
    form = {"title": "Uji", "text": "{{config}} {{7*7}} {nama}", "procedure": "", "is_active": "y"}
    assert rina.post("/admin/canned_reply/new/", {**form, "text": "Halo {secret_key}"}).status_code == 422
    assert rina.post("/admin/canned_reply/new/", form).status_code == 303
    assert "{{config}} {{7*7}} Andi Saputra" in bench(tono, ticket_id)


def test_u9_what_a_requester_typed_is_never_read_as_a_gap(app):
    canned(text="Halo {nama}.")
    ticket = file_complaint(name="{tautan} {{config}}")
    assert "Halo {tautan} {{config}}." in bench(Person(app, "tono"), ticket.id)


@both
def test_tono_hangs_labels_on_a_ticket_and_the_history_says_which(app, ticket_id):
    with write_transaction():
        db.session.add_all([Label(name="Suku cadang", tone="wait"), Label(name="Gedung B", tone="run")])
    parts, building = (db.session.query(Label).filter_by(name=n).one().id for n in ("Suku cadang", "Gedung B"))
    tono = Person(app, "tono")
    assert tono.post(f"/admin/ticket/{ticket_id}/do/label", {"labels": [parts, building]}).status_code == 303
    assert tono.post(f"/admin/ticket/{ticket_id}/do/label", {"labels": [building]}).status_code == 303
    page = bench(tono, ticket_id)
    assert re.findall(r'class="pk-label pk-label--(\w+)"[^>]*>(.*?)</a>', page) == [("run", "Gedung B")]
    changes = [e.data["changed"] for e in db.session.query(Event).filter_by(step="label").order_by(Event.id)]
    assert changes == [{"labels": ["", "Gedung B, Suku cadang"]}, {"labels": ["Gedung B, Suku cadang", "Gedung B"]}]


@both
def test_a_label_that_is_out_of_use_stays_where_it_hangs(app, ticket_id):
    with write_transaction():
        db.session.add_all([Label(name="Lama"), Label(name="Baru")])
    old, new = (db.session.query(Label).filter_by(name=n).one() for n in ("Lama", "Baru"))
    ids = {"Lama": old.id, "Baru": new.id}
    ticket = db.session.query(Event).first().ticket
    form = form_of("complaint", "label")
    form.labels.data = [ids["Lama"]]
    take_step(ticket, "label", as_staff("tono"), form)
    with write_transaction():
        db.session.get_one(Label, ids["Lama"]).is_active = False
    take(ticket, "label", "tono", labels=str(ids["Baru"]))
    assert [label.name for label in labels_of(ticket_id)] == ["Baru", "Lama"]


def test_the_requester_sees_no_label_and_no_ready_reply(app, ticket_id):
    with write_transaction():
        db.session.add(Label(name="Pemohon cerewet"))
    ticket = db.session.query(Event).first().ticket
    take(ticket, "label", "tono", labels=str(db.session.query(Label).one().id))
    assert "cerewet" not in Person(app).get(f"/tiket/{ticket.number}").text
