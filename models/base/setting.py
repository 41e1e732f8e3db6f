"""The settings that staff change in the panel, each with its type and default."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict, TypeVar

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, Connection, String, event, select, text
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column, object_session

from models.base.columns.json_value import Json
from models.base.db import Base, db
from models.base.wording import Words

T = TypeVar("T")
CACHE_SECONDS = 5.0  # other processes see a change within this time


class KeptSettings(TypedDict, total=False):
    """What this process keeps of settings and short lists, until when (of time.monotonic())."""

    until: float
    values: dict[str, Json]
    lists: dict[str, Any]  # each of the type that its `recent` says
    is_away: bool


NOTHING_KEPT: KeptSettings = {"until": 0.0, "values": {}, "lists": {}}


@dataclass(frozen=True)
class Spec:
    """One setting: its default (which also fixes the type), label, and the group it is shown in."""

    default: Json
    label: Words
    section: Words
    hint: Words = ""
    least: int | None = None
    most: int | None = None
    may_be_empty: bool = False

    @property
    def is_switch(self) -> bool:
        """Is it answered by yes or no?"""
        return isinstance(self.default, bool)

    @property
    def is_number(self) -> bool:
        return isinstance(self.default, int) and not self.is_switch


CENTRE, TIME, LIMITS, FILES = _l("Pustikom"), _l("Waktu kerja"), _l("Batas"), _l("Berkas")
BACKUP = _l("Cadangan")
SPECS: dict[str, Spec] = {
    "centre_name": Spec("Pustikom", _l("Nama pusat"), CENTRE),
    "centre_long_name": Spec("Pusat Teknologi Informasi dan Komunikasi", _l("Nama lengkap"), CENTRE),
    "university_name": Spec("Universitas Bung Hatta", _l("Universitas"), CENTRE),
    "centre_address": Spec("Kampus I, Ulak Karang, Padang", _l("Alamat"), CENTRE),
    "centre_email": Spec("pengaduan@pustikom.example", _l("Email pengaduan"), CENTRE),
    "centre_phone": Spec("0751-000000", _l("Telepon meja layanan"), CENTRE),
    "monthly_report_to": Spec(
        "",
        _l("Laporan bulanan dikirim kepada"),
        CENTRE,
        _l("Alamat email, dipisah koma. Kosong berarti Kepala Pustikom."),
        may_be_empty=True,
    ),
    "on_behalf_words": Spec(
        "a.n. Pustikom, {position}", _l("Kata-kata atas nama"), CENTRE, _l("{position} diganti jabatan.")
    ),
    "working_days": Spec([0, 1, 2, 3, 4], _l("Hari kerja"), TIME, _l("0 = Senin … 6 = Minggu.")),
    "opens_at": Spec("08:00", _l("Buka pukul"), TIME),
    "closes_at": Spec("16:00", _l("Tutup pukul"), TIME),
    "high_target_percent": Spec(
        50,
        _l("Target tiket berprioritas tinggi (persen dari target biasa)"),
        TIME,
        _l("Target gangguan yang dihitung siang malam tidak berubah."),
        least=5,
        most=100,
    ),
    "urgent_target_percent": Spec(25, _l("Target tiket mendesak (persen dari target biasa)"), TIME, least=5, most=100),
    "close_after_days": Spec(14, _l("Tiket selesai ditutup setelah (hari)"), TIME, least=1, most=90),
    "warn_before_close_days": Spec(3, _l("Kabar sebelum ditutup (hari)"), TIME, least=1, most=30),
    "access_days_after_close": Spec(
        90,
        _l("Kode akses dan tautan berlaku setelah tiket ditutup (hari)"),
        TIME,
        _l("Sesudahnya pemohon mendapat keterangan dari meja layanan."),
        least=14,  # a resolved ticket may be reopened for so long (C6)
        most=3650,
    ),
    "unknown_numbers_per_hour": Spec(10, _l("Nomor tak dikenal per jam per alamat"), LIMITS, least=1, most=10_000),
    "wrong_codes_per_hour": Spec(5, _l("Kode akses salah per tiket per jam"), LIMITS, least=1, most=100),
    "complaints_per_hour_per_address": Spec(
        30,
        _l("Pengaduan per jam per alamat jaringan"),
        LIMITS,
        _l("Selebihnya menunggu pemeriksaan operator."),
        least=1,
        most=1_000_000,
    ),
    "complaints_per_hour": Spec(
        300,
        _l("Pengaduan per jam seluruhnya"),
        LIMITS,
        _l("Selebihnya menunggu pemeriksaan operator."),
        least=1,
        most=1_000_000,
    ),
    "file_megabytes": Spec(10, _l("Ukuran berkas (MB)"), FILES, least=1, most=25),
    "photo_megabytes": Spec(
        40,
        _l("Ukuran foto (MB)"),
        FILES,
        _l("Foto disimpan setelah diperkecil; kiriman aslinya boleh lebih besar."),
        least=1,
        most=60,
    ),
    "files_per_form": Spec(5, _l("Berkas per formulir"), FILES, least=1, most=20),
    "form_megabytes": Spec(25, _l("Ukuran seluruh berkas per formulir (MB)"), FILES, least=1, most=25),
    "upload_megabytes_per_day": Spec(
        500, _l("Unggahan per hari per alamat jaringan (MB)"), FILES, least=1, most=100_000
    ),
    "backup_at": Spec(
        "01:00", _l("Cadangan dibuat setiap hari pukul"), BACKUP, _l("Kosong berarti tidak dibuat."), may_be_empty=True
    ),
    "backup_days_kept": Spec(14, _l("Cadangan harian disimpan (hari)"), BACKUP, least=1, most=365),
    "backup_months_kept": Spec(12, _l("Cadangan pertama tiap bulan disimpan (bulan)"), BACKUP, least=0, most=120),
    "backup_public_key": Spec(
        "",
        _l("Kunci publik cadangan"),
        BACKUP,
        _l("Kunci age (age1…). Bila diisi, cadangan hanya dapat dibuka dengan kunci rahasianya."),
        may_be_empty=True,
    ),
}


class Setting(Base):
    """A setting that differs from its default."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


