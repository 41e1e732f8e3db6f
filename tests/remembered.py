"""Walks that are taken once a worker: who asks for the same one again gets the rows that it left.

A test that wants an installation before its bill has twelve steps taken first; so have the next ten. They are taken
once. The next test that asks for the same of a fresh house gets the database as it was then, and the clock goes on
from there, so that every age is what it would be had the steps just been taken. See
docs/decisions/10-tests-run-once.md.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from itertools import count
from typing import Any, TypeVar

import pytest
from flask import Flask, current_app, has_app_context
from sqlalchemy import inspect

import models.base.db as database
from models.base.db import db, utcnow
from tests.databases import PostgreSQL, Sqlite

R = TypeVar("R")
Key = tuple[str, tuple[int, ...], tuple[Any, ...]]  # the database, the kept walks before this one, what is asked for
REAL_CLOCK = database.clock
MOST = 300  # walks that are kept
_kept: dict[Key, tuple[Any, Any, Any, int]] = {}  # the rows, the moment, what the walk returned, a number of its own
_numbers = count()
_seen: set[Key] = set()
_patches: weakref.WeakSet[pytest.MonkeyPatch] = weakref.WeakSet()


class House:
    """The house of the running test, and the kept walks since it was put back (None: something else happened).

    Each by its number: two walks that are alike differ in what is drawn by chance (sessions, codes), so that what was
    kept after the one does not fit after the other.
    """

    app: Flask | None = None
    store: Sqlite | PostgreSQL
    calls: tuple[int, ...] | None = None
    stamp: object = None


def start() -> None:
    """pytest's own patches, which stay to the end, are none of a test."""
    _patches.clear()


def begin(app: Flask, store: Sqlite | PostgreSQL) -> None:
    """The database was put back."""
    House.app, House.store, House.calls, House.stamp = app, store, (), store.stamp()


def end() -> None:
    """The test is over, and what it patched is as before."""
    House.app = House.calls = None
    database.clock = REAL_CLOCK


def remembered(walk: Callable[..., R]) -> Callable[..., R]:
    """For a walk that gives the same rows whenever it starts from the same, and returns a row or rows by name."""

    @wraps(walk)
    def walked(*args: Any, **more: Any) -> R:
        call = (walk.__module__, walk.__qualname__, *args, *sorted(more.items()))
        return recalled(call, lambda: walk(*args, **more), named=_named, found=_found)

    return walked


def recalled(
    call: tuple[Any, ...],
    walk: Callable[[], R],
    *,
    named: Callable[[R], Any] = lambda result: result,
    found: Callable[[Any], R] = lambda kept: kept,
    at_once: bool = True,
) -> R:
    """What `walk` returns and leaves; `named` makes of its result what can be kept, and `found` its result of that.

    Without `at_once` it is kept when it is asked for the second time: for what is soon done and often unique.
    """
    if not _is_plain(call):
        House.calls = None  # from here on nobody can say what the database holds
        return walk()
    assert House.calls is not None
    before, key = House.calls, (type(House.store).__name__, House.calls, call)
    if key in _kept and _put_back(key):
        House.calls, House.stamp = (*before, _kept[key][3]), House.store.stamp()
        return found(_kept[key][2])
    result = walk()
    db.session.rollback()  # what the walk read last; everything that it wrote is committed
    House.calls = None
    if at_once or key in _seen:
        _keep(key, named(result))
        House.calls, House.stamp = (*before, _kept[key][3]), House.store.stamp()
    _seen.add(key)
    return result


def _is_plain(call: tuple[Any, ...]) -> bool:
    """Does this test stand at a known point, with nothing patched, in a call that says all in plain values?"""
    if House.calls is None or not has_app_context() or House.app is not current_app._get_current_object():
        return False
    if any(patch._setattr or patch._setitem for patch in _patches):
        return False
    session = db.session
    if session.info.get("writing") or session.new or session.dirty or session.deleted:
        return False
    values = [part for value in call for part in (value if isinstance(value, tuple) else (value,))]
    if not all(isinstance(value, str | int | bool | None) for value in values):
        return False
    return House.store.stamp() == House.stamp


def _keep(key: Key, named: Any) -> None:
    if len(_kept) >= MOST:
        del _kept[next(iter(_kept))]  # the oldest: tests of one file come together
    _kept[key] = House.store.kept(), utcnow(), named, next(_numbers)


def _put_back(key: Key) -> bool:
    kept, moment, *_result = _kept[key]
    db.session.rollback()
    if not House.store.put(kept):
        return False
    assert House.app is not None
    House.app.extensions.pop("settings_cache", None)
    late: timedelta = REAL_CLOCK() - moment
    database.clock = lambda: REAL_CLOCK() - late
    return True


def _named(result: Any) -> Any:
    """What is kept of a row: its table and number."""
    if isinstance(result, dict):
        return {name: _named(row) for name, row in result.items()}
    return None if result is None else (type(result), inspect(result).identity)


def _found(named: Any) -> Any:
    if isinstance(named, dict):
        return {name: _found(row) for name, row in named.items()}
    return None if named is None else db.session.get(*named)


_begun = pytest.MonkeyPatch.__init__


def _begin_patching(patch: pytest.MonkeyPatch) -> None:
    _begun(patch)
    _patches.add(patch)


pytest.MonkeyPatch.__init__ = _begin_patching  # type: ignore[method-assign]  # a walk under a patch is walked again
