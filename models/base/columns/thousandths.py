"""Exact decimals in the database: volumes, lengths, times and rates, stored as whole thousandths."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

_STEP = Decimal("0.001")


class Thousandths(TypeDecorator[Decimal]):
    """A Decimal with three places, kept as an integer; the same on SQLite and PostgreSQL."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if isinstance(value, float):
            raise TypeError("an exact decimal is wanted, not a float")
        return int((Decimal(value) * 1000).to_integral_value(ROUND_HALF_UP))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else (Decimal(value) / 1000).quantize(_STEP)
