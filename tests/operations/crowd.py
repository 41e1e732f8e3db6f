"""One process of a crowd: files, takes, answers and resolves complaints as fast as it can, then says what it got."""

from __future__ import annotations

import json
import sys

from sqlalchemy.exc import OperationalError

from app import create_app
from models.base.db import db
from models.tickets.ticket import Ticket
from procedures.engine.take_step import open_ticket
from tests.walk import REQUESTER, category_id, complaint_fields, form_of, take


def once_more(act):
    """The database may be busy: the person presses again."""
    for attempt in range(40):
        try:
            return act()
        except OperationalError:
            db.session.rollback()
            if attempt == 39:
                raise
    return None


def main(overrides: dict, who: int, operations: int) -> None:
    app = create_app(overrides)
    numbers = []
    with app.app_context():
        category = category_id()
        for n in range(operations // 4):
            fields = complaint_fields(
                category=category, email=f"orang{who}@x.example", subject=f"Orang {who} nomor {n}"
            )
            form = form_of("complaint", "file_complaint", **fields)
            ticket = once_more(
                lambda form=form, n=n: open_ticket("complaint", "file_complaint", REQUESTER, form, nonce=f"{who}-{n}")
            )
            ticket_id = ticket.id
            numbers.append(ticket.number)
            for step, fields in (
                ("take", {}),
                ("reply", {"text": "Kami periksa."}),
                ("resolve", {"cause": "a", "solution": "b"}),
            ):
                once_more(
                    lambda step=step, fields=fields, i=ticket_id: take(
                        db.session.get(Ticket, i), step, "tono", **fields
                    )
                )
            db.session.remove()
    sys.stdout.write(json.dumps(numbers))
