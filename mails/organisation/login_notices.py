"""The mail about many wrong passwords in a row, to the person whose login it is and to the administrators."""

from __future__ import annotations

from collections.abc import Sequence

from mails.queue import queue
from mails.recipients import Recipient
from models.organisation.staff import Staff


def login_alert(people: Sequence[Staff], username: str, tries: int, ip: str, is_code: bool = False) -> None:
    """`username` is empty where nobody here is called so: what a stranger typed goes into no mail.

    `is_code`: the password was right, the codes after it were wrong.
    """
    for person in people:
        if person.email and person.is_active:
            to = Recipient(person.email, person.name, person.language, is_staff=True)
            queue("login_alert", None, to, {"username": username, "tries": tries, "ip": ip, "is_code": is_code})
