"""Builds the application: configuration, database, login, CSRF, panel, public pages, commands."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from datetime import datetime
from types import ModuleType
from typing import cast

COLLECTS = gc.isenabled()
gc.disable()  # all that is imported stays: looking through it again and again is an eighth of the start
MODULES = cast("dict[str, ModuleType | None]", sys.modules)
HIDDEN = "PIL" if "PIL" not in MODULES else ""  # Flask-Admin loads it, 3 MB, for a field that no form here has
if HIDDEN:
    MODULES[HIDDEN] = None

import click
from flask import Flask, g, has_request_context, request, session
from flask.cli import AppGroup
from flask_babel import Babel, get_locale
from flask_mail import Mail
from flask_wtf.csrf import CSRFProtect

import config
import models.tables
import procedures.every_procedure
from admin_views.panel import init_panel
from config_readers import ConfigError
from doors.site import init_doors
from gateways.files.file_kind import ACCEPTED_FILES
from gateways.files.private import keep_private
from models.base import phone, setting, wording
from models.base.db import init_db, utcnow
from models.base.rupiah import volume_text
from models.base.typed_date import day_as_typed
from models.base.version import VERSION
from procedures.base.replica import init_replica
from public.site import init_site
from start import only_declares, refuse_to_start
from web.dates import spoken
from web.errors import init_errors
from web.headers import init_headers
from web.icon import icon
from web.late_rule import LateRule
from web.limits import init_limits
from web.logs import init_logs
from web.memory import give_memory_back
from web.metrics import init_metrics
from web.proxy import init_proxy
from web.quick_texts import init_texts
from web.read_only import init_read_only
from web.refusals import init_refusals
from web.row_ids import init_row_ids
from web.secret_addresses import list_secret_addresses

MODULES.pop(HIDDEN, None)
gc.freeze()
if COLLECTS:  # else gunicorn.conf.py says when
    gc.enable()

LANGUAGES = ("id", "en")
DECLARES = (models.tables, procedures.every_procedure)  # imported for what they declare


def create_app(overrides: dict[str, str | int | bool | None] | None = None) -> Flask:
    """The application. `overrides` replace configuration values (tests).

    What the environment does not allow ends the process with one sentence and 2; with overrides ConfigError is raised.
    """
    if overrides is not None:
        return _built(overrides)
    keep_private()  # web, worker and commands all begin here
    try:
        app = _built({})
        if not only_declares():
            refuse_to_start(app)
    except ConfigError as refused:
        sys.stderr.write(f"{refused}\n")
        raise SystemExit(2) from None
    return app


def _built(overrides: dict[str, str | int | bool | None]) -> Flask:
    give_memory_back()
    app = Flask(__name__, instance_path=config.load(needs_secrets=False)["INSTANCE_PATH"])
    app.url_rule_class = LateRule
    app.config.update(config.load(needs_secrets=not only_declares()))
    app.config.update(overrides)
    init_logs(app)
    init_texts(app, Babel(app, locale_selector=language))
    init_proxy(app)
    app.cli = Commands(app)
    if only_declares():
        return app
    init_db(app)
    init_replica(app)
    init_metrics(app)
    init_read_only(app)
    _teach_templates(app)
    init_row_ids(app)
    init_limits(app)
    CSRFProtect(app)
    Mail(app)
    init_headers(app)
    init_errors(app)
    init_refusals(app)
    init_site(app)
    init_doors(app)
    init_panel(app)
    list_secret_addresses(app)
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


def language() -> str:
    """The language of this request: in the panel the one kept for the person, else as switched on this device."""
    if not has_request_context():
        return "id"
    own = g.get("staff_language") if request.path.startswith("/admin") else None
    chosen = own or session.get("language")
    return chosen if chosen in LANGUAGES else "id"


def _teach_templates(app: Flask) -> None:
    """Filters by which every template writes dates, times, money and sizes; None is written as nothing."""

    def written(function: Callable[..., str], *more: Callable[[], str]) -> Callable[..., str]:
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
        hours_long=written(wording.hours_long),
        days_long=written(wording.days_long),
        rupiah=written(wording.rupiah),
        volume=written(volume_text),
        thousands=written(wording.thousands, spoken),
        file_size=written(wording.file_size, spoken),
        decimal=written(lambda number, language: wording.decimal(number, 1, language), spoken),
        month_year=written(wording.month_name, spoken),
        percent=written(lambda share, language: f"{wording.decimal(share, 2, language)}%", spoken),
        masked_name=written(wording.masked_name),
        iso=written(wording.iso),
        moment_read=written(datetime.fromisoformat),
        day_as_typed=written(day_as_typed),
        dialled=written(phone.dialled),
    )
    app.jinja_env.globals.update(
        utcnow=utcnow,
        setting=setting.get,
        get_locale=get_locale,
        accepted_files=ACCEPTED_FILES,
        icon=icon,
        version=VERSION,
        source_url=app.config["SOURCE_URL"],
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
