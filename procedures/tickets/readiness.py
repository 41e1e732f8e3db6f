"""What keeps this installation from taking complaints and requests, and which point of the set-up mends it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TypedDict

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import case, exists, func, literal, select, union_all

from models.base import setting
from models.base.calendar import Holiday
from models.base.db import db
from models.base.wording import Words
from models.organisation.roles import Role
from models.organisation.setup_point import SetupPoint
from models.organisation.staff import Group, GroupMember, Staff, StaffRole
from models.organisation.unit import Unit
from models.tickets.category import Category
from models.tickets.ticket import Ticket

TITLES: dict[str, Words] = {
    "institution": _l("Lembaga"),
    "groups": _l("Divisi dan kelompok"),
    "categories": _l("Jenis masalah"),
    "hours": _l("Jam kerja dan libur"),
    "mail": _l("Email"),
    "units": _l("Unit dan orang dari berkas"),
    "staff": _l("Petugas"),
}
SETTLED = ("institution", "hours", "mail")  # points that a person looks at; the others show in their own rows
NEEDED_ROLES = (Role.HEAD_OF_CENTRE, Role.OPERATOR)
ASKED_AGAIN_SECONDS = 5.0  # while something is missing
Rows = dict[str, list[tuple[str, int]]]  # of each kind: a name, or none, and a number


@dataclass(frozen=True)
class ServiceAct:
    """Something the service does, the points that it waits for, and what the public reads until then."""

    label: Words
    waits_for: tuple[str, ...]
    public_words: Words


ACTS: dict[str, ServiceAct] = {
    "complaints": ServiceAct(
        _l("Menerima pengaduan"),
        ("institution", "groups", "categories", "hours"),
        _l("Layanan ini sedang disiapkan dan belum menerima pengaduan."),
    ),
    "mail": ServiceAct(_l("Mengirim bukti dan kabar"), ("mail",), _l("Bukti dan kabar lewat email belum dikirim.")),
    "requests": ServiceAct(
        _l("Permohonan dari unit"),
        ("institution", "hours", "units"),
        _l("Permohonan dari unit belum dapat dikirim lewat halaman ini."),
    ),
    "decisions": ServiceAct(_l("Catatan operator dan keputusan Kepala Pustikom"), ("staff",), ""),
}


@dataclass(frozen=True)
class PointFound:
    """A point of the set-up as it stands now: the fact in one line, and whether nothing is left to do."""

    key: str
    fact: str
    is_done: bool

    @property
    def title(self) -> Words:
        return TITLES[self.key]

    @property
    def number(self) -> int:
        return list(TITLES).index(self.key) + 1


def points() -> dict[str, PointFound]:
    """Every point in its order."""
    settled = {row.key: row for row in db.session.scalars(select(SetupPoint))}
    rows = _rows()
    looked_at = {
        "institution": _institution(settled.get("institution")),
        "groups": _groups(rows),
        "categories": _categories(rows),
        "hours": _hours(settled.get("hours"), rows),
        "mail": _mail(settled.get("mail")),
        "units": _units(rows),
        "staff": _staff(rows),
    }
    return {key: PointFound(key, *looked_at[key]) for key in TITLES}


def not_yet(found: dict[str, PointFound]) -> dict[str, PointFound]:
    """What the service cannot do yet, each with the first point that it waits for."""
    waits = {act: [found[key] for key in said.waits_for if not found[key].is_done] for act, said in ACTS.items()}
    return {act: missing[0] for act, missing in waits.items() if missing}


def missing_acts() -> frozenset[str]:
    """What the service cannot do yet, for public pages: once nothing is missing, no row is read for it again.

    A house that has tickets takes complaints, whatever became of its groups since.
    """
    known = _known()
    if known["missing"] and known["until"] < time.monotonic():
        found = points()
        missing = set(not_yet(found))
        if "complaints" in missing and db.session.scalar(select(Ticket.id).limit(1)) is not None:
            missing.remove("complaints")
        known["missing"], known["until"] = frozenset(missing), time.monotonic() + ASKED_AGAIN_SECONDS
        known["phone"] = str(setting.get("centre_phone")) if found["institution"].is_done else ""
    return known["missing"]


class KnownReadiness(TypedDict):
    """What this process knows of the points, until when (of time.monotonic()), and the centre's telephone."""

    until: float
    missing: frozenset[str]
    phone: str


def _known() -> KnownReadiness:
    known: KnownReadiness = current_app.extensions.setdefault(
        "readiness", {"until": 0.0, "missing": frozenset({"?"}), "phone": ""}
    )
    return known


def keep_last_known() -> None:
    """The database is away: what was last known holds a while, so that the page that says so needs no row."""
    _known()["until"] = time.monotonic() + ASKED_AGAIN_SECONDS


def forget_readiness() -> None:
    """Somebody has changed a point here: ask again."""
    current_app.extensions.pop("readiness", None)


