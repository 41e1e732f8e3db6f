"""The settings: each with its type, limits and default; every change is on record."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask import flash, redirect, render_template, request
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import address, person
from admin_views.closed import ClosedView
from admin_views.setting_rules import SettingRefused, check, out_of_order
from models import audit, setting
from models.db import write_transaction
from models.setting import SPECS, Spec

LONGEST = 300


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
        """All of the section or nothing; what was typed stays where a value is refused."""
        typed = {key: request.form[key] for key in SPECS if key in request.form}
        faults, values = {}, {}
        for key, text in typed.items():
            try:
                values[key] = read(SPECS[key], text.strip())
                if isinstance(values[key], str) and values[key] != setting.get(key):
                    check(key, values[key])
            except SettingRefused as refused:
                faults[key] = str(refused)
        faults = faults or out_of_order(values)
        if faults:
            return self._page(typed, faults), 422
        changed = {key: value for key, value in values.items() if value != setting.get(key)}
        before = {key: setting.get(key) for key in changed}
        with write_transaction():
            for key, value in changed.items():
                setting.put(key, value)
                audit.record(
                    "setting", "Setting", key, staff=person(), ip=address(), diff={"value": [before[key], value]}
                )
        flash(_("%(n)s pengaturan diubah.", n=len(changed)), "success")
        return redirect("/admin/setting/", 303)

    def _page(self, typed: dict[str, str], faults: dict[str, str]) -> str:
        sections: dict[str, list[tuple[str, Spec, str]]] = {}
        for key, spec in SPECS.items():
            sections.setdefault(str(spec.section), []).append((key, spec, typed.get(key, written(setting.get(key)))))
        return render_template("admin/settings.html", view=self, sections=sections, faults=faults)


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
    if _is_clock(str(spec.default)) and not _is_clock(text):
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
