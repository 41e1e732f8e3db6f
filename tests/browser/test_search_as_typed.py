"""What is typed into the box of search is found, and a slip of typing is one press from what was meant."""

from __future__ import annotations

import pytest

from tests.conftest import PASSWORD
from tests.walk import file_complaint

pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database


@pytest.mark.parametrize("size", [{"width": 1366, "height": 900}, {"width": 390, "height": 844}])
def test_sari_mistypes_a_word_and_is_asked_what_she_meant(app, cast, visit, size):
    number = file_complaint(subject="Proyektor Wi-Fi berkedip", description="Di aula.").number
    sari = visit(size)
    page = sari.log_in("sari", PASSWORD)
    page.keyboard.press("/")
    page.keyboard.type("proyektro wifi")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/search/**")
    meant = page.locator(".pk-meant")
    assert meant.inner_text() == "Mungkin maksud Anda: proyektor wifi"
    assert meant.bounding_box()["y"] < size["height"]
    meant.locator("a").click()
    page.wait_for_url("**proyektor**")
    assert number in page.locator("main").inner_text()
    page.goto(page.url.partition("/admin/")[0] + "/admin/ticket/?search=aulla")
    page.locator(".pk-meant a").click()
    page.wait_for_url("**search=aula**")
    assert number in page.locator("main").inner_text()
