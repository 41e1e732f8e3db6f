"""Takes one directory step per named point and is killed there with SIGKILL; prints each child's return code.

Run as `python -m tests.accounts.directory.killed '<json>'`: configuration, step, and a ticket for each point.
"""

from __future__ import annotations

import json
import os
import sys
import traceback

from flask import Flask

from app import create_app
from models.base.db import db
from models.tickets.ticket import Ticket
from tests.accounts.stories import TYPED, change
from tests.processes import die_at
from tests.walk import take

# Where the process dies, in the order in which they are passed: what is replaced by death, and at which call.
POINTS = {
    "change_password": {
        "before the intent is committed": ("models.base.db.db.session.registry().commit", 1),
        "before the directory is asked": ("gateways.directory.ldap_session.Session.open", 1),
        "before the password is sent": ("gateways.directory.ldap_session.Session.write_password", 1),
        "before the must-change flag": ("gateways.directory.ldap_session.Session.replace", 1),
        "before the result": ("procedures.accounts.directory_calls.finish_change", 1),
        "while the owner is told": ("mails.accounts.notices.password_changed", 1),
        "before the result is committed": ("models.base.db.db.session.registry().commit", 3),
    },
    "create_account": {
        "before the intent is committed": ("models.base.db.db.session.registry().commit", 1),
        "before the directory is asked": ("gateways.directory.ldap_session.Session.open", 1),
        "before the entry is made": ("gateways.directory.ldap_session.Session.write", 1),
        "before the entry is locked": ("gateways.directory.ldap_session.Session.replace", 1),
        "before the password is sent": ("gateways.directory.ldap_session.Session.write_password", 1),
        "before the entry is activated": ("gateways.directory.ldap_session.Session.replace", 3),
        "before the result": ("procedures.accounts.directory_calls.finish_creation", 1),
        "while the link is sealed": ("models.accounts.one_time_link.OneTimeLink.make", 1),
        "before the result is committed": ("models.base.db.db.session.registry().commit", 3),
    },
}


def child(app: Flask, step: str, point: tuple[str, int], ticket_id: int) -> None:
    with app.app_context():
        ticket = db.session.get_one(Ticket, ticket_id)
        die_at(point)
        if step == "change_password":
            change(ticket)
        else:
            take(ticket, "create_account", "wati", told_by="mail", is_done_by_hand="y", **TYPED)


def main() -> None:
    given = json.loads(sys.argv[1])
    app, codes = create_app(given["config"]), {}
    with app.app_context():
        db.engine.dispose()  # each child opens its own connections
    for name, ticket_id in given["tickets"].items():
        pid = os.fork()
        if pid == 0:
            try:
                child(app, given["step"], POINTS[given["step"]][name], ticket_id)
            except BaseException:
                traceback.print_exc()
            os._exit(1)  # it should have died before
        codes[name] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(json.dumps(codes))


if __name__ == "__main__":
    main()
