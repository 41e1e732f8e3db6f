"""Who may do what in the panel: role × view × act on one page, closed by default; and what needs two people.

`DUTIES` is the table of two people (who makes, who confirms, who must stay apart); it lies in
`models/organisation/duties.py`, since procedures ask it too, and is printed from here on the page of rights.
"""

from __future__ import annotations

from models.organisation.delegation import roles_of
from models.organisation.duties import DUTIES as DUTIES
from models.organisation.roles import MEMBER_ROLES, Role
from models.organisation.staff import Staff

ALL = frozenset(Role)
WORKERS = MEMBER_ROLES  # everyone who belongs to a desk
HEADS = frozenset({Role.HEAD_OF_CENTRE, Role.HEAD_NETWORKING, Role.HEAD_SYSTEMS})
ADMIN = frozenset({Role.ADMINISTRATOR})
FRONT = frozenset({Role.OPERATOR})
READERS = WORKERS | {Role.VIEWER}
CENTRE = frozenset({Role.HEAD_OF_CENTRE})
TECHNICAL = frozenset({Role.HEAD_NETWORKING, Role.STAFF_NETWORKING, Role.HEAD_SYSTEMS, Role.STAFF_SYSTEMS})
WATCHERS = TECHNICAL | CENTRE | FRONT | ADMIN | {Role.VIEWER}
NETWORK_KEEPERS = frozenset({Role.HEAD_NETWORKING, Role.ADMINISTRATOR})  # who says what is probed (security.md N3)
SERVICE_KEEPERS = frozenset({Role.HEAD_SYSTEMS, Role.ADMINISTRATOR})

ACCOUNT_KEEPERS = frozenset({Role.SERVICE_OFFICER, Role.HEAD_OF_CENTRE})
NETWORKING = frozenset({Role.HEAD_NETWORKING, Role.STAFF_NETWORKING})
NETWORK_READERS = NETWORKING | CENTRE | FRONT | {Role.VIEWER}

Acts = dict[str, frozenset[Role]]


def register(reads: frozenset[Role], writes: frozenset[Role], *more: str) -> Acts:
    """A register that some read and some keep; rows are archived rather than deleted, so `delete` is opened apart."""
    return {
        "list": reads,
        "details": reads,
        "export": reads,
        "create": writes,
        "edit": writes,
        **dict.fromkeys(more, writes),
    }


READ_ONLY: Acts = dict.fromkeys(("list", "details", "export"), NETWORK_READERS)  # the procedure's steps write them

# A delegate opens what the steps need; the head's say over staff and settings is not lent.
LENT = frozenset(
    {
        "desk",
        "me",
        "ticket",
        "agenda",
        "draft",
        "follow",
        "bulk",
        "merge",
        "split",
        "assign",
        "mend",
        "requester",
        "profile",
        "times",
        "installation",
        "request_letter",
        "disposition",
        "survey",
        "rab",
        "quality_test",
        "bill",
        "payment",
    }
)

