"""Every notice can be made for every kind of receiver: the holder of a ticket, staff, and somebody without a ticket."""

from __future__ import annotations

import pytest

from mails.notice_names import NOTICE_NAMES
from mails.render import render
from models.base.db import utcnow
from models.tickets.outbox import Mail
from tests.walk import file_complaint

FIGURES = ("total_rp", "over_rp", "outstanding_rp", "amount_rp")  # facts of which a template asks more than their word


@pytest.mark.only("sqlite")  # templates alone: no statement differs
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("receiver", ["holder", "staff", "stranger"])
def test_a_notice_is_made_for_everybody_who_may_get_it(app, receiver, language):
    ticket = file_complaint()
    dead = {}
    for notice in sorted(NOTICE_NAMES):
        mail = Mail(
            notice=notice,
            recipient="x@example.org",
            recipient_name="Rina",
            language=language,
            message_id="<1@x>",
            created_at=utcnow(),
            facts={**dict.fromkeys(FIGURES, 0), "to_staff": receiver == "staff"},
        )
        if receiver != "stranger":
            mail.ticket, mail.ticket_id = ticket, ticket.id
        try:
            render(mail)
        except Exception as fault:
            dead[notice] = f"{type(fault).__name__}: {fault}"
    assert dead == {}
