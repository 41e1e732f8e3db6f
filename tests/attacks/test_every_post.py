"""Every POST × eleven actors × one's own, another's and a missing row: whoever may not is refused and changes nothing.

Who may is the table typed by hand in tests/frame/test_rights.py. CI sends a sample; `make attacks` sends them all.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from models.base.db import db
from models.organisation.audit import AuditEntry
from models.tickets.ticket import Event
from models.tickets.ticket_keys import link_of
from procedures.engine import catalog
from tests.attacks import report
from tests.attacks.test_fuzz import HOW_MANY, SAMPLE, SEED, people
from tests.frame.test_rights import ACTORS, GONE, OPEN, REGISTERS, SHUT, SINGLE
from tests.walk import category_id, complaint_at, file_complaint

OUTSIDE = ("stranger", "holder")
IN_CI = 500
MISSING = "999999"
REFUSED = {400, 401, 403, 404, 409, 422, 429}


@dataclass(frozen=True)
class Post:
    """One request: where, by whom, whose row it names, and whether that person may do this at all."""

    who: str
    which: str
    path: str
    may: bool

    def __str__(self) -> str:
        return f"{self.who} POST {self.path} ({self.which}, {'may' if self.may else 'may not'})"


def panel_posts(app: Any, rows: dict[str, int]) -> Iterator[Post]:
    """Every POST of the panel's address map that the table names."""
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or not rule.rule.startswith("/admin/") or rule.rule in OPEN:
            continue
        if rule.rule.endswith(SHUT) or "<step>" in rule.rule:
            continue
        view, _slash, act = rule.rule.removeprefix("/admin/").partition("/")
        allowed = SINGLE.get(("POST", rule.rule))
        if allowed is None:
            rights = REGISTERS[view]
            name = act.rstrip("/")
            allowed = (
                set() if (view, name) in GONE else rights.get(name, set() if name == "delete" else rights["write"])
            )
        ids = {"own": str(rows.get(view, 1)), "missing": MISSING}
        for which, row_id in ids.items():
            path = rule.rule.replace("<int:pk>", row_id).replace("<kind>", "down")
            path += "" if row_id in path else f"?id={row_id}"
            for who in ACTORS:
                yield Post(who, which, path, who in allowed)


def step_posts(own: Any, other: Any) -> Iterator[Post]:
    """Every step of a complaint: on a ticket of networking, one of systems, and none."""
    numbers = {
        "own": (own.id, own.number),
        "other": (other.id, other.number),
        "missing": (999_999, "PTK-00000-00000-0"),
    }
    sees = {"own": {"budi", "rina", "tono", "sari"}, "other": {"budi", "hadi", "lina", "sari"}, "missing": set[str]()}
    for name in catalog.get("complaint").steps:
        for which, (ticket_id, number) in numbers.items():
            for who in ACTORS:
                if who in OUTSIDE:
                    may = who == "holder" and which == "own"
                    yield Post(who, which, f"/tiket/{number}/langkah/{name}", may)
                else:
                    yield Post(who, which, f"/admin/ticket/{ticket_id}/do/{name}", who in sees[which])


def written() -> tuple[int, int]:
    """Steps taken and acts on record, without the refusals that are on record too."""
    db.session.expire_all()
    acts = db.session.query(AuditEntry).filter(AuditEntry.act.not_in(("denied", "login", "login_failed"))).count()
    return db.session.query(Event).count(), acts


def test_d8_no_post_is_obeyed_of_whoever_may_not_or_names_what_is_not_there(app, rows, database):
    own, other = complaint_at("in_progress"), file_complaint(category=category_id("Portal dan aplikasi"))
    everybody = people(app, app, own)
    tokens = {name: person.token("/pengaduan" if name in OUTSIDE else "/admin/") for name, person in everybody.items()}
    posts = [*panel_posts(app, rows), *step_posts(own, other)]
    random.Random(SEED).shuffle(posts)  # noqa: S311  # repeatable, no secret
    whole = HOW_MANY > SAMPLE
    tried, wrong, before = posts if whole else posts[:IN_CI], [], written()
    answers: Counter[int] = Counter()
    for post in tried:
        answer = everybody[post.who].client.post(post.path, data={"csrf_token": tokens[post.who]})
        answers[answer.status_code] += 1
        ok = answer.status_code < 500 if post.may else answer.status_code in REFUSED
        if post.may and post.which == "missing" and "?" not in post.path:
            ok = answer.status_code in REFUSED
        now = written()
        if not post.may and now != before:
            ok = False
        before = now
        if not ok:
            wrong.append(f"{answer.status_code} {post}")
    if whole:
        kinds = ", ".join(f"{number:,} × {status}" for status, number in sorted(answers.items()))
        report.put(
            f"Every POST by every actor on {database}",
            f"{len(tried):,} requests, each of {len({p.path.split('?')[0] for p in posts}):,} addresses by eleven actors "
            f"with their own, another's and a missing row. **{len(wrong)} were obeyed that must not be, or failed.** "
            f"Answers: {kinds}.",
        )
    assert wrong == []
    assert {201, 303, 422} & set(answers) and {401, 403, 404} <= set(answers)  # some were let in, some were not


@pytest.mark.only("sqlite")
def test_the_holder_of_one_ticket_takes_no_step_of_another(app, rows):
    own, other = complaint_at("resolved"), file_complaint()
    holder = people(app, app, own)["holder"]
    assert link_of(own) != link_of(other)
    token = holder.token("/pengaduan")
    for number, want in ((other.number, 403), (own.number, 303)):
        answer = holder.client.post(f"/tiket/{number}/langkah/confirm", data={"csrf_token": token})
        assert answer.status_code == want, number
