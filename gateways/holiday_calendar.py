"""Asks the calendar of national holidays in a process of its own, whose 17 MB end with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from functools import cache

SECONDS = 20.0
PROGRAM = """
import json, sys
from holidays import country_holidays
country, *years = sys.argv[1:]
found = {}
for language in ("id", "en_US"):
    for category in ("public", "government"):
        days = country_holidays(country, years=[int(y) for y in years], language=language, categories=category)
        found[f"{language} {category}"] = {day.isoformat(): name for day, name in days.items()}
json.dump(found, sys.stdout)
"""


@cache
def national_calendar(country: str, years: tuple[int, ...]) -> dict[tuple[str, str], dict[date, str]]:
    """By language ("id", "en_US") and category ("public", "government"): the days of these years with their names.

    Kept, since the calendar takes a second to make. Raises OSError or subprocess.SubprocessError where it cannot be.
    """
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, country, *map(str, years)],
        capture_output=True, check=True, timeout=SECONDS, env={"PATH": os.defpath},
    )  # fmt: skip
    found = {}
    for key, days in json.loads(done.stdout).items():
        language, _blank, category = key.partition(" ")
        found[language, category] = {date.fromisoformat(day): name for day, name in days.items()}
    return found
