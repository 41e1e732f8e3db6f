"""How the month went for one head, counted at night for that head's first screen; no ticket is in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, db, utcnow
from models.base.typed_date import read_day
from models.organisation.roles import Role


@dataclass(frozen=True)
class MonthCount:
    """The days `first` to `last` of one month: steps that had a target and kept it; the median in working hours."""

    first: str
    last: str
    received: int = 0
    ended: int = 0
    with_target: int = 0
    kept: int = 0
    median: float | None = None

    @property
    def share(self) -> float | None:
        return 100 * self.kept / self.with_target if self.with_target else None

    @property
    def day(self) -> date:
        return read_day(self.first)

    @property
    def end(self) -> date:
        return read_day(self.last)


@dataclass(frozen=True)
class WeekCount:
    """What came and what ended from this day on, until the next week or the end."""

    first: str
    last: str
    received: int
    ended: int

    @property
    def day(self) -> date:
        return read_day(self.first)

    @property
    def end(self) -> date:
        return read_day(self.last)


@dataclass(frozen=True)
class GroupCount:
    """One group's steps with a target, this month's and the last's."""

    group_id: int
    name: str
    with_target: int
    kept: int
    with_target_then: int
    kept_then: int

    @property
    def share(self) -> float | None:
        return 100 * self.kept / self.with_target if self.with_target else None

    @property
    def share_then(self) -> float | None:
        return 100 * self.kept_then / self.with_target_then if self.with_target_then else None


@dataclass(frozen=True)
class MonthFigures:
    """This month beside as many days of the last."""

    now: MonthCount
    then: MonthCount
    weeks: list[WeekCount] = field(default_factory=list)
    groups: list[GroupCount] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.now.received or self.now.ended or self.then.received or self.then.ended)

    def written(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> MonthFigures:
        facts = json.loads(text)
        return cls(
            MonthCount(**facts["now"]),
            MonthCount(**facts["then"]),
            [WeekCount(**week) for week in facts["weeks"]],
            [GroupCount(**group) for group in facts["groups"]],
        )


class MonthFigure(Base):
    """One head's figures until `last_day`, and the roles for which they were counted: other roles see other tickets."""

    __tablename__ = "month_figure"
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    roles: Mapped[str] = mapped_column(String(250))
    last_day: Mapped[date]
    figures: Mapped[str] = mapped_column(Text)
    counted_at: Mapped[datetime] = mapped_column(default=utcnow)


def named(roles: Iterable[Role]) -> str:
    return " ".join(sorted(role.value for role in roles))


def month_of(staff_id: int, roles: Iterable[Role]) -> MonthFigures | None:
    """What was counted for this person in these roles."""
    row = db.session.get(MonthFigure, staff_id)
    return MonthFigures.read(row.figures) if row and row.roles == named(roles) else None
