"""What every web process would make for itself at its first pages, made once before they part: they share it.

A worker that loads the page of a ticket for itself takes megabytes more at that moment and keeps most of it; so do
counters, in each worker again. Whoever comes first after a start waits less, too.
"""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import configure_mappers

from web.compiled_pages import keep_pages
from web.metrics import load_counters, metrics

PAGES = ("admin/", "public/", "doors/", "error", "pieces")  # mails are worded by the worker


def warm_up(app: Flask) -> int:
    """Load the pages, the tables and the counters; returns how many pages."""
    configure_mappers()
    with app.app_context():
        metrics()
        load_counters()
    keep_pages(app)
    names = [name for name in app.jinja_env.list_templates(extensions=["html"]) if name.startswith(PAGES)]
    for name in names:
        app.jinja_env.get_template(name)
    return len(names)
