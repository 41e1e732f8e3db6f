"""The mail to a member of staff whose second factor was added, removed or replaced."""

from __future__ import annotations

from mails.queue import queue
from mails.recipients import Recipient
from models.organisation.staff import Staff


def factor_changed(staff: Staff, what: str, ip: str, of: Staff | None = None) -> None:
    """`what` names the change; no secret and no code goes by mail. `of`: whose login it is, if another's."""
    if staff.email and staff.is_active:
        to = Recipient(staff.email, staff.name, staff.language, is_staff=True)
        queue("factor_changed", None, to, {"what": what, "ip": ip, "username": (of or staff).username})
