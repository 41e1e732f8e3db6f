"""The first administrator of an installation: added on a page whose link is told on the server alone."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app
from sqlalchemy import select, text

from models.base.db import db
from models.organisation.roles import Role
from models.organisation.sessions import StaffToken
from models.organisation.staff import Staff, StaffRole, username_of
from procedures.organisation.invite_staff import invite_staff, join_groups

BY = "setup"


def lacks_administrator() -> bool:
    """Was there never an administrator here? Asked no more once there is one."""
    if current_app.extensions.get("has_administrator"):
        return False
    held = select(StaffRole.staff_id).where(StaffRole.role == Role.ADMINISTRATOR.value)
    has_one = db.session.scalar(held.limit(1)) is not None
    current_app.extensions["has_administrator"] = has_one
    return not has_one


def first_link() -> str:
    """The address of the page: whoever can read SECRET_KEY, thus runs commands on the server, can make it."""
    return f"{current_app.config['BASE_URL']}/admin/first/{_token()}"


def is_first_token(token: str) -> bool:
    return hmac.compare_digest(token.encode(), _token().encode()) and lacks_administrator()


def add_first_administrator(username: str, name: str, email: str, password: str) -> bool:
    """Add the person to the running transaction; False when another was quicker. StaffRefused says what is wrong."""
    if db.engine.dialect.name == "postgresql":  # SQLite has one writer
        db.session.execute(text("LOCK TABLE staff_role IN SHARE ROW EXCLUSIVE MODE"))
    if not lacks_administrator():
        return False
    invite_staff(username, name, email, "", {Role.ADMINISTRATOR}, by=BY)
    person = db.session.scalars(select(Staff).where(Staff.username == username_of(username))).unique().one()
    person.set_password(password)
    db.session.query(StaffToken).filter(StaffToken.staff_id == person.id).delete()
    join_groups(username)
    return True


def _token() -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, b"first administrator", hashlib.sha256).hexdigest()
