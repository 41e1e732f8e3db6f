"""Gives a ticket's access code and holder's link, derived each time they are needed."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from models.base import setting
from models.base.db import db, utcnow
from models.tickets.access_key import KeyRing, number_of_token
from models.tickets.ticket import Ticket


def keys() -> KeyRing:
    """The keys behind access codes and links, parsed once per application."""
    ring = current_app.extensions.get("key_ring")
    if ring is None:
        ring = current_app.extensions["key_ring"] = KeyRing.parse(current_app.config["LINK_KEY"])
    return ring


def code_of(ticket: Ticket) -> str:
    """The access code as shown, XXXX-XXXX. KeyError when the key that made it is no longer in the ring."""
    return keys().code(ticket.number, ticket.link_generation, ticket.link_key_id)


def link_of(ticket: Ticket) -> str:
    """The holder's link, from the configured base address, never from the request's Host (security.md S6)."""
    token = keys().token(ticket.number, ticket.link_generation, ticket.link_key_id)
    return f"{current_app.config['BASE_URL']}/akses/{token}"


def is_access_over(closed_at: datetime | None) -> bool:
    """Have code, link and grants of a ticket stopped, since it was closed long ago (security.md P2)?"""
    days = timedelta(days=int(setting.get("access_days_after_close")))
    return closed_at is not None and closed_at < utcnow() - days


def is_code(ticket: Ticket, typed: str) -> bool:
    return ticket.link_key_id in keys() and keys().is_code(
        typed, ticket.number, ticket.link_generation, ticket.link_key_id
    )


def holder_of(token: str) -> Ticket | None:
    """The ticket that this link opens, or None."""
    number = number_of_token(token)
    if number is None:
        return None
    ticket = db.session.scalars(select(Ticket).where(Ticket.number == number)).unique().one_or_none()
    if ticket is None or ticket.link_key_id not in keys():
        return None
    return ticket if keys().is_token(token, ticket.number, ticket.link_generation, ticket.link_key_id) else None


def status_url(ticket: Ticket) -> str:
    return f"{current_app.config['BASE_URL']}/tiket/{ticket.number}"


def panel_url(ticket: Ticket) -> str:
    return f"{current_app.config['BASE_URL']}/admin/ticket/details/?id={ticket.id}"
