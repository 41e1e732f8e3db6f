"""What tests of imports share: a plan of a text, a saving of it, and a person's presses in the browser."""

from __future__ import annotations

import io
import re

from procedures.base.table_import import planned, take_in

SEAL, KEPT = (re.compile(rf'name="{name}" value="([0-9a-f]{{64}})"') for name in ("seal", "kept"))


def stream(content):
    return io.BytesIO(content if isinstance(content, bytes) else content.encode())


def plan(register, content):
    return planned(register(), stream(content))


def load(register, content, **options):
    return take_in(register(), stream(content), **options)


def outcomes(plan):
    """Line number, what is done, what it is called."""
    return [(line.number, line.outcome.value, line.name) for line in plan.lines]


def refusals(plan):
    return [(line.number, " ".join(line.problems)) for line in plan.lines if line.problems]


def agrees(plan):
    """Lines in = taken + refused + blank + heading + continued."""
    tally = plan.tally
    return tally.sent == plan.taken + plan.refused + tally.blank + tally.heading + tally.continued


def upload(person, view, content, name="berkas.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return person.post(f"/admin/{view}/import/", {"file": (io.BytesIO(data), name)})


def pressed(page, do="save", name="berkas.csv"):
    """The fields that the preview's button sends."""
    return {"kept": KEPT.search(page.text)[1], "seal": SEAL.search(page.text)[1], "name": name, "do": do}


def confirm(person, view, page):
    return person.post(f"/admin/{view}/import/", pressed(page))
