"""A date is typed as people write it whatever language the browser speaks; on a phone the device's own picker stays."""

from __future__ import annotations

import re

import pytest

from models.base.wording import today
from tests.conftest import PASSWORD

pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database
DAY, MOMENT = "[data-date='day']", "[data-date='moment']"


@pytest.fixture
def reader(browser, address):
    """reader(locale="en-US", has_touch=True): a browser in which Sari is logged in."""
    opened = []

    def new(**kind):
        context = browser.new_context(**kind)
        opened.append(context)
        page = context.new_page()
        page.goto(address + "/admin/login")
        page.fill("#username", "sari")
        page.fill("#password", PASSWORD)
        page.locator("main button.pk-btn--primary").click()
        page.wait_for_url("**/admin/")
        return page

    yield new
    for context in opened:
        context.close()


@pytest.mark.parametrize("locale", ["en-US", "id-ID"])
def test_a_day_is_read_as_it_is_written_in_any_language_of_the_browser(app, reader, address, locale):
    page = reader(locale=locale)
    page.goto(address + "/admin/ticket/?panel=1")
    since = page.locator("#f-since")
    assert since.get_attribute("type") == "text"
    for typed in ("05/11/2026", "2026-11-05", "5 November 2026"):
        since.fill(typed)
        page.locator(".pk-filter button.pk-filter__go").click()
        page.wait_for_url("**since=*")
        assert "sejak 5 November 2026" in page.locator(".pk-told").inner_text()
        page.goto(page.url + "&panel=1")
        assert page.locator("#f-since").input_value() == "05/11/2026"


def test_the_time_of_receipt_stands_in_our_spelling_and_a_phone_picks_it(app, reader, address):
    desk = reader(locale="en-US")
    desk.goto(address + "/admin/ticket/new/")
    now = desk.locator(MOMENT).input_value()
    assert re.fullmatch(rf"{today():%d/%m/%Y} \d\d\.\d\d", now)
    phone = reader(locale="en-US", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone.goto(address + "/admin/ticket/new/")
    picker = phone.locator(MOMENT)
    assert picker.get_attribute("type") == "datetime-local"
    assert re.fullmatch(rf"{today():%Y-%m-%d}T\d\d:\d\d", picker.input_value())
