"""The registers of the centre itself: groups, categories, absences, delegations, holidays."""

from __future__ import annotations

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from wtforms import (
    BooleanField,
    Field,
    SelectField,
    ValidationError,
)

from admin_views.frame.view import Column, HouseView, address, person
from admin_views.organisation.pending_changes import waits
from mails.organisation.second_person_notices import delegation_made
from models.base.db import db, utcnow, write_transaction
from models.base.wording import today
from models.base.written import clean_line
from models.organisation import audit
from models.organisation.delegation import Absence, Delegation
from models.organisation.pending_change import PendingKind
from models.organisation.roles import HEADS, MEMBER_ROLES, Division, Role
from models.organisation.staff import Group, GroupMember, Staff, StaffRole, staff_with
from models.tickets.category import Category
from procedures.base.count_field import CountField
from procedures.base.date_fields import coming_date, day_field
from procedures.base.form_fields import StepForm, TickBoxes, line_field, required, text_field
from procedures.engine import catalog
from procedures.engine.declaration import Who
from procedures.organisation.second_person import ask
from web.dates import on_date

DIVISIONS = [(d.value, d.label) for d in Division]


def staff_choices(*roles: Role) -> list[tuple[int, str]]:
    query = select(Staff.id, Staff.name).where(Staff.is_active).order_by(Staff.name)
    if roles:
        query = query.where(
            Staff.id.in_(select(StaffRole.staff_id).where(StaffRole.role.in_([r.value for r in roles])))
        )
    return [(i, n) for i, n in db.session.execute(query)]


def group_choices() -> list[tuple[int, str]]:
    return [
        (i, n) for i, n in db.session.execute(select(Group.id, Group.name).where(Group.is_active).order_by(Group.name))
    ]


class GroupForm(StepForm):
    name = line_field(_l("Nama"), 80)
    division = SelectField(_l("Divisi"), choices=DIVISIONS)
    assigns_by_load = BooleanField(_l("Langsung ke anggota yang hadir dengan tiket terbuka paling sedikit"))
    asks_why = BooleanField(_l("Meminta alasan bila kelompok lain menyerahkan tiket"))
    members_ids = TickBoxes(_l("Anggota"), coerce=int)
    is_active = BooleanField(_l("Dipakai"), default=True)

    def prepare(self) -> None:
        super().prepare()
        self.members_ids.choices = staff_choices(*MEMBER_ROLES)
        if self.row is not None and not self.is_sent:
            self.members_ids.data = [m.staff_id for m in self.row.members]


class GroupView(HouseView[Group]):
    name_key = "group"
    title = _l("Kelompok")
    intro = _l("Pengaduan dibagikan ke kelompok jenis masalahnya.")
    empty = _l("Tambahkan kelompok dan anggotanya; pengaduan dibagikan kepadanya.")
    create_label = _l("Tambah kelompok")
    columns = [
        Column("name", _l("Nama"), is_link=True),
        Column("division", _l("Divisi"), cell=lambda g: Division(g.division).label),
        Column("members", _l("Anggota"), cell=lambda g: ", ".join(sorted(m.staff.name for m in g.members))),
        Column("assigns_by_load", _l("Menunjuk petugas sendiri")),
        Column("is_active", _l("Dipakai")),
    ]
    searched = (Group.name,)
    order = (Group.name,)
    shows = ((Group.members, GroupMember.staff),)
    form = GroupForm

    def __init__(self) -> None:
        super().__init__(Group)

    def more_seen(self, row: Group) -> list[int]:
        return sorted(m.staff_id for m in row.members)

    def fill(self, row: Group, form: GroupForm) -> None:
        row.name, row.division = form.name.data, form.division.data
        row.assigns_by_load, row.is_active = form.assigns_by_load.data, form.is_active.data
        row.asks_why = form.asks_why.data
        chosen = set(form.members_ids.data or [])
        kept = [m for m in row.members if m.staff_id in chosen]
        row.members = kept + [GroupMember(staff_id=i) for i in sorted(chosen - {m.staff_id for m in kept})]


class CategoryForm(StepForm):
    name = line_field(_l("Nama"), 80)
    name_en = line_field(_l("Nama dalam bahasa Inggris"), 80, needed=False)
    group_id = SelectField(_l("Kelompok yang menangani"), coerce=int, validators=[required(_l("Pilih kelompok."))])
    position = CountField(_l("Urutan"), 0, 9999, default=100)
    is_active = BooleanField(_l("Ditawarkan di formulir"), default=True)

    def prepare(self) -> None:
        super().prepare()
        self.group_id.choices = [(0, "—"), *group_choices()]


def with_lack_of_members(group: Group) -> str:
    """The group's name, and that nobody is in it to whom a complaint could go."""
    return group.name if group.has_members else _("%(group)s (belum punya anggota)", group=group.name)


