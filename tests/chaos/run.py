"""The runs of chaos: kills under traffic, ten thousand mails, a day without mail server, disks that are full or shut."""

from __future__ import annotations

import random
import subprocess
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import sqlalchemy as sa

from tests.chaos.house import ChaosHouse, kill
from tests.chaos.people import FORM_AGE, Crowd

DAY = 24 * 3600
PATIENCE = 600  # seconds without a single mail
LONGEST_PAUSE = 3.0  # seconds between two kills


@dataclass
class Report:
    """What a run did and found; `lost` and the other lists must be empty."""

    name: str
    figures: dict[str, object] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def must(self, holds: bool, words: str) -> None:
        if not holds:
            self.wrong.append(words)


def kills(place: Path, database: str, cycles: int, seed: int, pause: tuple[float, float] = (0.1, 0.5)) -> Report:
    """Web, worker or both killed with -9 at random moments under traffic; then everything that was promised is looked up."""
    chance, killed, report = random.Random(seed), Counter(), Report(f"Kills on {database}")
    began = time.monotonic()
    with ChaosHouse(place, database) as house:
        crowd = Crowd(house.base, seed)
        crowd.start()
        worker = house.worker()
        time.sleep(FORM_AGE + 1)  # the first forms are ripe
        for _cycle in range(cycles):
            house.keep_web()
            _let_some_through(crowd)
            time.sleep(chance.uniform(*pause))
            if database == "postgresql" and chance.random() < 0.02:
                house.restart_database()
                killed["database"] += 1
            which = chance.choice(("web", "worker", "both"))
            if which != "worker":
                if chance.random() < 0.02:
                    house.kill_web_master()
                    house.start_web()
                else:
                    house.kill_web_workers()
            if which != "web":
                kill(worker)
                worker = house.worker()
            killed[which] += 1
        house.keep_web()
        crowd.stop()
        kill(worker)
        house.shift = 2 * 3600.0  # what waits after many deaths waits no longer
        worker = house.worker()
        _settle(house, report)
        kill(worker)
        report.must(bool(crowd.numbers), "no traffic came through")
        _look_up(house, crowd, report, workers_killed=1 + killed["worker"] + killed["both"] + killed["database"])
        report.figures |= {
            "cycles": cycles, "killed": dict(killed), "complaints acknowledged": len(crowd.numbers),
            "replies acknowledged": len(crowd.replies), "presses": crowd.tries,
            "mails taken": sum(house.mails.taken.values()), "mails double": house.mails.doubles,
            "minutes": round((time.monotonic() - began) / 60, 1),
        }  # fmt: skip
    return report


def _let_some_through(crowd: Crowd) -> None:
    """On a slow machine kills come too soon for anything to be answered, and prove nothing: wait for one answer."""
    before, until = crowd.answered, time.monotonic() + LONGEST_PAUSE
    while crowd.answered == before and time.monotonic() < until:
        time.sleep(0.02)


def _settle(house: ChaosHouse, report: Report) -> None:
    """Let the last worker send what waits."""
    until, before = time.monotonic() + PATIENCE, None
    with _asked(house) as ask:
        while waiting := ask("SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed')")[0][0]:
            if waiting != before:
                until, before = time.monotonic() + PATIENCE, waiting
            if time.monotonic() > until:
                report.wrong.append(f"{waiting} mails never left")
                return
            time.sleep(0.5)


def _look_up(house: ChaosHouse, crowd: Crowd, report: Report, workers_killed: int) -> None:
    with _asked(house) as ask:
        numbers = [number for (number,) in ask("SELECT number FROM ticket")]
        report.must(len(numbers) == len(set(numbers)), "a number stands twice")
        report.must(not set(crowd.numbers) - set(numbers), "an acknowledged complaint is lost")
        report.must(len(crowd.numbers) == len(set(crowd.numbers)), "a number was given to two")
        steps = Counter((ticket, step) for ticket, step in ask("SELECT ticket_id, step FROM event WHERE kind = 'step'"))
        first = ("file_complaint", "hand_out_number", "distribute")
        ids = [ticket for (ticket,) in ask("SELECT id FROM ticket")]
        report.must(all(steps[ticket, step] == 1 for ticket in ids for step in first), "a step is missing or double")
        replies = Counter(text.rpartition(" ")[2] for (text,) in ask("SELECT text FROM event WHERE kind = 'reply'"))
        report.must(not set(crowd.replies) - set(replies), "an acknowledged reply is lost")
        report.must(max(replies.values(), default=1) == 1, "a reply stands twice")
        mails = ask("SELECT message_id, state FROM outbox")
        unsent = [state for _id, state in mails if state != "sent"]
        report.must(not unsent, f"mails are {Counter(unsent)}")
        report.must(not {one for one, _state in mails} - set(house.mails.taken), "a mail that was sent never arrived")
        report.must(
            house.mails.doubles <= workers_killed, f"{house.mails.doubles} double mails for {workers_killed} kills"
        )
        files = {sha256 for (sha256,) in ask("SELECT sha256 FROM attachment")}
        shelf = house.place / "instance" / "files"
        report.must(
            all((shelf / one[:2] / one[2:]).exists() for one in files), "a ticket names a file that is not there"
        )
        if house.database == "sqlite":
            report.must(ask("PRAGMA integrity_check")[0][0] == "ok", "SQLite is damaged")
    report.must(not crowd.faults, f"answers that are faults: {Counter(crowd.faults)}")


