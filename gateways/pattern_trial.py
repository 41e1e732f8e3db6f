"""Tries a regular expression that staff typed, in a child process with a second of time."""

from __future__ import annotations

import re
import subprocess
import sys

MOST_WORK_SECONDS = 1  # of the processor, so that a busy machine refuses nothing
LONGEST_TRIED = 254
PARTS = ("a", "0", "a0", "a.", "a-", ".", "-", "z9.", "aa-")
CHILD = f"""
import re, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({MOST_WORK_SECONDS}, {MOST_WORK_SECONDS + 1}))
pattern = re.compile(sys.stdin.readline().rstrip())
for line in sys.stdin:
    pattern.fullmatch(line.rstrip())
"""


def is_pattern(text: str) -> bool:
    """Is it a regular expression at all?"""
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def is_quick(pattern: str) -> bool:
    """Does it answer at once, also to names made to keep it busy? Repeats within repeats can take years (ReDoS)."""
    names = [(part * LONGEST_TRIED)[:length] + end for part in PARTS for length in (28, LONGEST_TRIED) for end in "!_"]
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-S", "-c", CHILD],
            input="\n".join([pattern, *names]),
            text=True,
            capture_output=True,
            timeout=60,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return child.returncode == 0
