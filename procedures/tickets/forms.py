"""The forms of the common moves and of complaints (C)."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import RadioField, SelectField

from models.base.db import db
from models.base.wording import Words
from models.organisation.staff import Group
from models.organisation.unit import kept_units
from models.tickets.category import kept_categories
from models.tickets.ticket import CHANNELS, NOT_BY_HAND, PRIORITIES
from procedures.base.date_fields import ReceivedMixin
from procedures.base.form_fields import (
    Fault,
    StepForm,
    email_field,
    line_field,
    phone_field,
    required,
    text_field,
)
from procedures.tickets.offers import offers


class TextForm(StepForm):
    takes_files = True
    text = text_field(_l("Isi"))


class LastReplyForm(TextForm):
    """C5b in one press: the reply is the solution. The cause may stay open, for not every question has one."""

    cause = line_field(_l("Penyebab, bila selesai"), 200, needed=False)

    @property
    def solution(self) -> Words:
        return self.text


class NoteForm(StepForm):
    text = text_field(_l("Catatan"))


class AskForm(StepForm):
    text = text_field(_l("Apa yang perlu dijawab pemohon?"))


class ReasonForm(StepForm):
    reason = text_field(_l("Alasan"), 2_000)


class ReopenForm(ReasonForm):
    """C6b: what is still wrong, with a picture of it where one helps."""

    takes_files = True


class PublicReasonForm(StepForm):
    reason = text_field(_l("Alasan, dibaca pemohon"), 2_000)


class OptionalNoteForm(StepForm):
    text = text_field(_l("Catatan"), 2_000, needed=False)


class AttachForm(StepForm):
    text = text_field(_l("Keterangan berkas"), 500, needed=False)


class AssignForm(StepForm):
    assignee = SelectField(_l("Petugas"), coerce=int, validators=[required(_l("Pilih petugas."))])
    text = text_field(_l("Pesan"), 2_000, needed=False)

    def prepare(self) -> None:
        super().prepare()
        self.assignee.choices = [(0, "—"), *offers()["assignee"]]


class HandOverForm(StepForm):
    group = SelectField(_l("Kelompok"), coerce=int, validators=[required(_l("Pilih kelompok."))])
    reason = text_field(_l("Alasan"), 2_000, needed=False)

    def prepare(self) -> None:
        super().prepare()
        self.group.choices = [(0, "—"), *offers()["group"]]

    def faults_together(self) -> Iterator[Fault]:
        """The group that gets the ticket says whether it wants to read why."""
        yield from super().faults_together()
        if self.is_blank("reason") and asks_why(self.group.data):
            yield "reason", _l("Kelompok itu meminta alasannya. Tulis mengapa tiket ini lebih tepat di sana.")


def asks_why(group_id: int | None) -> bool:
    """Does this group want a reason with what others hand over to it?"""
    if not group_id:
        return False
    return bool(db.session.scalar(select(Group.asks_why).where(Group.id == group_id)))


class ResolveForm(StepForm):
    cause = text_field(_l("Penyebab"), 5_000)
    solution = text_field(_l("Penyelesaian, dibaca pemohon"), 5_000)


class RatingForm(StepForm):
    rating = RadioField(
        _l("Penilaian"),
        coerce=int,
        choices=[(5, "5"), (4, "4"), (3, "3"), (2, "2"), (1, "1")],
        validators=[required(_l("Pilih 1 sampai 5."))],
    )
    text = text_field(_l("Komentar"), 2_000, needed=False)


class ComplaintForm(StepForm):
    """C1: the public form; the names of its fields are kept, for other programs fill it in too."""

    takes_files = True
    name = line_field(_l("Nama"), 120, render_kw={"autocomplete": "name"})
    email = email_field(_l("Email"), needed=False, autocomplete="email")
    phone = phone_field(_l("Telepon"), needed=False, autocomplete="tel")
    unit = SelectField(_l("Unit atau fakultas"), coerce=int, validate_choice=True, default=0)
    category = SelectField(
        _l("Jenis masalah"), coerce=int, validators=[required(_l("Pilih jenis masalah yang paling dekat."))]
    )
    subject = line_field(_l("Judul singkat"), 200)
    description = text_field(_l("Apa yang terjadi?"), 20_000)

    def prepare(self) -> None:
        super().prepare()
        language = str(get_locale() or "id")
        self.unit.choices = [(0, "—")] + [(unit.id, unit.name) for unit in kept_units()]
        self.category.choices = [(0, "—")] + [
            (kept.id, kept.name_en if language == "en" and kept.name_en else kept.name) for kept in kept_categories()
        ]

    def faults_together(self) -> Iterator[Fault]:
        yield from super().faults_together()
        if self.is_blank("email", "phone"):
            yield "email", _l("Isi email atau telepon, supaya kami dapat menghubungi Anda.")


class EntryForm(ReceivedMixin, ComplaintForm):
    """C2: the operator enters a complaint that came any other way, with the true time of receipt."""

    channel = SelectField(
        _l("Datang melalui"), choices=[(k, v) for k, v in CHANNELS.items() if k not in ("web", *NOT_BY_HAND)]
    )
    language = SelectField(_l("Bahasa pemohon"), choices=[("id", "Indonesia"), ("en", "English")], default="id")
    priority = SelectField(_l("Prioritas"), coerce=int, choices=list(PRIORITIES.items()), default=0)
    priority_reason = line_field(_l("Alasan prioritas"), 300, needed=False)

    def faults_together(self) -> Iterator[Fault]:
        yield from super().faults_together()
        if self.priority.data and self.is_blank("priority_reason"):
            yield "priority_reason", _l("Tulis mengapa ini didahulukan.")