class CategoryView(HouseView[Category]):
    name_key = "category"
    title = _l("Jenis masalah")
    empty = _l("Jenis masalah yang ditambahkan tampil sebagai pilihan di formulir pengaduan.")
    create_label = _l("Tambah jenis masalah")
    columns = [
        Column("name", _l("Nama"), is_link=True),
        Column("name_en", _l("Inggris")),
        Column("group", _l("Kelompok"), cell=lambda row: with_lack_of_members(row.group)),
        Column("position", _l("Urutan"), css="pk-right"),
        Column("is_active", _l("Ditawarkan")),
    ]
    searched = (Category.name, Category.name_en)
    order = (Category.position,)
    shows = ((Category.group, Group.members, GroupMember.staff),)
    form = CategoryForm

    def __init__(self) -> None:
        super().__init__(Category)


class AbsenceForm(StepForm):
    staff_id = SelectField(_l("Petugas"), coerce=int, validators=[required(_l("Pilih petugas."))])
    first_day = day_field(_l("Hari pertama"))
    last_day = day_field(_l("Hari terakhir"))
    reason = line_field(_l("Keterangan"), 200, needed=False)

    def prepare(self) -> None:
        super().prepare()
        mine = person()
        everyone = mine.has(Role.ADMINISTRATOR, *HEADS)
        self.staff_id.choices = [(i, n) for i, n in staff_choices() if everyone or i == mine.id]

    def validate_last_day(self, field: Field) -> None:
        if field.data and self.first_day.data and field.data < self.first_day.data:
            raise ValidationError(_("Hari terakhir sebelum hari pertama. Periksa kedua tanggalnya."))


class AbsenceView(HouseView[Absence]):
    """One's own absences; heads and the administrator see and keep everybody's."""

    name_key = "absence"
    title = _l("Ketidakhadiran")
    intro = _l("Yang tidak hadir tidak mendapat tiket dari pembagian otomatis.")
    empty = _l("Catat cuti dan dinas luar di sini; selama itu pembagian otomatis melewati orangnya.")
    create_label = _l("Catat ketidakhadiran")
    columns = [
        Column("staff", _l("Petugas"), is_link=True),
        Column("first_day", _l("Dari"), cell=lambda a: on_date(a.first_day)),
        Column("last_day", _l("Sampai"), cell=lambda a: on_date(a.last_day)),
        Column("reason", _l("Keterangan")),
    ]
    order = (Absence.first_day,)
    shows = (Absence.staff,)
    newest_first = True
    form = AbsenceForm

    def __init__(self) -> None:
        super().__init__(Absence)

    def row_rule(self, query: Select[Absence]) -> Select[Absence]:
        me = person()
        return query if me.has(Role.ADMINISTRATOR, *HEADS) else query.where(Absence.staff_id == me.id)


class DelegationForm(StepForm):
    from_staff_id = SelectField(_l("Dari (kepala)"), coerce=int, validators=[required(_l("Pilih kepala."))])
    role = SelectField(_l("Untuk langkah peran"), choices=[(r.value, r.label) for r in sorted(HEADS)])
    to_staff_id = SelectField(_l("Kepada"), coerce=int, validators=[required(_l("Pilih penerima."))])
    steps_text = line_field(
        _l("Nomor langkah"),
        400,
        needed=False,
        description=_l("Misalnya N6, N8. Kosong berarti semua langkah peran itu."),
    )
    reason = text_field(_l("Nomor surat atau alasan"), 1_000)
    starts_on = day_field(_l("Mulai"))
    ends_on = coming_date(_l("Sampai"))

    def prepare(self) -> None:
        super().prepare()
        me = person()
        heads = staff_choices(*HEADS)
        self.from_staff_id.choices = heads if me.has(Role.ADMINISTRATOR) else [(i, n) for i, n in heads if i == me.id]
        self.to_staff_id.choices = [(0, "—"), *staff_choices()]
        if self.row is not None and not self.is_sent:
            self.steps_text.data = ", ".join(self.row.steps)


def step_numbers(form: DelegationForm) -> list[str]:
    """The numbers that were typed, in the paper's spelling: N6, N6b."""
    words = (form.steps_text.data or "").replace(";", ",").split(",")
    return [word[:1].upper() + word[1:].lower() for part in words if (word := clean_line(part).replace(" ", ""))][:40]


def steps_of_role(role: Role) -> list[str]:
    """The numbers of the written steps that this head takes, in the paper's order."""
    steps = (step for procedure in catalog.PROCEDURES.values() for step in procedure.steps.values())
    return list(dict.fromkeys(step.number for step in steps if step.number and {role, Who.MEMBER} & set(step.by)))


def _unknown_steps(words: list[str], role: Role) -> str:
    known = ", ".join(steps_of_role(role))
    return _(
        "%(words)s bukan langkah %(role)s. Yang ada: %(known)s.",
        words=", ".join(f"“{word}”" for word in words[:5]), role=role.label, known=known,
    )  # fmt: skip


