"""The attacks come past every door: no address, no person and no field of a form is forgotten by them."""

from __future__ import annotations

import re

import pytest

from tests.attacks.hostile import NAME, Attacks, rules_of
from tests.attacks.reach import reach
from tests.attacks.world import ACTORS, open_world, people
from tests.every_page.conftest import demo as demo  # a fixture of the crawl
from tests.walk import file_complaint

NO_CAMPUS = "leads to the login where no campus is configured; `make attacks` has one, tests/organisation walks it"
TURNS = 40  # in so many each method of each address comes up, by a chance of one in ten million against it
NOT_LET_IN = {  # why nobody is let in here; what is let in nowhere else is no excuse for a new address
    "again.again": "its only answer to no password is no; tests/frame/test_again.py",
    "campus.back": NO_CAMPUS,
    "campus.begin": NO_CAMPUS,
    "campus.begin_link": NO_CAMPUS,
    "campus.by_directory": NO_CAMPUS,
    "campus.link_directory": NO_CAMPUS,
    "emblem.picture": "no emblem was put in; tests/installation/test_printed_documents.py",
    "first_administrator.first": "shut once there is an administrator; tests/operations/test_setup.py",
    "passkey.remove": "whoever has a key signs in by it; tests/frame/test_passkeys.py",
    "passkey.rename": "as above",
    "public.by_directory": NO_CAMPUS,
    "public.from_campus": NO_CAMPUS,
    "public.my_tickets": NO_CAMPUS,
    "public.open_mine": NO_CAMPUS,
    "public.to_campus": NO_CAMPUS,
    "login.accept_by_campus": NO_CAMPUS,
    "public.download": "the demonstration has links alone; tests/public/test_pages.py fetches a file",
    "public.enter_code": "no wrong code lets in; tests/public/test_status.py types the right one",
}


@pytest.mark.slow
@pytest.mark.only("sqlite")  # who is let in is decided alike on both
def test_d8_the_attacks_are_let_in_at_every_address_that_lets_anybody_in(app, demo):
    world = open_world(app)
    found = reach(app, people(app, app, world), world)
    faults = {page: got for page, got in found.answers.items() if max(got) >= 500 and page[0] != "doors.healthz"}
    assert faults == {}
    shut = {page: got for page, got in found.shut().items() if page[0] not in NOT_LET_IN}
    assert shut == {}, "give tests/attacks/world.py a row, a person or a word that lets somebody in"
    assert len(found.forms) > 200 and {"first_day", "last_day"} <= {
        name for names in found.forms.values() for name in names
    }


@pytest.mark.only("sqlite")
def test_d8_a_turn_of_the_attacks_sends_every_actor_and_comes_to_every_address(app, rows):
    file_complaint()
    made = iter(Attacks(app, open_world(app), {}, 3))
    rules = rules_of(app)
    turns = [next(made) for _ in range(len(rules) * TURNS)]
    assert {attack.who for attack in turns} == set(ACTORS)
    sent = {(attack.method, attack.path) for attack in turns}
    forgotten = []
    for rule in rules:
        fits = re.compile(NAME.sub("[^/]+", re.sub(r"[.]", "[.]", rule.rule)))
        found = {method for method, path in sent if fits.fullmatch(path)}
        forgotten += [(method, rule.rule) for method in (rule.methods or set()) - {"OPTIONS"} - found]
    assert forgotten == []
