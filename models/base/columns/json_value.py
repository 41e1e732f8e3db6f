"""The types of values that columns keep: of JSON, which bodies and files bring too, and of every kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"

Held: TypeAlias = "Json | bytes | Decimal | date | datetime | time"
"""A value that a column of any kind holds."""
