"""What the unit reads on its ticket page: whose turn it is, and what it is asked to accept."""

from __future__ import annotations

import pytest

from models.tickets.ticket_keys import link_of
from tests.accounts.stories import email_at
from tests.browse import Person
from tests.databases import once

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
