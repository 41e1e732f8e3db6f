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
