"""A refused step is answered with one status, wherever it was pressed."""

from __future__ import annotations

import ast

from tests.house.test_rooms import HOUSE, modules
from web.refusals import STATUS_OF


def test_every_reason_for_which_a_step_is_refused_has_its_status():
    reasons = {
        part.args[1].value
        for path in modules("procedures", "admin_views", "public", "jobs")
        for part in ast.walk(ast.parse(path.read_text()))
        if isinstance(part, ast.Call)
        and isinstance(part.func, ast.Name)
        and part.func.id in ("StepRefused", "Overtaken")
        if len(part.args) > 1 and isinstance(part.args[1], ast.Constant)
    }
    assert {"hidden", "role", "stale", "told"} <= reasons
    assert reasons <= STATUS_OF.keys()


def test_the_table_of_statuses_stands_once():
    layers = ("procedures", "admin_views", "public", "doors", "web")
    assert [str(path.relative_to(HOUSE)) for path in modules(*layers) if '"role": 403' in path.read_text()] == [
        "web/refusals.py"
    ]
