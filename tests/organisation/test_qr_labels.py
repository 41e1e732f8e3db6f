"""Labels on devices and outlets: the sheet, the code that stays, where a scan leads whom, and what nobody outside learns."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from models.base.db import db, write_transaction
from models.organisation.qr_label import LabelledComplaint, QrLabel
from models.organisation.staff import Group
from models.tickets.ticket import Ticket
from procedures.organisation.qr_labels import Labelled, labels_for
from tests.browse import Person
from tests.installation.installation_walk import installation_at
from tests.outages.walk import small_network
from tests.public.visitor import hidden, later, number_in
from tests.walk import complaint_fields

SECRETS = ("Sakelar", "10.10.1.1", "FEB-")


def text_of(answer) -> str:
    assert answer.mimetype == "application/pdf"
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)


def label_for(node) -> QrLabel:
    with write_transaction():
        (label,) = labels_for([Labelled(node.name, "", node_id=node.id)])
    return label


def report_from(client, monkeypatch, label: str, **changes):
    html = client.get(f"/pengaduan?label={label}").text
    later(monkeypatch, seconds=5)
    return client.post("/pengaduan", data={**hidden(html, "/pengaduan"), **complaint_fields(**changes)})


def test_tono_prints_the_devices_of_his_filter_and_each_keeps_its_code(app):
    small_network()
    tono = Person(app, "tono")
    assert "/admin/node/label/?kind=switch" in tono.get("/admin/node/?kind=switch").text
    sheets = [
        text_of(tono.post("/admin/node/label/?kind=switch", {"layout": "24", "skipped": again})) for again in ("", "23")
    ]
    codes = [set(re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", sheet)) for sheet in sheets]
    assert codes[0] == codes[1] == {label.spoken for label in db.session.query(QrLabel)}
    assert len(codes[0]) == 2 and "Sakelar FEB" in sheets[0] and "Router inti" not in sheets[0]


def test_a_label_where_the_public_passes_by_names_no_device(app):
    node = small_network()["Sakelar FEB"]
    sheet = text_of(Person(app, "tono").post(f"/admin/node/label/?id={node.id}", {"layout": "8", "is_nameless": "y"}))
    assert label_for(node).spoken in sheet and not any(word in sheet for word in SECRETS)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"layout": "8", "skipped": "8"}, "Lembar itu hanya berisi 8 label."),
        ({"layout": "99"}, "Lembar label A4"),
        ({"layout": "24", "skipped": "banyak"}, "Label yang sudah terpakai di lembar pertama"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused_with_a_sentence_and_makes_no_code(app, typed, sentence):
    node = small_network()["Sakelar FEB"]
    answer = Person(app, "tono").post(f"/admin/node/label/?id={node.id}", typed)
    assert answer.status_code == 422 and sentence in answer.text
    assert db.session.query(QrLabel).count() == 0


def test_a_stranger_s_scan_shows_the_code_alone_and_leads_to_the_complaint_form(app):
    node = small_network()["Sakelar FEB"]
    label, visitor = label_for(node), Person(app)
    page = visitor.get(f"/label/{label.code}")
    form = visitor.get(f"/pengaduan?label={label.spoken.lower()}").text
    assert page.status_code == 200 and f"/pengaduan?label={label.code}" in page.text
    for text in (page.text, form):
        assert label.spoken in text and not any(word in text for word in SECRETS)
    unknown = visitor.get("/label/AAAA0000")
    assert unknown.status_code == 404 and "Label tidak dikenal" in unknown.text


def test_staff_who_scan_come_to_the_page_that_they_may_open(app):
    node = small_network()["Sakelar FEB"]
    code = label_for(node).code
    tono, wati = Person(app, "tono"), Person(app, "wati")
    assert tono.client.get(f"/label/{code}").location == f"/admin/scan/?code={code}"
    assert tono.client.get(f"/admin/scan/?code={code}").location == f"/admin/node/details/?id={node.id}"
    page = tono.get(f"/admin/node/details/?id={node.id}").text
    assert "Ping sekarang" in page and f"/admin/shift/report/jaringan?node={node.id}" in page
    assert 'value="Sakelar FEB"' in tono.get(f"/admin/shift/report/jaringan?node={node.id}").text
    assert wati.client.get(f"/admin/scan/?code={code}").location == f"/label/{code}?umum=1"
    assert "Laporkan kerusakan" in wati.get(f"/label/{code}?umum=1").text
    assert "next=/admin/scan/" in Person(app).client.get(f"/admin/scan/?code={code}").location


def test_a_complaint_from_a_label_stands_on_the_device_s_page_for_whoever_may_see_it(app, monkeypatch):
    node = small_network()["Sakelar FEB"]
    label = label_for(node)
    number = number_in(report_from(app.test_client(), monkeypatch, label.code, subject="Lampu sakelar merah"))
    tie = db.session.query(LabelledComplaint).one()
    assert (tie.label_id, db.session.get(Ticket, tie.ticket_id).number) == (label.id, number)
    page = f"/admin/node/details/?id={node.id}"
    assert "Lampu sakelar merah" in Person(app, "sari").get(page).text
    with write_transaction():  # to the other division: the row rule hides it here too
        ticket = db.session.get(Ticket, tie.ticket_id)
        ticket.assignee_id, ticket.group_id = None, _group_of("systems")
    assert "Lampu sakelar merah" not in Person(app, "tono").get(page).text
    assert "Lampu sakelar merah" in Person(app, "sari").get(page).text


def _group_of(division: str) -> int:
    return db.session.query(Group.id).filter_by(division=division).first()[0]


def test_a_complaint_with_a_label_that_is_none_is_taken_without_it(app, monkeypatch):
    number_in(report_from(app.test_client(), monkeypatch, "bukan-label"))
    assert db.session.query(LabelledComplaint).count() == 0


def test_a_device_is_found_by_what_stands_on_its_label(app):
    label, tono = label_for(small_network()["Sakelar FEB"]), Person(app, "tono")
    for typed in (label.code, label.spoken.lower()):
        page = tono.get(f"/admin/node/?search={typed}").text
        assert "Sakelar FEB" in page and "Sakelar FTI" not in page


def test_the_points_of_an_installation_get_labels_that_lead_to_its_ticket(app):
    ticket = installation_at("payment")
    tono = Person(app, "tono")
    assert f"/admin/quality_test/label/{ticket.id}" in tono.get(f"/admin/ticket/details/?id={ticket.id}").text
    sheet = text_of(tono.post(f"/admin/quality_test/label/{ticket.id}", {"layout": "40"}))
    labels = db.session.query(QrLabel).order_by(QrLabel.position).all()
    assert labels and {label.ticket_id for label in labels} == {ticket.id}
    assert all(label.spoken in sheet for label in labels)
    code = labels[0].code
    assert tono.client.get(f"/admin/scan/?code={code}").location == f"/admin/ticket/details/?id={ticket.id}"
    assert Person(app, "lina").client.get(f"/admin/scan/?code={code}").location == f"/label/{code}?umum=1"


def test_a_ticket_without_a_test_has_no_labels_to_print(app):
    ticket = installation_at("survey")
    answer = Person(app, "tono").post(f"/admin/quality_test/label/{ticket.id}", {"layout": "40"})
    assert "Tidak ada yang dapat diberi label" in answer.text
