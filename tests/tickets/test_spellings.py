"""People find by what they type: spellings with and without hyphen, accent or gap, telephone numbers, slips of typing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from admin_views.tickets.list.full_text import hits_of
from jobs.tickets import fill_search as filling
from jobs.tickets.fill_search import fill_search, has_search_to_fill
from models.base.db import db, write_transaction
from models.base.search.folding import fold, squeezed
from models.base.search.slips import near, slips_between
from models.base.search.terms import keys_of, terms_of
from models.tickets.search_fill import SearchFill
from models.tickets.ticket import Ticket, TicketText
from procedures.tickets.forget_identity import pseudonymise
from tests.browse import Person
from tests.tickets.test_workbench import Statements
from tests.walk import category_id, complaint_at, file_complaint, take

PHONES = ("0812-3456-7890", "+62 812 3456 7890", "081234567890", "(0812) 3456.7890", "62812-34567890",
          "+62 (0)812 3456 7890", "0812 3456 7890", "812-3456-7890", "006281234567890")  # fmt: skip
WORDS = st.text(st.characters(categories=("Ll", "Lu", "Nd", "Mn"), max_codepoint=0x24F), min_size=1, max_size=8)
MEANT = re.compile(r'Mungkin maksud Anda: <a href="([^"]+)">([^<]+)</a>')


def finds(typed: str, written: str) -> bool:
    """Is the text found by what is typed, as the index would say?"""
    keys = keys_of(written)

    def begins(part: str) -> bool:
        return any(key == part if len(part) < 3 else key.startswith(part) for key in keys)

    terms = terms_of(typed)
    return bool(terms) and all(all(map(begins, t.parts)) or any(map(begins, t.whole)) for t in terms)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("wifi", "Wi-Fi mati"), ("wifi", "Wi Fi mati"), ("Wi-Fi", "wifi mati"), ("wi fi", "WIFI mati"),
        ("wi‐fi", "Wi\u2011Fi"), ("maruf", "Ma'ruf"), ("Ma’ruf", "maruf"), ("ma'ruf", "Maʼruf"), ("email", "e-mail"),
        ("e-mail", "EMAIL"), ("e mail", "email"), ("jumat", "Jum`at"), ("Jum'at", "jumat"), ("resume", "Résumé"),
        ("Éclair", "eclair"), ("lab3", "Lab 3"), ("lab 3", "Lab-3"), ("skom", "Ratna, S.Kom."), ("27000000", "Rp27.000.000"),
        ("Rp 27.000.000", "27000000"), ("27.000.000", "Rp. 27.000.000,00"), ("istiqomah", "Istiqo\u00admah"),
        ("jaringan", "jaring-\n an"), ("ﬁber", "fiber"), ("wifinya", "Wi-Fi-nya"), ("finya", "Wi-Fi-nya"),
    ],
)  # fmt: skip
def test_a_word_is_found_however_it_is_spelled(typed, written):
    assert finds(typed, written)


@pytest.mark.parametrize("written", PHONES)
@pytest.mark.parametrize("typed", PHONES)
def test_a_telephone_number_is_found_in_every_spelling_by_every_other(typed, written):
    assert finds(typed, f"Hubungi {written} (WA), terima kasih")


def test_what_is_another_word_is_not_found():
    assert not finds("wifa", "Wi-Fi mati")
    assert not finds("0812-3456-7891", PHONES[0])
    assert not finds("ringan", "jaringan")


@given(WORDS, WORDS, st.sampled_from("-'\u2019.\u2011`"))
def test_two_parts_with_a_mark_between_them_are_found_with_any_mark_or_none(one, other, mark):
    written = f"Keluhan {one}{mark}{other} lagi"
    if terms_of(one + other) and terms_of(one) and terms_of(other):
        for typed in (f"{one}-{other}", f"{one}'{other}", one + other):
            assert finds(typed, written), (typed, written)


@given(st.text(max_size=60))
def test_a_text_is_found_by_itself_and_its_keys_are_their_own_keys(written):
    keys = keys_of(written)
    assert keys_of("\n".join(keys)) == keys
    assert fold(fold(written)) == fold(written)
    assert all(re.fullmatch(r"[^\W_]+", key) for key in keys)
    for term in terms_of(written):
        assert term.parts and all(term.parts)


@given(st.text(max_size=60))
def test_the_case_of_letters_is_nothing(written):
    assert squeezed(written.upper().lower()) == squeezed(written.lower())


@given(st.text("abcdefgh", min_size=4, max_size=10), st.data())
def test_a_slip_leads_back_to_the_word(word, data):
    slip = data.draw(st.sampled_from(sorted(near(word))))
    assert slips_between(word, slip) == 1 and word in near(slip)


def test_slips_are_counted_as_a_typist_makes_them():
    assert slips_between("jaringan", "jarignan") == 1
    assert slips_between("jaringan", "jarngn") == 2
    assert slips_between("jaringan", "telepon") == 3
    assert slips_between("printer", "printer") == 0


@pytest.fixture
def said(app, cast):
    ticket = file_complaint(
        subject="Wi-Fi ruang Ma’ruf mati", description="E-mail juga. Résumé di Lab 3.", phone=PHONES[0]
    )
    file_complaint(subject="Printer rusak", description="Kertas macet.", phone="0812-0000-0000")
    return ticket


@pytest.mark.parametrize("typed", ["wifi", "WI FI", "maruf", "Ma'ruf", "email", "resume", "lab3", "lab 3", *PHONES])
def test_a_ticket_is_found_by_what_people_type(app, said, typed):
    assert db.session.scalars(hits_of(typed).ids).all() == [said.id]


def test_any_four_characters_of_a_ticket_number_find_it(app, said):
    bare = said.number.replace("-", "")[3:]
    for at in range(8):
        for typed in (bare[at : at + 4], bare[at : at + 5].lower(), f"PTK-{bare[at : at + 4]}", bare[at:]):
            assert said.id in db.session.scalars(hits_of(typed).ids).all(), typed
    assert db.session.scalars(hits_of(f"{said.number[4:9]}-{said.number[10:13]}").ids).all() == [said.id]


def test_another_person_finds_neither_phone_nor_piece_of_number(app, said):
    lina = Person(app, "lina")
    for typed in ("wifi", PHONES[1], said.number[4:9]):
        assert said.number not in lina.get(f"/admin/ticket/?state=all&search={typed}").text


def meant(person: Person, words: str) -> str:
    found = MEANT.search(person.get(f"/admin/ticket/?state=all&search={words}").text)
    return found[2] if found else ""


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [("pritner", "printer"), ("prnter", "printer"), ("printter", "printer"), ("printwr rusak", "printer rusak"),
     ("printer ruask", "printer rusak"), ("pritner ruask", "printer rusak"), ("perpustkaann", "perpustakaan"),
     ("zzzz", ""), ("xyzabc", ""), ("prt", "")],
)  # fmt: skip
def test_a_slip_of_typing_is_answered_with_the_nearest_word_and_a_link(app, said, typed, nearest):
    file_complaint(subject="Kursi perpustakaan")
    tono = Person(app, "tono")
    assert meant(tono, typed) == nearest
    if nearest:
        page = tono.get(f"/admin/ticket/?state=all&search={typed}").text
        there = tono.get(MEANT.search(page)[1].replace("&amp;", "&")).text
        assert "PTK-" in there and not MEANT.search(there)
        assert MEANT.search(tono.get(f"/admin/search/?q={typed}").text)[2] == nearest


def test_a_suggestion_comes_from_tickets_that_one_sees_alone(app, cast):
    file_complaint(subject="Proyektor berkedip")
    assert meant(Person(app, "tono"), "proyektro") == "proyektor"
    assert meant(Person(app, "lina"), "proyektro") == ""
    assert "Mungkin maksud" not in Person(app, "lina").get("/admin/search/?q=proyektro").text


def test_what_was_forgotten_is_neither_found_nor_suggested(app, cast):
    ticket = complaint_at("closed")
    assert meant(Person(app, "tono"), "sapurta") == "saputra"
    with write_transaction():
        pseudonymise(ticket, "Orang 1")
    assert meant(Person(app, "tono"), "sapurta") == ""
    assert db.session.scalars(hits_of("0812-1111-2222").ids).all() == []
    assert db.session.scalars(hits_of(ticket.number[4:9]).ids).all() == [ticket.id]


def test_an_empty_answer_asks_two_statements_more(app, said):
    tono = Person(app, "tono")
    tono.get("/admin/ticket/")
    with Statements(app) as asked:
        tono.client.get("/admin/ticket/?state=all&search=pritner")
    assert len(asked.found) <= 6, asked.found


def test_tickets_from_before_are_filled_in_pieces_newest_first_and_nothing_is_lost(app, cast, monkeypatch):
    monkeypatch.setattr(filling, "AT_ONCE", 2)
    tickets = [file_complaint(subject=f"Wi-Fi mati {n}", category=category_id()) for n in range(5)]
    take(tickets[0], "follow_up", "tono", text="Patchcord diganti.")
    with write_transaction():
        for row in db.session.scalars(select(TicketText)):
            ticket = db.session.get_one(Ticket, row.ticket_id)
            row.words = f"{ticket.number.replace('-', '')}\n{ticket.subject}\nPatchcord diganti."
        db.session.add(SearchFill(name=filling.TICKETS, left_to=tickets[-1].id))
    assert db.session.scalars(hits_of("wifi").ids).all() == [] and has_search_to_fill()
    assert filling._fill_piece() == 2
    assert set(db.session.scalars(hits_of("wifi").ids)) == {tickets[3].id, tickets[4].id}
    assert fill_search() == 3 and not has_search_to_fill() and fill_search() == 0
    for typed in ("wifi", "0812-1111-2222", "patchcord"):
        assert len(db.session.scalars(hits_of(typed).ids).all()) == 5, typed
    assert db.session.scalars(hits_of(tickets[0].number[4:9]).ids).all() == [tickets[0].id]


@pytest.mark.only("sqlite")  # PostgreSQL's column is generated
def test_the_index_of_sqlite_agrees_with_its_rows_after_every_change(app, said):
    take(said, "follow_up", "tono", text="Wi-Fi sudah.")
    with write_transaction():
        pseudonymise(db.session.get_one(Ticket, said.id), "Orang 1")
        db.session.execute(text("INSERT INTO ticket_fts(ticket_fts, rank) VALUES ('integrity-check', 1)"))