RIGHTS: dict[str, Acts] = {
    "desk": {"list": ALL},
    "me": {"list": ALL},
    "search": {"list": ALL},  # each kind by the rights and rows of its own view
    "export": {"list": ALL, "file": ALL},  # one's own; the list itself is asked again at each download
    "ticket": {
        "list": READERS,
        "details": READERS,
        "export": READERS,
        "do": WORKERS,
        "file": READERS,
        "create": FRONT,
        "slip": FRONT,
    },
    "draft": {"list": WORKERS, "keep": WORKERS},
    "field": {"list": TECHNICAL},  # the visits that name oneself
    "routine": register(READERS | ADMIN, HEADS | ADMIN),
    "agenda": dict.fromkeys(("list", "feed"), WORKERS),  # one's own; a head's people too
    "follow": {"list": ALL, "details": READERS},
    "bulk": {"do": WORKERS},
    "merge": {"list": WORKERS},
    "split": {"list": WORKERS, "split": WORKERS},
    "assign": {"list": WORKERS},
    "caller": {"list": FRONT},
    "requester": {"list": READERS},  # by a ticket that they see
    "profile": {"list": READERS | ADMIN},  # by a row of a register that they may open, or a ticket that they see
    "mend": {"list": WORKERS, "mend": WORKERS},
    "times": {"list": READERS},
    "label": register(READERS | ADMIN, ADMIN | HEADS),
    "canned_reply": register(READERS | ADMIN, ADMIN | HEADS),
    "article": {**register(READERS | ADMIN, WORKERS), "publish": HEADS | FRONT},
    "article_help": {"list": WORKERS, "count": WORKERS},
    "password": {"list": FRONT, "change": FRONT},
    "person": {
        **register(FRONT | CENTRE | {Role.VIEWER}, FRONT),
        "erase": CENTRE,
        "copy": CENTRE,
        "ask": FRONT | CENTRE,
    },
    "data_request": {
        **dict.fromkeys(("list", "details", "export"), FRONT | CENTRE | {Role.VIEWER}),
        "answer": FRONT | CENTRE,
    },
    "monthly_report": dict.fromkeys(("list", "export"), CENTRE | FRONT | {Role.VIEWER}),
    "service_report": dict.fromkeys(("list", "export"), CENTRE | HEADS | FRONT | {Role.VIEWER}),
    "identity_report": {"list": CENTRE | {Role.VIEWER}, "export": CENTRE | {Role.VIEWER}},
    "unit_email": {"list": FRONT, "create": FRONT},
    "people_import": {"list": FRONT, "import": FRONT},
    "account": {
        "list": FRONT | HEADS | {Role.SERVICE_OFFICER, Role.VIEWER},
        "details": FRONT | HEADS | {Role.SERVICE_OFFICER, Role.VIEWER},
        "export": FRONT | HEADS | {Role.SERVICE_OFFICER, Role.VIEWER},
        "create": frozenset({Role.SERVICE_OFFICER}),
        "import": frozenset({Role.SERVICE_OFFICER}),
        "edit": ACCOUNT_KEEPERS,
        "state": ACCOUNT_KEEPERS,
    },
    "account_review": {"list": ACCOUNT_KEEPERS | {Role.VIEWER}, "review": ACCOUNT_KEEPERS},
    "identity_check": {"list": WORKERS | {Role.VIEWER}, "details": WORKERS | {Role.VIEWER}},
    "one_time_link": {
        "list": CENTRE | {Role.SERVICE_OFFICER, Role.VIEWER},
        "details": CENTRE | {Role.SERVICE_OFFICER, Role.VIEWER},
    },
    "directory_change": {
        "export": FRONT | HEADS | {Role.SERVICE_OFFICER, Role.VIEWER},
        "list": FRONT | HEADS | {Role.SERVICE_OFFICER, Role.VIEWER},
        "details": FRONT | HEADS | {Role.SERVICE_OFFICER, Role.VIEWER},
    },
    "directory_difference": {
        "export": HEADS | {Role.SERVICE_OFFICER, Role.VIEWER},
        "list": HEADS | {Role.SERVICE_OFFICER, Role.VIEWER},
        "details": HEADS | {Role.SERVICE_OFFICER, Role.VIEWER},
    },
    "unit": register(READERS | ADMIN, FRONT | ADMIN, "import"),
    "contact": register(READERS | ADMIN, FRONT | ADMIN, "import"),
    "category": register(READERS | ADMIN, ADMIN | CENTRE),
    "group": register(READERS | ADMIN, ADMIN | CENTRE),
    "staff": {**register(ADMIN | HEADS | {Role.VIEWER}, ADMIN), "invite": ADMIN, "reset_factor": ADMIN},
    "absence": {**register(WORKERS | ADMIN, WORKERS | ADMIN), "delete": WORKERS | ADMIN},
    "delegation": {**register(READERS | ADMIN, HEADS | ADMIN), "revoke": HEADS | ADMIN},
    "pending_change": {
        "list": ADMIN | HEADS | {Role.VIEWER},
        "details": ADMIN | HEADS | {Role.VIEWER},
        "export": ADMIN | HEADS | {Role.VIEWER},
        "decide": ADMIN | HEADS,  # and never who asked, nor whom it lifts: procedures/organisation/second_person.py
    },
    "holiday": {**register(ALL, ADMIN | CENTRE, "import"), "delete": ADMIN | CENTRE},
    "special_hours": {**register(ALL, ADMIN | CENTRE), "delete": ADMIN | CENTRE},
    "page": register(READERS | ADMIN, ADMIN | FRONT | CENTRE),
    "download": {**register(READERS | ADMIN, ADMIN | FRONT | CENTRE), "delete": ADMIN | FRONT | CENTRE},
    "setup": dict.fromkeys(("list", "edit"), ADMIN),
    "setting": {"list": ADMIN | CENTRE | {Role.VIEWER}, "edit": ADMIN | CENTRE},
    "shift": {"list": WATCHERS, "export": WATCHERS, "create": TECHNICAL | FRONT},
    "duty": {"list": WATCHERS, "plan": HEADS | ADMIN, "swap": TECHNICAL},
    "node": {
        **register(WATCHERS, NETWORK_KEEPERS, "import"),
        "probe": TECHNICAL,
        "label": TECHNICAL | NETWORK_KEEPERS,
    },
    "scan": {"list": ALL},  # leads to a page that asks its own rights
    "web_service": {**register(WATCHERS, SERVICE_KEEPERS), "probe": TECHNICAL},
    "planned_work": register(WATCHERS, TECHNICAL, "cancel"),
    "alert_source": register(ADMIN | CENTRE, ADMIN, "revoke"),
    "alert_rule": {
        **register(TECHNICAL | CENTRE | ADMIN, NETWORK_KEEPERS | SERVICE_KEEPERS, "delete"),
        "try": TECHNICAL | CENTRE | ADMIN,
    },
    "received_alert": {"list": TECHNICAL | ADMIN, "details": TECHNICAL | ADMIN, "export": TECHNICAL | ADMIN},
    "unknown_alert": {"list": TECHNICAL | ADMIN, "details": TECHNICAL | ADMIN, "export": TECHNICAL | ADMIN},
    "inbox": {"list": FRONT | CENTRE | {Role.VIEWER}, "decide": FRONT},
    "sender_rule": {**register(FRONT | CENTRE | ADMIN | {Role.VIEWER}, FRONT), "delete": FRONT},
    "mail_text": {"list": ADMIN | CENTRE | FRONT | {Role.VIEWER}, "edit": ADMIN | CENTRE},
    "mailbox": register(ADMIN | CENTRE, ADMIN, "try"),
    "outbox": {
        "list": ADMIN | CENTRE | FRONT,
        "details": ADMIN | CENTRE | FRONT,
        "export": ADMIN | CENTRE,
        "resend": ADMIN | CENTRE,
        "hold": ADMIN | CENTRE,
        "release": ADMIN,
    },
    "installation": {
        "list": NETWORK_READERS,
        "create": FRONT,
        "paper": NETWORK_READERS,
        "reports": NETWORK_READERS,
    },
    "request_letter": READ_ONLY,
    "disposition": READ_ONLY,
    "survey": {**READ_ONLY, "fill": NETWORKING},
    "price_item": register(NETWORK_READERS, NETWORKING | CENTRE, "import"),
    "rab": {**READ_ONLY, "fill": NETWORKING},
    "quality_test": {**READ_ONLY, "fill": NETWORKING, "label": NETWORKING},
    "bill": READ_ONLY,
    "payment": READ_ONLY,
    "retention": {"list": ADMIN | CENTRE | {Role.VIEWER}},
    "access": dict.fromkeys(("list", "export"), ADMIN | HEADS | {Role.VIEWER}),
    "audit": {
        "list": ADMIN | CENTRE | {Role.VIEWER},
        "details": ADMIN | CENTRE | {Role.VIEWER},
        "export": CENTRE | {Role.VIEWER},
    },
}


def may(staff: Staff | None, view: str, act: str) -> bool:
    """May this person do this act in this view? What is not named here is closed."""
    if staff is None or not staff.is_active:
        return False
    roles = roles_of(staff) if view in LENT else staff.roles
    return not roles.isdisjoint(RIGHTS.get(view, {}).get(act, frozenset()))
