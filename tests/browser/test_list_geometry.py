"""The list in a real browser: one line a row in the office, the first ticket within the first 300 pixels on a phone."""

from __future__ import annotations

import pytest

from models.base.db import db, utcnow, write_transaction
from models.tickets.ticket import Ticket
from tests.accounts.stories import email_at
from tests.browser.conftest import PHONE
from tests.conftest import PASSWORD
from tests.installation.installation_walk import installation_at
from tests.outages.walk import network_outage_at, server_outage_at
from tests.walk import complaint_at, file_complaint, take

pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database
LINE, FIRST_TICKET = 40, 300  # pixels
CUT = """[...document.querySelectorAll(".pk-list tbody tr td:is(:nth-last-child(6), :nth-last-child(7))")]
  .filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.innerText)"""

OUT = """[...document.querySelectorAll(".pk-row__do .pk-btn")]
  .filter((one) => one.getBoundingClientRect().right > one.closest(".pk-card").getBoundingClientRect().right)
  .map((one) => one.innerText)"""


@pytest.fixture
def of_every_kind(app):
    """A ticket of every procedure, some late, some paused, one urgent; the longest states among them."""
    with app.app_context():
        for state in ("disposition", "rab_approval", "unit_agreement", "billing"):
            installation_at(state)
        network_outage_at("supporting")
        server_outage_at("with_manager")
        email_at("creation")
        asked, late = complaint_at("in_progress"), complaint_at("in_progress")
        take(asked, "ask_requester", "tono", text="Di ruang mana?")
        file_complaint(subject="Wi-Fi tersambung tetapi tidak dapat membuka portal")
        with write_transaction():
            db.session.get(Ticket, late.id).due_at = utcnow().replace(month=1)
            db.session.get(Ticket, late.id).priority = 2
        db.session.remove()


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_row_of_the_list_is_one_line_in_the_office_and_says_its_subject_whole(
    app, of_every_kind, visit, language
):
    budi = visit()
    page = budi.log_in("budi", PASSWORD)
    if language == "en":
        page.get_by_role("button", name="English").click()
        page.wait_for_load_state()
    page = budi.go("/admin/ticket/")
    rows = page.locator(".pk-list tbody tr")
    assert rows.count() >= 10
    assert {row.bounding_box()["height"] for row in rows.all() if row.bounding_box()["height"] > LINE} == set()
    assert page.evaluate(CUT) == []


def test_on_a_phone_the_first_ticket_stands_within_the_first_screen_third_and_the_filter_unfolds(
    app, of_every_kind, visit
):
    budi = visit(PHONE)
    budi.log_in("budi", PASSWORD)
    page = budi.go("/admin/ticket/")
    assert page.locator(".pk-list tbody tr").first.bounding_box()["y"] <= FIRST_TICKET
    assert page.locator(".pk-bar__told").inner_text().startswith("Terbuka · ")
    assert not page.locator("#q").is_visible()
    page.get_by_role("link", name="Saring", exact=True).click()
    assert page.locator("#q").is_visible() and page.get_by_role("link", name="Lewat target").first.is_visible()
    page.locator(".pk-listtop__shut").click()
    assert not page.locator("#q").is_visible()


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_button_of_the_desk_reaches_out_of_its_card(app, of_every_kind, visit, language):
    rina = visit()
    page = rina.log_in("rina", PASSWORD)
    if language == "en":
        page.get_by_role("button", name="English").click()
        page.wait_for_load_state()
        page = rina.go("/admin/")
    assert page.locator(".pk-row__do .pk-btn").count() >= 3
    assert page.evaluate(OUT) == []
