"""Every address × hostile values × every actor: no answer is a fault, and the web workers stay small.

They are real ones, as production starts them. CI runs a sample; `make attacks` runs 100,000 of a new seed and writes docs/reliability.md.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import Any

import pytest

from models.tickets.ticket_keys import link_of
from procedures.engine import catalog
from tests.attacks import report
from tests.attacks.hostile import Attack, attacks
from tests.attacks.web_worker import WebWorkers
from tests.browse import Person
from tests.walk import complaint_at, file_complaint

STAFF = ["budi", "rina", "tono", "hadi", "lina", "sari", "wati", "rudi", "ketua"]
ACTORS = [*STAFF, "stranger", "holder"]
FAULT = "Ada yang salah di pihak kami"
MOST_MEGABYTES = 120  # of a web worker, after all of them
SAMPLE = 700  # requests on each database in CI
HOW_MANY = int(os.environ.get("ATTACKS", SAMPLE))
SEED = int(os.environ.get("ATTACKS_SEED", 20261129)) or random.SystemRandom().randrange(10**9)


def people(app: Any, workers: WebWorkers, ticket: Any) -> dict[str, Person]:
    found = {name: Person(workers, None if name in ("stranger", "holder") else name) for name in ACTORS}
    found["holder"].client.get(link_of(ticket).removeprefix(app.config["BASE_URL"]))
    return found


def asked_fields() -> dict[str, list[str]]:
    """The names of the fields of every step's form."""
    steps = [step for procedure in catalog.PROCEDURES.values() for step in procedure.steps.values() if step.asks]
    return {step.name: sorted(step.asks()._fields) for step in steps}


def ways(rows: dict[str, int], tickets: list[Any]) -> dict[str, list[str]]:
    """Values that lead somewhere."""
    steps = sorted({name for procedure in catalog.PROCEDURES.values() for name in procedure.steps})
    return {
        "id": sorted({str(i) for i in (*rows.values(), 1, 2, 3)}),
        "ticket": [str(ticket.id) for ticket in tickets],
        "number": [ticket.number for ticket in tickets],
        "step": steps,
        "name": steps,
        "slug": [procedure.slug for procedure in catalog.PROCEDURES.values()],
        "kind": ["csv", "xlsx", "pdf"],
        "field": sorted({name for names in asked_fields().values() for name in names}),
    }


def send(person: Person, attack: Attack, token: str) -> Any:
    options = {"query_string": attack.query, "follow_redirects": False}
    if attack.method == "POST":
        return person.client.post(attack.path, data={**attack.fields, "csrf_token": token}, **options)
    return person.client.open(attack.path, method=attack.method, **options)


def is_fault(answer: Any, attack: Attack) -> bool:
    """A fault of ours; not the 503 of /healthz, which says in its own words that no worker runs in this house."""
    if attack.path == "/healthz" and answer.status_code == 503:
        says_why = attack.method == "HEAD" or "worker: bad" in answer.text.splitlines()
        return answer.mimetype != "text/plain" or not says_why
    return answer.status_code >= 500 or (answer.mimetype == "text/html" and FAULT in answer.text)


def test_d10_no_hostile_request_is_answered_with_a_fault_and_the_web_workers_stay_small(app, rows, database, tmp_path):
    tickets = [complaint_at("in_progress"), complaint_at("resolved"), file_complaint()]
    known = ways(rows, tickets)
    faults, answers = [], Counter[int]()
    with WebWorkers(app, tmp_path) as workers:
        everybody = people(app, workers, tickets[0])
        tokens = {name: person.token() for name, person in everybody.items()}
        before = workers.weight()
        for attack, _turn in zip(attacks(app, ACTORS, known, asked_fields(), SEED), range(HOW_MANY), strict=False):
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
        report.write(database, HOW_MANY, SEED, answers, faults)
        report.write_weight(database, HOW_MANY, before, after, MOST_MEGABYTES)
    assert faults == []
    assert len(answers) > 4  # the requests reached something: pages, redirects, refusals
    assert after.costs <= MOST_MEGABYTES, (before, after)


@pytest.mark.only("sqlite")  # what is made, not what is stored
def test_attacks_of_a_seed_are_the_same_each_time(app, rows):
    known = ways(rows, [file_complaint()])
    first, second = (attacks(app, ACTORS, known, asked_fields(), 7) for _ in range(2))
    assert [str(next(first)) for _ in range(300)] == [str(next(second)) for _ in range(300)]
