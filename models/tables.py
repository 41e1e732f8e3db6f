"""Imports every module with tables, so that migrations see them all."""

from models.accounts import (
    account,
    directory_change,
    email_request,
    identity_check,
    one_time_link,
    people_import,
    person,
)
from models.base import calendar, counter, heartbeat, page, setting
from models.installation import bill, quality_test, rab, survey
from models.organisation import audit, emblem, export, pending_change, setup_point, staff, unit
from models.outages import alert, network, outage, outage_recipients
from models.tickets import (
    bulk_run,
    canned_reply,
    category,
    draft,
    issued_document,
    label,
    letter,
    merge,
    outbox,
    saved_filter,
    ticket,
)

ALL = (
    pending_change,
    account,
    alert,
    audit,
    bill,
    bulk_run,
    calendar,
    counter,
    directory_change,
    draft,
    email_request,
    emblem,
    export,
    category,
    identity_check,
    quality_test,
    issued_document,
    letter,
    one_time_link,
    outage,
    network,
    outbox,
    page,
    people_import,
    person,
    rab,
    saved_filter,
    setting,
    setup_point,
    staff,
    survey,
    ticket,
    outage_recipients,
    unit,
    heartbeat,
    canned_reply,
    label,
    merge,
)
