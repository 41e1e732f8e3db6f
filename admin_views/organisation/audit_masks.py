"""What of a line of the audit its reader may see: the words of a record only for whom may read that record itself."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, false

from admin_views.frame.permissions import RIGHTS, may
from models.base.columns.json_value import Json
from models.organisation.audit import AuditEntry
from models.organisation.roles import SEES_ALL
from models.organisation.staff import Staff

MASK = "•••"
VIEWS = {"IncomingMail": "inbox", "Mail": "outbox", "BulkRun": "bulk", "PeopleImport": "people_import",
         "OneTimeLink": "account"}  # fmt: skip
"""Records that are read under another name than their own."""
OUTSIDE = ("Ticket", "OneTimeLink", "DataRequest")  # kinds of records upon which people outside the house act
OWN_NAMES = ("", "Pustikom", "Monitor")
PLAIN = frozenset({"from", "to", "view", "format", "act", "proof", "role", "roles", "times"})
"""Facts that are the product's own words, whatever the record."""


def seen_diff(row: AuditEntry, reader: Staff) -> dict[str, Json]:
    """The facts of a line, each masked that the reader could not read where it stands."""
    is_open = may_read(row.object_kind, reader)
    return {name: value if is_open or _is_plain(name, value) else MASK for name, value in row.diff.items()}


def seen_name(row: AuditEntry, reader: Staff) -> str:
    """Who did it; somebody outside the house only for whom may read their ticket."""
    outside = row.staff_id is None and row.object_kind in OUTSIDE and row.actor_name not in OWN_NAMES
    return str(_("Pemohon")) if outside and not may_read(row.object_kind, reader) else row.actor_name


def name_is_masked(reader: Staff) -> ColumnElement[bool]:
    """The same as a condition: the lines whose name this reader does not see, so that no search finds them by it."""
    kinds = [kind for kind in OUTSIDE if not may_read(kind, reader)]
    outside = and_(AuditEntry.staff_id.is_(None), AuditEntry.actor_name.not_in(OWN_NAMES))
    return and_(outside, AuditEntry.object_kind.in_(kinds)) if kinds else false()


def may_read(kind: str, reader: Staff) -> bool:
    """May this person read records of this kind, by the same table as the panel's pages?"""
    if kind == "Ticket":
        return reader.has(*SEES_ALL)
    view = VIEWS.get(kind) or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()
    return view in RIGHTS and may(reader, view, "list")


def _is_plain(name: str, value: object) -> bool:
    return name in PLAIN or isinstance(value, bool | int | float) or value is None