def public_words() -> list[str]:
    """What the public reads while something is missing; nothing once all is there."""
    missing = missing_acts()
    said = [str(act.public_words) for key, act in ACTS.items() if key in missing and act.public_words]
    if "complaints" in missing:
        return [*said[:1], _desk_words()]
    return [*said, _desk_words()] if "requests" in missing else said


def _desk_words() -> str:
    """Where to turn meanwhile; a telephone number that nobody has looked at yet is not told."""
    phone = _known()["phone"]
    if phone:
        return _("Untuk saat ini hubungi meja layanan, %(phone)s.", phone=phone)
    return _("Untuk saat ini datanglah langsung ke meja layanan.")


def _institution(row: SetupPoint | None) -> tuple[str, bool]:
    names = (setting.get("centre_name"), setting.get("university_name"), setting.get("centre_address"))
    said = _("%(centre)s, %(university)s · %(address)s", centre=names[0], university=names[1], address=names[2])
    return (said, True) if row else (_("Nama, alamat, dan telepon yang dibaca orang"), False)


def _rows() -> Rows:
    """Groups with whether they have members, categories with whether their group is in use, roles of whoever can sign
    in, and how many rows there are of the rest. In one statement.
    """
    staffed = exists().where(GroupMember.group_id == Group.id, GroupMember.staff_id == Staff.id, Staff.is_active)
    named = {
        "groups": select(Group.name.label("name"), case((staffed, 1), else_=0)).where(Group.is_active),
        "categories": select(Category.name, case((Group.is_active, 1), else_=0))
        .join(Category.group)
        .where(Category.is_active),
        "roles": select(StaffRole.role, literal(1))
        .join(Staff)
        .where(Staff.is_active, Staff.password_hash != "")
        .distinct(),
    }
    counted = {
        "holidays": select(literal(""), func.count()).select_from(Holiday),
        "units": select(literal(""), func.count()).select_from(Unit).where(Unit.is_active),
        "people": select(literal(""), func.count()).select_from(Staff).where(Staff.is_active),
        "waiting": select(literal(""), func.count())
        .select_from(Staff)
        .where(Staff.is_active, Staff.password_hash == ""),
    }
    asked = named | counted
    every = union_all(*(one.add_columns(literal(kind)) for kind, one in asked.items())).order_by("name")
    found: Rows = {kind: [] for kind in asked}
    for name, number, kind in db.session.execute(every):
        found[kind].append((name, number))
    return found


def _count(rows: Rows, kind: str) -> int:
    return rows[kind][0][1]


def _groups(rows: Rows) -> tuple[str, bool]:
    groups = rows["groups"]
    empty = [name for name, has_members in groups if not has_members]
    if not groups:
        return _("Belum ada kelompok"), False
    if empty:
        return _("Belum punya anggota: %(groups)s", groups=", ".join(empty)), False
    return _("%(n)s kelompok; setiap kelompok punya anggota", n=len(groups)), True


def _categories(rows: Rows) -> tuple[str, bool]:
    categories = rows["categories"]
    astray = [name for name, is_used in categories if not is_used]
    if not categories:
        return _("Belum ada jenis masalah"), False
    if astray:
        return _("Kelompoknya tidak dipakai lagi: %(names)s", names=", ".join(astray)), False
    return _("%(n)s jenis masalah, semuanya punya kelompok tujuan", n=len(categories)), True


def _hours(row: SetupPoint | None, rows: Rows) -> tuple[str, bool]:
    if row is None:
        return _("Tenggat dihitung dari sini. Usul untuk WIB, perlu ditinjau"), False
    opens, closes, days = setting.get("opens_at"), setting.get("closes_at"), _count(rows, "holidays")
    return _("Buka %(opens)s–%(closes)s WIB; %(n)s hari libur", opens=opens, closes=closes, n=days), True


def _mail(row: SetupPoint | None) -> tuple[str, bool]:
    if current_app.config["MAIL_AS_FILES"]:
        return _("Tanpa MAIL_SERVER email disimpan sebagai berkas"), True
    if row is None:
        return _("Belum diuji"), False
    server = current_app.config["MAIL_SERVER"]
    if row.data.get("fault"):
        return _("Uji terakhir lewat %(server)s gagal", server=server), row.is_settled
    return _("Uji terakhir lewat %(server)s berhasil", server=server), row.is_settled


def _units(rows: Rows) -> tuple[str, bool]:
    count = _count(rows, "units")
    return (_("%(n)s unit", n=count), True) if count else (_("Berkas CSV; diperiksa dulu, baru disimpan"), False)


def _staff(rows: Rows) -> tuple[str, bool]:
    """A head who decides and an operator who records; both have set their password."""
    held = {role for role, _one in rows["roles"]}
    lacking = [str(role.label) for role in NEEDED_ROLES if role.value not in held]
    if lacking:
        return _("Belum ada yang masuk sebagai %(roles)s", roles=", ".join(lacking)), False
    count, waiting = _count(rows, "people"), _count(rows, "waiting")
    if waiting:
        return _("%(n)s petugas; %(waiting)s belum membuat kata sandi", n=count, waiting=waiting), True
    return _("%(n)s petugas", n=count), True