class DelegationView(HouseView[Delegation]):
    name_key = "delegation"
    title = _l("Pendelegasian")
    intro = _l("Kepala meminjamkan langkahnya untuk suatu masa; surat dan riwayat menyebut keduanya.")
    empty = _l("Kepala yang berhalangan meminjamkan langkahnya kepada pimpinan lain; pendelegasian itu tampil di sini.")
    create_label = _l("Buat pendelegasian")
    columns = [
        Column("from_staff", _l("Dari"), is_link=True),
        Column("role", _l("Peran"), cell=lambda d: Role(d.role).label),
        Column("to_staff", _l("Kepada")),
        Column("steps", _l("Langkah"), cell=lambda d: ", ".join(d.steps) or _("semua")),
        Column("starts_on", _l("Mulai"), cell=lambda d: on_date(d.starts_on)),
        Column("ends_on", _l("Sampai"), cell=lambda d: on_date(d.ends_on)),
        Column("reason", _l("Surat atau alasan")),
        Column("is_waiting", _l("Berlaku"), cell=lambda d: _("Menunggu orang kedua") if d.is_waiting else _("Ya")),
        Column("revoked_at", _l("Dicabut"), cell=lambda d: _("Ya") if d.revoked_at else ""),
    ]
    order = (Delegation.starts_on,)
    shows = (Delegation.from_staff, Delegation.to_staff)
    newest_first = True
    form = DelegationForm
    details_template = "admin/organisation/delegation.html"
    more_acts = {"revoke": "revoke"}

    def __init__(self) -> None:
        super().__init__(Delegation)

    def row_allowed(self, row: Delegation, act: str) -> bool:
        """Only who lends, or the administrator, changes it; a revoked one stays as it was."""
        own = person().has(Role.ADMINISTRATOR) or row.from_staff_id == person().id
        return super().row_allowed(row, act) and (act == "details" or (own and row.revoked_at is None))

    def checked(self, form: DelegationForm, row: Delegation | None) -> bool:
        if not form.validate():
            return False
        lender = db.session.get(Staff, form.from_staff_id.data)
        if lender is None or not lender.has(Role(form.role.data)):
            form.role.errors = [_("Kepala itu tidak memegang peran ini.")]
        elif form.from_staff_id.data == form.to_staff_id.data:
            form.to_staff_id.errors = [_("Pilih orang lain.")]
        elif form.to_staff_id.data == person().id:
            form.to_staff_id.errors = [_("Langkah kepala tidak dapat Anda pinjamkan kepada diri sendiri.")]
        elif form.ends_on.data < form.starts_on.data:
            form.ends_on.errors = [_("Hari terakhir sebelum hari pertama. Periksa kedua tanggalnya.")]
        elif form.starts_on.data < today() and (row is None or form.starts_on.data != row.starts_on):
            form.starts_on.errors = [_("Pendelegasian berlaku dari hari ini atau sesudahnya. Periksa tanggalnya.")]
        elif unknown := [word for word in step_numbers(form) if word not in steps_of_role(Role(form.role.data))]:
            form.steps_text.errors = [_unknown_steps(unknown, Role(form.role.data))]
        return not form.errors

    def fill(self, row: Delegation, form: DelegationForm) -> None:
        row.from_staff_id, row.to_staff_id, row.role = form.from_staff_id.data, form.to_staff_id.data, form.role.data
        row.starts_on, row.ends_on, row.reason = form.starts_on.data, form.ends_on.data, form.reason.data
        row.steps = step_numbers(form)
        if form.from_staff_id.data != person().id:
            row.is_waiting, row.confirmed_by_id = True, None

    def written(self, row: Delegation, is_new: bool) -> None:
        """A head lends their own steps at once; what somebody else writes waits for a second person."""
        lender = db.session.get_one(Staff, row.from_staff_id)
        receiver = db.session.get_one(Staff, row.to_staff_id)
        if row.is_waiting:
            words = _(
                "%(role)s, %(lender)s kepada %(to)s, %(first)s sampai %(last)s",
                role=Role(row.role).label,
                lender=lender.name,
                to=receiver.name,
                first=on_date(row.starts_on),
                last=on_date(row.ends_on),
            )
            facts = {"delegation": row.id, "words": words}
            flash(waits(ask(PendingKind.DELEGATION, receiver, person(), facts, address())), "warning")
        else:
            delegation_made(row, [lender, receiver, *staff_with(Role.HEAD_OF_CENTRE)])

    @expose("/revoke/", methods=("POST",))
    def revoke(self) -> ResponseReturnValue:
        """Ends a delegation at once; what was done under it stays."""
        row = self.get_one(request.args.get("id"))
        if not self.row_allowed(row, "revoke"):
            abort(403)
        row_id = row.id
        with write_transaction():
            db.session.get_one(Delegation, row_id).revoked_at = utcnow()
            audit.record("revoke", "Delegation", row_id, staff=person(), ip=address())
        flash(_("Pendelegasian dicabut."), "success")
        return redirect(f"/admin/delegation/details/?id={row_id}", 303)
