"""Hangs the public pages on the application."""

from __future__ import annotations

from flask import Flask

from documents.markdown_text import as_html
from public import (
    accounts,
    address_check,
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
from web.site_frame import head_and_foot

PAGES = (
    accounts,
    address_check,
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


def init_site(app: Flask) -> None:
    """Register the public blueprint."""
    app.jinja_env.filters["page_text"] = as_html
    site.context_processor(head_and_foot)
    app.register_blueprint(site)
