"""Ten thousand mails lie in a mailbox at once: each becomes one ticket or one quarantine entry, and the pages stay usable."""

from __future__ import annotations

import os
import threading
import time
from email.message import EmailMessage
from pathlib import Path

import httpx
import psutil

from tests.chaos.house import ChaosHouse, kill
from tests.chaos.run import PATIENCE, Report, _asked
from tests.imap_server import PASSWORD, ImapServer

LEAST_A_SECOND, MOST_MEGABYTES, SLOWEST_PAGE_MS = 20, 300, 500
UNREADABLE_EACH = 100  # every so many mails one without a clear sender
ABOUT = ("Wi-Fi ruang kuliah mati", "Printer jurusan macet", "Tidak dapat masuk portal", "Kabel jaringan putus",
         "Email kampus penuh")  # fmt: skip
PAGES = ("/", "/pengaduan", "/prosedur", "/tiket")


def ten_thousand_mails_in(place: Path, database: str, how_many: int = 10_000) -> Report:
    """All at once on a real Dovecot, one worker: none lost, none double, at a pace, within memory."""
    report = Report(f"{how_many:,} mails in a mailbox on {database}")
    server = ImapServer(place / "imap")
    try:
        for number in range(how_many):
            server.deliver(_mail(number))
        with ChaosHouse(place, database, more={"MAIL_CA_FILE": str(server.ca_file)}) as house:
            _connect(house, server)
            pages, beside = _Reader(house.base), os.getloadavg()[0]
            worker, began = psutil.Process(house.worker()), time.monotonic()
            pages.start()
            most, took = _watch(house, worker, how_many, began)
            spent = sum(sum(one.cpu_times()[:2]) for one in (worker, *worker.children(recursive=True)))
            slow = pages.stop()
            _look_up(house, report, how_many)
            kill(worker.pid)
            a_second = how_many / took
            report.must(a_second >= LEAST_A_SECOND, f"only {a_second:.1f} mails a second")
            report.must(most < MOST_MEGABYTES, f"worker and reader took {most:.0f} MB")
            report.must(slow < SLOWEST_PAGE_MS, f"one page of twenty took longer than {slow:.0f} ms")
            report.figures |= {
                "mails a second": round(a_second, 1), "seconds": round(took),
                "processor time a mail, ms": round(spent / how_many * 1000),
                "worker and its reading child at most, MB": round(most),
                "load of the machine before (other work beside)": round(beside, 1),
                "pages meanwhile": pages.asked, "95 of 100 within, ms": round(slow),
            }  # fmt: skip
    finally:
        server.stop()
    return report


def _mail(number: int) -> bytes:
    made = EmailMessage()
    made["From"] = f"Orang {number} <orang{number}@mhs.example>"
    made["To"] = "pengaduan@kampus.example"
    made["Subject"] = f"{ABOUT[number % len(ABOUT)]} ({number})"
    made["Message-ID"] = f"<{number}@mhs.example>"
    made.set_content(
        f"Yth. Pustikom,\n\n{ABOUT[number % len(ABOUT)]} sejak pagi. Mohon dibantu.\n\n-- \nOrang {number}\n"
    )
    raw = made.as_bytes()
    return raw if number % UNREADABLE_EACH else raw.replace(b"From: ", b"From: lain@luar.example\nFrom: ", 1)


def _connect(house: ChaosHouse, server: ImapServer) -> None:
    house._run("-c", f"""
from app import create_app
from models.base.db import db, utcnow, write_transaction
from models.tickets.category import Category
from models.tickets.mailbox import Mailbox
with create_app().app_context(), write_transaction():
    box = Mailbox(address="pengaduan@kampus.example", host="127.0.0.1", port={server.port}, username="pengaduan",
                  opens_itself=True, connected_at=utcnow(), category_id=db.session.query(Category.id).limit(1).scalar())
    box.set_password({PASSWORD!r})
    db.session.add(box)
""")  # fmt: skip


def _watch(house: ChaosHouse, worker: psutil.Process, how_many: int, began: float) -> tuple[float, float]:
    """Until none is left to read: the most memory of worker and child, in MB, and the seconds it took."""
    most, settled, moved = 0.0, -1, time.monotonic()
    with _asked(house) as ask:
        while True:
            now = ask("SELECT count(*) FROM incoming_mail WHERE state <> 'stored'")[0][0]
            family = [worker, *worker.children(recursive=True)]
            most = max(most, sum(one.memory_info().rss for one in family if one.is_running()) / 2**20)
            moved, settled = (time.monotonic(), now) if now != settled else (moved, settled)
            if now >= how_many or time.monotonic() - moved > PATIENCE:
                return most, time.monotonic() - began
            time.sleep(1)


def _look_up(house: ChaosHouse, report: Report, how_many: int) -> None:
    with _asked(house) as ask:
        fates = dict(ask("SELECT state, count(*) FROM incoming_mail GROUP BY state"))
        tickets = ask("SELECT count(*), count(DISTINCT requester_email) FROM ticket")[0]
        lost = how_many - sum(fates.values())
        set_aside = -(-how_many // UNREADABLE_EACH)
        report.must(lost == 0, f"{lost} mails lost")
        report.must(tickets[0] == tickets[1] == how_many - set_aside, f"{tickets[0]} tickets of {tickets[1]} people")
        wanted = {"opened": how_many - set_aside, "quarantine": set_aside}
        report.must(fates == wanted, f"mails are {fates}")
        report.figures |= {"became": fates, "tickets": tickets[0]}


class _Reader:
    """Somebody who reads public pages all the while."""

    def __init__(self, base: str) -> None:
        self.base, self.took, self._ended = base, [], threading.Event()

    @property
    def asked(self) -> int:
        return len(self.took)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with httpx.Client(base_url=self.base, timeout=30) as client:
            while not self._ended.wait(0.2):
                for page in PAGES:
                    began = time.monotonic()
                    client.get(page).raise_for_status()
                    self.took.append((time.monotonic() - began) * 1000)

    def stop(self) -> float:
        """The time within which 95 of 100 pages came, in ms."""
        self._ended.set()
        self._thread.join(60)
        return sorted(self.took)[int(len(self.took) * 0.95)] if self.took else 0.0
