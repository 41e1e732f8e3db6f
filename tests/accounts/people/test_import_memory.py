"""Fifty thousand people from a file, taken in by a program of its own: its peak of memory, and how long it takes.

There are two ways in, the command and the panel with its worker. Each is measured once, on one of the databases: both
ways are told on both elsewhere, and fifty thousand lines take ten seconds each time.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook

from models.accounts.person import Person
from models.base.db import db
from tests.operations.test_crash_and_race import overrides

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
LINES = 50_000
PROGRAM = """
import sys, time
from app import create_app
{way}
with create_app({config}).app_context(), open(sys.argv[1], "rb") as stream:
    new, refused = take_in(stream)
# VmHWM is this program's own peak; ru_maxrss would carry over what the parent held at the fork
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(new, refused, int(peak.split()[1]) // 1024, round(time.process_time()))
"""
BY_COMMAND = """
from procedures.accounts.import_people import import_people
def take_in(stream):
    done = import_people(stream)
    return done.new, done.refused
"""
BY_THE_PANEL = """
from jobs.accounts.import_people_files import take_in_people
from models.accounts.people_import import ImportState, PeopleImport
from models.base.db import db
from models.organisation.staff import Staff
from procedures.accounts import people_intake
def state():
    db.session.expire_all()
    return db.session.query(PeopleImport).one()
def take_in(stream):
    sari = db.session.query(Staff).filter_by(username="sari").one()
    made = people_intake.accept(stream.read(), "orang.csv", sari).id
    while state().import_state.is_running:
        take_in_people()
    assert people_intake.confirm(made, db.session.query(Staff).filter_by(username="sari").one())
    while state().import_state.is_running:
        take_in_people()
    assert (state().import_state, state().read) == (ImportState.DONE, 50_000)
    return state().new, state().refused
"""


def workbook(folder):
    book = Workbook(write_only=True)
    page = book.create_sheet()
    page.append(["NIM", "Nama", "Jenis", "Kode Unit", "Status", "Email"])
    for n in range(LINES):
        page.append([f"20{n:011d}", f"Mahasiswa Nomor {n}", "mahasiswa", "FEB", "aktif", f"m{n}@surat.example"])
    book.save(folder / "people.xlsx")
    return folder / "people.xlsx"


def text_file(folder):
    lines = "".join(f"20{n:011d};Mahasiswa Nomor {n};mahasiswa;FEB;aktif;m{n}@surat.example\n" for n in range(LINES))
    (folder / "people.csv").write_text("NIM;Nama;Jenis;Kode Unit;Status;Email\n" + lines)
    return folder / "people.csv"


@pytest.mark.only("sqlite")
def test_fifty_thousand_people_by_command_take_less_than_three_hundred_megabytes_and_a_minute(app, tmp_path):
    take_in(app, workbook(tmp_path), BY_COMMAND)


@pytest.mark.only("postgresql")
def test_fifty_thousand_people_by_the_panel_take_less_than_three_hundred_megabytes_and_a_minute(app, tmp_path):
    take_in(app, text_file(tmp_path), BY_THE_PANEL)


def take_in(app, file, way):
    db.session.remove()
    program = PROGRAM.format(config=repr(overrides(app)), way=way)
    command = [sys.executable, "-c", program, str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2_000:]
    new, refused, megabytes, seconds = map(int, done.stdout.split())
    assert (new, refused, db.session.query(Person).count()) == (LINES, 0, LINES)
    assert megabytes < 300
    assert seconds < 60  # of the processor: how long it takes on a machine that has nothing else to do
