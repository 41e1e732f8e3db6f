"""What the unit reads on its ticket page: whose turn it is, and what it is asked to accept."""

from __future__ import annotations

import pytest

from models.tickets.ticket_keys import link_of
from tests.accounts.stories import email_at
from tests.browse import Person
from tests.databases import once
from tests.walk import REQUESTER, take

pytestmark = once


def page_of(app, ticket):
    link, number = link_of(ticket).removeprefix("http://localhost"), ticket.number
    unit = Person(app)
    unit.client.get(link)
    return unit.get(f"/tiket/{number}").text


@pytest.mark.parametrize("state", ["disposition", "networking", "creation"])
def test_unit_that_is_only_waiting_is_not_told_to_act(app, state):
    page = page_of(app, email_at(state))
    assert ("Giliran Anda" in page, "Giliran kami" in page) == (False, True)
    assert "Ganti kontak teknis" in page  # it may, when its contact leaves


def test_unit_reads_the_proposed_address_and_answers_before_anything_else(app):
    page = page_of(app, email_at("unit_answer"))
    assert "Giliran Anda: setujui penyesuaian atau tolak penyesuaian" in page
    assert "Alamat yang diusulkan: akuntansi.feb@bunghatta.ac.id. Sertakan fakultas." in page
    forms = [page.index(f"/langkah/{name}") for name in ("accept_adjustment", "decline_adjustment", "name_contact")]
    assert forms == sorted(forms)


def test_unit_reads_the_proposal_right_before_its_decision(app):
    """E3c on a phone: nothing stands between what is proposed, in place of what and why, and the two answers."""
    page = page_of(app, email_at("unit_answer"))
    proposal = page.index('<h2 id="usul">Alamat yang diusulkan: akuntansi.feb@bunghatta.ac.id</h2>')
    assert (
        proposal < page.index("Sebagai ganti prodi.akuntansi@bunghatta.ac.id.") < page.index("/langkah/accept_adjust")
    )
    assert "<h2" not in page[proposal + 4 : page.index("/langkah/accept_adjustment")].partition("</h2>")[2]


def test_technical_contact_came_with_the_letter_and_inner_moves_are_not_shown(app):
    ticket = email_at("unit_answer")
    page = Person(app).get(f"/tiket/{ticket.number}").text
    assert "Tidak diperlukan tiket ini." not in page
    assert "Akun aktif" not in Person(app).get(f"/tiket/{email_at('telling').number}").text


def test_the_officer_makes_the_address_that_was_agreed_on_not_the_first_wish(app):
    ticket = email_at("unit_answer")
    take(ticket, "accept_adjustment", REQUESTER, name="Pak Dekan", text="Setuju.")
    page = Person(app, "wati").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert "<h1>Email unit: akuntansi.feb@bunghatta.ac.id</h1>" in page
    form = page[page.index('id="langkah-create_account"') :]
    assert 'value="akuntansi.feb@bunghatta.ac.id"' in form and 'value="prodi.akuntansi@bunghatta.ac.id"' not in form


def test_the_question_asked_stands_where_it_says_whose_turn_it_is(app):
    ticket = email_at("networking")
    take(ticket, "ask_requester", "rina", text="Siapa penanggung jawabnya?")
    page = page_of(app, ticket)
    turn = page[page.index('id="giliran"') :]
    assert turn.index("Siapa penanggung jawabnya?") < turn.index("</section>")
