"""On a phone the step that is due stands on the first screen with the beginning of its form, whatever it rests upon."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from jobs.demo.demo import demonstrate
from models.base.db import db, write_transaction
from models.base.heartbeat import beat
from models.tickets.ticket import Ticket
from tests.browser.conftest import PHONE
from tests.conftest import PASSWORD

pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database
TABS = 60  # pixels of the shortcuts at the bottom
STATES = {"rab_approval": "budi", "unit_agreement": "sari", "billing": "budi", "payment": "sari"}


def test_the_due_form_begins_on_the_first_screen_beside_its_rab_or_bill(app, cast, visit):
    demonstrate(cast)
    with write_transaction():
        beat("worker", {})  # else the page says that no worker runs
    tickets = {state: db.session.scalars(select(Ticket.id).where(Ticket.state == state)).first() for state in STATES}
    db.session.remove()
    people = {name: visit(PHONE) for name in set(STATES.values())}
    for name, person in people.items():
        person.log_in(name, PASSWORD)
    for state, name in STATES.items():
        page = people[name].go(f"/admin/ticket/details/?id={tickets[state]}")
        form = page.locator("section[aria-labelledby='h-langkah'] form.pk-act__form").first
        field = form.locator("input:not([type='hidden']), select, textarea").first.bounding_box()
        assert field["y"] + field["height"] < PHONE["height"] - TABS, (state, field)
        assert page.locator(".pk-basis__sum").first.bounding_box()["y"] < field["y"], state
