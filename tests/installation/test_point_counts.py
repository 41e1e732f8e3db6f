"""How many points: letter, survey, RAB, installers' report and test stand side by side, and a difference has a reason."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from documents.stored_document import file_of
from models.base.db import db, write_transaction
from models.base.typed_date import day_as_typed
from models.base.wording import today
from models.installation.point_counts import PointCounts, point_counts
from models.installation.quality_test import latest_test
from models.installation.rab import latest_rab
from models.installation.survey import survey_of
from models.tickets.issued_document import documents_of
from models.tickets.ticket import Ticket
from procedures.engine.take_step import StepRefused
from tests.browse import Person
from tests.databases import both, once
from tests.installation.installation_walk import (
    fill_test,
    installation_at,
    issue_bill,
    name_installers,
    send_test,
    take,
)
from tests.installation.test_documents import text_of

pytestmark = once

REASON = "Dua titik di meja dosen digabung atas permintaan unit."


def _tested(installed: int = 3) -> Ticket:
    ticket = installation_at("installers")
    name_installers(ticket)
    take(ticket, "report_installed", "tono", text="Terpasang.", points=installed)
    fill_test(ticket)
    return ticket


def _explain(ticket: Ticket) -> None:
    with write_transaction():
        latest_test(ticket).points_reason = REASON


def _printed(ticket: Ticket, kind: str) -> str:
    document = next(one for one in documents_of(ticket) if one.kind == kind)
    return " ".join(text_of(file_of(document.id)).split())


def test_each_paper_of_an_installation_tells_its_number_of_points(app):
    ticket = _tested(installed=2)
    assert point_counts(ticket) == PointCounts(letter=3, survey=3, rab=3, installed=2, tested=3)
    assert point_counts(ticket).named() == [("Surat", 3), ("Survey", 3), ("RAB", 3), ("Terpasang", 2), ("Diuji", 3)]


def test_paper_that_does_not_exist_yet_tells_none_and_differs_from_none(app):
    counts = point_counts(installation_at("survey"))
    assert (counts, counts.differ) == (PointCounts(letter=3), False)


def test_tono_cannot_send_a_test_whose_number_of_points_differs_without_a_reason(app):
    ticket = _tested(installed=2)
    with pytest.raises(StepRefused, match="Jumlah titik di surat, survey, RAB, laporan pemasang, dan uji berbeda"):
        take(ticket, "send_test", "tono")
    _explain(ticket)
    take(ticket, "send_test", "tono")
    assert ticket.state == "billing"


def test_tono_sends_a_test_whose_numbers_agree_without_a_reason(app):
    ticket = _tested()
    send_test(ticket)
    assert (ticket.state, latest_test(ticket).points_reason) == ("billing", "")


def test_difference_and_its_reason_are_printed_on_the_report_and_stand_beside_the_bill(app):
    ticket = _tested(installed=2)
    _explain(ticket)
    take(ticket, "send_test", "tono")
    report = _printed(ticket, "test")
    assert "Surat Survey RAB Terpasang Diuji 3 3 3 2 3" in report and REASON in report
    bench = Person(app, "budi").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert "Jumlah titik berbeda" in bench and REASON in bench
    issue_bill(ticket)
    assert f"Surat 3, Survey 3, RAB 3, Terpasang 2, Diuji 3. Alasan: {REASON}" in _printed(ticket, "bill")


def test_bill_of_papers_that_agree_says_nothing_of_points(app):
    ticket = installation_at("payment")
    assert "Jumlah titik" not in _printed(ticket, "bill")


@both
def test_reason_goes_with_the_next_round_of_tests(app):
    ticket = _tested(installed=2)
    _explain(ticket)
    send_test(ticket, good=False)
    take(ticket, "recheck", "tono", findings="Konektor longgar.", action="Dikrimping ulang.")
    assert latest_test(ticket).points_reason == REASON


def test_installers_report_without_a_number_is_asked_for_one(app):
    ticket = installation_at("installation")
    with pytest.raises(StepRefused) as refused:
        take(ticket, "report_installed", "tono", text="Terpasang.")
    assert "points" in refused.value.form.errors and ticket.state == "installation"


def _form(html: str, **changes: str) -> dict[str, list[str]]:
    """The test's form as it stands on the page."""
    ids = re.findall(r'name="point-id" value="(\d+)"', html)
    fields = {"point-id": ids, "point-name": [f"Titik {one}" for one in ids], "do": ["send"]}
    return fields | {name: [value] for name, value in changes.items()}


@both
def test_tono_reads_the_numbers_in_the_form_and_keeps_what_he_typed_until_the_reason_is_there(app):
    ticket, tono = _tested(installed=2), Person(app, "tono")
    path = f"/admin/quality_test/fill/{ticket.id}"
    html = tono.get(path).text
    assert "Jumlah titik berbeda" in html and "<dt>Terpasang</dt><dd>2</dd>" in html
    answer = tono.post(path, _form(html, points_reason=""))
    assert answer.status_code == 409 and "alasannya belum ditulis di formulir uji" in answer.text
    answer = tono.post(path, _form(answer.text, points_reason=REASON))
    assert answer.status_code == 303
    assert latest_test(db.session.get(Ticket, ticket.id)).points_reason == REASON


@both
def test_tono_writes_in_the_rab_for_how_many_points_it_pays(app):
    ticket, tono = installation_at("rab_draft"), Person(app, "tono")
    path = f"/admin/rab/fill/{ticket.id}"
    seen = re.search(r'name="seen" value="([^"]+)"', tono.get(path).text)[1]
    fields = {"seen": seen, "do": "draft", "points": "12 titik", "working_days": "5",
              "valid_until": (today() + timedelta(days=30)).isoformat(), "line-section": ["work"],
              "line-description": ["Penarikan"], "line-volume": ["12"], "line-measure": ["titik"],
              "line-price": ["100000"], "line-code": [""]}  # fmt: skip
    assert tono.post(path, fields).status_code == 303
    assert latest_rab(db.session.get(Ticket, ticket.id)).points == 12
    assert "Jumlah titik berbeda" in tono.get(f"/admin/ticket/details/?id={ticket.id}").text


@both
def test_surveyor_types_the_day_of_the_visit_and_it_is_printed(app):
    ticket, tono = installation_at("survey"), Person(app, "tono")
    path, day = f"/admin/survey/fill/{ticket.id}", today() - timedelta(days=2)
    assert 'name="surveyed_on" type="text" data-date="day"' in tono.get(path).text
    fields = {"do": "draft", "surveyed_on": f"{day:%d/%m/%Y}", "point-location": ["Meja"], "point-count": ["3"]}
    assert tono.post(path, fields).status_code == 303
    assert survey_of(db.session.get(Ticket, ticket.id)).surveyed_on == day


@pytest.mark.parametrize("days", [1, -800])
def test_visit_that_has_not_come_or_is_years_ago_is_asked_about(app, days):
    ticket, tono = installation_at("survey"), Person(app, "tono")
    day = (today() + timedelta(days=days)).isoformat()
    answer = tono.post(f"/admin/survey/fill/{ticket.id}", {"do": "draft", "surveyed_on": day, "point-location": ["A"]})
    assert answer.status_code == 422 and "Tanggal survey: pilih hari yang sudah tiba" in answer.text
    assert f'value="{day_as_typed(day)}"' in answer.text
