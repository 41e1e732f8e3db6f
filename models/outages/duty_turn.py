"""Who is on duty outside working hours, night by night, in each division that answers for outages."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, UniqueConstraint, exists, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import setting
from models.base.calendar import calendars
from models.base.db import Base, db, utcnow
from models.base.setting import TIME, Spec
from models.base.wording import local
from models.organisation.delegation import Absence
from models.organisation.roles import Division
from models.organisation.staff import Staff

ON_CALL = (Division.NETWORKING, Division.SYSTEMS)  # L and W
setting.declare(
    "duty_begins_at",
    Spec("16:00", _l("Giliran jaga berganti pukul"), TIME, _l("Giliran sebuah hari berlaku sampai jam ini esoknya.")),
)


@setting.changes_lists
class DutyTurn(Base):
    """One night of one division: from when the turn changes on its day until it changes on the next."""

    __tablename__ = "duty_turn"
    id: Mapped[int] = mapped_column(primary_key=True)
    division: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    staff: Mapped[Staff] = relationship()

    __table_args__ = (UniqueConstraint("division", "day"),)


class OnDuty(NamedTuple):
    """Whoever has a turn and is here, with how they are reached."""

    division: str
    day: date
    staff_id: int
    name: str
    email: str
    language: str
    phone: str


def night_of(moment: datetime) -> date:
    """The day whose turn it is at a moment."""
    here = local(moment)
    begins = time.fromisoformat(setting.get("duty_begins_at"))
    return here.date() if here.time() >= begins else here.date() - timedelta(days=1)


def on_duty_between(first: date, last: date) -> list[OnDuty]:
    """The turns of these nights whose people work here and are not away, in one statement."""
    away = exists().where(
        Absence.staff_id == DutyTurn.staff_id, Absence.first_day <= DutyTurn.day, Absence.last_day >= DutyTurn.day
    )
    query = (
        select(DutyTurn.division, DutyTurn.day, Staff.id, Staff.name, Staff.email, Staff.language, Staff.phone)
        .join(Staff, Staff.id == DutyTurn.staff_id)
        .where(DutyTurn.day.between(first, last), Staff.is_active, ~away)
        .order_by(DutyTurn.day, DutyTurn.division)
    )
    return [OnDuty(*row) for row in db.session.execute(query)]


def on_duty_now(division: Division) -> OnDuty | None:
    """Who stands for the division at this moment; None in working hours, and where the roster has a hole."""
    now = utcnow()
    if calendars().is_open(now, division):
        return None
    night = night_of(now)
    turns = setting.recent(f"on duty {night}", lambda: on_duty_between(night, night))
    return next((turn for turn in turns if turn.division == division), None)
