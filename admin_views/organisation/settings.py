"""The page of settings: each with its type, limits and default; every change is on record."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask import flash, redirect, render_template, request
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.frame.edit_conflict import last_writer
from admin_views.frame.form import EditConflict
from admin_views.frame.page import ClosedView
from admin_views.frame.view import address, person
from admin_views.organisation.setting_rules import SettingRefused, check, out_of_order
from models.base import setting
from models.base.db import write_transaction
from models.base.setting import SPECS, Spec
from models.base.written import clean_line
from models.organisation import audit
from procedures.engine.conflicts import FieldDifference

LONGEST = 300
BEFORE = "before-"  # the hidden inputs that carry what this person saw


class SettingsView(ClosedView):
    name_key = "setting"
    acts = {"index": "list", "save": "edit"}

    def __init__(self) -> None:
        super().__init__(name="Pengaturan", endpoint="setting", url="/admin/setting")

    @expose("/")
    def index(self) -> Any:
        return self._page({}, {})

    @expose("/save/", methods=("POST",))
    def save(self) -> Any:
        """All of the section or nothing; what was typed stays where a value is refused or somebody was first."""
        typed = {key: request.form[key] for key in SPECS if key in request.form}
        seen = {key: request.form[f"{BEFORE}{key}"] for key in typed if f"{BEFORE}{key}" in request.form}
        wanted = {key: text for key, text in typed.items() if seen.get(key) != text}  # the rest was left alone
        values, faults = read_all(wanted)
        if faults:
            return self._page(typed, faults, seen=seen), 422
        try:
            changed = self._put(values, seen)
        except SettingRefused:
            return self._page(typed, out_of_order(values), seen=seen), 422
        except EditConflict as meanwhile:
            return self._page(wanted, {}, changes=meanwhile.args[0]), 409
        flash(_("%(n)s pengaturan diubah.", n=changed), "success")
        return redirect("/admin/setting/", 303)

    def _put(self, values: dict[str, Any], seen: dict[str, str]) -> int:
        """How many changed. Compared with what is stored, inside the transaction in which it is written."""
        with write_transaction():
            before = setting.stored(lock=True)
            if found := differences(values, seen, before):
                raise EditConflict(found)
            if out_of_order(values):
                raise SettingRefused
            changed = {key: value for key, value in values.items() if value != before[key]}
            for key, value in changed.items():
                setting.put(key, value)
                diff = {"value": [before[key], value]}
                audit.record("setting", "Setting", key, staff=person(), ip=address(), diff=diff)
        return len(changed)

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
            "admin/organisation/settings.html", view=self, sections=sections, faults=faults, changes=changes
        )


def read_all(typed: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """(the values, the sentence of each that is refused)"""
    values, faults = {}, {}
    for key, text in typed.items():
        try:
            values[key] = read(SPECS[key], clean_line(text))
            if isinstance(values[key], str) and values[key] != setting.get(key):
                check(key, values[key])
        except SettingRefused as refused:
            faults[key] = str(refused)
    return values, faults or out_of_order(values)


def differences(values: dict[str, Any], seen: dict[str, str], now: dict[str, Any]) -> list[FieldDifference]:
    """Settings of this save that somebody else changed to another value meanwhile (security.md R1)."""
    return [
        FieldDifference(SPECS[key].label, seen[key], written(now[key]), written(value), last_writer("Setting", key))
        for key, value in values.items()
        if key in seen and written(now[key]) != seen[key] and value != now[key]
    ]


def written(value: Any) -> str:
    """A value as it stands in its field."""
    return ", ".join(str(v) for v in value) if isinstance(value, list) else str(value)


def read(spec: Spec, text: str) -> Any:
    """The typed text as a value of the setting's type; SettingRefused otherwise."""
    if isinstance(spec.default, list):
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if spec.default and isinstance(spec.default[0], int):
            if not parts or not all(p.isdecimal() and int(p) <= 6 for p in parts):
                raise SettingRefused(_("Tulis angka 0 sampai 6, dipisahkan koma."))
            return sorted({int(p) for p in parts})
        return parts[:200]
    if isinstance(spec.default, bool):
        return text.lower() in ("1", "ya", "true", "on", "yes")
    if isinstance(spec.default, int):
        return _number(spec, text)
    if len(text) > LONGEST or any(ord(c) < 32 for c in text):
        raise SettingRefused(_("Paling panjang %(n)s huruf, dalam satu baris.", n=LONGEST))
    if _is_clock(str(spec.default)) and not (_is_clock(text) or (spec.may_be_empty and not text)):
        raise SettingRefused(_("Tulis jam seperti 08:00."))
    if not text and spec.default and not spec.may_be_empty:
        raise SettingRefused(_("Bagian ini wajib diisi."))
    return text


def _number(spec: Spec, text: str) -> int:
    least, most = spec.least if spec.least is not None else 0, spec.most if spec.most is not None else 10**9
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and least <= int(text) <= most):
        raise SettingRefused(_("Tulis bilangan bulat antara %(least)s dan %(most)s.", least=least, most=most))
    return int(text)


def _is_clock(text: str) -> bool:
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 5
