"""A web process gives back what hashing a password takes, whatever number of threads hashed."""

from __future__ import annotations

import platform

import pytest

from tests.processes import Process

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