def ten_thousand_mails(place: Path, database: str, how_many: int = 10_000) -> Report:
    """All of them at once in the outbox, one worker: each arrives once, and the worker does not grow."""
    report = Report(f"{how_many:,} mails on {database}")
    with ChaosHouse(place, database) as house:
        _queue(house, how_many)
        worker, began = psutil.Process(house.worker()), time.monotonic()
        grown, came = [(0, 0.0)], began
        while (taken := sum(house.mails.taken.values())) < how_many and time.monotonic() - came < PATIENCE:
            came = time.monotonic() if taken > grown[-1][0] else came  # while they come, however slowly, none is lost
            grown.append((taken, worker.memory_info().rss / 2**20))
            time.sleep(0.5)
        took = time.monotonic() - began
        _settle(house, report)
        early = max((size for sent, size in grown if sent < how_many / 5), default=0.0)
        late = worker.memory_info().rss / 2**20
        worker.kill()
        report.must(len(house.mails.taken) == how_many, f"{how_many - len(house.mails.taken)} mails lost")
        report.must(house.mails.doubles == 0, f"{house.mails.doubles} double mails")
        report.must(late < early + 15, f"the worker grew from {early:.0f} to {late:.0f} MB")
        report.figures |= {
            "arrived": len(house.mails.taken), "double": house.mails.doubles, "mails a second": round(how_many / took),
            "worker's memory, MB": f"{early:.0f} after a fifth, {late:.0f} at the end",
        }  # fmt: skip
    return report


def day_without_mail(place: Path, database: str) -> Report:
    """24 hours of a shifted clock without mail server while complaints come in; then it is back."""
    report = Report(f"A day without mail server on {database}")
    with ChaosHouse(place, database) as house:
        house.close_mail()
        _queue(house, 200)
        for hour in range(0, 25, 3):
            house.shift = hour * 3600.0
            worker = house.worker()
            time.sleep(3)
            kill(worker)
        with _asked(house) as ask:
            waiting, tries = ask("SELECT count(*), max(attempts) FROM outbox WHERE state <> 'sent'")[0]
        report.must(waiting >= 200, f"only {waiting} mails wait")
        house.open_mail()
        house.shift = DAY + 3600.0 * 2
        worker = house.worker()
        _settle(house, report)
        kill(worker)
        with _asked(house) as ask:
            ((written,),) = ask("SELECT count(*) FROM outbox")
        report.must((len(house.mails.taken), house.mails.doubles) == (written, 0), "mails lost or double after the day")
        report.figures |= {"mails that waited": waiting, "tries of one": tries, "arrived": len(house.mails.taken)}
    return report


def full_disk(place: Path) -> Report:
    """A real file system that fills up, then a folder of files that is read-only: a sentence, no ticket without its file."""
    report, small = Report("A full disk, a read-only folder"), place / "small"
    small.mkdir()
    if not _mount(small, "24m"):
        report.figures["left out"] = "this user may mount nothing"
        return report
    try:
        with ChaosHouse(small, "sqlite") as house:
            shelf = small / "instance" / "files"
            shelf.mkdir(exist_ok=True)
            _mount(shelf, "8m")
            worker, crowd = house.worker(), Crowd(house.base, 7, requesters=3, staff=1, attaches=True)
            crowd.start()
            time.sleep(6)
            for folder in (small, shelf):
                _fill(folder)
                time.sleep(5)
                report.must(psutil.pid_exists(worker), "the worker died of the full disk")
                (folder / "ballast").unlink()
                time.sleep(2)
            before = len(crowd.numbers)
            report.must(_remount(shelf, "ro"), "the folder could not be made read-only")
            time.sleep(5)
            _remount(shelf, "rw")
            time.sleep(4)
            crowd.stop()
            report.must(house.web.poll() is None, "the web server died of the full disk")
            _settle(house, report)
            kill(worker)
            _look_up(house, crowd, report, workers_killed=3)  # a result that a full disk does not take is like a death
            report.figures |= {
                "complaints acknowledged": len(crowd.numbers), "of these after the disk was full": len(crowd.numbers) - before,
                "replies acknowledged": len(crowd.replies), "mails double": house.mails.doubles,
                "told to press again": dict(Counter(crowd.told)),
            }  # fmt: skip
    finally:
        for folder in (small / "instance" / "files", small):
            subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)
    return report


def _mount(folder: Path, size: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _remount(folder: Path, how: str) -> bool:
    command = ["mount", "-o", f"remount,{how}", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _fill(folder: Path) -> None:
    with (folder / "ballast").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 4096)


def _queue(house: ChaosHouse, how_many: int) -> None:
    """Mails of their own, all due now."""
    program = f"""
from app import create_app
from mails.queue import queue
from mails.recipients import Recipient
from models.base.db import db, write_transaction
with create_app().app_context():
    for start in range(0, {how_many}, 500):
        with write_transaction():
            for n in range(start, min(start + 500, {how_many})):
                to = Recipient(f"orang{{n}}@x.example", "Orang", "id", is_staff=True)
                queue("check_turned", None, to, {{"check": "disk", "is_well": True, "sentence": "x"}})
        db.session.remove()
"""
    house._run("-c", program)


@contextmanager
def _asked(house: ChaosHouse):
    """Ask the house's database in plain SQL, each question in a transaction of its own, again while it is busy."""
    engine = sa.create_engine(house.url, connect_args={"timeout": 20} if house.database == "sqlite" else {})

    def ask(words: str):
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with engine.connect() as connection:
                    return connection.execute(sa.text(words)).all()
            except sa.exc.OperationalError:
                if time.monotonic() > until:
                    raise

    try:
        yield ask
    finally:
        engine.dispose()
