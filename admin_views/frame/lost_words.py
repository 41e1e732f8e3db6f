"""Gives back what was typed into a form whose session had ended when it was sent."""

from __future__ import annotations

from flask import request
from flask_login import current_user
from wtforms import Form, StringField

from models.base.db import db
from models.tickets.draft import Draft
from web.lost_session import place_of


def give_back(form: Form) -> None:
    """Put the kept words of this address into the form's text fields; selects and ticks stay as they are now."""
    draft = db.session.get(Draft, (current_user.id, place_of(request)))
    if draft is None:
        return
    for field in form:
        if isinstance(field, StringField) and field.name in draft.fields:
            field.data = draft.fields[field.name]


def forget() -> None:
    """The words were sent: inside the caller's transaction."""
    Draft.drop(current_user.id, place_of(request))
