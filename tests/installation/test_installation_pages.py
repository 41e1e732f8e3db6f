"""The installation's pages as people use them: forms for survey, RAB and test, papers, board, public form, check."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from documents.stored_document import file_of
from models.base import setting
from models.base.db import db, write_transaction
from models.base.wording import today
from models.installation.rab import latest_rab, versions_of
from models.installation.survey import letter_and_request, survey_of
from models.tickets.issued_document import documents_of
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import code_of, link_of
from tests.browse import Person
from tests.databases import both, once
from tests.installation.installation_walk import DEWI, fill_rab, installation_at, letter_fields, take
from tests.installation.test_documents import text_of
from tests.public.visitor import hidden, later, number_in

pytestmark = once

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


class Reader(Person):
    """Reads a page as text and says which answer was wanted."""

    def get(self, path, status=200):
        answer = super().get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:300])
        return answer.text


@pytest.fixture
def people(app):
    return {name: Reader(app, name) for name in ("tono", "budi", "sari", "rina", "lina", "ketua")}


def survey_fields(**changes):
    fields = {
        "distribution_point": "SW-B2-01", "distance_m": "112,5", "floors": "1", "cable": "fo", "grounding": "no",
        "result": "conditional", "condition": "Rak dibumikan lebih dahulu.", "do": "draft",
        "point-location": ["Meja mahasiswa", "Meja dosen", ""], "point-count": ["2", "1", ""],
        "point-remark": ["", "", ""], "material-code": ["", ""], "material-description": ["Kabel UTP Cat6", ""],
        "material-volume": ["2,5", ""], "material-measure": ["rol", ""],
    }  # fmt: skip
    return {**fields, **changes}


@both
def test_tono_saves_a_survey_as_draft_then_sends_it(people):
    ticket = installation_at("survey")
    path = f"/admin/survey/fill/{ticket.id}"
    people["tono"].get(path)
    assert people["tono"].post(path, survey_fields(result="")).status_code == 303
    survey = survey_of(db.session.get(Ticket, ticket.id))
    assert (survey.point_total, str(survey.distance_m), str(survey.materials[0].volume)) == (3, "112.500", "2.500")
    answer = people["tono"].post(path, survey_fields(result="", do="send"))
    assert (answer.status_code, "Belum lengkap: hasil" in answer.text) == (422, True)
    assert people["tono"].post(path, survey_fields(do="send")).status_code == 303
    ticket = db.session.get(Ticket, ticket.id)
    assert (ticket.state, latest_rab(ticket).lines[0].description) == ("rab_draft", "Kabel UTP Cat6")


def test_bad_survey_figures_are_named_and_everything_typed_is_still_there(people):
    ticket = installation_at("survey")
    wrong = survey_fields(distance_m="jauh", **{"point-count": ["dua", "1", ""]})
    answer = people["tono"].post(f"/admin/survey/fill/{ticket.id}", wrong)
    assert answer.status_code == 422
    assert "Jarak: Tulis angka antara 0 dan 50000." in answer.text
    assert 'value="jauh"' in answer.text and 'value="dua"' in answer.text
    assert survey_of(db.session.get(Ticket, ticket.id)).distribution_point == ""


@pytest.mark.parametrize(("typed", "asked"), [("112.500", "112500 atau 112,5"), ("2.5 lantai", "bilangan bulat")])
def test_length_that_may_mean_two_things_is_asked_about_and_half_a_floor_is_no_twenty_five(people, typed, asked):
    ticket = installation_at("survey")
    field = "floors" if "lantai" in typed else "distance_m"
    answer = people["tono"].post(f"/admin/survey/fill/{ticket.id}", survey_fields(**{field: typed}))
    assert (answer.status_code, asked in answer.text, f'value="{typed}"' in answer.text) == (422, True, True)


@both
def test_long_way_is_shown_as_it_is_read_back(people):
    ticket = installation_at("survey")
    path = f"/admin/survey/fill/{ticket.id}"
    assert people["tono"].post(path, survey_fields(distance_m="1.250,5")).status_code == 303
    assert 'value="1250,5"' in people["tono"].get(path)
    assert people["tono"].post(path, survey_fields(distance_m="1250,5", floors="3 lantai")).status_code == 303
    survey = survey_of(db.session.get(Ticket, ticket.id))
    assert (str(survey.distance_m), survey.floors) == ("1250.500", 3)


def rab_fields(rab, **changes):
    fields = {
        "seen": str(rab.saved_at.timestamp()), "working_days": "8", "valid_until": rab.valid_until.isoformat(),
        "notes": "", "do": "draft", "line-section": ["material", "work"], "line-code": ["", ""],
        "line-description": ["Kabel UTP Cat6", "Penarikan"], "line-volume": ["2", "2,5"],
        "line-measure": ["rol", "titik"], "line-price": ["1.850.000", "150.000"],
    }  # fmt: skip
    return {**fields, **changes}


def test_tono_draws_up_a_rab_and_submits_it(people):
    ticket = installation_at("rab_draft")
    path = f"/admin/rab/fill/{ticket.id}"
    people["tono"].get(path)
    rab = latest_rab(ticket)
    assert people["tono"].post(path, rab_fields(rab)).status_code == 303
    rab = latest_rab(db.session.get(Ticket, ticket.id))
    assert (rab.total_rp, rab.working_days) == (4_075_000, 8)
    assert people["tono"].post(path, rab_fields(rab, do="send")).status_code == 303
    assert db.session.get(Ticket, ticket.id).state == "rab_approval"


@pytest.mark.parametrize(("column", "typed", "sentence"), [
    ("line-volume", "0", "Baris 1: Volume harus lebih dari nol"),
    ("line-volume", "-3", "Baris 1: Volume harus lebih dari nol"),
    ("line-volume", "1.500", "Baris 1: “1.500” dapat berarti 1500 atau 1,5."),
    ("line-volume", "banyak", "bukan volume"),
    ("line-volume", "9999999", "Volume melebihi batas"),
    ("line-price", "-1", "bukan jumlah uang"),
    ("line-price", "murah", "bukan jumlah uang"),
    ("line-price", "9" * 15, "melebihi batas"),
])  # fmt: skip
def test_bad_rab_line_is_named_and_nothing_is_lost_or_saved(people, column, typed, sentence):
    ticket = installation_at("rab_draft")
    rab = latest_rab(ticket)
    before = rab.total_rp
    fields = rab_fields(rab)
    fields[column] = [typed, fields[column][1]]
    answer = people["tono"].post(f"/admin/rab/fill/{ticket.id}", fields)
    assert answer.status_code == 422
    assert sentence in answer.text and f'value="{typed}"' in answer.text and 'value="Penarikan"' in answer.text
    assert latest_rab(db.session.get(Ticket, ticket.id)).total_rp == before


def test_second_writer_of_a_draft_is_told_and_overwrites_nothing(people):
    ticket = installation_at("rab_draft")
    old = rab_fields(latest_rab(ticket))
    assert people["tono"].post(f"/admin/rab/fill/{ticket.id}", old).status_code == 303
    answer = people["rina"].post(f"/admin/rab/fill/{ticket.id}", {**old, "notes": "punya Rina"})
    assert (answer.status_code, "Orang lain mengubah draf ini" in answer.text) == (422, True)
    assert "punya Rina" in answer.text


@both
def test_lines_of_a_csv_are_shown_for_review_and_formulas_never_leave_as_such(people):
    ticket = installation_at("rab_draft")
    csv = "Bagian;Uraian;Volume;Satuan;Harga satuan\nPekerjaan;=1+1;2;titik;150.000\n"
    fields = {**rab_fields(latest_rab(ticket)), "do": "import", "import_file": (io.BytesIO(csv.encode()), "baris.csv")}
    answer = people["tono"].post(f"/admin/rab/fill/{ticket.id}", fields)
    assert answer.status_code == 200
    assert 'value="=1+1"' in answer.text and "Belum ada yang tersimpan" in answer.text
    fill_rab(ticket)
    rab = latest_rab(ticket)
    text = people["tono"].client.get(f"/admin/rab/file/{rab.id}.csv").text
    assert "Kabel UTP Cat6" in text and "4500000" not in text.split("\n")[0]
    assert people["tono"].client.get(f"/admin/rab/file/{rab.id}.xlsx").data[:2] == b"PK"


def test_two_versions_are_compared_line_by_line(people):
    ticket = installation_at("rab_approval")
    take(ticket, "return_rab", "budi", reason="Terlalu mahal.")
    fill_rab(ticket, 900_000)
    html = people["budi"].get(f"/admin/rab/compare/?id={versions_of(ticket)[-1].id}")
    assert "Berubah" in html and "-Rp450.000" in html


@pytest.mark.slow
@pytest.mark.parametrize("state", ["disposition", "survey", "rab_draft", "rab_approval", "unit_agreement", "testing",
                                   "recheck", "billing", "bill_signature", "payment", "closed"])  # fmt: skip
def test_workbench_of_every_desk_opens_for_who_may_see_it(people, state):
    ticket = installation_at(state)
    for name in ("budi", "rina", "tono", "sari", "ketua"):
        if state == "disposition" and name in ("rina", "tono"):
            continue
        people[name].get(f"/admin/ticket/details/?id={ticket.id}")
    people["lina"].get(f"/admin/ticket/details/?id={ticket.id}", status=404)


def test_lists_board_and_reports_open_and_lina_is_shut_out(people):
    installation_at("closed")
    installation_at("payment")
    installation_at("survey")
    for view in ("installation", "request_letter", "disposition", "survey", "rab", "price_item", "quality_test", "bill",
                 "payment", "installation/reports"):  # fmt: skip
        people["ketua"].get(f"/admin/{view}/")
        people["lina"].get(f"/admin/{view}/", status=403)
    assert "Rp4.500.000" in people["budi"].get("/admin/installation/reports/")


def test_the_board_shows_who_waited_longest_at_each_desk_and_how_many_lie_there(people, monkeypatch):
    monkeypatch.setattr("admin_views.installation.board.SHOWN", 2)
    waiting = [installation_at("disposition").number for _n in range(3)]
    moved = installation_at("surveyors").number
    page = people["budi"].get("/admin/installation/")
    assert [number for number in (*waiting, moved) if number in page] == [*waiting[:2], moved]
    assert "4 permohonan terbuka" in page and '<span class="pk-count">3</span>' in page
    assert page.count("Lihat semua langkah") == 1


def test_paper_and_case_file_go_only_to_who_may_see_the_ticket(people):
    ticket = installation_at("payment")
    for document in documents_of(ticket):
        path = f"/admin/installation/paper/{document.id}"
        assert people["tono"].client.get(path).data.startswith(b"%PDF-")
        assert people["lina"].client.get(path).status_code == 403
    assert people["tono"].client.get(f"/admin/installation/case/{ticket.id}").data.startswith(b"%PDF-")


def test_sari_enters_a_paper_letter(people):
    fields = {**letter_fields(), "received_at": "2026-11-20T09:30", "attachments": (io.BytesIO(PDF), "surat.pdf")}
    html = people["sari"].get("/admin/installation/new/")
    assert 'name="letter_number"' in html
    answer = people["sari"].post("/admin/installation/new/", fields)
    assert answer.status_code == 303, answer.text[:2000]
    ticket = db.session.query(Ticket).one()
    assert (ticket.channel, ticket.state) == ("letter", "disposition")
    people["tono"].get("/admin/installation/new/", status=403)


def send_public(client, monkeypatch, **changes):
    html = client.get("/permohonan/pemasangan-jaringan").text
    later(monkeypatch, seconds=5)
    data = {**hidden(html, "/permohonan/pemasangan-jaringan"), **letter_fields(),
            "attachments": (io.BytesIO(PDF), "surat.pdf"), **changes}  # fmt: skip
    return client.post("/permohonan/pemasangan-jaringan", data=data)


def test_dewi_sends_the_letter_on_the_public_form_and_agrees_on_her_ticket_page(app, monkeypatch):
    client = app.test_client()
    number = number_in(send_public(client, monkeypatch))
    ticket = db.session.query(Ticket).filter_by(number=number).one()
    from tests.installation.installation_walk import MOVES, ORDER

    for desk in ORDER[1 : ORDER.index("unit_agreement") + 1]:
        MOVES[desk](ticket)
    html = client.get(f"/tiket/{number}").text
    rab = next(p for p in documents_of(ticket) if p.kind == "rab")
    assert rab.number in html and "Rp4.500.000" in html
    assert client.get(f"/tiket/{number}/dokumen/{rab.id}").data == file_of(rab.id)
    path = f"/tiket/{number}/langkah/answer_rab"
    answer = client.post(
        path, data={**hidden(html, path), "answer": "decline", "decided_by": "Pak Dekan", "decided_as": "Dekan"}
    )
    assert (answer.status_code, "Tulis alasan unit tidak setuju." in answer.text) == (422, True)
    answer = client.post(
        path, data={**hidden(html, path), "answer": "agree", "decided_by": "Pak Dekan", "decided_as": "Dekan"}
    )
    assert answer.status_code == 303
    assert db.session.get(Ticket, ticket.id).state == "installers"


def test_number_alone_shows_neither_money_nor_papers(app):
    ticket = installation_at("unit_agreement")
    client = app.test_client()
    html = client.get(f"/tiket/{ticket.number}").text
    assert "Rp4.500.000" not in html and "Dewi" not in html and ticket.subject not in html
    for document in documents_of(ticket):
        assert client.get(f"/tiket/{ticket.number}/dokumen/{document.id}").status_code == 404
    client.post(
        f"/tiket/{ticket.number}/kode", data={**hidden(html, f"/tiket/{ticket.number}/kode"), "code": code_of(ticket)}
    )
    take(ticket, "note", "tono", text="Stok switch tinggal satu.")
    folder = text_of(client.get(f"/tiket/{ticket.number}/berkas-lengkap.pdf").data)
    assert "N6" in folder and "Stok switch" not in folder and "Tono" not in folder and "Pak Budi" not in folder
    assert app.test_client().get(f"/tiket/{ticket.number}/berkas-lengkap.pdf").status_code == 404
    internal = next(p for p in documents_of(ticket) if p.kind == "disposition")
    assert client.get(f"/tiket/{ticket.number}/dokumen/{internal.id}").status_code == 404


def test_letter_without_scan_keeps_every_word(app, monkeypatch):
    answer = send_public(app.test_client(), monkeypatch, attachments=(io.BytesIO(b""), ""))
    assert answer.status_code == 422
    assert "Lampirkan pindaian surat" in answer.text and "214/FEB/XI/2026" in answer.text
    assert db.session.query(Ticket).count() == 0


def test_u10_check_page_tells_a_genuine_paper_an_altered_one_and_an_unknown_code(app):
    ticket = installation_at("payment")
    document = next(p for p in documents_of(ticket) if p.kind == "bill")
    data, path = file_of(document.id), f"/verifikasi/{document.code}"
    client = app.test_client()
    html = client.get(path).text
    assert document.number in html and "Rp4.500.000" in html and hashlib.sha256(data).hexdigest() in html
    assert "Dewi" not in html and ticket.number not in html
    token = re.search(r'name="csrf_token" value="([^"]+)"', html)[1]

    def compared(content):
        return client.post(path, data={"csrf_token": token, "file": (io.BytesIO(content), "t.pdf")}).text

    assert "Berkas Anda sama" in compared(data)
    assert "Berkas Anda berbeda" in compared(data.replace(b"4.500", b"4.600") + b" ")
    assert client.get("/verifikasi/0000000000000000").status_code == 404
    take(ticket, "cancel_bill", "budi", reason="Salah.")
    assert "Dokumen ini tidak berlaku lagi" in client.get(path).text


def held(app, ticket):
    """A browser that opened the holder's link, and the address of the ticket's page."""
    client = app.test_client()
    client.get(urlsplit(link_of(ticket)).path)
    return client, f"/tiket/{ticket.number}"


def test_unit_agrees_with_the_letter_that_a_setting_asks_for(app):
    with write_transaction():
        setting.put("unit_answer_needs_letter", True)
    ticket = installation_at("unit_agreement")
    ticket_id = ticket.id
    client, page = held(app, ticket)
    html, path = client.get(page).text, f"{page}/langkah/answer_rab"
    assert "Surat jawaban yang ditandatangani pimpinan unit (PDF atau foto)" in html
    agreed = {**hidden(html, path), "answer": "agree", "decided_by": "Pak Dekan", "decided_as": "Dekan"}
    without = client.post(path, data=agreed)
    assert (without.status_code, "Lampirkan surat jawaban" in without.text) == (422, True)
    with_letter = {**agreed, **hidden(without.text, path), "attachments": (io.BytesIO(PDF), "jawaban.pdf")}
    assert client.post(path, data=with_letter, content_type="multipart/form-data").status_code == 303
    ticket = db.session.get(Ticket, ticket_id)
    (letter,) = [file for file in ticket.files if file.name == "jawaban.pdf"]
    assert (ticket.state, letter.is_public) == ("installers", True)


@both
def test_unit_completes_its_letter_with_the_right_number_date_and_points(app):
    ticket = installation_at("completion")
    ticket_id, day = ticket.id, today() - timedelta(days=1)
    client, page = held(app, ticket)
    html, path = client.get(page).text, f"{page}/langkah/complete_letter"
    sent = hidden(html, path)
    assert 'value="214/FEB/XI/2026"' in html and 'value="3"' in html
    sent |= {"text": "Nomornya keliru.", "letter_number": "215 / FEB / XI / 2026", "letter_date": f"{day:%d/%m/%Y}"}
    sent |= {"points": "5 titik", "attachments": (io.BytesIO(PDF), "surat-benar.pdf")}
    assert client.post(path, data=sent, content_type="multipart/form-data").status_code == 303
    ticket = db.session.get(Ticket, ticket_id)
    letter, asked = letter_and_request(ticket)
    assert (ticket.state, letter.number, letter.dated_on, asked.points) == ("disposition", "215/FEB/XI/2026", day, 5)
    assert [file.name for file in ticket.files][-1] == "surat-benar.pdf"
    assert ticket.events[-1].text.splitlines()[:2] == [
        "Nomornya keliru.", "Nomor surat: 214/FEB/XI/2026 → 215/FEB/XI/2026"
    ]  # fmt: skip
    receipts = [paper for paper in documents_of(ticket) if paper.kind == "letter"]
    assert [paper.voided_at is None for paper in receipts] == [False, True]
    assert "215/FEB/XI/2026" in text_of(file_of(receipts[-1].id))


def test_unit_completes_its_letter_with_words_alone_and_nothing_else_changes(app):
    ticket = installation_at("completion")
    take(ticket, "complete_letter", DEWI, text="Terlampir.")
    letter, asked = letter_and_request(ticket)
    assert (letter.number, asked.points, ticket.events[-1].text) == ("214/FEB/XI/2026", 3, "Terlampir.")
    assert len([paper for paper in documents_of(ticket) if paper.kind == "letter"]) == 1
