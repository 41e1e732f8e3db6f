"""Reads what was typed for a setting as a value of its type, and puts changed values in force, each on record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from flask_babel import gettext as _

from models.base import setting
from models.base.columns.json_value import Json
from models.base.periods.privacy_notice import keep_notice
from models.base.retention import PERIODS
from models.base.setting import SPECS, Spec
from models.base.typed_number import BadAmount, read_count
from models.base.written import clean_line, plain_marks
from models.organisation import audit
from models.organisation.staff import Staff
from procedures.organisation.setting_rules import ONE_FORM, SettingRefused, check, out_of_order

LONGEST = 300


def read_all(typed: dict[str, str]) -> tuple[dict[str, Json], dict[str, str]]:
    """(the values, the sentence of each that is refused), by itself or because it contradicts another"""
    values, faults = read_each(typed)
    return values, faults or out_of_order(values)


def read_each(typed: dict[str, str]) -> tuple[dict[str, Json], dict[str, str]]:
    """The same, each by itself."""
    values, faults = {}, {}
    for key, text in typed.items():
        try:
            values[key] = read(SPECS[key], clean_line(text))
            if key in ONE_FORM and values[key] != setting.get(key):
                values[key] = ONE_FORM[key](values[key])
            if isinstance(values[key], str) and values[key] != setting.get(key):
                check(key, values[key])
        except SettingRefused as refused:
            faults[key] = str(refused)
    return values, faults


def put_changed(
    values: Mapping[str, Json],
    before: Mapping[str, Json],
    staff: Staff | None = None,
    actor_name: str = "",
    ip: str = "",
) -> int:
    """Put what differs from `before` into the running transaction, with its record; says how many."""
    changed = {key: value for key, value in values.items() if value != before[key]}
    for key, value in changed.items():
        setting.put(key, value)
        diff = {"value": [before[key], value]}
        audit.record("setting", "Setting", key, staff=staff, actor_name=actor_name, ip=ip, diff=diff)
    if changed.keys() & {period.days_of for period in PERIODS.values()}:
        keep_notice()  # the page promises other days from now on
    return len(changed)


def written(value: Json) -> str:
    """A value as it stands in its field."""
    return ", ".join(str(v) for v in value) if isinstance(value, list) else str(value)


def read(spec: Spec, text: str) -> Any:
    """The typed text as a value of the setting's type; SettingRefused otherwise."""
    if isinstance(spec.default, list):
        parts = [line for part in text.split(",") if (line := clean_line(part))]
        if spec.default and isinstance(spec.default[0], int):
            if not parts or not all(re.fullmatch("[0-6]", part) for part in parts):
                raise SettingRefused(
                    _("Tulis hari sebagai angka 0 (Senin) sampai 6 (Minggu), dipisahkan koma, misalnya 0,1,2,3,4.")
                )
            return sorted({int(p) for p in parts})
        return parts[:200]
    if isinstance(spec.default, bool):
        return text.lower() in ("1", "ya", "true", "on", "yes")
    if isinstance(spec.default, int):
        return _number(spec, text)
    if len(text) > LONGEST or any(ord(c) < 32 for c in text):
        raise SettingRefused(_("Paling panjang %(n)s huruf, dalam satu baris.", n=LONGEST))
    if _is_clock(str(spec.default)):
        text = re.sub(r"^(\d{1,2})[.:](\d{2})$", lambda time: f"{time[1]:0>2}:{time[2]}", plain_marks(text))
    if _is_clock(str(spec.default)) and not (_is_clock(text) or (spec.may_be_empty and not text)):
        raise SettingRefused(_("Tulis jam seperti 08:00."))
    if not text and spec.default and not spec.may_be_empty:
        raise SettingRefused(_("Bagian ini wajib diisi."))
    return text


def _number(spec: Spec, text: str) -> int:
    least, most = spec.least if spec.least is not None else 0, spec.most if spec.most is not None else 10**9
    try:
        return read_count(text, least, most)
    except BadAmount as bad:
        raise SettingRefused(str(bad)) from None


def _is_clock(text: str) -> bool:
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 5
