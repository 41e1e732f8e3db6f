"""D17: a line of the audit tells its reader no more than the record's own page; refusals of one page are counted."""

from __future__ import annotations

import pytest

from models.base.db import db, write_transaction
from models.organisation import audit
from models.organisation.audit import AuditEntry
from tests.browse import Person

MAIL = "andi.rahasia@mhs.example"


@pytest.fixture
def acts(app, cast):
    """Changes of a person of the register, of a unit's contact and of somebody's ticket."""
    with write_transaction():
        audit.record("edit", "Person", 1, staff=cast["sari"], diff={"email": ["", MAIL], "count": 3})
        audit.record("edit", "Contact", 1, staff=cast["sari"], diff={"email": ["", MAIL]})
        audit.record("step:answer", "Ticket", 1, actor_name="Andi Rahasia", diff={"from": "filed", "note": MAIL})
    return {entry.object_kind: entry.id for entry in db.session.query(AuditEntry).filter(AuditEntry.act != "login")}


@pytest.mark.parametrize(
    ("who", "kind", "reads"),
    [
        ("rudi", "Person", False),  # the administrator may not open the register of people
        ("rudi", "Ticket", False),
        ("rudi", "Contact", True),
        ("budi", "Person", True),
        ("budi", "Ticket", True),
        ("ketua", "Person", True),
    ],
)
def test_d17_words_of_a_record_are_masked_for_whom_may_not_read_it(app, acts, who, kind, reads):
    page = Person(app, who).get(f"/admin/audit/details/?id={acts[kind]}").text
    assert (MAIL in page) is reads
    assert ("•••" in page) is not reads


def test_d17_a_requesters_name_stands_in_the_audit_only_for_whom_may_read_the_ticket(app, acts):
    seen = {who: "Andi Rahasia" in Person(app, who).get("/admin/audit/").text for who in ("rudi", "budi")}
    assert seen == {"rudi": False, "budi": True}


@pytest.mark.parametrize("typed", ["rahasia", "RAHASIA", "Andi Rahasia", "and"])
def test_d17_a_masked_name_is_not_found_by_searching_for_it_nor_counted_nor_exported(app, acts, typed):
    """What one may not read one may not guess letter by letter."""
    line = f"/admin/audit/details/?id={acts['Ticket']}"
    found = {who: line in Person(app, who).get(f"/admin/audit/?search={typed}").text for who in ("rudi", "budi")}
    assert found == {"rudi": False, "budi": True}
    assert "answer" not in Person(app, "rudi").get(f"/admin/audit/export/csv/?search={typed}", check=False).text
    by_act = Person(app, "rudi").get("/admin/audit/?search=step:answer").text
    assert line in by_act, "by what the reader sees of it the line is found"


def test_d17_the_address_of_who_opened_a_password_link_is_masked_as_their_account_is(app, cast):
    with write_transaction():
        audit.record("reveal", "OneTimeLink", 1, actor_name="andi.rahasia@bunghatta.example")
    seen = {
        who: "andi.rahasia" in Person(app, who).get(f"/admin/audit/{ask}").text
        for who, ask in (("rudi", ""), ("budi", ""), ("ketua", "?search=rahasia"))
    }
    assert seen == {"rudi": False, "budi": True, "ketua": True}


def test_d17_a_page_refused_again_and_again_is_counted_and_not_stored_each_time(app, cast):
    tono = Person(app, "tono")
    for _time in range(25):
        assert tono.get("/admin/setting/").status_code == 403
    rows = list(db.session.query(AuditEntry).filter_by(act="denied", object_kind="setting").order_by(AuditEntry.id))
    assert [row.diff for row in rows] == [{}, {"times": 10}]
