"""Builds the application: configuration, database, login, CSRF, panel, public pages, commands."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask import Flask, g, has_request_context, request, session
from flask.cli import AppGroup
from flask_babel import Babel, get_locale
from flask_mail import Mail
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

import config
import models.tables
import procedures.every_procedure
from admin_views.panel import init_panel
from doors.site import init_doors
from gateways.files.file_kind import ACCEPTED_FILES
from models.base import phone, setting, wording
from models.base.db import db, init_db, utcnow
from models.base.rupiah import volume_text
from models.organisation.staff import has_demo_accounts
from public.site import init_site
from web.dates import spoken
from web.errors import init_errors
from web.headers import init_headers
from web.limits import init_limits
from web.logs import init_logs
from web.memory import give_memory_back
from web.quick_texts import init_texts
from web.read_only import init_read_only
from web.row_ids import init_row_ids

LANGUAGES = ("id", "en")
DECLARES = (models.tables, procedures.every_procedure)  # imported for what they declare


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """The application. `overrides` replace configuration values (tests).

    `procedures` only prints what the code declares, so it works without secrets or database.
    """
    give_memory_back()
    only_declares = "procedures" in sys.argv[1:] and overrides is None
    app = Flask(__name__, instance_path=config.load(needs_secrets=False)["INSTANCE_PATH"])
    app.config.update(config.load(needs_secrets=not only_declares))
    app.config.update(overrides or {})
    init_logs(app)
    init_texts(app, Babel(app, locale_selector=language))
    if app.config["PROXY_HOPS"]:
        hops = app.config["PROXY_HOPS"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]  # Flask's documented way
    app.cli = Commands(app)
    if only_declares:
        app.config["WITHOUT_DATABASE"] = True
        return app
    init_db(app)
    init_read_only(app)
    _teach_templates(app)
    init_row_ids(app)
    init_limits(app)
    CSRFProtect(app)
    Mail(app)
    init_headers(app)
    init_errors(app)
    init_site(app)
    init_doors(app)
    init_panel(app)
    _refuse_demo_accounts(app)
    return app


class Commands(AppGroup):
    """The application's commands, imported when one is asked for: no web worker holds probes, seeds and Alembic."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app.name)
        self.app, self.is_complete = app, False

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._complete()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._complete()
        return super().get_command(ctx, cmd_name)

    def _complete(self) -> None:
        if self.is_complete:
            return
        self.is_complete = True
        from jobs.commands.all_commands import init_commands  # noqa: PLC0415  # the reason of this class

        init_commands(self.app)


def _refuse_demo_accounts(app: Flask) -> None:
    """Production does not start with a demo account (security.md S10)."""
    if app.config["HELPDESK_ENV"] != "production":
        return
    with app.app_context():
        try:
            found = has_demo_accounts()
        except SQLAlchemyError:
            return  # no schema yet, or no database: nothing is served without it either
        finally:
            db.engine.dispose()  # workers that are forked from here must not share a connection
    if found:
        raise config.ConfigError("A demo account is active: production does not start with it. Use a fresh database.")


def language() -> str:
    """The language of this request: in the panel the one kept for the person, else as switched on this device."""
    if not has_request_context():
        return "id"
    own = g.get("staff_language") if request.path.startswith("/admin") else None
    chosen = own or session.get("language")
    return chosen if chosen in LANGUAGES else "id"


def _teach_templates(app: Flask) -> None:
    """Filters by which every template writes dates, times, money and sizes; None is written as nothing."""

    def written(function: Any, *more: Any) -> Any:
        return lambda value: "" if value is None else function(value, *(m() for m in more))

    app.jinja_env.filters.update(
        date=written(wording.on_date, spoken),
        short_date=written(wording.short_date, spoken),
        day_name=written(wording.day_name, spoken),
        time=written(wording.at_time),
        date_at=written(wording.on_date_at, spoken),
        short_when=written(wording.short_when, utcnow, spoken),
        time_left=written(wording.time_left, utcnow),
        span=written(wording.duration),
        rupiah=written(wording.rupiah),
        volume=written(volume_text),
        thousands=written(wording.thousands, spoken),
        file_size=written(wording.file_size, spoken),
        percent=written(lambda share, language: f"{wording.decimal(share, 2, language)}%", spoken),
        masked_name=written(wording.masked_name),
        iso=written(wording.iso),
        dialled=written(phone.dialled),
    )
    app.jinja_env.globals.update(
        utcnow=utcnow, setting=setting.get, get_locale=get_locale, accepted_files=ACCEPTED_FILES
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
