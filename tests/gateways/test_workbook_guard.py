"""U9: a workbook is read in a process of its own; what it unpacks to never stands in the one that serves people."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from openpyxl import Workbook

from gateways.files.table_reader import TableRefused, lines_of
from models.accounts.people_import import PeopleImport
from models.base.db import db
from tests.browse import Person
from tests.installation.installation_walk import installation_at

pytestmark = pytest.mark.only("sqlite")  # nothing of a workbook depends on the database
HEADS = ["NIM", "Nama", "Uraian", "Volume", "Harga satuan"]
TOO_LARGE = "Berkas Excel ini terlalu besar"
ROOT = Path(__file__).resolve().parents[2]


def workbook(rows: int = 1) -> bytes:
    book, kept = Workbook(), io.BytesIO()
    for row in (HEADS, *([f"20{n:011d}", "Andi", "Kabel", 1, 1000] for n in range(rows))):
        book.active.append(row)
    book.save(kept)
    return kept.getvalue()


def bomb(megabytes: int) -> bytes:
    """A workbook with one cell of so many megabytes, packed to a thousandth."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as plain, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        for member in plain.infolist():
            data = plain.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                cell = b'<row r="9"><c t="inlineStr"><is><t>' + b"A" * (megabytes << 20) + b"</t></is></c></row>"
                data = data.replace(b"</sheetData>", cell + b"</sheetData>")
            packed.writestr(member.filename, data)
    return kept.getvalue()


@pytest.fixture
def children() -> Callable[[], list[psutil.Process]]:
    """Which processes this test began and that are still there, dead and not waited for too.

    What an earlier test of this process left (a killed server, say, still waiting to be reaped) does not count.
    """
    earlier = set(psutil.Process().children())
    return lambda: [one for one in psutil.Process().children() if one not in earlier]


@pytest.mark.parametrize("megabytes", [30, 150])
def test_u9_a_workbook_of_a_hundred_kilobytes_that_unpacks_to_150_mb_gets_a_sentence_and_no_memory(
    app, children, megabytes
):
    """One is refused by its table of contents, one by its single cell."""
    data = bomb(megabytes)
    assert len(data) < 200_000
    before = psutil.Process().memory_info().rss
    with app.test_request_context(), pytest.raises(TableRefused, match=TOO_LARGE):
        list(lines_of(io.BytesIO(data)))
    assert (psutil.Process().memory_info().rss - before) >> 20 < 25
    assert children() == []


def test_u9_both_doors_that_take_workbooks_answer_a_bomb_in_words(app):
    data, ticket, tono = bomb(150), installation_at("rab_draft"), Person(app, "tono")
    path = f"/admin/rab/fill/{ticket.id}"
    answer = tono.post(path, {"do": "import", "import_file": (io.BytesIO(data), "rab.xlsx")})
    assert (answer.status_code, TOO_LARGE in answer.text) == (422, True)
    answer = Person(app, "sari").post("/admin/people_import/upload", {"file": (io.BytesIO(data), "orang.xlsx")})
    assert (answer.status_code, TOO_LARGE in answer.text) == (422, True)
    assert db.session.query(PeopleImport).count() == 0


def test_u9_the_process_that_serves_people_never_loads_the_reader_of_workbooks(tmp_path):
    file = tmp_path / "orang.xlsx"
    file.write_bytes(workbook(3))
    program = (
        "import sys\nfrom gateways.files.table_reader import lines_of\n"
        "with open(sys.argv[1], 'rb') as file:\n    print(sum(1 for _line in lines_of(file)))\n"
        "print('openpyxl' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, file], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["4", "False"]


@pytest.mark.slow
def test_u9_a_file_that_is_not_read_to_its_end_leaves_no_process_behind(app, children):
    with app.test_request_context():
        lines = lines_of(io.BytesIO(workbook(20_000)))
        assert next(iter(lines)).cells[0] == "NIM"
        assert len(children()) == 1
        del lines
    assert children() == []


@pytest.mark.slow
def test_u9_the_process_that_reads_is_given_no_secret(app, children):
    with app.test_request_context():
        lines = lines_of(io.BytesIO(workbook(20_000)))
        assert set(children()[0].environ()) <= {"PATH", "LC_CTYPE"}
        del lines


@pytest.mark.slow
def test_u9_a_reader_that_is_killed_refuses_the_file_in_words(app, children):
    with app.test_request_context():
        lines = lines_of(io.BytesIO(workbook(50_000)))
        for child in children():
            child.kill()
        with pytest.raises(TableRefused, match=TOO_LARGE):
            list(lines)
