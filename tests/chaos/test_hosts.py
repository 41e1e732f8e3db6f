"""A sample of `python -m tests.chaos --only hosts` for every run of the tests: two machines, one pulled cable, one death."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos import hosts, network

CYCLES, SEED = 3, 20261129


@pytest.fixture
def place() -> Iterator[Path]:
    """Where the user of the database may go, too: pytest shuts its own folders whenever it begins anywhere."""
    made = Path(tempfile.mkdtemp(prefix="hosts-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.mark.skipif(bool(network.why_not()), reason=network.why_not() or "-")
def test_two_machines_on_one_database_lose_nothing_and_share_sessions_and_limits_while_one_is_cut_off(place):
    report = hosts.hosts(place, CYCLES, SEED)
    assert report.wrong == []
    assert report.figures["of these"] == {"cut off": 2, "database killed": 1}
    assert report.figures["complaints and replies while one was away"] > 0
