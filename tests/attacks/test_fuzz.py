"""Every address × hostile values × every actor: no answer is a fault, and the web workers stay small.

They are real ones, as production starts them. CI runs a sample; `make attacks` runs 100,000 of a new seed and writes docs/reliability.md.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from contextlib import ExitStack
from typing import Any

import pytest

from procedures.engine import catalog
from tests.accounts.slapd import Slapd
from tests.attacks import report
from tests.attacks.hostile import Attack, Attacks, alert
from tests.attacks.reach import reach
from tests.attacks.web_worker import WebWorkers
from tests.attacks.world import STAFF, open_world, people
from tests.browse import Person
from tests.every_page.conftest import demo as demo  # a fixture of the crawl
from tests.oidc_issuer import OidcIssuer
from tests.walk import complaint_at, file_complaint

FAULT = "Ada yang salah di pihak kami"
MOST_MEGABYTES = 120  # of a web worker, after all of them
SAMPLE = 700  # requests on each database in CI
FEW_TRIES = 10  # at each address, to learn what it asks for
HOW_MANY = int(os.environ.get("ATTACKS", SAMPLE))
MINUTES = float(
    os.environ.get("ATTACKS_MINUTES", "inf")
)  # a whole run may end sooner; what is written is what was sent
SEED = int(os.environ.get("ATTACKS_SEED", 20261129)) or random.SystemRandom().randrange(10**9)


def asked_fields() -> dict[str, list[str]]:
    """The names of the fields of every step's form."""
    steps = [step for procedure in catalog.PROCEDURES.values() for step in procedure.steps.values() if step.asks]
    return {step.name: sorted(step.asks()._fields) for step in steps}


def send(person: Person, attack: Attack, token: str) -> Any:
    options = {"query_string": attack.query, "follow_redirects": False}
    if attack.who == "device" and attack.path.startswith("/api/"):
        return person.client.open(attack.path, method=attack.method, data=alert(attack.fields), **options)
    if attack.method == "POST":
        return person.client.post(attack.path, data={**attack.fields, "csrf_token": token}, **options)
    return person.client.open(attack.path, method=attack.method, **options)


def is_fault(answer: Any, attack: Attack) -> bool:
    """A fault of ours; not the 503 of /healthz, which says in its own words that no worker runs in this house."""
    if attack.path == "/healthz" and answer.status_code == 503:
        says_why = attack.method == "HEAD" or "worker: bad" in answer.text.splitlines()
        return answer.mimetype != "text/plain" or not says_why
    return answer.status_code >= 500 or (answer.mimetype == "text/html" and FAULT in answer.text)


@pytest.fixture
def full(app, request, database):
    """For a sample a row of every register; for the whole run the demonstration, with a ticket at every desk."""
    if HOW_MANY > SAMPLE:
        request.getfixturevalue("demo")
    else:
        request.getfixturevalue("rows")
        complaint_at("in_progress"), complaint_at("resolved"), file_complaint()
    return open_world(app)


@pytest.fixture
def campus(request, workplace, database, app):
    """In the whole run an issuer that people sign in by; on SQLite its directory too, so that both ways are attacked."""
    if HOW_MANY <= SAMPLE:
        yield {}
        return
    with ExitStack() as running:
        given = running.enter_context(OidcIssuer(workplace / f"attacked-{database}", is_safe=False)).settings()
        if database == "sqlite":
            server = running.enter_context(Slapd(workplace / "attacked-directory")).settings()
            given |= {"DIRECTORY_URL": server.url, "DIRECTORY_BIND_DN": server.bind_dn, "DIRECTORY_SIGN_IN": "1",
                      "DIRECTORY_BIND_PASSWORD": server.bind_password, "DIRECTORY_BASE_DN": server.base_dn,
                      "DIRECTORY_CA_FILE": server.ca_file}  # fmt: skip
        yield {name: str(value) for name, value in given.items() if value}


def test_d10_no_hostile_request_is_answered_with_a_fault_and_the_web_workers_stay_small(
    app, full, campus, database, tmp_path
):
    faults, answers = [], Counter[int]()
    forms = reach(app, people(app, app, full), full, FEW_TRIES).forms if HOW_MANY > SAMPLE else {}
    made = iter(Attacks(app, full, asked_fields(), SEED, forms))
    with WebWorkers(app, tmp_path, campus) as workers:
        everybody = people(workers, app, full)
        tokens = {name: person.token() for name, person in everybody.items()}
        before = workers.weight()
        until = time.monotonic() + 60 * MINUTES
        while answers.total() < HOW_MANY and time.monotonic() < until:
            attack = next(made)
            answer = send(everybody[attack.who], attack, tokens[attack.who])
            if attack.who in STAFF and (answer.location or "").startswith("/admin/login"):  # an act ended the login
                everybody[attack.who] = Person(workers, attack.who)
                tokens[attack.who] = everybody[attack.who].token()
                answer = send(everybody[attack.who], attack, tokens[attack.who])
            answers[answer.status_code] += 1
            if is_fault(answer, attack):
                faults.append(f"{answer.status_code} {attack}")
        after = workers.weight()
    if HOW_MANY > SAMPLE:
        report.write(database, answers.total(), SEED, answers, faults)
        report.write_weight(database, answers.total(), before, after, MOST_MEGABYTES)
    assert faults == []
    assert len(answers) > 4  # the requests reached something: pages, redirects, refusals
    assert after.costs <= MOST_MEGABYTES, (before, after)


@pytest.mark.only("sqlite")  # what is made, not what is stored
def test_attacks_of_a_seed_are_the_same_each_time(app, rows):
    file_complaint()
    known = open_world(app)
    first, second = (iter(Attacks(app, known, asked_fields(), 7)) for _ in range(2))
    assert [str(next(first)) for _ in range(300)] == [str(next(second)) for _ in range(300)]
