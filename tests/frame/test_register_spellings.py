"""Registers are searched in the spellings that people type: the lists of the panel and the one box over all of them."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import literal, select

from models.accounts.person import Person as RegisteredPerson
from models.accounts.person import find_people, name_key
from models.base.db import db, write_transaction
from models.base.search.columns import DigitsOfColumn, SqueezedColumn, holds
from models.base.search.folding import digits_in, squeezed
from models.base.search.slips import near, nearest_in, patterns_near
from models.base.search.terms import typed_words
from models.organisation.unit import Contact, Unit
from models.outages.network import Node
from tests.browse import Person
from tests.frame.test_rights import REGISTERS
from tests.frame.test_search import found_by
from tests.installation.installation_walk import send_letter
from tests.tickets.test_spellings import MEANT, PHONES

LATIN = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x17F, categories=("Ll", "Nd", "Zs", "Po")), max_size=20
)


@pytest.fixture
def registered(app, cast):
    with write_transaction():
        db.session.add(unit := Unit(code="WF", name="Pusat Wi-Fi Résumé"))
        db.session.flush()
        db.session.add(
            Contact(unit_id=unit.id, name="Dr. Ma’ruf, S.Kom.", phone=PHONES[0], email="maruf.a@kampus.example")
        )
        db.session.add(RegisteredPerson(number="77", name="Nur Ma'ruf", name_key=name_key("Nur Ma'ruf")))
        db.session.add(Node(name="Sakelar R-204", address="10.77.1.55"))


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [("wifi", {"unit"}), ("Wi-Fi", {"unit"}), ("resume", {"unit"}), ("RÉSUMÉ", {"unit"}), ("maruf", {"contact", "person"}),
     ("Ma'ruf", {"contact", "person"}), ("skom", {"contact"}), ("r204", {"node"}), ("10.77.1", {"node"}),
     ("10.77.1.55", {"node"}), ("maruf.a@kampus", {"contact"}), ("maruf 0812 3456", {"contact"}),
     *((phone, {"contact"}) for phone in PHONES)],
)  # fmt: skip
def test_the_one_box_finds_registers_by_any_spelling(app, registered, typed, kinds):
    found = found_by(Person(app, "sari"), typed.replace("+", "%2B"))
    assert found - {"ticket"} == kinds


@pytest.mark.parametrize(
    "typed",
    ["pusat-wifi", "pusat/resume", "pusat,resume", "pusat, resume", "resume;", '"pusat wi-fi"', "(pusat) & resume",
     "pusat_resume", "pusat – résumé"],
)  # fmt: skip
def test_marks_between_and_around_words_hide_nothing(app, registered, typed):
    assert "unit" in found_by(Person(app, "sari"), quote(typed, safe=""))


@pytest.mark.parametrize("typed", ["pusat-qqqq", "pusat/qqqq", "x-pusat"])
def test_every_word_between_marks_has_to_be_there(app, registered, typed):
    assert "unit" not in found_by(Person(app, "sari"), quote(typed, safe=""))


@pytest.mark.parametrize("typed", ["55.1.77.10", "kampus@maruf.a"])
def test_an_address_is_one_word(app, registered, typed):
    assert found_by(Person(app, "sari"), typed) - {"ticket"} == set()


NUMBERS = [
    "123/UN1.FT/TU/2026",
    "123-UN1.FT-TU-2026",
    "123/un1/ft/tu/2026",
    "123.UN1.FT.TU.2026",
    "un1-ft-tu-2026",
    "123–UN1",
]


@pytest.mark.parametrize("typed", NUMBERS)
def test_the_number_of_a_paper_is_found_whatever_stands_between_its_parts(app, cast, typed):
    send_letter(letter_number="123/UN1.FT/TU/2026")
    sari = Person(app, "sari")
    assert "request_letter" in found_by(sari, quote(typed, safe=""))
    assert found_by(sari, quote(typed.replace("UN1", "UN2").replace("un1", "un2"), safe="")) == set()


@pytest.mark.parametrize("phone", PHONES)
def test_a_register_s_own_list_finds_a_number_in_any_spelling(app, registered, phone):
    page = Person(app, "sari").get(f"/admin/contact/?search={phone.replace('+', '%2B')}").text
    assert "Dr. Ma’ruf" in page
    assert "Dr. Ma’ruf" not in Person(app, "sari").get("/admin/contact/?search=0812-3456-7891").text


def test_people_of_the_register_are_found_without_their_apostrophe(app, registered):
    assert [person.number for person in find_people("maruf")] == ["77"]
    assert [person.number for person in find_people("nur ma'ruf")] == ["77"]
    assert find_people("marufa") == []


@given(LATIN)
def test_the_database_squeezes_as_python_does(app, text):
    found = db.session.execute(select(SqueezedColumn(literal(text)), DigitsOfColumn(literal(text)))).one()
    letters = set("abcdefghijklmnopqrstuvwxyz0123456789 ") | set("éèáàâäöüñçåîïôõúùûøđł-'.’")
    if set(text.lower()) <= letters:
        assert found[0] == squeezed(text)
    assert found[1] == digits_in(text)
    db.session.rollback()


@given(st.text(max_size=30))
def test_nothing_that_is_typed_is_a_fault(app, text):
    typed = text.replace("\x00", "").encode(errors="ignore").decode()
    for word in typed_words(typed):
        db.session.execute(select(Unit.id).where(holds((Unit.name, Unit.code), word)))
    db.session.rollback()


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [("sakealr", "sakelar"), ("skelar r204", "sakelar r204"), ("marfu", "maruf"), ("pusta wifi", "pusat wifi"),
     ("qqqqqq", ""), ("sk", "")],
)  # fmt: skip
def test_a_slip_in_a_name_of_a_register_is_answered_with_the_nearest_name(app, registered, typed, nearest):
    sari = Person(app, "sari")
    found = MEANT.search(sari.get(f"/admin/search/?q={typed}").text)
    assert (found[2] if found else "") == nearest
    if nearest:
        assert found_by(sari, nearest) != set()


def test_a_name_that_one_s_own_lists_would_not_show_is_not_suggested(app, registered):
    with write_transaction():
        db.session.add(RegisteredPerson(number="78", name="Kenarisa", name_key="kenarisa"))
    assert MEANT.search(Person(app, "sari").get("/admin/search/?q=kenarias").text)[2] == "kenarisa"
    shut = [name for name in ("tono", "lina", "ketua") if name not in REGISTERS["person"]["list"]]
    assert shut
    for name in shut:
        assert not MEANT.search(Person(app, name).get("/admin/search/?q=kenarias").text), name


@given(st.text("abcdefgh", min_size=4, max_size=9), st.data())
def test_a_pattern_of_slips_matches_what_is_a_slip_away(word, data):
    slip = data.draw(st.sampled_from(sorted(near(word))))
    assert any(re.search(pattern.replace("_", "."), slip) for pattern in patterns_near(word))
    assert nearest_in(f"lantai {slip} dua", [word]) in (slip, word)
