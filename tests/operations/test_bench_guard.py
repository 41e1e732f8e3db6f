"""`make guard` fails where a request of people lost a quarter, and says which figure it was."""

from __future__ import annotations

import json

import pytest

from bench.guard import KEPT, judged
from tests.databases import once

pytestmark = once
BEFORE = {"sql": 4, "work": 100, "kb": 40.0, "share": 0.4}


@pytest.mark.parametrize(
    ("worse", "words"),
    [
        ({"sql": 5}, "list: sql 5, at most 4"),
        ({"work": 151}, "list: work 151, at most 150"),
        ({"kb": 50.1}, "list: kb 50.1, at most 50"),
        ({"share": 0.29}, "list: 0.29 of the floor's speed by CPU, at least 0.30"),
    ],
)
def test_each_figure_has_a_bound_that_fails(worse, words):
    assert judged({"list": BEFORE}, {"list": {**BEFORE, **worse}}) == [words]


def test_what_got_no_worse_than_chance_passes():
    assert judged({"list": BEFORE}, {"list": {"sql": 4, "work": 150, "kb": 50, "share": 0.31}}) == []


def test_a_request_that_is_left_out_or_was_never_kept_is_named():
    assert judged({"list": BEFORE}, {}) == ["list: kept, and not measured"]
    assert judged({}, {"list": BEFORE}) == ["list: measured, and not kept"]


def test_every_request_of_the_benchmark_is_kept():
    assert set(json.loads(KEPT.read_text())) == {"status", "submit", "list", "ticket", "search", "common"}
