"""A web process gives back what hashing a password takes, whatever number of threads hashed."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import Process

ROOT = Path(__file__).resolve().parents[2]

HASH_IN_FOUR_THREADS = """
import threading, psutil
from argon2 import PasswordHasher
from web.memory import give_memory_back
{before}
hashes = PasswordHasher(time_cost=1, memory_cost=19 * 1024, parallelism=1)
def four():
    for _ in range(3):
        hashes.hash("kopi-hangat")
here = psutil.Process()
before = here.memory_info().rss
threads = [threading.Thread(target=four) for _ in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
print((here.memory_info().rss - before) // 1024 // 1024)
"""


ANSWER_THREE_PAGES = """
import sys
from app import create_app
app = create_app()
client = app.test_client()
pages = [client.get(path) for path in ("/", "/gangguan", "/admin/login")]
heavy = {heavy!r}
print([page.status_code for page in pages], sorted(set(heavy) & set(sys.modules)))
from babel import core
from models.base.wording import day_name, today
day_name(today())
print(core._global_data is None)
"""
HEAVY = (  # what few requests need, or a process of its own does: loaded on use
    "alembic", "aiosmtplib", "cryptography", "dateutil", "email_validator", "holidays", "httpx", "icalendar", "ldap3", "lxml",
    "numpy", "openpyxl", "PIL", "psutil", "pyrage", "segno", "statistics", "tablib", "typst", "webauthn", "xlsxwriter",
)  # fmt: skip


@pytest.mark.slow
def test_a_web_process_that_has_answered_holds_no_library_that_few_requests_need(tmp_path):
    environment = {**os.environ, "INSTANCE_PATH": str(tmp_path), "HELPDESK_ENV": "test", "DATABASE_URL": ""}
    for program in ("-m", "flask", "--app", "app", "db", "upgrade"), ("-c", ANSWER_THREE_PAGES.format(heavy=HEAVY)):
        ran = subprocess.run([sys.executable, *program], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == ["[200, 200, 200] []", "True"]


IMPORT_ALL = """
import gc, sys
looked = []
gc.callbacks.append(lambda *told: looked.append(told))
{before}
import app
print(sorted(set({heavy!r}) & set(sys.modules)), gc.isenabled(), gc.get_freeze_count() > 100_000, len(looked) < 40)
"""


@pytest.mark.parametrize(("before", "collects"), [("", True), ("gc.disable()", False)])
def test_the_program_starts_without_what_few_need_and_without_looking_for_garbage(tmp_path, before, collects):
    """Every command begins so. Switched on, the collector looks some 370 times through what stays anyway."""
    said = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL.format(before=before, heavy=(*HEAVY, "jobs", "multiprocessing", "prometheus_client"))],
        cwd=ROOT, env={**os.environ, "INSTANCE_PATH": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert (said.stdout, said.stderr) == (f"[] {collects} True True\n", "")


def test_the_collector_waits_until_everything_is_imported_and_then_works(tmp_path):
    program = (
        "import gc; told = {}; exec(open('gunicorn.conf.py').read(), told); print(gc.isenabled());"
        "told['when_ready'](None); print(gc.isenabled(), gc.get_freeze_count() > 0)"
    )
    environment = {**os.environ, "INSTANCE_PATH": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (ran.stdout.splitlines(), ran.stderr) == (["False", "True True"], "")


START_AS_GUNICORN = """
import sys, types
told = {{}}
exec(open("gunicorn.conf.py").read(), told)
from app import create_app
app = create_app()
told["on_starting"](types.SimpleNamespace(app=types.SimpleNamespace(wsgi=lambda: app)))
names = {{name for _loader, name in app.jinja_env.cache.keys()}}
pages = {{"admin/tickets/workbench.html", "public/tickets/status.html", "admin/tickets/desk.html"}}
print(len(names & pages), len(names) < app.jinja_env.cache.capacity, "prometheus_client.multiprocess" in sys.modules)
print(sorted(set({heavy!r}) & set(sys.modules)))
"""


def test_pages_and_counters_are_made_before_the_workers_part_and_no_library_that_few_need(tmp_path):
    """A worker that compiles them for itself grows by what it could have shared."""
    environment = {**os.environ, "INSTANCE_PATH": str(tmp_path), "HELPDESK_ENV": "test", "DATABASE_URL": ""}
    program = START_AS_GUNICORN.format(heavy=HEAVY)
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (ran.stdout.splitlines(), ran.returncode) == (["3 True True", "[]"], 0), ran.stderr


PART_AS_GUNICORN = """
import types
told = {}
exec(open("gunicorn.conf.py").read(), told)
from app import create_app
app = create_app()
told["on_starting"](types.SimpleNamespace(app=types.SimpleNamespace(wsgi=lambda: app)))
def pages(): return int(open("/proc/self/statm").read().split()[1])
before = pages()
told["when_ready"](None)
print((before - pages()) * 4096 // 1024**2)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc gives back what it is told to")
def test_what_only_starting_needed_is_given_back_before_the_workers_part(tmp_path):
    environment = {**os.environ, "INSTANCE_PATH": str(tmp_path), "HELPDESK_ENV": "test", "DATABASE_URL": ""}
    ran = subprocess.run(
        [sys.executable, "-c", PART_AS_GUNICORN], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) >= 2  # megabytes; 4 to 8 here, and none by the collector alone


ASK_THE_CALENDAR = """
import sys
from gateways.holiday_calendar import national_calendar
days = national_calendar("ID", (2026, 2027))
print(len(days["id", "public"]), "holidays" in sys.modules)
"""


def test_the_calendar_of_holidays_stays_in_its_own_process(tmp_path):
    said = Process(ASK_THE_CALENDAR, tmp_path).end()
    assert (said.returncode, said.fault) == (0, "")
    count, is_loaded = said.said.split()
    assert int(count) > 25 and is_loaded == "False"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the thresholds are glibc's")
def test_u9_four_threads_that_hash_keep_nothing_of_it(tmp_path):
    kept = Process(HASH_IN_FOUR_THREADS.format(before="assert give_memory_back()"), tmp_path).end()
    assert (kept.returncode, kept.fault) == (0, "")
    assert int(kept.said) < 25  # megabytes; 76 without the thresholds
