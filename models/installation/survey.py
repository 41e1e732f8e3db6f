"""What a unit asks for and what the surveyors find (N4): place, points, cable way, material."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base.columns.photo_marks import drawing_of
from models.base.columns.thousandths import Thousandths
from models.base.db import Base, db, utcnow
from models.base.request_cache import read_once
from models.base.wording import Words
from models.organisation.staff import Staff
from models.tickets.letter import RequestLetter, letters_of_day, own_and_twins
from models.tickets.ticket import Attachment, Ticket

CABLES: dict[str, Words] = {"fo": _l("Fiber"), "utp": _l("UTP"), "radio": _l("Radio")}
GROUNDINGS: dict[str, Words] = {"yes": _l("Ya"), "no": _l("Belum"), "unsure": _l("Ragu")}
RESULTS: dict[str, Words] = {
    "feasible": _l("Layak"),
    "conditional": _l("Layak dengan syarat"),
    "infeasible": _l("Tidak layak"),
}


class InstallationRequest(Base):
    """Where, how many points and for what (N1), and whom to meet there."""

    __tablename__ = "installation_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    building: Mapped[str] = mapped_column(String(120))
    floor: Mapped[str] = mapped_column(String(40), default="")
    room: Mapped[str] = mapped_column(String(120), default="")
    points: Mapped[int]
    installed_points: Mapped[int | None]  # as the installers reported last (N7c)
    purpose: Mapped[str] = mapped_column(Text)
    contact_name: Mapped[str] = mapped_column(String(120))
    contact_phone: Mapped[str] = mapped_column(String(30), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    ticket: Mapped[Ticket] = relationship()

    @property
    def place(self) -> str:
        floor = f"lantai {self.floor}" if self.floor else ""
        room = f"ruang {self.room}" if self.room else ""
        return ", ".join(part for part in (self.building, floor, room) if part)


class Appointment(Base):
    """Who goes to the place and when: surveyors (N3) or installers (N7)."""

    __tablename__ = "appointment"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(12))  # survey, installation
    starts_at: Mapped[datetime]
    ends_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    is_current: Mapped[bool] = mapped_column(default=True)
    staff: Mapped[Staff] = relationship()
    ticket: Mapped[Ticket] = relationship()


class Survey(Base):
    """One visit's form (N4): saved as a draft at every change, a report once it is sent."""

    __tablename__ = "survey"
    __table_args__ = (UniqueConstraint("ticket_id", "round"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    round: Mapped[int] = mapped_column(default=1)
    surveyed_on: Mapped[date | None]
    distribution_point: Mapped[str] = mapped_column(String(200), default="")
    distance_m: Mapped[Decimal | None] = mapped_column(Thousandths)
    floors: Mapped[int | None]
    cable: Mapped[str] = mapped_column(String(10), default="")
    cable_way: Mapped[str] = mapped_column(Text, default="")
    power: Mapped[str] = mapped_column(Text, default="")
    grounding: Mapped[str] = mapped_column(String(10), default="")
    obstacles: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(String(12), default="")
    condition: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[str | None] = mapped_column(String(80), unique=True)
    saved_at: Mapped[datetime] = mapped_column(default=utcnow)
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    ticket: Mapped[Ticket] = relationship()
    sent_by: Mapped[Staff | None] = relationship()
    points: Mapped[list[SurveyPoint]] = relationship(cascade="all, delete-orphan", order_by="SurveyPoint.position")
    materials: Mapped[list[SurveyMaterial]] = relationship(
        cascade="all, delete-orphan", order_by="SurveyMaterial.position"
    )
    photos: Mapped[list[SurveyPhoto]] = relationship(cascade="all, delete-orphan", order_by="SurveyPhoto.id")

    def __str__(self) -> str:
        return request_of(self.ticket).place

    @property
    def point_total(self) -> int:
        return sum(point.count for point in self.points)

    @property
    def result_label(self) -> Words:
        return RESULTS.get(self.result, "")

    @property
    def condition_for_rab(self) -> str:
        """On what the place is feasible; it stands on the RAB, so that whoever agrees has read it."""
        return self.condition if self.result == "conditional" else ""

    def gaps(self) -> Sequence[Words]:
        """What is still to be filled in before the report can be sent, in the form's order; empty when complete."""
        asked = (
            (self.points, _l("titik jaringan")),
            (self.distribution_point, _l("titik distribusi terdekat")),
            (self.distance_m is not None, _l("jarak ke titik distribusi")),
            (self.cable, _l("jenis kabel")),
            (self.grounding, _l("pembumian rak")),
            (self.result, _l("hasil")),
            (self.condition or self.result not in ("conditional", "infeasible"), _l("syarat atau alasan")),
        )
        return [name for answer, name in asked if not answer] + [gap for row in self._rows() for gap in row.gaps()]

    def _rows(self) -> list[SurveyPoint | SurveyMaterial]:
        return [*self.points, *self.materials]


class SurveyPoint(Base):
    """Points at one location of the room."""

    __tablename__ = "survey_point"
    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    position: Mapped[int]
    location: Mapped[str] = mapped_column(String(200))
    count: Mapped[int] = mapped_column(default=1)
    remark: Mapped[str] = mapped_column(String(200), default="")

    def gaps(self) -> Sequence[Words]:
        return [] if self.location else [_l("letak titik baris %(at)s", at=self.position)]


class SurveyMaterial(Base):
    """Material that the place needs: from the price catalogue by code, or in the surveyor's own words.

    A volume of nought is one that was not typed yet.
    """

    __tablename__ = "survey_material"
    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(30), default="")
    description: Mapped[str] = mapped_column(String(200))
    volume: Mapped[Decimal] = mapped_column(Thousandths)
    measure: Mapped[str] = mapped_column(String(20))

    def gaps(self) -> Sequence[Words]:
        asked = (
            (self.description, _l("uraian bahan baris %(at)s", at=self.position)),
            (self.volume, _l("volume bahan baris %(at)s", at=self.position)),
            (self.measure, _l("satuan bahan baris %(at)s", at=self.position)),
        )
        return [name for answer, name in asked if not answer]


class SurveyPhoto(Base):
    """A photo of the place, re-encoded without its position."""

    __tablename__ = "survey_photo"
    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"))
    caption: Mapped[str] = mapped_column(String(120), default="")
    marks: Mapped[str] = mapped_column(Text, default="")  # drawn over it, as models/base/columns/photo_marks.py
    attachment: Mapped[Attachment] = relationship()

    @property
    def drawing(self) -> Markup:
        """What was drawn, to lie over the photo; nothing where nothing was."""
        return drawing_of(self.marks)


def request_of(ticket: Ticket) -> InstallationRequest:
    return letter_file(ticket)[1]


def letter_and_request(ticket: Ticket) -> tuple[RequestLetter, InstallationRequest]:
    """The letter with its dispositions, and what it asks for."""
    letter, asked, _twins = letter_file(ticket)
    return letter, asked


@read_once
def letter_file(ticket: Ticket) -> tuple[RequestLetter, InstallationRequest, list[RequestLetter]]:
    """The letter, what it asks for, and the same letter on other tickets: in one statement."""
    rows = list(db.session.execute(letters_of_day(ticket, InstallationRequest)).unique())
    letter, twins = own_and_twins(ticket, [row[0] for row in rows])
    assert letter is not None  # every installation begins with one
    return letter, next(row[1] for row in rows if row[0] is letter), twins


def appointed(ticket: Ticket, purpose: str) -> list[Appointment]:
    """The people named for the visit that is due now, in the order in which they were named."""
    return [appointment for appointment in _appointments(ticket) if appointment.purpose == purpose]


@read_once
def _appointments(ticket: Ticket) -> list[Appointment]:
    query = select(Appointment).where(Appointment.ticket_id == ticket.id, Appointment.is_current)
    query = query.options(joinedload(Appointment.staff).lazyload(Staff.role_rows))
    return list(db.session.scalars(query.order_by(Appointment.id)).unique())


@read_once
def survey_of(ticket: Ticket) -> Survey | None:
    """The latest round's survey, draft or sent."""
    query = select(Survey).where(Survey.ticket_id == ticket.id).order_by(Survey.round.desc()).limit(1)
    return db.session.scalars(query.options(joinedload(Survey.points), joinedload(Survey.photos))).unique().first()
