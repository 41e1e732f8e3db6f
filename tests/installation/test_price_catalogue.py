"""A code of the price catalogue fills its row, what departs is marked, what nobody knows is asked about (N4, N5)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.base.db import db, write_transaction
from models.base.wording import today
from models.installation.rab import PriceItem, latest_rab, versions_of
from models.installation.survey import survey_of
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.databases import both, once
from tests.installation.installation_walk import installation_at, submit_rab, take

pytestmark = once

ITEMS = [
    ("KBL-UTP6", "Kabel UTP Cat6", "material", "rol", 1_850_000),
    ("JS-TRK", "Penarikan kabel", "work", "titik", 150_000),
]


@pytest.fixture
def prices(app, cast):
    with write_transaction():
        db.session.add_all(
            PriceItem(code=code, description=what, section=section, measure=measure, price_rp=price,
                      valid_from=date(2020, 1, 1))
            for code, what, section, measure, price in ITEMS
        )  # fmt: skip


def rab_fields(rab, *rows, **changes):
    names = ("section", "code", "description", "volume", "measure", "price")
    fields = {"seen": str(rab.saved_at.timestamp()), "working_days": "8", "valid_until": rab.valid_until.isoformat(),
              "notes": "", "do": "draft", "points": "3"}  # fmt: skip
    fields |= {f"line-{name}": [row.get(name, "") for row in rows] for name in names}
    return {**fields, **changes}


def survey_fields(*rows, **changes):
    fields = {"distribution_point": "SW-B2-01", "distance_m": "112,5", "cable": "fo", "grounding": "no",
              "result": "feasible", "do": "draft", "point-location": ["Meja"], "point-count": ["3"],
              "point-remark": [""]}  # fmt: skip
    for name in ("code", "description", "volume", "measure"):
        fields[f"material-{name}"] = [row.get(name, "") for row in rows]
    return {**fields, **changes}


def fresh(ticket):
    db.session.expire_all()
    return db.session.get_one(Ticket, ticket.id)


def test_code_alone_fills_a_rab_line_and_what_was_typed_stays(app, prices):
    ticket, tono = installation_at("rab_draft"), Person(app, "tono")
    rows = (
        {"code": "kbl-utp6", "volume": "2"},
        {"code": "JS-TRK", "volume": "3", "price": "175.000"},
        {"description": "penarikan  KABEL", "volume": "1"},
    )
    path = f"/admin/rab/fill/{ticket.id}"
    assert tono.post(path, rab_fields(latest_rab(ticket), *rows)).status_code == 303
    lines = [
        (line.section, line.code, line.description, line.measure, line.price_rp)
        for line in latest_rab(fresh(ticket)).lines
    ]
    assert lines == [
        ("material", "KBL-UTP6", "Kabel UTP Cat6", "rol", 1_850_000),
        ("work", "JS-TRK", "Penarikan kabel", "titik", 175_000),
        ("material", "JS-TRK", "penarikan  KABEL", "titik", 150_000),
    ]


def test_price_or_unit_that_departs_is_marked_for_who_drafts_and_who_decides(app, prices):
    ticket, tono = installation_at("rab_draft"), Person(app, "tono")
    rows = (
        {"code": "KBL-UTP6", "volume": "2", "measure": "m", "price": "1.900.000", "description": "Kabel"},
        {"code": "JS-TRK", "volume": "3"},
        {"description": "Sewa tangga", "volume": "1", "measure": "hari", "price": "50.000"},
    )
    path, said = f"/admin/rab/fill/{ticket.id}", "Satuan di daftar harga: rol. Di daftar harga: Rp1.850.000 per rol."
    assert tono.post(path, rab_fields(latest_rab(ticket), *rows)).status_code == 303
    page = tono.get(path).text
    assert page.count(said) == 1
    assert tono.post(path, rab_fields(latest_rab(fresh(ticket)), *rows, do="send")).status_code == 303
    budi = Person(app, "budi")
    details = budi.get(f"/admin/rab/details/?id={latest_rab(fresh(ticket)).id}").text
    assert "Satuan di daftar harga: rol." in details and "Di daftar harga: Rp1.850.000 per rol." in details
    assert "1 baris berbeda dari daftar harga" in budi.get(f"/admin/ticket/details/?id={ticket.id}").text


@both
def test_submitted_rab_is_compared_with_the_prices_of_its_own_day(app, prices):
    from procedures.installation.price_catalogue import marks_of

    ticket = installation_at("rab_draft")
    rows = ({"code": "KBL-UTP6", "volume": "2"},)
    Person(app, "tono").post(f"/admin/rab/fill/{ticket.id}", rab_fields(latest_rab(ticket), *rows, do="send"))
    with write_transaction():
        db.session.add(PriceItem(code="KBL-UTP6", description="Kabel UTP Cat6", section="material", measure="rol",
                                 price_rp=2_000_000, valid_from=today() + timedelta(days=1)))  # fmt: skip
    assert marks_of(latest_rab(fresh(ticket))) == {}


@both
def test_unknown_code_or_price_of_nought_is_asked_about_before_the_rab_goes(app, prices):
    ticket, tono = installation_at("rab_draft"), Person(app, "tono")
    path = f"/admin/rab/fill/{ticket.id}"
    rows = (
        {"code": "KBL-UTP5", "description": "Kabel", "volume": "2", "measure": "rol", "price": "1.000.000"},
        {"description": "Hibah", "volume": "1", "measure": "buah", "price": "0"},
    )
    answer = tono.post(path, rab_fields(latest_rab(ticket), *rows, do="send"))
    assert answer.status_code == 422
    assert "Baris 1: Kode “KBL-UTP5” tidak ada di daftar harga. Maksudnya KBL-UTP6?" in answer.text
    assert "Baris 2: harganya nol." in answer.text and 'name="sure"' in answer.text
    assert (fresh(ticket).state, latest_rab(fresh(ticket)).total_rp) == ("rab_draft", 2_000_000), "the draft is kept"
    answer = tono.post(path, rab_fields(latest_rab(fresh(ticket)), *rows, do="send", sure="1"))
    assert (answer.status_code, fresh(ticket).state) == (303, "rab_approval")


def test_blank_unit_is_asked_for_and_never_becomes_buah(app, prices):
    ticket, tono = installation_at("rab_draft"), Person(app, "tono")
    rows = ({"description": "Sewa tangga", "volume": "1", "price": "50.000"},)
    answer = tono.post(f"/admin/rab/fill/{ticket.id}", rab_fields(latest_rab(ticket), *rows))
    assert (answer.status_code, "Baris 1: tulis satuannya" in answer.text) == (422, True)
    assert 'value="Sewa tangga"' in answer.text


def test_row_with_a_volume_alone_is_never_dropped_without_a_word(app, prices):
    ticket, tono = installation_at("rab_draft"), Person(app, "tono")
    answer = tono.post(f"/admin/rab/fill/{ticket.id}", rab_fields(latest_rab(ticket), {"volume": "12"}))
    assert (answer.status_code, "Baris 1: tulis uraiannya" in answer.text) == (422, True)


def test_survey_on_the_phone_is_filled_from_the_code_too(app, prices):
    ticket, tono = installation_at("survey"), Person(app, "tono")
    path = f"/admin/survey/fill/{ticket.id}"
    assert 'data-description="Kabel UTP Cat6" data-measure="rol"' in tono.get(path).text
    assert tono.post(path, survey_fields({"code": "kbl-utp6", "volume": "2"})).status_code == 303
    (material,) = survey_of(fresh(ticket)).materials
    assert (material.code, material.description, material.measure) == ("KBL-UTP6", "Kabel UTP Cat6", "rol")


def test_half_typed_survey_row_is_kept_as_draft_and_asked_for_when_it_is_sent(app, prices):
    ticket, tono = installation_at("survey"), Person(app, "tono")
    path, rows = f"/admin/survey/fill/{ticket.id}", ({"description": "Pipa"}, {"volume": "4"})
    assert tono.post(path, survey_fields(*rows, **{"point-location": [""], "point-count": ["2"]})).status_code == 303
    kept = survey_of(fresh(ticket))
    assert [(one.description, str(one.volume), one.measure) for one in kept.materials] == [
        ("Pipa", "0.000", ""), ("", "4.000", ""),
    ]  # fmt: skip
    page = tono.get(path).text
    assert 'value="Pipa"' in page and 'value="0"' not in page
    answer = tono.post(path, survey_fields(*rows, do="send"))
    said = "volume bahan baris 1, satuan bahan baris 1, uraian bahan baris 2, satuan bahan baris 2"
    assert (answer.status_code, f"Belum lengkap: {said}." in answer.text) == (422, True)
    assert fresh(ticket).state == "survey"


def test_unknown_code_of_a_survey_is_asked_about_before_it_goes(app, prices):
    ticket, tono = installation_at("survey"), Person(app, "tono")
    rows = ({"code": "ENTAH-9", "description": "Pipa", "volume": "4", "measure": "m"},)
    answer = tono.post(f"/admin/survey/fill/{ticket.id}", survey_fields(*rows, do="send"))
    assert (answer.status_code, "Kode “ENTAH-9” tidak ada di daftar harga." in answer.text) == (422, True)
    answer = tono.post(f"/admin/survey/fill/{ticket.id}", survey_fields(*rows, do="send", sure="1"))
    assert (answer.status_code, fresh(ticket).state) == (303, "rab_draft")


@both
def test_validity_that_was_typed_goes_on_into_the_next_version_and_one_that_was_counted_is_counted_anew(app):
    typed, counted = installation_at("rab_draft"), installation_at("rab_draft")
    tono, day = Person(app, "tono"), today() + timedelta(days=77)
    row = {"description": "Kabel", "volume": "2", "measure": "rol", "price": "1.000"}
    for ticket, until in ((typed, day), (counted, latest_rab(counted).valid_until)):
        fields = rab_fields(latest_rab(ticket), row, do="send", valid_until=until.isoformat())
        assert tono.post(f"/admin/rab/fill/{ticket.id}", fields).status_code == 303
        take(fresh(ticket), "return_rab", "budi", reason="Cantumkan merek.")
    assert latest_rab(fresh(typed)).valid_until == day
    assert latest_rab(fresh(counted)).valid_until == today() + timedelta(days=30)
    submit_rab(typed)
    take(fresh(typed), "return_rab", "budi", reason="Sekali lagi.")
    assert [rab.valid_until for rab in versions_of(fresh(typed))] == [day] * 3


@both
def test_typed_validity_that_has_passed_is_counted_anew(app):
    ticket = installation_at("rab_approval")
    with write_transaction():
        rab = latest_rab(fresh(ticket))
        rab.is_validity_typed, rab.valid_until = True, today() - timedelta(days=1)
    take(fresh(ticket), "return_rab", "budi", reason="Sudah lewat.")
    assert latest_rab(fresh(ticket)).valid_until == today() + timedelta(days=30)


def test_condition_of_the_survey_is_read_by_who_drafts_decides_and_answers(app):
    from tests.installation.installation_walk import send_survey

    ticket = installation_at("survey")
    send_survey(ticket, result="conditional", condition="Rak dibumikan lebih dahulu.")
    assert "Rak dibumikan lebih dahulu." in Person(app, "tono").get(f"/admin/rab/fill/{ticket.id}").text
    submit_rab(fresh(ticket))
    budi = Person(app, "budi")
    assert "Rak dibumikan lebih dahulu." in budi.get(f"/admin/rab/details/?id={latest_rab(fresh(ticket)).id}").text
    assert "Syarat dari survey" in budi.get(f"/admin/ticket/details/?id={ticket.id}").text
