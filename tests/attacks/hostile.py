"""Hostile values, and requests made of them: every address of the product with words that no form of ours sends."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from tests.attacks.world import ACTORS, USUAL, World

NUMBERS = (
    "0", "-1", "1", "2", "999999", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "1" * 40,
    "1e9", "1.5", "0x10", "٣", "１２", "NaN", "Infinity", " 7 ", "+7", "007",
)  # fmt: skip
WORDS = (
    "", " ", "\u200b", "\u202egnp.exe", "a" * 5000, "\n\r\t", "\x00", "\x1b[31m", "\ud7ff", "😀" * 300, "İı",
    "' OR 1=1 --", "1; DROP TABLE ticket", "\\", "%", "_", "%%%s", "{{7*7}}", "{% raw %}", "${7*7}", "#{7*7}",
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)", "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd", "/etc/passwd", "//example.org/", "http://169.254.169.254/", "file:///etc/passwd",
    "a@b.example\r\nBcc: c@d.example", "=cmd|' /C calc'!A0", "null", "undefined", "true", "[]", "{}", "None",
    "2026-13-45", "20/11/2026", "0000-00-00", "9999-12-31", "2026-11-29T25:61", "PTK-7K3M9-QXD2M-C", "PTK-00000-00000-0",
    "*", "()", "(a+)+$", "\"unbalanced", "AND OR NOT", "NEAR(", "a NEAR/999999 b", "🙂 OR *", "a" * 300 + " " + "b" * 300,
)  # fmt: skip
VALUES = (*NUMBERS, *WORDS)
QUERY = (
    "id", "before", "after", "cursor", "page", "sort", "order", "q", "search", "state", "unit", "category", "group",
    "assignee", "label", "channel", "procedure", "from", "to", "day", "month", "kind", "next", "canned", "number",
    "token", "key", "url", "name", "show", "desc", "columns", "format", "all",
)  # fmt: skip
NAME = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
NEVER = {"static", "login.logout"}  # one serves files, the other ends the session that the next request needs


@dataclass
class Attack:
    """One request: who sends it, how, where, with what."""

    who: str
    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.who} {self.method} {self.path!r} {self.query!r} {self.fields!r}"[:900]


@dataclass
class Attacks:
    """Makes them, without end: rules in turn, everything else by chance of one seed.

    `world` has values that lead somewhere (ids, numbers, tokens), so that not every request ends at its door; `asked`
    are the fields of each step's form and `forms` those that each page asks for, so that both are reached filled.
    """

    app: Flask
    world: World
    asked: dict[str, list[str]]
    seed: int
    forms: dict[str, list[str]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Attack]:
        self.chance = random.Random(self.seed)  # noqa: S311  # repeatable, no secret
        rules, steps = rules_of(self.app), sorted(self.asked)
        self.fields = sorted({*QUERY, *(name for names in self.asked.values() for name in names)})
        while True:
            self.chance.shuffle(rules)
            for rule in rules:
                yield self._of_rule(rule)
            for step in steps:
                yield self._of_step(step)

    def _of_rule(self, rule: Rule) -> Attack:
        chance = self.chance
        method = chance.choice(sorted((rule.methods or set()) - {"OPTIONS"}))
        path = NAME.sub(lambda found: self._in_path(rule, found[1]), rule.rule)
        known, ids = self.forms.get(rule.endpoint, []), self.world.of(rule.endpoint, "id")
        query = {
            (name := self._field(known, QUERY)): self._value(name)
            for _ in range(chance.choice((0, 0, 0, 0, 1, 1, 2, 6)))
        }
        if chance.random() < (0.7 if not self.forms else 0.9 if "id" in known else 0.1):
            query["id"] = chance.choice(ids)
        sent = {
            (name := self._field(known, self.fields)): self._value(name)
            for _ in range(chance.choice((0, 1, 3, 12, 30)))
        }
        return Attack(chance.choice(ACTORS), method, path, query, sent if method == "POST" else {})

    def _of_step(self, step: str) -> Attack:
        chance, known = self.chance, self.world.ways
        sent = {name: self._value() for name in self.asked[step] if chance.random() < 0.9}
        path = f"/admin/ticket/{chance.choice(known.get(f'{step}.ticket') or known['ticket'])}/do/{step}"
        if chance.random() < 0.3:
            path = f"/tiket/{chance.choice(known.get(f'{step}.number') or known['number'])}/langkah/{step}"
        return Attack(chance.choice(ACTORS), "POST", path, {}, sent)

    def _field(self, known: list[str], others: Sequence[str]) -> str:
        return self.chance.choice(known if known and self.chance.random() < 0.7 else others)

    def _in_path(self, rule: Rule, name: str) -> str:
        known = self.world.of(rule.endpoint, name)
        value = self.chance.choice(known if known and self.chance.random() < 0.7 else VALUES)
        return spelt(value)

    def _value(self, name: str = "") -> str:
        if name in USUAL and self.chance.random() < 0.3:
            return USUAL[name]
        known = self.world.ways["id"]
        return self.chance.choice(known if self.chance.random() < 0.15 else VALUES)


def rules_of(app: Flask) -> list[Rule]:
    """Every address that is attacked."""
    return [r for r in app.url_map.iter_rules() if r.endpoint not in NEVER and not r.endpoint.endswith(".static")]


def spelt(value: str) -> str:
    """As one part of a path."""
    return "".join(c if c.isalnum() or c in "-_.~" else "".join(f"%{b:02X}" for b in c.encode()) for c in value) or "x"


def alert(fields: dict[str, Any]) -> bytes:
    """The body of a monitor, with these values where it has its own; which monitor, their number decides."""
    value = [*fields.values(), "", "firing", "x"]
    labels = {"alertname": value[0], "instance": value[1], "severity": value[2]}
    one = {"status": value[1], "labels": labels, "annotations": {"summary": value[0]}, "startsAt": value[2]}
    bodies = (
        {"alerts": [one], "status": value[0]},
        {
            "heartbeat": {"status": value[0], "time": value[1], "msg": value[2]},
            "monitor": {"name": value[0]},
            "msg": "x",
        },
        {"alerts": value, "host": value[0], "state": value[1]},
        value,
    )
    return json.dumps(bodies[len(fields) % len(bodies)]).encode()
