"""Each request of a test starts with an empty `g`, as it does in the running product."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, g, request_started


@pytest.fixture(autouse=True)
def fresh_globals() -> Iterator[None]:
    def empty(_app: Flask, **_more: object) -> None:
        for name in list(g):
            g.pop(name)

    request_started.connect(empty)
    yield
    request_started.disconnect(empty)
