"""Masks the addresses that open something by themselves: one list, made from the routes that carry a token."""

from __future__ import annotations

import re

from flask import Flask

SECRET = frozenset({"token", "code"})  # names of a route's parts; tests/house/test_secret_addresses.py sorts all others
_patterns: list[re.Pattern[str]] = []


def list_secret_addresses(app: Flask) -> None:
    """Called when all routes are there."""
    rules = [rule for rule in app.url_map.iter_rules() if SECRET & rule.arguments]
    heads = {rule.rule.partition("<")[0] for rule in rules}
    others = {rule.rule for rule in app.url_map.iter_rules()} - {rule.rule for rule in rules}
    _patterns[:] = [_pattern(head, others) for head in sorted(heads)]


def _pattern(head: str, others: set[str]) -> re.Pattern[str]:
    """What stands behind this head of an address, but not where another address goes on with it (/admin/password/)."""
    before = {rule[: rule.index(head)] for rule in others if head in rule[1:]}
    unless = "".join(f"(?<!{re.escape(start)})" for start in sorted(before))
    return re.compile(rf"({unless}{re.escape(head)})[^\s\"'<>?#]+", re.IGNORECASE)


def mask_addresses(text: str) -> str:
    """The text without the tokens of any address in it."""
    for pattern in _patterns:
        text = pattern.sub(r"\1…", text)
    return text
