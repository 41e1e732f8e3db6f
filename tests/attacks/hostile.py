"""Hostile values, and requests made of them: every address of the product with words that no form of ours sends."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

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


def attacks(
    app: Flask, actors: list[str], real: dict[str, list[str]], asked: dict[str, list[str]], seed: int
) -> Iterator[Attack]:
    """Without end: rules in turn, everything else by chance of this seed.

    `real` are values that lead somewhere (ids, numbers, names of steps), so that not every request ends at its door;
    `asked` are the fields of each step's form, so that a step is reached with every field filled.
    """
    chance = random.Random(seed)  # noqa: S311  # repeatable, no secret
    rules = [r for r in app.url_map.iter_rules() if r.endpoint not in NEVER and not r.endpoint.endswith(".static")]
    fields = sorted({*QUERY, *real["field"]})
    while True:
        chance.shuffle(rules)
        for rule in rules:
            yield _attack(rule, chance, actors, real, fields)
        for step in sorted(asked):
            yield _step(step, chance, actors, real, asked[step])


def _attack(
    rule: Rule, chance: random.Random, actors: list[str], real: dict[str, list[str]], fields: list[str]
) -> Attack:
    method = chance.choice(sorted((rule.methods or set()) - {"OPTIONS"}))
    path = NAME.sub(lambda found: _in_path(found[1], chance, real), rule.rule)
    query = {chance.choice(QUERY): _value(chance, real) for _ in range(chance.choice((0, 0, 0, 0, 1, 1, 2, 6)))}
    if chance.random() < 0.7:
        query["id"] = chance.choice(real["id"])
    sent = {chance.choice(fields): _value(chance, real) for _ in range(chance.choice((0, 1, 3, 12, 30)))}
    return Attack(chance.choice(actors), method, path, query, sent if method == "POST" else {})


def _step(step: str, chance: random.Random, actors: list[str], real: dict[str, list[str]], fields: list[str]) -> Attack:
    sent = {name: _value(chance, real) for name in fields if chance.random() < 0.9}
    path = f"/admin/ticket/{chance.choice(real['ticket'])}/do/{step}"
    if chance.random() < 0.3:
        path = f"/tiket/{chance.choice(real['number'])}/langkah/{step}"
    return Attack(chance.choice(actors), "POST", path, {}, sent)


def _in_path(name: str, chance: random.Random, real: dict[str, list[str]]) -> str:
    known = real.get(name) or (real["id"] if name.endswith(("pk", "id")) else [])
    value = chance.choice(known) if known and chance.random() < 0.7 else chance.choice(VALUES)
    return "".join(c if c.isalnum() or c in "-_.~" else "".join(f"%{b:02X}" for b in c.encode()) for c in value) or "x"


def _value(chance: random.Random, real: dict[str, list[str]]) -> str:
    return chance.choice(real["id"]) if chance.random() < 0.15 else chance.choice(VALUES)
