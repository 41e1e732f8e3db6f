"""Fifty thousand people from an XLSX file, taken in by a program of its own: its peak of memory, on both databases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook

from models.accounts.person import Person
from models.base.db import db
from tests.operations.test_crash_and_race import overrides

ROOT = Path(__file__).resolve().parents[3]
LINES = 50_000
PROGRAM = """
import sys, time
from app import create_app
from procedures.accounts.import_people import import_people
with create_app({config}).app_context(), open(sys.argv[1], "rb") as stream:
    done = import_people(stream)
# VmHWM is this program's own peak; ru_maxrss would carry over what the parent held at the fork
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(done.new, done.refused, int(peak.split()[1]) // 1024, round(time.process_time()))
"""


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    book = Workbook(write_only=True)
    page = book.create_sheet()
    page.append(["NIM", "Nama", "Jenis", "Kode Unit", "Status", "Email"])
    for n in range(LINES):
        page.append([f"20{n:011d}", f"Mahasiswa Nomor {n}", "mahasiswa", "FEB", "aktif", f"m{n}@surat.example"])
    path = tmp_path_factory.mktemp("people") / "people.xlsx"
    book.save(path)
    return path


def test_fifty_thousand_people_are_taken_in_with_less_than_three_hundred_megabytes(app, workbook):
    db.session.remove()
    program = PROGRAM.format(config=repr(overrides(app)))
    command = [sys.executable, "-c", program, str(workbook)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    new, refused, megabytes, seconds = map(int, done.stdout.split())
    assert (new, refused, db.session.query(Person).count()) == (LINES, 0, LINES)
    assert megabytes < 300
    assert seconds < 60  # of the processor: how long it takes on a machine that has nothing else to do
