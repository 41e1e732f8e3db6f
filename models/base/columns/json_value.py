"""The type of a value that a JSON column keeps, or that a body or a file of JSON brings."""

from __future__ import annotations

from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
