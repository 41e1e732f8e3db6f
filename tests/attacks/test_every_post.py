"""Every POST × eleven actors × one's own, another's and a missing row: whoever may not is refused and changes nothing.

Who may is the table typed by hand in tests/frame/test_rights.py. CI sends a sample; `make attacks` sends them all.
"""

from __future__ import annotations

import random
import re
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
from tests.accounts import stories as desk
from tests.attacks import report
from tests.attacks.hostile import NAME
from tests.attacks.test_fuzz import HOW_MANY, SAMPLE, SEED
from tests.browse import Person
from tests.frame.test_rights import ACTORS, GONE, OPEN, REGISTERS, SHUT, SINGLE
from tests.installation.installation_walk import installation_at
from tests.walk import category_id, complaint_at, file_complaint

OUTSIDE = ("stranger", "holder")
IN_CI = 500
TWO_HALVES = {  # a step has one address for staff and one for whoever is outside
    "/admin/ticket/<int:pk>/do/<step>": set(OUTSIDE),
    "/tiket/<number>/langkah/<name>": set(ACTORS) - set(OUTSIDE),
}
ENDS_LOGIN = {"/admin/logout", "/admin/me/sessions/end"}  # whose act ends the login by which the next request comes
SEES = {  # staff to whom a ticket of this procedure is shown at all
    "network_installation": {"budi", "rina", "tono", "sari"},
    "unit_email": {"budi", "rina", "tono", "hadi", "lina", "sari", "wati"},
    "password_change": {"budi", "rina", "tono", "hadi", "lina", "sari", "wati"},
}
MISSING = "999999"
LINKS = ("/admin/invite/", "/admin/first/")  # only their token opens them
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


def people(app: Any, ticket: Any) -> dict[str, Person]:
    """The eleven of the table, each in a browser of their own; the holder came by the link of this ticket."""
    found = {name: Person(app, None if name in OUTSIDE else name) for name in ACTORS}
    found["holder"].client.get(link_of(ticket).removeprefix(app.config["BASE_URL"]))
    return found


def panel_posts(app: Any, rows: dict[str, int]) -> Iterator[Post]:
    """Every POST of the panel's address map that the table names."""
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or not rule.rule.startswith("/admin/") or rule.rule in OPEN:
            continue
        if rule.rule.endswith(SHUT) or "<step>" in rule.rule or rule.rule.startswith(LINKS):
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


def shut_posts(app: Any) -> Iterator[Post]:
    """Flask-Admin's own doors, and links that only their token opens: shut for everybody."""
    for rule in app.url_map.iter_rules():
        is_link = rule.rule.startswith(LINKS)
        if "POST" in rule.methods and rule.rule.startswith("/admin/") and (rule.rule.endswith(SHUT) or is_link):
            path = rule.rule.replace("<export_type>", "csv").replace("<token>", "x" * 43)
            for who in ACTORS:
                yield Post(who, "missing", path, may=False)


def open_posts(app: Any) -> Iterator[Post]:
    """What each may do about their own login; the doors to it are everybody's."""
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or rule.rule not in OPEN or rule.rule in ENDS_LOGIN or "<token>" in rule.rule:
            continue
        is_everybodys = rule.rule.startswith("/admin/login") or rule.rule == "/admin/language"
        for who in ACTORS:
            path = rule.rule.replace("<int:pk>", MISSING)
            yield Post(who, "own", path, may=is_everybodys or who not in OUTSIDE)


def public_posts(app: Any, own: Any, other: Any) -> Iterator[Post]:
    """Every POST outside the panel: forms are everybody's, a ticket's its holder's, links and keys nobody's here."""
    numbers = {"own": own.number, "other": other.number, "missing": "PTK-00000-00000-0"}
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or rule.rule.startswith("/admin") or "<name>" in rule.rule:
            continue
        is_form = "<" not in rule.rule and not rule.rule.startswith("/api/")
        for which, number in numbers.items() if "<number>" in rule.rule else [("own", "")]:
            is_harmless = rule.endpoint == "public.forget_here" and which != "missing"  # on one's own browser
            for who in ACTORS:
                path = NAME.sub("x" * 43, re.sub(r"<int:\w+>", MISSING, rule.rule).replace("<number>", number))
                yield Post(who, which, path, is_form or is_harmless or (who, which) == ("holder", "own"))


def other_step_posts(tickets: dict[str, Any]) -> Iterator[Post]:
    """Every step of the procedures beside complaints, on a ticket at work; whoever may not see it is refused."""
    for procedure, ticket in tickets.items():
        for name in catalog.get(procedure).steps:
            for who in ACTORS:
                path = f"/tiket/{ticket.number}/langkah/" if who in OUTSIDE else f"/admin/ticket/{ticket.id}/do/"
                yield Post(who, "other", path + name, who in SEES[procedure])
    for who in ACTORS:
        ticket = tickets["network_installation"]
        yield Post(who, "other", f"/admin/draft/{ticket.id}/reply", who in SEES["network_installation"])


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


def every_post(app: Any, rows: dict[str, int], own: Any, other: Any) -> list[Post]:
    tickets = {
        "network_installation": installation_at("payment"),
        "unit_email": desk.email_at("networking"),
        "password_change": desk.change_at("second", desk.unit_account(), contact=desk.dewi()),
    }
    made = (panel_posts(app, rows), shut_posts(app), open_posts(app), public_posts(app, own, other))
    return [post for posts in (*made, step_posts(own, other), other_step_posts(tickets)) for post in posts]


@pytest.mark.only("sqlite")  # addresses, not what is stored
def test_d8_every_post_of_the_address_map_and_every_actor_is_in_the_matrix(app, rows):
    posts = every_post(
        app, rows, complaint_at("in_progress"), file_complaint(category=category_id("Portal dan aplikasi"))
    )
    at = app.url_map.bind("localhost")
    found = {at.match(post.path.partition("?")[0], "POST", return_rule=True)[0].rule for post in posts}
    there = {rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert there - found == ENDS_LOGIN
    whom = {rule: set[str]() for rule in there}
    for post in posts:
        whom[at.match(post.path.partition("?")[0], "POST", return_rule=True)[0].rule].add(post.who)
    assert {rule: set(ACTORS) - who for rule, who in whom.items() if rule in found and who != set(ACTORS)} == TWO_HALVES


def test_d8_no_post_is_obeyed_of_whoever_may_not_or_names_what_is_not_there(app, rows, database):
    own, other = complaint_at("in_progress"), file_complaint(category=category_id("Portal dan aplikasi"))
    everybody = people(app, own)
    tokens = {name: person.token("/pengaduan" if name in OUTSIDE else "/admin/") for name, person in everybody.items()}
    posts = every_post(app, rows, own, other)
    random.Random(SEED).shuffle(posts)  # noqa: S311  # repeatable, no secret
    whole = HOW_MANY > SAMPLE
    tried, wrong, before = posts if whole else posts[:IN_CI], [], written()
    answers: Counter[int] = Counter()
    for post in tried:
        answer = everybody[post.who].client.post(post.path, data={"csrf_token": tokens[post.who]})
        answers[answer.status_code] += 1
        is_sent_to_login = (answer.headers.get("Location") or "").startswith("/admin/login")
        ok = answer.status_code < 500 if post.may else answer.status_code in REFUSED or is_sent_to_login
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
    holder = people(app, own)["holder"]
    assert link_of(own) != link_of(other)
    token = holder.token("/pengaduan")
    for number, want in ((other.number, 403), (own.number, 303)):
        answer = holder.client.post(f"/tiket/{number}/langkah/confirm", data={"csrf_token": token})
        assert answer.status_code == want, number
