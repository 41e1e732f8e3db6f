"""Names every table's module, so that migrations see them all; it defines none."""

from models import (
    audit,
    calendar,
    counter,
    draft,
    helpdesk,
    incident,
    network,
    outbox,
    page,
    setting,
    staff,
    ticket,
    unit,
    worker,
)

ALL = (audit, calendar, counter, draft, helpdesk, incident, network, outbox, page, setting, staff, ticket, unit, worker)
