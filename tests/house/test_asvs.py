"""The table of the ASVS 5.0 tells the truth: every requirement once, every path, name and test there, the shares held."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "asvs"), run_name="asvs")
ROWS = SCRIPT["rows"]()
# Of 5.0.0: how many requirements of level 1 and of level 2 each chapter has, counted in the standard.
COUNTED = {
    "V1": (8, 19), "V2": (4, 7), "V3": (8, 11), "V4": (2, 8), "V5": (4, 5), "V6": (13, 22), "V7": (6, 12),
    "V8": (4, 3), "V9": (4, 3), "V10": (5, 24), "V11": (3, 11), "V12": (3, 6), "V13": (1, 12), "V14": (2, 7),
    "V15": (3, 10), "V16": (0, 16), "V17": (0, 7),
}  # fmt: skip
PLACE = re.compile(r"(?:^|[,;] )((?:[\w-]+/)*[\w.-]+)(?::([\w-]+))?(?=[,;:]|$)")


def places(where: str) -> list[tuple[str, str]]:
    """The paths that a cell names, each with the name in it that it points to; what follows ": " is explanation."""
    return PLACE.findall(where.split(": ")[0])


def test_every_requirement_of_levels_1_and_2_has_one_row_in_the_standards_order():
    ids = [row.id for row in ROWS]
    assert len(set(ids)) == len(ids) == 253
    assert ids == sorted(ids, key=lambda id_: [int(part) for part in id_[1:].split(".")])
    counted = Counter((row.id.split(".")[0], row.level) for row in ROWS)
    assert {chapter: (counted[chapter, 1], counted[chapter, 2]) for chapter in COUNTED} == COUNTED


def test_level_1_is_met_whole_and_level_2_to_95_in_a_hundred():
    for level, least in ((1, 100), (2, 95)):
        mine = [row for row in ROWS if row.level == level and row.verdict != "-"]
        assert 100 * sum(row.verdict == "met" for row in mine) >= least * len(mine), level
    assert all(row.verdict in SCRIPT["SAID"] for row in ROWS)


def test_every_place_that_a_row_names_is_there():
    for row in ROWS:
        if row.verdict in ("-", "no"):
            assert len(row.where) > 10, row.id  # a reason
            continue
        found = places(row.where)
        assert found, row.id
        for path, name in found:
            assert (ROOT / path).is_file() or (ROOT / path).is_dir(), (row.id, path)
            assert not name or name in (ROOT / path).read_text(encoding="utf-8"), (row.id, path, name)


def test_every_test_that_a_row_names_exists_once():
    tests = Counter(re.findall(r"^def (test_\w+)", "\n".join(_tests()), re.MULTILINE))
    for row in ROWS:
        assert bool(row.tests) is (row.verdict in ("met", "part")), row.id
        assert all(tests[name] == 1 for name in row.tests), (row.id, [n for n in row.tests if tests[n] != 1])


def test_the_page_is_what_the_rows_say():
    answer = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "asvs"), "--check"], capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stderr) == (0, "")


def test_the_finder_finds_what_it_looks_for():
    assert places("a/b.py, c.html:name, d/e") == [("a/b.py", ""), ("c.html", "name"), ("d/e", "")]
    assert places("a/b.py:NAME: since it is, so to say, other") == [("a/b.py", "NAME")]


def _tests() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")]
