"""Deleting in a real browser, with the policy in force: the page asks, and only its answer deletes."""

from __future__ import annotations

from datetime import date

import pytest

from models.base.calendar import Holiday
from models.base.db import db, write_transaction
from tests.conftest import PASSWORD


def _is_there(app, row: int) -> bool:
    with app.app_context():
        found = db.session.get(Holiday, row) is not None
        db.session.remove()
    return found


@pytest.mark.only("sqlite")  # what a button does in Chromium does not depend on the database
def test_d12_pressing_delete_asks_first_and_only_the_answer_deletes(app, visit):
    with app.app_context():
        with write_transaction():
            holiday = Holiday(day=date(2027, 1, 1), name="Tahun Baru Masehi")
            db.session.add(holiday)
        row, details = holiday.id, f"/admin/holiday/details/?id={holiday.id}"
        db.session.remove()
    budi = visit()
    budi.log_in("budi", PASSWORD)
    page = budi.go(details)
    page.get_by_role("link", name="Hapus").click()
    page.get_by_role("heading", name="Hapus").wait_for()
    assert "Yang dihapus tidak dapat dikembalikan." in page.inner_text("main")
    assert _is_there(app, row)
    page.get_by_role("link", name="Batal").click()
    page.wait_for_url(f"**{details}")
    assert _is_there(app, row)
    page.get_by_role("link", name="Hapus").click()
    with page.expect_navigation(), page.expect_request(lambda sent: sent.method == "POST"):
        page.get_by_role("button", name="Ya, hapus").click()
    assert not _is_there(app, row)
