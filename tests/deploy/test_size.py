"""What production installs stays under 200 MB with its byte code, and nothing that it imports was taken out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent.parent
MOST_MEGABYTES = 200
NAMED = re.compile(r"^[A-Za-z0-9][^\\\n]*==[^\\\n]+", re.MULTILINE)

USE = """
import babel.dates, contextlib, datetime, io, json, sys, zoneinfo
sys.path.insert(0, "")
from PIL import Image
from gateways.holiday_calendar import PROGRAM
from models.base.rupiah import in_words
day = datetime.date(2026, 8, 17)
calendar, sys.argv = io.StringIO(), ["", "ID", "2026"]  # the calendar's own program, in this environment
with contextlib.redirect_stdout(calendar):
    exec(PROGRAM)
print([json.loads(calendar.getvalue())[language + " public"][str(day)] for language in ("id", "en_US")])
print(in_words(27_000_000))
print([babel.dates.format_date(day, "full", language) for language in ("id", "en")])
print(datetime.datetime(2026, 8, 17, tzinfo=zoneinfo.ZoneInfo("Asia/Jakarta")).utcoffset())
Image.init()
print({"JPEG", "PNG", "WEBP"} <= set(Image.OPEN))
"""  # what looks up by a name what an import does not show
USED = [
    "['Hari Kemerdekaan Republik Indonesia', 'Independence Day']",
    "Dua puluh tujuh juta rupiah",
    "['Senin, 17 Agustus 2026', 'Monday, August 17, 2026']",
    "7:00:00",
    "True",
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strip") is None, reason="without binutils nothing is stripped"),
]


def packages_of_production() -> list[str]:
    """Those of requirements.txt that are for this system."""
    wanted = [Requirement(line) for line in NAMED.findall((ROOT / "requirements.txt").read_text())]
    return [one.name for one in wanted if one.marker is None or one.marker.evaluate()]


def put_in(place: Path, name: str) -> None:
    """A package's files, without the commands that it brings and without byte code."""
    for file in distribution(name).files or []:
        if ".." in file.parts or file.suffix == ".pyc":
            continue
        target = place / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(str(file.locate()), target)


def test_production_installs_less_than_200_megabytes_and_all_that_it_imports(tmp_path):
    place = tmp_path / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    names = packages_of_production()
    assert len(names) > 50
    for name in names:
        put_in(place, name)
    alone = tmp_path / "python"  # sees the standard library and these packages, and nothing of the workshop
    alone.write_text(f'#!/bin/sh\nPYTHONPATH={place} exec {sys.executable} -S "$@"\n')
    alone.chmod(0o755)

    ran = subprocess.run(
        [ROOT / "deploy" / "trim", tmp_path],
        env={"PATH": os.environ["PATH"], "PYTHON": str(alone)},
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert ran.returncode == 0, ran.stderr[-2000:]
    taken = subprocess.run(["du", "-sm", tmp_path], capture_output=True, text=True, check=True)
    assert int(taken.stdout.split()[0]) < MOST_MEGABYTES
    assert (place / "flask" / "__pycache__").is_dir()
    used = subprocess.run([alone, "-c", USE], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert used.stdout.splitlines() == USED, used.stderr[-2000:]
