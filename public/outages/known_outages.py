"""Outages that a new complaint may be about, and "me too" for a person whose complaint is known already.

The complaint form asks about outages through this module alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from models.base.db import db, write_transaction
from models.organisation.roles import Division
from models.outages.open_outages import known_for
from models.outages.outage import AffectedPerson, Outage
from models.tickets.category import Category
from procedures.base.form_fields import StepForm
from web.reader import language

KnownOutages = Sequence[Outage]


def known_outages(form: StepForm) -> KnownOutages:
    """Open outages that this complaint is likely to be about: its unit (for networking matters) or its category.

    The form need not be valid yet; what it does not offer is passed over.
    """
    unit, category_id = (f.data if f.data in dict(f.choices) else None for f in (form.unit, form.category))
    found = known_for(unit or None, category_id or None)
    if not found:
        return []
    category = db.session.get(Category, category_id) if category_id else None
    is_networking = category is None or category.group.division == Division.NETWORKING.value
    return [outage for outage in found if outage.kind == "server" or is_networking]


def add_person(form: StepForm, ticket_id: int) -> ResponseReturnValue:
    """Add the person, by the mail address given, to those told at the end."""
    email = form.email.data.lower()
    with write_transaction():
        query = select(AffectedPerson).where(AffectedPerson.ticket_id == ticket_id, AffectedPerson.email == email)
        if db.session.scalars(query).one_or_none() is None:
            person = AffectedPerson(ticket_id=ticket_id, email=email, name=form.name.data, language=language())
            person.unit_id = form.unit.data or None
            db.session.add(person)
    flash(_("Tercatat. Anda kami kabari saat gangguan ini pulih."))
    return redirect("/gangguan", 303)
