"""Works through the people files that came by the panel, a turn at a time."""

from __future__ import annotations

import logging
import time

from gateways.files.import_files import forget_files
from procedures.accounts import people_intake

TURN_SECONDS = 30.0
"""A longer import goes on at the next turn, so that mails never wait behind it."""

log = logging.getLogger("helpdesk")


def take_in_people() -> int:
    """Check and take in what waits; says how many files were worked on."""
    until, worked = time.monotonic() + TURN_SECONDS, 0
    while time.monotonic() < until and (mine := people_intake.claim()):
        try:
            people_intake.work_on(*mine, TURN_SECONDS)
        except people_intake.ImportLeaseLost:
            log.warning("people import %s went to another worker", mine[0])
        worked += 1
    forget_files(people_intake.files_in_use())
    return worked
