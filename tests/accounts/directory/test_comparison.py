"""The daily comparison of register and directory: each of the four disagreements, and nothing where they agree."""

from __future__ import annotations

from sqlalchemy import select

from jobs.accounts.keep_accounts import compare_directory
from models.accounts.directory_change import DirectoryDifference
from models.base.db import db, write_transaction
from tests.accounts.stories import account, person
from tests.accounts.test_unit_email import no_directory_afterwards, use  # noqa: F401 - a fixture among them
from tests.browse import Person

WORD = "kopi-lama-di-padang-1"


def test_each_kind_of_difference_is_listed_and_ends_when_it_is_mended(app, slapd):
    use(app, slapd)
    directory, rows = slapd.directory(), {}
    for number, login in enumerate(("sama", "beku-di-sana", "aktif-di-sana", "hilang", "ditutup")):
        rows[login] = account(person(f"77{number}", login, email=""), f"{login}@bunghatta.ac.id")
    for login in ("sama", "beku-di-sana", "aktif-di-sana", "asing"):
        directory.make(login, login, f"{login}@bunghatta.ac.id", WORD, "lama")
    directory.suspend("beku-di-sana")
    with write_transaction():
        rows["aktif-di-sana"].state, rows["ditutup"].state = "suspended", "closed"
    assert compare_directory() == 4
    found = db.session.execute(select(DirectoryDifference.login, DirectoryDifference.kind)).tuples().all()
    assert sorted(found) == [
        ("aktif-di-sana", "active_in_directory"),
        ("asing", "not_in_register"),
        ("beku-di-sana", "suspended_in_directory"),
        ("hilang", "not_in_directory"),
    ]
    page = Person(app, "budi").get("/admin/directory_difference/").text
    assert [login for login in ("aktif-di-sana", "asing", "beku-di-sana", "hilang") if login not in page] == []
    directory.activate("beku-di-sana")
    with write_transaction():
        rows["aktif-di-sana"].state = "active"
    assert compare_directory() == 2


def test_directory_that_cannot_be_asked_leaves_the_list_as_it_was(app, slapd):
    use(app, slapd)
    slapd.directory().make("asing", "Asing", "asing@x.test", WORD, "lama")
    assert compare_directory() == 1
    use(app, slapd, url="ldaps://127.0.0.1:1")
    from jobs.worker.worker import work_once

    work_once()
    assert db.session.query(DirectoryDifference).filter_by(gone_at=None).count() == 1
