"""How far the attacks come: each address once, with values that lead somewhere, by whoever is let in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule

from tests.attacks.hostile import NAME, alert, rules_of, spelt
from tests.attacks.world import ACTORS, STAFF, USUAL, World
from tests.browse import Person
from tests.frame.test_rights import GONE, REGISTERS, SHUT, SINGLE

SHUT_OUT = {401, 403, 404, 405, 413, 429}
ENDS = {"delete", "remove", "end", "erase", "revoke", "cancel", "discard", "hold", "lupakan", "berhenti"}  # tried last
AGAIN = "again_password"  # on the page that asks for the password once more: whoever sees it was let in
LIKELY = ["budi", "rudi", "sari", "rina", "tono", "wati", "holder", "stranger"]
FEW = 4  # values of each name in an address
PATIENCE = 120  # requests to one address, before it counts as shut
ACTS = ("", "new/", "edit/", "details/", "delete/", "export/")  # of a register
READING = ("", "details/", "export/")  # they answer a POST too, because Flask-Admin's do


class Noting(ImmutableMultiDict[str, Any]):
    """Remembers the names of the fields that a page asks for."""

    asked: set[str] = set()  # noqa: RUF012  # one for all: the requests of this test come one after the other

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def get(self, key: str, *args: Any, **named: Any) -> Any:
        self.asked.add(key)
        return super().get(key, *args, **named)

    def getlist(self, key: str, *args: Any, **named: Any) -> Any:
        self.asked.add(key)
        return super().getlist(key, *args, **named)


@dataclass
class Reach:
    """By page and method the answers until somebody was let in; by page the fields that it asks for."""

    answers: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def forms(self) -> dict[str, list[str]]:
        return {page: sorted(names - {"csrf_token"}) for page, names in self.asked.items()}

    def shut(self) -> dict[tuple[str, str], list[int]]:
        """Where nobody was let in."""
        return {
            page: sorted(set(got))
            for page, got in self.answers.items()
            if all(_refused(page[1], status) for status in got)
        }


def reach(app: Flask, everybody: dict[str, Person], world: World, patience: int = PATIENCE) -> Reach:
    """Every address by every method, until it lets somebody in or so many requests were refused."""
    found = Reach()
    kept, app.request_class = app.request_class, _noting(app)
    try:
        for method, rule in sorted(_doors(app), key=_order):
            for who, path in islice(_ways(method, rule, world), patience):
                status = _knock(app, everybody, who, method, path)
                found.answers[rule.endpoint, method].append(status)
                found.asked[rule.endpoint] |= Noting.asked
                if not _refused(method, status):
                    break
    finally:
        app.request_class = kept
    return found


def _knock(app: Flask, everybody: dict[str, Person], who: str, method: str, path: str) -> int:
    """First with nothing; while that is refused, with a usual word for each field that was asked for."""
    Noting.asked.clear()
    words, usual = {**USUAL, "id": path.partition("?id=")[2]}, dict[str, str]()
    status = _try(everybody[who], method, path)
    while _refused(method, status):
        ended = status == 401 and who in STAFF
        if ended:  # an act ended the login
            everybody[who] = Person(app, who)
        more = {name: word for name, word in words.items() if word and name in Noting.asked}
        if more == usual and not (ended and not usual):
            break
        is_last, usual = more == usual, more
        status = _try(everybody[who], method, path, usual)
        if is_last:
            break
    return status


def _noting(app: Flask) -> type[Any]:
    return type("NotingRequest", (app.request_class,), {"parameter_storage_class": Noting})


def _doors(app: Flask) -> Iterator[tuple[str, Rule]]:
    for rule in rules_of(app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


def _order(door: tuple[str, Rule]) -> tuple[bool, bool, str]:
    method, rule = door
    return method == "POST", bool(ENDS & set(rule.rule.split("/"))), rule.rule


def _ways(method: str, rule: Rule, world: World) -> Iterator[tuple[str, str]]:
    """(who, path): who may by the table typed by hand, and few values of each name; nothing where nobody may."""
    names = NAME.findall(rule.rule)
    values = [world.of(rule.endpoint, name)[: FEW if name == "step" else None] or ["x"] for name in names]
    queries = ["", *(f"?id={ident}" for ident in world.of(rule.endpoint, "id")[:FEW])] if not names else [""]
    for chosen in product(*values):
        path = rule.rule
        for value in chosen:
            path = NAME.sub(lambda _found, value=value: spelt(value), path, count=1)
        for query, who in product(queries, who_may(method, rule)):
            yield who, path + query


def who_may(method: str, rule: Rule) -> list[str]:
    """Whom the table of tests/frame/test_rights.py lets in; beside it everybody is tried, the likeliest first."""
    view, _slash, act = rule.rule.removeprefix("/admin/").partition("/")
    if rule.rule.endswith(SHUT) or (view, act.rstrip("/")) in GONE:
        return []
    if not rule.rule.startswith("/admin"):
        return ["holder", "stranger", "copied", "device"]
    allowed = SINGLE.get((method, rule.rule))
    if allowed is None and view in REGISTERS and act in ACTS:
        rights = REGISTERS[view]
        of_act = {"": rights["list"], "details/": rights["list"], "delete/": rights.get("delete", set()),
                  "export/": rights.get("export", rights["list"])}  # fmt: skip
        allowed = of_act.get(act, rights.get(act.rstrip("/"), rights["write"]))
        if method == "POST" and act in READING:
            return []
    order = {name: place for place, name in enumerate(LIKELY)}
    return sorted(ACTORS if allowed is None else allowed, key=lambda name: order.get(name, len(order)))


def _refused(method: str, status: int) -> bool:
    """Not past the door; a POST with a token that is answered 400 was read, and told what is wrong with it."""
    return status in SHUT_OUT or (method, status) == ("GET", 400)


def _try(person: Person, method: str, path: str, usual: dict[str, str] | None = None) -> int:
    if method == "GET":
        page, _mark, query = path.partition("?")
        answer = person.client.get(page, query_string={**dict(parse_qsl(query)), **(usual or {})})
        is_away = answer.status_code in (302, 303) and "/login" in (answer.headers.get("Location") or "")
        return 401 if is_away else int(answer.status_code)
    if "HTTP_AUTHORIZATION" in person.client.environ_base and "/api/" in path:
        return int(person.client.post(path, data=alert({"a": "x", "b": "y", "c": "z", "d": "w"})).status_code)
    page, _mark, query = path.partition("?")
    given = usual or {}
    sent = {"csrf_token": person.token(), **given}
    answer = person.client.post(page, query_string={**dict(parse_qsl(query)), **given}, data=sent)
    is_asked_again = answer.status_code == 401 and AGAIN in answer.text
    return 200 if is_asked_again else int(answer.status_code)
