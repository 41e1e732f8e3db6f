"""Notes that somebody's contact changed, and tells the address that stood there before (security.md I6).

Every way to change it calls this in the transaction of the change: the panel's forms, the import, a procedure's step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import insert

from mails.organisation.contact_notices import contact_changed
from mails.recipients import Recipient
from models.base import setting
from models.base.columns.json_value import Json
from models.base.db import db, utcnow
from models.base.wording import on_date_at
from models.organisation.contact_change import (
    FIELD_WORDS,
    REACH,
    ContactChange,
    Holder,
    contact_waits_until,
    last_contact_change,
)

Facts = Mapping[str, Json]


def changed_fields(before: Facts, after: Facts) -> list[str]:
    """What really differs: neither capitals of an address nor the grouping of a number is a change."""
    return [name for name in FIELD_WORDS if name in after and _plain(before.get(name)) != _plain(after[name])]


def note_change(
    holder: Holder, holder_id: int, before: Facts, after: Facts, by_id: int | None, by_name: str, language: str = "id"
) -> datetime | None:
    """One holder's data changed: written down, the old address told. Until when links wait; None where nothing did."""
    rows = note_changes(holder, [(holder_id, before, after)], (by_id, None), by_name, language)
    return rows[0] if rows else None


def note_changes(
    holder: Holder,
    changes: Iterable[tuple[int, Facts, Facts]],
    by_ids: tuple[int | None, int | None],
    by_name: str,
    language: str = "id",
) -> list[datetime | None]:
    """The same of many: (id, before, after) each; a second person is who confirmed what the first had brought."""
    now, rows = utcnow(), list[dict[str, Any]]()
    until = now + timedelta(hours=int(setting.get("contact_wait_hours")))
    for holder_id, before, after in changes:
        fields = changed_fields(before, after)
        if not fields:
            continue
        waits = until if set(fields) & set(REACH) else None
        rows.append(
            {
                "holder": holder.value,
                "holder_id": holder_id,
                "fields": fields,
                "made_at": now,
                "made_by_id": by_ids[0],
                "also_by_id": by_ids[1],
                "waits_until": waits,
            }
        )
        if before.get("email"):
            contact_changed(fields, by_name, waits, Recipient(str(before["email"]), language=language))
    if rows:
        db.session.execute(insert(ContactChange), rows)
    return [row["waits_until"] for row in rows]


def note_new(holder: Holder, holder_id: int, by_id: int | None) -> None:
    """An address that was added to those who may ask for an account: links wait as for a changed one."""
    waits = utcnow() + timedelta(hours=int(setting.get("contact_wait_hours")))
    db.session.add(
        ContactChange(holder=holder, holder_id=holder_id, fields=["email"], made_by_id=by_id, waits_until=waits)
    )


def in_words(holder: Holder, holder_id: int) -> str:
    """The last change for the screen: what, when, by whom, until when links wait; empty where none is on record."""
    last = last_contact_change(holder, holder_id)
    if last is None:
        return ""
    what = ", ".join(str(FIELD_WORDS[name]) for name in last.fields if name in FIELD_WORDS)
    who = last.made_by.name if last.made_by else _("Pustikom")
    said = _("%(what)s diubah %(when)s oleh %(who)s.", what=what.capitalize(), when=_when(last.made_at), who=who)
    return f"{said} {waiting_words(contact_waits_until(holder, holder_id))}".strip()


def waiting_words(until: datetime | None) -> str:
    """Until when no link goes there; empty where it may."""
    if until is None:
        return ""
    return _("Tautan password ke alamat baru dapat dikirim mulai %(when)s.", when=_when(until))


def _when(moment: datetime) -> str:
    return on_date_at(moment, str(get_locale() or "id"))


def _plain(value: Json) -> str:
    return "".join(c for c in str(value or "").casefold() if c.isalnum() or c in "@+._-" and "@" in str(value))
