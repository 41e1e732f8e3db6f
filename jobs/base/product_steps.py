"""Takes a step of the product on each of several tickets, for the jobs that close, warn and remind."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from procedures.engine.declaration import PRODUCT
from procedures.engine.take_step import StepRefused, take_step

log = logging.getLogger("helpdesk")


def take_on_each(step: str, ticket_ids: Iterable[int]) -> int:
    """Take the step, each ticket in its own transaction; says how many took it.

    A ticket that somebody has moved meanwhile refuses, and the others go on.
    """
    taken = 0
    for ticket_id in ticket_ids:
        try:
            take_step(ticket_id, step, PRODUCT)
            taken += 1
        except StepRefused as refused:
            log.info("%s refused: %s", step, refused.sentence)
    return taken
