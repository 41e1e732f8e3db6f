"""The forms of the steps of outages (L, W)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from wtforms import Field, RadioField, SelectField, ValidationError

from models.base.db import db, utcnow
from models.organisation.roles import Role
from models.organisation.staff import Staff, StaffRole
from models.organisation.unit import Contact, Unit
from models.outages.network import Node, WebService
from models.outages.outage import BRANCHES, WAYS, OutageNode, OutageUnit, outage_row_of
from models.tickets.ticket import CHANNELS, NOT_BY_HAND, Ticket
from procedures.base.date_fields import CLOCKS_DIFFER, SAYS_NO_TIME_YET, MomentField, as_utc, when_field
from procedures.base.form_fields import (
    Fault,
    StepForm,
    TickBoxes,
    email_field,
    line_field,
    phone_field,
    required,
    text_field,
)
from procedures.base.typed_rows import Register, RowField

LONGEST_OUTAGE = timedelta(days=60)
WAYS_IN = [(key, label) for key, label in CHANNELS.items() if key not in ("web", *NOT_BY_HAND)]


def choices_of(rows: Sequence[Any]) -> list[tuple[int, str]]:
    return [(0, "—"), *((row[0], row[1]) for row in rows)]


def node_choices() -> list[tuple[int, str]]:
    return choices_of(db.session.execute(select(Node.id, Node.name).order_by(Node.name)).all())


def _no_node(words: str) -> str:
    return _(
        "Tidak ada perangkat bernama “%(words)s”. Ketik sebagian namanya seperti di daftar perangkat.", words=words
    )


def _no_unit(words: str) -> str:
    return _("Tidak ada unit bernama “%(words)s”. Ketik sebagian namanya.", words=words)


def _no_manager(words: str) -> str:
    return _(
        "Tidak ada pengelola IT “%(words)s” di daftar kontak. Kosongkan bagian ini dan tulis namanya di bawah.",
        words=words,
    )


NODES = Register(lambda: select(Node.id, Node.name), _no_node)
NODES_TO_PING = Register(lambda: select(Node.id, Node.name, Node.address).where(Node.address.is_not(None)), _no_node)
UNITS = Register(lambda: select(Unit.id, Unit.name).where(Unit.is_active), _no_unit)
MANAGERS = Register(
    lambda: (
        select(Contact.id, Contact.name, Unit.name, Contact.phone)
        .join(Unit)
        .where(Contact.kind == "it_manager", Contact.is_active)
    ),
    _no_manager,
)
PART_OF_NAME = _l("Ketik sebagian namanya.")


def _crew(*roles: Role) -> list[tuple[int, str]]:
    holders = select(StaffRole.staff_id).where(StaffRole.role.in_([role.value for role in roles]))
    query = select(Staff.id, Staff.name).where(Staff.id.in_(holders), Staff.is_active).order_by(Staff.name)
    return [(ident, name) for ident, name in db.session.execute(query)]


def began_field() -> MomentField:
    return when_field(_l("Mulai terganggu (WIB)"), needed=False, description=_l("Kosong: sekarang."))


class BeganMixin(StepForm):
    def validate_began_at(self, field: Field) -> None:
        began = as_utc(field)
        if began and began > utcnow() + CLOCKS_DIFFER:
            raise ValidationError(SAYS_NO_TIME_YET)
        if began and began < utcnow() - LONGEST_OUTAGE:
            raise ValidationError(_l("Waktu itu lebih dari 60 hari yang lalu. Periksa tanggalnya."))


class NetworkFaultForm(BeganMixin):
    """L1: what failed, if it is known, and whom it affects."""

    node = RowField(_l("Perangkat yang mati, bila diketahui"), of=NODES, default=0, description=PART_OF_NAME)
    unit = RowField(_l("Unit yang terganggu"), of=UNITS, default=0, description=PART_OF_NAME)
    subject = line_field(_l("Judul singkat"), 200)
    description = text_field(_l("Apa yang dilaporkan?"), 5_000)
    began_at = began_field()

    def faults_together(self) -> Iterator[Fault]:
        yield from super().faults_together()
        if self.is_blank("unit", "node"):
            yield "unit", _l("Pilih unit yang terganggu atau perangkat yang mati.")


class ServiceFaultForm(BeganMixin):
    """W1: which service, and what is said of it."""

    service = SelectField(_l("Layanan"), coerce=int, validators=[required(_l("Pilih layanannya."))])
    subject = line_field(_l("Judul singkat"), 200)
    description = text_field(_l("Apa yang dilaporkan?"), 5_000)
    began_at = began_field()

    def prepare(self) -> None:
        super().prepare()
        query = select(WebService.id, WebService.name).order_by(WebService.name)
        self.service.choices = choices_of(db.session.execute(query).all())


class ReporterMixin(StepForm):
    """Whoever reported it by telephone or in person; told how it goes on."""

    reporter_name = line_field(_l("Nama pelapor"), 120, needed=False)
    reporter_email = email_field(_l("Email pelapor"), needed=False)
    reporter_phone = phone_field(_l("Telepon pelapor"), needed=False)
    channel = SelectField(_l("Datang melalui"), choices=WAYS_IN, default="phone")


class NetworkReportForm(NetworkFaultForm, ReporterMixin):
    """L1: an outage reported by hand."""


class ServiceReportForm(ServiceFaultForm, ReporterMixin):
    """W1: a web server reported by hand."""


class PingForm(StepForm):
    """L2: what to ping; the cause by default."""

    node = RowField(
        _l("Perangkat"),
        of=NODES_TO_PING,
        default=0,
        description=_l("Kosong: perangkat penyebab. Untuk yang lain, ketik sebagian nama atau alamatnya."),
    )

    def is_about(self, ticket: Ticket) -> None:
        self.node.first = Node.id.in_(select(OutageNode.node_id).where(OutageNode.ticket_id == ticket.id))


class ManagerCallForm(StepForm):
    """L3: who was contacted, how, and what they confirmed."""

    contact = RowField(_l("Pengelola IT"), of=MANAGERS, default=0, description=_l("Ketik sebagian nama atau unitnya."))
    name = line_field(_l("Nama, bila orang lain"), 120, needed=False)
    way = SelectField(_l("Lewat"), choices=list(WAYS.items()), default="phone")
    text = text_field(_l("Yang disampaikan atau dipastikannya"), 2_000)

    def is_about(self, ticket: Ticket) -> None:
        units = select(OutageUnit.unit_id).where(OutageUnit.ticket_id == ticket.id)
        above = select(Unit.parent_id).where(Unit.id.in_(units), Unit.parent_id.is_not(None))
        self.contact.first = or_(Unit.id.in_(units), Unit.id.in_(above))

    def faults_together(self) -> Iterator[Fault]:
        yield from super().faults_together()
        if self.is_blank("contact", "name"):
            yield "name", _l("Pilih pengelola IT, atau tulis nama orang yang dihubungi.")


class FindingForm(ManagerCallForm):
    """L3: with the finding that chooses the branch, or none yet."""

    finding = RadioField(
        _l("Hasilnya"),
        choices=[("", _l("Belum jelas")), ("supporting", BRANCHES["supporting"]), ("it", BRANCHES["it"])],
        default="",
    )


class EstimateMixin(StepForm):
    recovers_at = when_field(_l("Perkiraan pulih (WIB)"))
    estimate_reason = line_field(_l("Dasar perkiraan"), 300)

    def validate_recovers_at(self, field: Field) -> None:
        moment = as_utc(field)
        if moment and moment <= utcnow():
            raise ValidationError(_l("Perkiraan pulih harus sesudah sekarang."))
        if moment and moment > utcnow() + LONGEST_OUTAGE:
            raise ValidationError(_l("Perkiraan lebih dari 60 hari lagi. Periksa tanggalnya."))


class DurationForm(EstimateMixin):
    """L4: the estimate of whoever is responsible for the supporting infrastructure."""

    source = line_field(_l("Penanggung jawab yang ditanya"), 160, description=_l("Mis. PLN, penyedia internet."))
    text = text_field(_l("Jawabannya"), 2_000)


class ReportForm(EstimateMixin):
    """L5, L10: words for the affected, with the expected recovery."""

    text = text_field(_l("Isi kabar, dibaca semua yang terdampak"), 3_000)


class PlainReportForm(StepForm):
    """L6, W3: the report of a problem of which no end is known yet."""

    text = text_field(_l("Isi laporan"), 3_000)


class UpdateForm(StepForm):
    """A later update; a new estimate is recorded where one is given."""

    text = text_field(_l("Isi kabar, dibaca semua yang terdampak"), 3_000)
    recovers_at = when_field(_l("Perkiraan pulih yang baru (WIB)"), needed=False)
    estimate_reason = line_field(_l("Dasar perkiraan"), 300, needed=False)

    def validate_recovers_at(self, field: Field) -> None:
        EstimateMixin.validate_recovers_at(self, field)

    def faults_together(self) -> Iterator[Fault]:
        if self.estimate_reason.data and self.is_blank("recovers_at"):
            yield "recovers_at", _l("Isi perkiraan pulihnya, atau kosongkan dasarnya.")


class OutageCrewForm(StepForm):
    """L7: who is sent to the place."""

    crew = TickBoxes(_l("Petugas"), coerce=int, validators=[required(_l("Pilih sedikitnya satu petugas."))])
    text = text_field(_l("Arahan"), 2_000)

    def prepare(self) -> None:
        super().prepare()
        self.crew.choices = _crew(Role.STAFF_NETWORKING)


class ServiceCrewForm(StepForm):
    """W4: who is ordered to check the server."""

    crew = TickBoxes(_l("Petugas"), coerce=int, validators=[required(_l("Pilih sedikitnya satu petugas."))])
    text = text_field(_l("Arahan"), 2_000)

    def prepare(self) -> None:
        super().prepare()
        self.crew.choices = _crew(Role.STAFF_SYSTEMS)


class InventoryForm(EstimateMixin):
    """L8: the problems found on the spot, one a line, from which the estimate follows."""

    problems = text_field(_l("Masalah yang ditemukan"), 3_000, description=_l("Satu masalah sebaris."))


class FieldReportForm(EstimateMixin):
    """L9: the report from the place."""

    text = text_field(_l("Laporan dari lokasi"), 3_000)


class BranchForm(StepForm):
    """A wrong branch is changed with a reason."""

    branch = RadioField(
        _l("Cabang yang benar"),
        choices=[("supporting", BRANCHES["supporting"]), ("it", BRANCHES["it"])],
        validators=[required(_l("Pilih salah satu cabang."))],
    )
    reason = text_field(_l("Alasan"), 2_000)


class EndForm(StepForm):
    """L10b, W6b: cause and action; without an answered check, why there is none."""

    cause = text_field(_l("Penyebab"), 3_000)
    text = text_field(_l("Tindakan yang memulihkan, dibaca semua yang terdampak"), 3_000)
    ended_at = when_field(_l("Pulih pada (WIB)"), needed=False, description=_l("Kosong: saat terbukti menjawab."))
    no_proof_reason = text_field(
        _l("Alasan bila pemeriksaan tidak dapat membuktikan"),
        1_000,
        needed=False,
        description=_l("Hanya bila tidak ada pemeriksaan yang menjawab."),
    )

    def validate_ended_at(self, field: Field) -> None:
        moment = as_utc(field)
        if moment and moment > utcnow() + CLOCKS_DIFFER:
            raise ValidationError(SAYS_NO_TIME_YET)


class SolutionForm(StepForm):
    """W6: cause and solution, both required."""

    cause = text_field(_l("Penyebab"), 3_000)
    text = text_field(_l("Penyelesaian"), 3_000)


class OutsideManagerForm(StepForm):
    """W7: whom at the outside manager, how, and when they are asked again; the service's record is shown and kept."""

    name = line_field(_l("Pengelola yang dihubungi"), 120)
    manager_email = email_field(_l("Email pengelola luar"), needed=False)
    manager_phone = phone_field(_l("Telepon pengelola luar"), needed=False)
    way = SelectField(_l("Lewat"), choices=list(WAYS.items()), default="letter")
    text = text_field(_l("Yang diminta atau dijawab"), 3_000)
    follow_up_at = when_field(_l("Ditanyakan lagi pada (WIB)"))

    def validate_follow_up_at(self, field: Field) -> None:
        moment = as_utc(field)
        if moment and moment <= utcnow():
            raise ValidationError(_l("Waktu menanyakan lagi harus sesudah sekarang."))

    def is_about(self, ticket: Ticket) -> None:
        known = show_manager(self, ticket)
        if known and not self.name.data:  # nobody has typed yet
            self.name.data = known.manager_name
            self.way.data = "email" if known.manager_email else "phone" if known.manager_phone else self.way.data


class SideForm(StepForm):
    """W4, W7: the server turns out to be managed by the other side."""

    managed_by = RadioField(
        _l("Server ini dikelola oleh"),
        choices=[("centre", _l("Pustikom")), ("other", _l("Pihak lain"))],
        validators=[required(_l("Pilih salah satu."))],
    )
    reason = text_field(_l("Alasan"), 1_000)
    manager_name = line_field(_l("Nama pengelola luar"), 120, needed=False, description=_l("Bila kini pihak lain."))
    manager_email = email_field(_l("Email pengelola luar"), needed=False)
    manager_phone = phone_field(_l("Telepon pengelola luar"), needed=False)

    def is_about(self, ticket: Ticket) -> None:
        show_manager(self, ticket)


def show_manager(form: StepForm, ticket: Ticket) -> WebService | None:
    """Put what the service's record knows of its outside manager into the boxes that are empty."""
    outage = outage_row_of(ticket)
    service = outage.service if outage else None
    for name in ("manager_name", "manager_email", "manager_phone"):
        if service is not None and name in form and not form[name].data:
            form[name].data = getattr(service, name)
    return service