def declare(key: str, spec: Spec) -> None:
    """Add a setting of another part of the house to the table, once, at import."""
    SPECS[key] = spec


def get(key: str) -> Any:
    """The value in force; changes made by other processes are seen within CACHE_SECONDS."""
    return _kept()["values"].get(key, SPECS[key].default)


def recent(name: str, ask: Callable[[], T], if_away: T | None = None) -> T:
    """A short list that every form asks for, as it was at most CACHE_SECONDS ago; `changes_lists` names its tables.

    `if_away` stands for it on the page that says that the database is away.
    """
    kept = _kept()
    lists: dict[str, T] = kept["lists"]
    if name not in lists:
        if if_away is not None and kept.get("is_away"):
            return if_away
        lists[name] = ask()
    return lists[name]


def changes_lists(model: type[Base]) -> type[Base]:
    """Rows of this table stand in a `recent` list: a change made in this process is seen by its next request."""
    for moment in ("after_insert", "after_update", "after_delete"):
        event.listen(model, moment, _forget_after_commit)
    return model


def _forget_after_commit(_mapper: Mapper[Setting], _connection: Connection, row: Setting) -> None:
    """Now, for what this transaction reads itself, and once more when others can read it."""
    current_app.extensions.pop("settings_cache", None)
    session = object_session(row)
    if session is not None:
        session.info["lists_changed"] = True


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    if session.info.pop("lists_changed", False) and current_app:
        current_app.extensions.pop("settings_cache", None)


def _kept() -> KeptSettings:
    cache: KeptSettings = current_app.extensions.get("settings_cache", NOTHING_KEPT)
    if cache["until"] < time.monotonic():
        values = {row.key: row.value for row in db.session.execute(select(Setting.key, Setting.value))}
        cache = {"until": time.monotonic() + CACHE_SECONDS, "values": values, "lists": {}}
        current_app.extensions["settings_cache"] = cache
    return cache


def stored(lock: bool = False) -> dict[str, Json]:
    """Every setting as the database has it now. `lock`: nobody else writes one before this transaction ends."""
    if lock and db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("LOCK TABLE setting IN SHARE ROW EXCLUSIVE MODE"))  # a row at its default is not there
    current_app.extensions.pop("settings_cache", None)
    return {key: get(key) for key in SPECS}


def keep_last_known() -> None:
    """The database is away: for CACHE_SECONDS the values last read hold, so that the page that says so needs no row."""
    cache = current_app.extensions.get("settings_cache", NOTHING_KEPT)
    current_app.extensions["settings_cache"] = {**cache, "until": time.monotonic() + CACHE_SECONDS, "is_away": True}


def put(key: str, value: Json) -> None:
    """Change a setting in the running transaction; raises KeyError for an unknown one."""
    SPECS[key]
    row = db.session.get(Setting, key)
    if row is None:
        db.session.add(Setting(key=key, value=value))
    else:
        row.value = value
    current_app.extensions.pop("settings_cache", None)
    db.session.info["lists_changed"] = True
