"""`make retention-proof`: a house of many tickets with a canary in every personal field, whose clock moves three years.

What it asks, and writes into docs/reliability.md:
 1. the seals of all its rows hold, before and after, and how long a million of them would take;
 2. after one night three years later no canary is left: in no table, no search index, no file of the instance (the
    database's own pages, uploads, exports, mails, logs) and in no new backup; the old backups are gone by their own rule;
 3. bills and budget plans are printed still.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ["BENCH_FOLDER"] = os.environ.get("RETENTION_FOLDER") or str(Path(tempfile.gettempdir()) / "retention-proof")

from sqlalchemy import select, text

import models.base.db as clockwork
from app import create_app
from bench.house import House
from documents.stored_document import file_of
from jobs.operation.backup_timetable import folder, run_due_backup
from jobs.operation.retention import due_now, run_now
from jobs.operation.write_anew import NAME
from jobs.tickets.seal_evidence import seal_evidence
from models.base.db import db, utcnow, write_transaction
from models.tickets.issued_document import IssuedDocument
from models.tickets.ticket import Attachment, Ticket
from procedures.tickets.evidence.verifying import verify
from tests.chaos.report import write
from tests.chaos.run import Report
from tests.retention.test_canary_of_retention import (
    CANARY,
    THREE_YEARS,
    close_everything,
    fill,
    found,
    jobs_of_the_night,
)

PRINTED, FILES, PIECE = 20, 50, 1 << 24
MOST_SECONDS_A_MILLION = 60


def main() -> int:
    words = argparse.ArgumentParser(prog="retention-proof")
    words.add_argument("--tickets", type=int, default=200_000)
    words.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked = words.parse_args()
    house = House(asked.database, asked.tickets).ready()
    (house.place / "ready").unlink()  # what is forgotten here is not built upon
    app = create_app({"SQLALCHEMY_DATABASE_URI": house.url, "INSTANCE_PATH": str(house.place), "BASE_URL": "http://localhost",
                      "MAIL_AS_FILES": str(house.place / "mail")})  # fmt: skip
    with app.app_context():
        report = Report(f"Forgetting {asked.tickets:,} tickets on {asked.database}")
        prove(report, house.place)
    write([report], 0, by="make retention-proof")
    print(f"{report.name}: {'; '.join(report.wrong) or 'nothing wrong'}  {report.figures}", flush=True)
    return 1 if report.wrong else 0


def prove(report: Report, place: Path) -> None:
    """One after the other; whatever is not as promised is a sentence of `wrong`."""
    figures = report.figures
    with took(report, "filling, s"), unhurried(), write_transaction():
        columns = fill()
        close_everything()
        _files_with_canaries(place)
    figures["fields with a canary"] = columns
    with took(report, "sealing, s"):
        figures["rows sealed"] = seal_evidence()
    _verify(report, "before")
    run_due_backup()
    before, bills = set(folder().iterdir()), _some_bills()
    old_backups = sum(_holds(path) for path in before)
    report.must(old_backups > 0, "the backup of before holds no canary: this proves nothing")
    report.must(len(found_here(CANARY)) > 80, "too few canaries were laid out")

    began = utcnow()
    clockwork.clock = _three_years_after(began)
    with took(report, "one night, s"):
        for job in jobs_of_the_night():
            job()
            db.session.expire_all()
        run = run_now()
    anew = run.pop(NAME, [0, 0, 0])[2]
    longest = max((counts[2] for counts in run.values()), default=0)
    figures["longest batch, ms"], figures["the file written anew, ms"] = longest, anew
    report.must(longest < 1_000, f"a batch held the lock for {longest} ms")
    left = found_here(CANARY)
    figures["columns with a canary"] = len(left)
    report.must(not left, f"left in {', '.join(left)}")
    report.must(set(due_now().values()) == {0}, "something is due still")
    seal_evidence()  # what the night itself wrote down; a worker would have by now
    _verify(report, "after")

    run_due_backup()
    report.must(not before & set(folder().iterdir()), "a backup of three years ago is kept")
    holding = [str(path.relative_to(place)) for path in place.rglob("*") if path.is_file() and _holds(path)]
    figures["files with a canary"] = len(holding)
    report.must(not holding, f"left in {', '.join(holding[:5])}")
    printed = sum(file_of(each).startswith(b"%PDF") for each in bills)
    figures["bills and plans printed after it"] = printed
    report.must(printed == len(bills) > 0, f"only {printed} of {len(bills)} papers are printed")


def _verify(report: Report, when: str) -> None:
    began = time.monotonic()
    verdict = verify()
    spent = time.monotonic() - began
    million = spent / max(1, verdict.sealed) * 1_000_000
    report.figures[f"audit verify {when}, s"] = f"{spent:.1f} ({million:.0f} a million rows)"
    report.must(verdict.is_well, f"{verdict.count} seals do not hold {when}")
    report.must(million < MOST_SECONDS_A_MILLION, f"verifying a million rows takes {million:.0f} s {when}")


@contextmanager
def took(report: Report, name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    report.figures[name] = f"{time.monotonic() - began:.0f}"


@contextmanager
def unhurried() -> Iterator[None]:
    """Statements of the proof itself may take longer than a page's."""
    engine = db.engine
    if engine.dialect.name == "postgresql":
        db.session.execute(text("SET statement_timeout = 0"))
        db.session.commit()
    try:
        yield
    finally:
        if engine.dialect.name == "postgresql":
            db.session.execute(text("SET statement_timeout = 15000"))
            db.session.commit()


def found_here(word: str) -> list[str]:
    with unhurried():
        seen = found(word)
    if db.engine.dialect.name == "sqlite":
        for index in ("ticket_fts", "file_fts"):
            query = text(f"SELECT count(*) FROM {index} WHERE {index} MATCH :word")
            seen += [index] if db.session.execute(query, {"word": f"{word}*"}).scalar() else []
    db.session.rollback()
    return seen


def _three_years_after(began: Any) -> Callable[[], Any]:
    at = time.monotonic()
    return lambda: began + THREE_YEARS + type(THREE_YEARS)(seconds=time.monotonic() - at)


def _files_with_canaries(place: Path) -> None:
    tickets = db.session.scalars(select(Ticket.id).where(Ticket.procedure == "complaint").limit(FILES)).all()
    for number, ticket in enumerate(tickets):
        content = f"{CANARY} {number}".encode()
        leaf = hashlib.sha256(content).hexdigest()
        path = place / "files" / leaf[:2] / leaf[2:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        db.session.add(
            Attachment(ticket_id=ticket, sha256=leaf, name=CANARY, size=len(content), content_type="text/plain")
        )
        os.utime(path, (1, 1))


def _some_bills() -> list[int]:
    query = select(IssuedDocument.id).where(IssuedDocument.kind.in_(("bill", "rab", "receipt")))
    return list(db.session.scalars(query.order_by(IssuedDocument.id.desc()).limit(PRINTED)))


def _holds(path: Path) -> bool:
    """Does a file hold a canary, packed or not? Read piece by piece."""
    opener: Any = gzip.open if path.suffix == ".gz" else open
    word, tail = CANARY.encode(), b""
    with opener(path, "rb") as stream:
        while piece := stream.read(PIECE):
            if word in tail + piece:
                return True
            tail = piece[-len(word) :]
    return False


if __name__ == "__main__":
    sys.exit(main())
