"""Adds a member of staff with a link by which they set their password; who belongs to a division joins its groups."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from models.base.db import db, utcnow
from models.base.mail_address import BadMail, read_mail
from models.base.written import clean_line, is_written
from models.organisation import audit
from models.organisation.roles import DIVISION_ROLES, Division, Role
from models.organisation.sessions import StaffToken, hash_token
from models.organisation.staff import Group, GroupMember, Staff, username_of

INVITATION = timedelta(hours=72)
USERNAME = re.compile(r"[a-z0-9._-]{2,60}")
FRONT_DESK_ROLES = {Role.OPERATOR, Role.SERVICE_OFFICER}


class StaffRefused(ValueError):
    """This person cannot be added; the text says why and what to do."""


def invite_staff(username: str, name: str, email: str, position: str, roles: Collection[Role], by: str) -> str:
    """Add the person to the running transaction; returns the link, which holds for 72 hours and once."""
    username, name, position = username_of(username), clean_line(name), clean_line(position)
    if not USERNAME.fullmatch(username):
        raise StaffRefused(_("Nama pengguna: 2 sampai 60 huruf kecil, angka, titik, dan garis saja."))
    if not name or len(name) > 120 or not name.isprintable():
        raise StaffRefused(_("Tulis namanya, paling panjang 120 huruf."))
    try:
        email = read_mail(email) if is_written(email) else ""
    except BadMail as bad:
        raise StaffRefused(str(bad)) from None
    if db.session.scalar(select(Staff.id).where(Staff.username == username)) is not None:
        raise StaffRefused(_("Nama pengguna %(name)s sudah dipakai. Pilih yang lain.", name=username))
    token = secrets.token_urlsafe(32)
    person = Staff(username=username, name=name, email=email, position=position)
    person.roles = set(roles)
    db.session.add(person)
    db.session.flush()
    ends_at = utcnow() + INVITATION
    db.session.add(StaffToken(staff_id=person.id, token_hash=hash_token(token), purpose="invite", ends_at=ends_at))
    audit.record("create", "Staff", person.id, actor_name=by, diff={"username": username, "roles": sorted(roles)})
    return f"{current_app.config['BASE_URL']}/admin/invite/{token}"


def join_groups(username: str) -> list[str]:
    """Make a person a member of the groups of their divisions, in the running transaction; returns the groups."""
    person = db.session.scalars(select(Staff).where(Staff.username == username_of(username))).unique().one()
    divisions = {DIVISION_ROLES[role].value for role in person.roles if role in DIVISION_ROLES}
    if not person.roles.isdisjoint(FRONT_DESK_ROLES):
        divisions.add(Division.FRONT_DESK.value)
    groups = db.session.scalars(select(Group).where(Group.is_active, Group.division.in_(divisions))).unique().all()
    joined = [group for group in groups if group.id not in person.group_ids]
    db.session.add_all(GroupMember(group_id=group.id, staff_id=person.id) for group in joined)
    return [group.name for group in joined]
