"""The people, groups, categories and units with which a demonstration and the tests begin."""

from __future__ import annotations

import csv
from pathlib import Path

from models.base.db import db
from models.organisation.roles import Role
from models.organisation.setup_point import settle
from models.organisation.staff import GroupMember, Staff
from models.organisation.unit import Contact, Unit
from procedures.tickets.readiness import SETTLED
from procedures.tickets.shipped_register import add_shipped_register

UNITS_FILE = Path(__file__).resolve().parents[2] / "data" / "units.csv"
# username, name, position, roles: the cast of the project's stories
CAST: list[tuple[str, str, str, set[Role]]] = [
    ("sari", "Sari", "Operator", {Role.OPERATOR}),
    ("nita", "Nita", "Operator", {Role.OPERATOR}),
    ("budi", "Pak Budi", "Kepala Pustikom", {Role.HEAD_OF_CENTRE}),
    ("rina", "Bu Rina", "Kepala Divisi Networking", {Role.HEAD_NETWORKING}),
    ("tono", "Tono", "Staf Divisi Networking", {Role.STAFF_NETWORKING}),
    ("hadi", "Pak Hadi", "Kepala Divisi Sistem Informasi", {Role.HEAD_SYSTEMS}),
    ("lina", "Lina", "Staf Divisi Sistem Informasi", {Role.STAFF_SYSTEMS}),
    ("wati", "Wati", "Petugas Layanan", {Role.SERVICE_OFFICER}),
    ("yusuf", "Pak Yusuf", "Wakil Kepala Pustikom", set()),
    ("rudi", "Rudi", "Administrator", {Role.ADMINISTRATOR}),
    ("ketua", "Bu Ketua", "Wakil Rektor", {Role.VIEWER}),
]
MEMBERS = {
    "Meja Layanan": ["sari", "nita", "wati"],
    "Jaringan": ["rina", "tono"],
    "Sistem Informasi": ["hadi", "lina"],
}
CONTACTS: list[tuple[str, str, str, str, str, str]] = [
    ("FEB", "Dewi Anggraini", "Pengelola IT", "it_manager", "dewi@feb.example", "0812-6600-0001"),
    ("FEB", "Pak Dekan", "Dekan", "head", "dekan@feb.example", "0751-000101"),
    ("FTI", "Fajar Pratama", "Pengelola IT", "it_manager", "fajar@fti.example", "0812-6600-0002"),
    ("FH", "Mega Sari", "Pengelola IT", "it_manager", "mega@fh.example", "0812-6600-0003"),
    ("PERPUS", "Ilham Putra", "Pengelola IT", "it_manager", "ilham@perpus.example", "0812-6600-0004"),
]


def build_cast(passwords: dict[str, str] | None = None) -> dict[str, Staff]:
    """Add the staff, groups, categories, units and contacts to the running transaction, by username.

    Without a password a person cannot log in.
    """
    people = {}
    for username, name, position, roles in CAST:
        person = Staff(
            username=username, name=name, position=position, email=f"{username}@pustikom.example", is_demo=True
        )
        person.roles = roles
        if passwords:
            person.set_password(passwords[username])
        people[username] = person
    db.session.add_all(people.values())
    for name, group in add_shipped_register().items():
        group.members = [GroupMember(staff=people[username]) for username in MEMBERS[name]]
    _units()
    for key in SETTLED:
        settle(key)
    db.session.flush()
    return people


def _units() -> None:
    rows = list(csv.DictReader(UNITS_FILE.open(encoding="utf-8")))
    units = {r["code"]: Unit(code=r["code"], name=r["name"], kind=r["kind"], building=r["building"]) for r in rows}
    for row in rows:
        units[row["code"]].parent = units.get(row["parent_code"])
    db.session.add_all(units.values())
    for code, name, position, kind, email, phone in CONTACTS:
        db.session.add(Contact(unit=units[code], name=name, position=position, kind=kind, email=email, phone=phone))
