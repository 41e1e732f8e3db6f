"""Puts the public pages together."""

from __future__ import annotations

from flask import Flask

from documents.markdown_text import as_html
from public import downloads
from public.accounts import address_check, adjustment, data_request, my_tickets
from public.accounts import request as email_request
from public.frame import front, texts
from public.frame.blueprint import site
from public.installation import request as installation_request
from public.outages import board
from public.tickets import (
    articles,
    complaint,
    holder_steps,
    lookup,
    not_yet,
    procedure_pages,
    receipt,
    status,
    suggestions,
    ticket_files,
)

PAGES = (
    email_request,
    address_check,
    adjustment,
    articles,
    complaint,
    data_request,
    downloads,
    front,
    holder_steps,
    installation_request,
    lookup,
    my_tickets,
    not_yet,
    board,
    procedure_pages,
    receipt,
    status,
    suggestions,
    texts,
    ticket_files,
)


def init_site(app: Flask) -> None:
    """Register the public blueprint."""
    app.jinja_env.filters["page_text"] = as_html
    app.register_blueprint(site)
