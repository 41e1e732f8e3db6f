"""A sample of `make chaos` for every run of the tests: a dozen kills with -9 under traffic, of a seed of its own."""

from __future__ import annotations

from tests.chaos import run

CYCLES, SEED = 12, 20261129


def test_after_a_dozen_kills_of_web_and_worker_nothing_is_lost_and_nothing_double(tmp_path):
    report = run.kills(tmp_path, "sqlite", CYCLES, SEED)
    assert report.wrong == []
    assert report.figures["cycles"] == CYCLES and report.figures["complaints acknowledged"] > 0
