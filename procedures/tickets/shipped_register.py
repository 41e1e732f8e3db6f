"""The groups and categories with which an installation begins, those of the written procedure of complaints."""

from __future__ import annotations

from sqlalchemy import select

from models.base.db import db
from models.organisation.roles import Division
from models.organisation.staff import Group
from models.tickets.category import Category

SHIPPED_GROUPS: list[tuple[str, Division]] = [
    ("Meja Layanan", Division.FRONT_DESK),
    ("Jaringan", Division.NETWORKING),
    ("Sistem Informasi", Division.SYSTEMS),
]
SHIPPED_CATEGORIES: list[tuple[str, str, str]] = [
    ("Wi-Fi dan internet", "Wi-Fi and internet", "Jaringan"),
    ("Akun dan password", "Account and password", "Meja Layanan"),
    ("Portal dan aplikasi", "Portal and applications", "Sistem Informasi"),
    ("Komputer laboratorium", "Laboratory computers", "Sistem Informasi"),
    ("Lainnya", "Something else", "Meja Layanan"),
]


def add_shipped_register() -> dict[str, Group]:
    """Add both to the running transaction where there is neither group nor category yet; the groups by name."""
    if db.session.scalar(select(Group.id).limit(1)) or db.session.scalar(select(Category.id).limit(1)):
        return {}
    groups = {name: Group(name=name, division=division.value) for name, division in SHIPPED_GROUPS}
    db.session.add_all(groups.values())
    for rank, (name, english, group) in enumerate(SHIPPED_CATEGORIES, 1):
        db.session.add(Category(name=name, name_en=english, position=rank * 10, group=groups[group]))
    return groups
