"""What the preview of a people file shows: some of the new people, and old and new of the changed."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from models.accounts.person import PERSON_KINDS, PERSON_STATUSES
from models.base.db import db
from models.base.wording import Words
from models.organisation.unit import Unit
from procedures.accounts.import_people import RegisterDifference

MOST_NEW, MOST_CHANGED = 8, 15
LABELS: dict[str, Words] = {
    "name": _l("Nama"),
    "kind": _l("Jenis"),
    "unit_id": _l("Unit"),
    "status": _l("Status"),
    "email": _l("Email"),
    "phone": _l("Telepon"),
}
"""The fields that a person reads; the folded name is none of them."""


def add_samples(samples: dict[str, Any], found: RegisterDifference) -> dict[str, Any]:
    """The samples with those of one more batch, as plain values: `new` people, `changed` with [field, was, becomes]."""
    new, changed = list(samples.get("new", ())), list(samples.get("changed", ()))
    for facts in found.new[: max(0, MOST_NEW - len(new))]:
        new.append({"number": facts["number"], **{key: facts[key] for key in LABELS}})
    for facts in found.changed:
        if len(changed) == MOST_CHANGED:
            break
        before = found.before[facts["id"]]
        pairs = [[key, before[key], facts[key]] for key in LABELS if key in before and before[key] != facts[key]]
        if pairs:
            changed.append({"number": before["number"], "name": before["name"], "fields": pairs})
    return {"new": new, "changed": changed}


def words(field: str, value: Any) -> str:
    """A field's value as people say it."""
    if field == "unit_id":
        unit = db.session.get(Unit, value) if value else None
        return unit.name if unit is not None else ""
    return str({"kind": PERSON_KINDS, "status": PERSON_STATUSES}.get(field, {}).get(value, value or ""))
