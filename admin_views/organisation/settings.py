"""The page of settings: each with its type, limits and default; every change is on record."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.frame.edit_conflict import last_writer
from admin_views.frame.form import EditConflict
from admin_views.frame.page import ClosedView
from admin_views.frame.view import address, person
from admin_views.organisation.due_preview import is_confirmed, moves_shown
from models.base import setting
from models.base.calendar import WEEK_SETTINGS, calendars, ordinary_hours
from models.base.columns.json_value import Json
from models.base.db import write_transaction
from models.base.setting import SPECS, Spec
from models.base.wording import DAYS
from procedures.engine.conflicts import FieldDifference
from procedures.organisation.setting_rules import SettingRefused, out_of_order
from procedures.organisation.setting_values import put_changed, read_all, written
from web.dates import spoken

BEFORE = "before-"  # the hidden inputs that carry what this person saw


class SettingsView(ClosedView):
    name_key = "setting"
    acts = {"index": "list", "save": "edit"}

    def __init__(self) -> None:
        super().__init__(name="Pengaturan", endpoint="setting", url="/admin/setting")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return self._page({}, {})

    @expose("/save/", methods=("POST",))
    def save(self) -> ResponseReturnValue:
        """All of the section or nothing; what was typed stays where a value is refused or somebody was first."""
        typed = {key: ", ".join(filter(None, request.form.getlist(key))) for key in SPECS if key in request.form}
        seen = {key: request.form[f"{BEFORE}{key}"] for key in typed if f"{BEFORE}{key}" in request.form}
        wanted = {key: text for key, text in typed.items() if seen.get(key) != text}  # the rest was left alone
        values, faults = read_all(wanted)
        if faults:
            return self._page(typed, faults, seen=seen), 422
        if not self._is_confirmed(values):
            return self._page(typed, {}, seen=seen), 422
        try:
            changed = self._put(values, seen)
        except SettingRefused:
            return self._page(typed, out_of_order(values), seen=seen), 422
        except EditConflict as meanwhile:
            return self._page(wanted, {}, changes=meanwhile.args[0]), 409
        flash(_("%(n)s pengaturan diubah.", n=changed), "success")
        return redirect("/admin/setting/", 303)

    def _is_confirmed(self, values: dict[str, Json]) -> bool:
        """Opening hours move due times: what moves is shown before they are saved."""
        week = {key: value for key, value in values.items() if key in WEEK_SETTINGS}
        return not week or is_confirmed(week, replace(calendars(), ordinary=ordinary_hours(week)))

    def _put(self, values: dict[str, Json], seen: dict[str, str]) -> int:
        """How many changed. Compared with what is stored, inside the transaction in which it is written."""
        with write_transaction():
            before = setting.stored(lock=True)
            if found := differences(values, seen, before):
                raise EditConflict(found)
            if out_of_order(values):
                raise SettingRefused
            return put_changed(values, before, staff=person(), ip=address())

    def _page(
        self,
        typed: dict[str, str],
        faults: dict[str, str],
        seen: dict[str, str] | None = None,
        changes: list[FieldDifference] | None = None,
    ) -> str:
        """`seen`: what the page showed before, kept until the save that compares with it has been refused by it."""
        sections: dict[str, list[tuple[str, Spec, str, str]]] = {}
        for key, value in setting.stored().items():
            now = written(value)
            row = (key, SPECS[key], typed.get(key, now), (seen or {}).get(key, now))
            sections.setdefault(str(SPECS[key].section), []).append(row)
        return render_template(
            "admin/organisation/settings.html",
            view=self,
            sections=sections,
            faults=faults,
            labels={key: SPECS[key].label for key in faults},
            changes=changes,
            moves=moves_shown(),
            week_settings=WEEK_SETTINGS,
            days=list(enumerate(DAYS[spoken()])),
        )


def differences(values: dict[str, Json], seen: dict[str, str], now: dict[str, Json]) -> list[FieldDifference]:
    """Settings of this save that somebody else changed to another value meanwhile (security.md R1)."""
    return [
        FieldDifference(SPECS[key].label, seen[key], written(now[key]), written(value), last_writer("Setting", key))
        for key, value in values.items()
        if key in seen and written(now[key]) != seen[key] and value != now[key]
    ]
