"""Hangs the public pages on the application, with what every page's head and foot say."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_babel import lazy_gettext as _l

from documents.page_text import as_html
from models import setting
from public import (
    accounts,
    address_check,
    alerts,
    complaint,
    downloads,
    front,
    holder_steps,
    installation,
    lookup,
    outages,
    procedure_pages,
    receipt,
    status,
    texts,
    ticket_files,
)
from public.blueprint import site
from public.reader import language

PAGES = (
    accounts,
    address_check,
    alerts,
    complaint,
    downloads,
    front,
    holder_steps,
    installation,
    lookup,
    outages,
    procedure_pages,
    receipt,
    status,
    texts,
    ticket_files,
)
# The head's links, in order: address and word. A later part of the site adds its own here.
NAVIGATION: list[tuple[str, Any]] = [
    ("/pengaduan", _l("Pengaduan")),
    ("/tiket", _l("Cek tiket")),
    ("/gangguan", _l("Gangguan")),
    ("/prosedur", _l("Prosedur")),
    ("/unduhan", _l("Unduhan")),
]


def init_site(app: Flask) -> None:
    """Register the public blueprint."""
    app.jinja_env.filters["page_text"] = as_html
    app.register_blueprint(site)
    app.extensions["csrf"].exempt(alerts.receive_alerts)  # a bearer token instead; no cookie is read there


@site.context_processor
def _head_and_foot() -> dict[str, Any]:
    here = request.path
    return {
        "language": language(),
        "here": here,
        "navigation": NAVIGATION,
        "centre": setting.get("centre_name"),
        "university": setting.get("university_name"),
        "centre_address": setting.get("centre_address"),
        "centre_email": setting.get("centre_email"),
        "centre_phone": setting.get("centre_phone"),
        "desk_hours": setting.get("desk_hours"),
    }
