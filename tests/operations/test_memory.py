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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the thresholds are glibc's")
def test_u9_four_threads_that_hash_keep_nothing_of_it(tmp_path):
    kept = Process(HASH_IN_FOUR_THREADS.format(before="assert give_memory_back()"), tmp_path).end()
    assert (kept.returncode, kept.fault) == (0, "")
    assert int(kept.said) < 25  # megabytes; 76 without the thresholds
