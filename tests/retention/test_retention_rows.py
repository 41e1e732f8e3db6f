"""D16: every column that can hold words has its period, or is said to hold no person's; a new table fails until it has."""

from __future__ import annotations

import pytest
from sqlalchemy import JSON, LargeBinary, String

import models.tables
from models.base.db import db
from models.base.periods.personal_columns import KEPT, PLAIN, WORDLESS
from models.base.retention import PERIODS
from tests.databases import once

pytestmark = once
TABLES = {table.name: table for table in db.metadata.sorted_tables}


def words_of(table):
    return {c.name for c in table.c if isinstance(c.type, String | JSON | LargeBinary)}


def test_d16_every_column_that_holds_words_is_named_once():
    assert models.tables.ALL
    undecided, twice = [], []
    for name, table in TABLES.items():
        kept = [column for columns in KEPT.get(name, {}).values() for column in columns.split()]
        plain = PLAIN.get(name, "").split()
        undecided += [f"{name}.{column}" for column in words_of(table) - {*kept, *plain}]
        twice += [f"{name}.{column}" for column in {*kept, *plain} if (kept + plain).count(column) > 1]
    assert (sorted(undecided), sorted(twice)) == ([], [])


def test_d16_no_table_or_column_is_named_that_is_gone():
    named = [(name, columns.split()) for name, kept in KEPT.items() for columns in kept.values()]
    named += [(name, columns.split()) for name, columns in PLAIN.items()]
    assert [f"{n}.{c}" for n, columns in named for c in columns if n not in TABLES or c not in TABLES[n].c] == []
    assert {key for kept in KEPT.values() for key in kept} <= set(PERIODS)


def test_d16_every_table_has_a_period_or_a_reason_and_no_reason_hides_a_word():
    decided = {*KEPT, *PLAIN, *WORDLESS}
    assert set(TABLES) - decided == set(), "a table of this name has neither a period nor a reason"
    assert set(WORDLESS) - set(TABLES) == set(), "named and gone"
    assert {name for name in WORDLESS if words_of(TABLES[name])} == set(), "it holds words"
    assert set(WORDLESS) & {*KEPT, *PLAIN} == set() and all(WORDLESS.values())


@pytest.mark.parametrize("key", sorted(PERIODS))
def test_d16_every_period_says_whose_by_which_rule_and_until_when(key):
    period = PERIODS[key]
    assert str(period.what) and str(period.whose) and str(period.rule)
    assert period.ends != bool(str(period.lasts)), "either days, or while what lasts"
