"""Two people at one form (security.md R1): shows what the other changed, and keeps what this one typed.

Three versions meet: as this person saw it, as it is now, as this person wants it. A field that this person left
alone takes the present value, so that saving again undoes nobody's work; one that both changed keeps this person's
words and is shown beside the other's.
"""

from __future__ import annotations

import json
from typing import Any

from flask import request
from sqlalchemy import select
from wtforms import Field, PasswordField
from wtforms.fields import FileField, HiddenField, MultipleFileField

from admin_views.frame.view_facts import Kept
from models.base.db import db
from models.organisation.audit import AuditEntry
from procedures.base.form_fields import StepForm
from procedures.engine.conflicts import FieldDifference

FIELD = "before"  # the hidden input that carries what this person saw
LONGEST = 60_000
UNSHOWN = (PasswordField, FileField, HiddenField, MultipleFileField)


def words_of(form: StepForm) -> dict[str, str]:
    """Every field of a form in the words that a person reads there."""
    return {field.name: _words(field) for field in form if not isinstance(field, UNSHOWN)}


def as_seen(form: StepForm) -> str:
    """What the page hands out and gets back: the fields as they are shown now."""
    text = json.dumps(words_of(form), ensure_ascii=False)
    return text if len(text) < LONGEST else "{}"


def settle(form: StepForm, now: StepForm, row: Kept) -> list[FieldDifference]:
    """The fields that changed meanwhile; `now` is a form of the row as it is, `form` the one that was sent."""
    before, who, found = _sent(), last_writer(type(row).__name__, str(row.id)), []
    for field in form:
        if isinstance(field, UNSHOWN) or field.name not in before:
            continue
        was, theirs, yours = before[field.name], _words(now[field.name]), _words(field)
        if was == theirs:
            continue
        if yours == was:
            field.data, field.raw_data = now[field.name].data, None
            yours = theirs
        found.append(FieldDifference(field.label.text, was, theirs, yours, who))
    return found


def _sent() -> dict[str, str]:
    try:
        found = json.loads(request.form.get(FIELD, "{}"))
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _words(field: Field) -> str:
    data = field.data
    if isinstance(data, bool):
        return "✓" if data else ""
    labels = {str(value): str(label) for value, label, *_more in _choices(field)}
    values = data if isinstance(data, list | tuple) else [data]
    return ", ".join(sorted(labels.get(str(v), str(v)).replace("\r\n", "\n") for v in values if v not in (None, "")))


def _choices(field: Field) -> Any:
    choices = getattr(field, "choices", None) or ()
    groups = choices.values() if isinstance(choices, dict) else [choices]
    return [choice for group in groups for choice in group if isinstance(choice, tuple | list)]


def last_writer(kind: str, ident: str) -> str:
    """Who changed this last, by the audit; empty where nobody did."""
    query = select(AuditEntry.actor_name).where(AuditEntry.object_kind == kind, AuditEntry.object_id == ident)
    return db.session.scalar(query.order_by(AuditEntry.id.desc()).limit(1)) or ""
