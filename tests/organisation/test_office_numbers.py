"""Office numbers go on from any number of the year, and several kinds may share one pattern and one sequence."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from models.base import setting
from models.base.db import db, write_transaction
from models.base.wording import today
from models.organisation.audit import AuditEntry
from models.organisation.office_number import KINDS, sequences, take_number
from tests.browse import Person
from tests.databases import once

pytestmark = once

DAY = date(2026, 11, 23)
PATH = "/admin/office_number/"


def take(*kinds, day=DAY):
    with write_transaction():
        return [take_number(kind, day) for kind in kinds]


def share(*kinds, pattern="{seq:03}/{unit}/{year}"):
    with write_transaction():
        setting.put("number_pattern_all", pattern)
        for kind in kinds:
            setting.put(f"number_pattern_{kind}", "")


def last():
    return {row.key: row.last for row in sequences(today())}


def test_administrator_goes_on_from_the_book_of_numbers_and_next_year_begins_at_one(app):
    rudi = Person(app, "rudi")
    assert rudi.post(f"{PATH}save/", {"next-agenda": "215", "next-bill": "41", "next-rab": "1"}).status_code == 303
    year = today().year
    assert take("agenda", "agenda", "bill", "rab", day=date(year, 11, 23)) == [
        f"215/PTK/AGD/XI/{year}", f"216/PTK/AGD/XI/{year}", f"041/PTK/TAG/XI/{year}", f"001/PTK/RAB/XI/{year}",
    ]  # fmt: skip
    assert take("agenda", day=date(year + 1, 1, 4)) == [f"001/PTK/AGD/I/{year + 1}"]
    assert [row.object_id for row in db.session.query(AuditEntry).filter_by(act="office_number")] == [
        f"agenda:{year}", f"bill:{year}",
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["2", "0", "-4", "1.5", "dua", "99999999", "1000000"])
def test_number_that_was_given_out_or_is_none_is_refused_and_all_stays_as_it_was(app, typed):
    take("agenda", "agenda", day=today())
    answer = Person(app, "rudi").post(f"{PATH}save/", {"next-agenda": typed, "next-bill": "7"})
    assert answer.status_code == 422 and "Tulis bilangan bulat antara 3 dan 999.999." in answer.text
    assert f'value="{typed}"' in answer.text
    assert (last()["agenda"], last()["bill"]) == (2, 0)


def test_number_taken_while_the_page_was_open_is_never_given_twice(app, monkeypatch):
    from admin_views.organisation import office_numbers

    rudi, real = Person(app, "rudi"), office_numbers._start
    token = rudi.token(PATH)

    def overtaken(rows, wanted):
        take(*["agenda"] * 5, day=today())
        return real(rows, wanted)

    monkeypatch.setattr(office_numbers, "_start", overtaken)
    answer = rudi.post(f"{PATH}save/", {"next-agenda": "3", "next-bill": "9"}, token=token)
    assert (answer.status_code, "baru saja dipakai" in answer.text) == (422, True)
    assert (last()["agenda"], last()["bill"]) == (5, 0)


def test_one_pattern_runs_over_all_kinds(app):
    share(*KINDS)
    assert take("rab", "bill", "survey", "rab") == ["001/PTK/2026", "002/PTK/2026", "003/PTK/2026", "004/PTK/2026"]
    assert [row.key for row in sequences(DAY)] == ["all"]


def test_kinds_that_join_one_sequence_in_mid_year_repeat_no_number_they_had(app):
    assert take("rab", "rab", "rab", "bill")[-2:] == ["003/PTK/RAB/XI/2026", "001/PTK/TAG/XI/2026"]
    share("rab", "bill", pattern="{seq:03}/{unit}/{kind}/{roman_month}/{year}")
    assert take("bill", "rab") == ["004/PTK/TAG/XI/2026", "005/PTK/RAB/XI/2026"]
    with write_transaction():
        setting.put("number_pattern_rab", "{seq:03}/{unit}/{kind}/{roman_month}/{year}")
    assert take("rab", "bill", "agenda") == ["006/PTK/RAB/XI/2026", "006/PTK/TAG/XI/2026", "001/PTK/AGD/XI/2026"]


def test_common_sequence_starts_at_any_number_too(app):
    share("rab", "bill")
    answer = Person(app, "rudi").post(f"{PATH}save/", {"next-all": "301"})
    assert answer.status_code == 303
    assert take("bill", "rab", day=today()) == [f"301/PTK/{today().year}", f"302/PTK/{today().year}"]


def test_settings_take_an_empty_pattern_and_a_common_one_without_kind(app):
    rudi = Person(app, "rudi")
    fields = {"number_pattern_all": "{seq}/{unit}/{year}", "number_pattern_bill": ""}
    assert rudi.post("/admin/setting/save/", fields).status_code == 303
    assert setting.get("number_pattern_bill") == ""
    answer = rudi.post("/admin/setting/save/", {"number_pattern_all": "{unit}/{year}"})
    assert (answer.status_code, "harus memuat {seq} dan {year}" in answer.text) == (422, True)
    answer = rudi.post("/admin/setting/save/", {"number_pattern_rab": "{seq}/{year}"})
    assert (answer.status_code, "harus memuat {seq}, {kind} dan {year}" in answer.text) == (422, True)


def test_r3_twenty_kinds_at_once_share_a_sequence_without_a_gap_or_a_twin(app):
    share("rab", "bill", "survey", "test")
    db.session.remove()
    found, kinds = [], ["rab", "bill", "survey", "test"] * 5

    def one(kind):
        with app.app_context():
            found.extend(take(kind))
            db.session.remove()

    threads = [threading.Thread(target=one, args=(kind,)) for kind in kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [f"{n:03}/PTK/2026" for n in range(1, 21)]
