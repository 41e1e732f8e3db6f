"""Works through the people files that came by the panel, one after the other."""

from __future__ import annotations

import logging
from threading import Event

from gateways.files.import_files import forget_files
from procedures.accounts import people_intake

log = logging.getLogger("helpdesk")


def take_in_people(ended: Event | None = None) -> int:
    """Check and take in what waits, or as much as there is time for; says how many files were worked on."""
    ended, worked = ended or Event(), 0
    while not ended.is_set() and (mine := people_intake.claim()):
        try:
            people_intake.work_on(*mine, ended.is_set)
        except people_intake.ImportLeaseLost:
            log.warning("people import %s went to another worker", mine[0])
        worked += 1
    forget_files(people_intake.files_in_use())
    return worked
