"""Every address that carries a token is masked in every log; a new route's parts must be sorted."""

from __future__ import annotations

import json
import logging

from web.logs import JsonLine
from web.secret_addresses import SECRET, mask_addresses

OPEN = {
    "filename",
    "number",
    "name",
    "slug",
    "chosen",
    "step",
    "export_type",
    "kind",
    "month",
}  # they open nothing by themselves
TOKEN = "q-Rahasia_0123456789abcdefghijklmnopqrstuvwxyz"


def secret_paths(app):
    for rule in app.url_map.iter_rules():
        if SECRET & rule.arguments:
            yield rule.rule.replace("<token>", TOKEN).replace("<code>", TOKEN)


def test_every_part_of_every_route_is_sorted_as_secret_or_open(app):
    parts = {
        part
        for rule in app.url_map.iter_rules()
        for part in rule.arguments
        if part in rule._converters and not type(rule._converters[part]).__name__.startswith(("RowId", "Integer"))
    }
    assert parts - OPEN - SECRET == set()


def test_no_token_of_any_route_reaches_a_log_whole_or_in_an_address(app):
    paths = sorted(set(secret_paths(app)))
    assert {path.partition(TOKEN)[0] for path in paths} >= {"/akses/", "/password/", "/admin/invite/"}
    for path in paths:
        with app.test_request_context(path):
            for words in (path, f"https://helpdesk.example{path}?x=1", f'"{path}"'):
                record = logging.LogRecord("helpdesk", logging.WARNING, "", 0, "seen %s", (words,), None)
                line = JsonLine().format(record)
                assert TOKEN not in line and json.loads(line)["path"].endswith("/…")


def test_addresses_that_only_look_alike_stay_readable(app):
    assert mask_addresses("/admin/password/change/5") == "/admin/password/change/5"
