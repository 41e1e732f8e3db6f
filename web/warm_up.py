"""What every web process would make for itself at its first pages, made once before they part: they share it.

A worker that compiles the page of a ticket for itself takes 10 MB more at that moment and keeps most of it; so do
languages and counters, in each worker again. Whoever comes first after a start waits less, too.
"""

from __future__ import annotations

from babel import Locale
from flask import Flask
from sqlalchemy.orm import configure_mappers

from web.metrics import load_counters, metrics

PAGES = ("admin/", "public/", "doors/", "error", "pieces")  # mails are worded by the worker
LANGUAGES = ("id", "en")


def warm_up(app: Flask) -> int:
    """Compile the pages, load the languages, the tables and the counters; returns how many pages."""
    configure_mappers()
    for language in LANGUAGES:
        Locale.parse(language).months  # noqa: B018  # read from the disk when they are asked for
    with app.app_context():
        metrics()
        load_counters()
    names = [name for name in app.jinja_env.list_templates(extensions=["html"]) if name.startswith(PAGES)]
    for name in names:
        app.jinja_env.get_template(name)
    return len(names)
