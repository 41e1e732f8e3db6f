"""The register of staff and their roles; who is new gets an invitation and chooses the password."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from wtforms import BooleanField, SelectField
from wtforms.validators import Regexp

from admin_views.frame.view import Choice, Column, HouseView, WriteRefused, address, person
from admin_views.organisation.pending_changes import waits
from mails.queue import queue
from mails.recipients import Recipient
from models.base.counter import count_up
from models.base.db import db, utcnow, write_transaction
from models.organisation import audit
from models.organisation.calendar_feed import CalendarFeed
from models.organisation.contact_change import Holder
from models.organisation.duties import DUTIES
from models.organisation.pending_change import GUARDED, PendingKind
from models.organisation.push_device import forget_devices
from models.organisation.roles import Role
from models.organisation.second_factor import has_factor
from models.organisation.sessions import StaffSession, StaffToken, hash_token
from models.organisation.staff import Staff, StaffRole, staff_with
from procedures.base.form_fields import StepForm, TickBoxes, email_field, line_field, phone_field
from procedures.organisation.contact_changes import note_change
from procedures.organisation.second_person import ask, is_guarded, lifted, link_allowed

ROLES = [(r.value, r.label) for r in Role]
INVITATION = timedelta(hours=72)
RESET = timedelta(minutes=30)
PROOFS = [
    ("staff_card", _l("Kartu pegawai")),
    ("national_card", _l("KTP")),
    ("licence", _l("SIM")),
    ("passport", _l("Paspor")),
]


class StaffForm(StepForm):
    username = line_field(
        _l("Nama pengguna"),
        60,
        Regexp(r"^[a-z0-9._-]{2,60}$", message=_l("Huruf kecil, angka, titik, dan garis saja.")),
    )
    name = line_field(_l("Nama"), 120)
    position = line_field(_l("Jabatan"), 120, needed=False)
    number_kind = SelectField(_l("Jenis nomor pegawai"), choices=[("NIK", "NIK"), ("NIP", "NIP"), ("NIDN", "NIDN")])
    staff_number = line_field(
        _l("Nomor pegawai"),
        40,
        Regexp(r"^[0-9A-Za-z./ -]*$", message=_l("Hanya angka, huruf, spasi, titik, garis miring, dan tanda hubung.")),
        needed=False,
        description=_l("Dicetak di bawah nama pada dokumen yang ditandatangani."),
    )
    email = email_field(_l("Email"), needed=False)
    phone = phone_field(_l("Telepon"), needed=False)
    role_names = TickBoxes(_l("Peran"), choices=ROLES)
    is_active = BooleanField(_l("Masih bertugas"), default=True)
    is_break_glass = BooleanField(
        _l("Login darurat"),
        description=_l("Kata sandinya tetap membuka panel saat layanan masuk kampus mati (LOCAL_SIGN_IN)."),
    )
    language = SelectField(_l("Bahasa"), choices=[("id", "Indonesia"), ("en", "English")])

    def prepare(self) -> None:
        super().prepare()
        if self.row is not None and not self.is_sent:
            self.role_names.data = [role.value for role in self.row.roles]


class LostFactorForm(StepForm):
    """The proof of identity that somebody shows who has lost their second factor; of its number the end alone."""

    proof = SelectField(_l("Bukti diri"), choices=PROOFS)
    number_end = line_field(
        _l("Empat huruf terakhir nomornya"),
        4,
        Regexp(r"^[0-9A-Za-z]{4}$", message=_l("Tulis tepat empat angka atau huruf.")),
    )


class StaffView(HouseView[Staff]):
    name_key = "staff"
    title = _l("Petugas")
    create_label = _l("Tambah petugas")
    columns = [
        Column("name", _l("Nama"), is_link=True),
        Column("username", _l("Nama pengguna")),
        Column("position", _l("Jabatan")),
        Column("roles", _l("Peran"), cell=lambda s: ", ".join(str(r.label) for r in sorted(s.roles))),
        Column("email", _l("Email")),
        Column("is_active", _l("Masih bertugas")),
    ]
    searched = (Staff.name, Staff.username, Staff.email)
    filters = [Choice("active", _l("Masih bertugas"), Staff.is_active, lambda: [(True, _("Ya")), (False, _("Tidak"))])]
    order = (Staff.name,)
    form = StaffForm
    details_template = "admin/organisation/staff.html"
    more_acts = {"invite": "invite", "reset_factor": "reset_factor"}
    # Of the form in hand, from `fill` to `written`: the lock taken in `fill` lets one form follow the other.
    waiting: set[Role] = set()  # roles that need a second person
    before: tuple[frozenset[Role], bool] = (frozenset(), True)  # roles and whether active, as they were

    def __init__(self) -> None:
        super().__init__(Staff)

    def checked(self, form: StaffForm, row: Staff | None) -> bool:
        if not form.validate():
            return False
        chosen = {Role(value) for value in form.role_names.data or []}
        is_own = row is not None and not DUTIES["own_roles"].allows(person(), owner=[row.id])
        if row is not None and is_own and (chosen != set(row.roles) or not form.is_active.data):
            form.role_names.errors = [_("Peran Anda sendiri hanya dapat diubah oleh administrator lain.")]
            return False
        loses = (
            row is not None
            and row.has(Role.ADMINISTRATOR)
            and (Role.ADMINISTRATOR not in chosen or not form.is_active.data)
        )
        if loses and _administrators() < 2:
            form.role_names.errors = [_("Ini administrator terakhir. Angkat administrator lain lebih dulu.")]
            return False
        return True

    def more_seen(self, row: Staff) -> list[str]:
        return sorted(row.roles)

    def written(self, row: Staff, is_new: bool) -> None:
        """Two administrators who remove each other at once: the second is refused (security.md D7)."""
        if not _administrators():
            raise WriteRefused(_("Ini administrator terakhir. Angkat administrator lain lebih dulu."))
        if self.before != (row.roles, row.is_active):
            self._note_roles(row)
        if self.waiting:
            roles = sorted(role.value for role in self.waiting)
            change = ask(PendingKind.ROLES, row, person(), {"roles": roles}, address())
            flash(waits(change), "warning")

    def fill(self, row: Staff, form: StaffForm) -> None:
        """Named fields alone: a password, a session or a number smuggled into the form goes nowhere."""
        count_up("staff:roles")  # its row lock lets one role change follow the other on every database
        before = (row.roles, row.is_active) if row.id else None
        reached = {"email": row.email, "phone": row.phone}
        row.username, row.name, row.position = form.username.data, form.name.data, form.position.data or ""
        row.number_kind, row.staff_number = form.number_kind.data, form.staff_number.data or ""
        row.email, row.phone, row.language = form.email.data or "", form.phone.data or "", form.language.data
        row.is_active, row.is_break_glass = form.is_active.data, form.is_break_glass.data
        if before is not None:  # the old address hears of it before any mail about a role or a link goes to the new one
            now = {"email": row.email, "phone": row.phone}
            note_change(Holder.STAFF, row.id, reached, now, person().id, person().name, row.language)
        chosen = {Role(value) for value in form.role_names.data or []}
        held = before[0] if before is not None and before[1] else frozenset()
        self.waiting = lifted(held, chosen) if row.is_active else set()
        row.roles = chosen - self.waiting
        self.before = before if before is not None else (frozenset(), True)

    def _note_roles(self, row: Staff) -> None:
        """On record and told, also of a row that is new: to the person, the head of the centre and who did it.

        What is taken from somebody who decides over others is told to the administrators too.
        """
        before, _was_active = self.before
        StaffSession.end_all(row.id)
        if not row.is_active:
            CalendarFeed.end(row.id)
            forget_devices(row.id)
        audit.record(
            "roles",
            "Staff",
            row.id,
            staff=person(),
            ip=address(),
            diff={
                "name": row.name,
                "before": sorted(before),
                "after": sorted(row.roles),
                "is_active": row.is_active,
            },
        )
        hear = [row, person(), *staff_with(Role.HEAD_OF_CENTRE)]
        if before & GUARDED:
            hear += staff_with(Role.ADMINISTRATOR)
        facts = {"name": row.name, "roles": ", ".join(str(r.label) for r in sorted(row.roles)), "by": person().name}
        for told in {one.id: one for one in hear}.values():
            if told.email:
                queue("roles_changed", None, Recipient(told.email, told.name, told.language, is_staff=True), facts)

    @expose("/invite/", methods=("POST",))
    def invite(self) -> ResponseReturnValue:
        """A link with which the person sets a password: 72 hours at first, 30 minutes later; older ones are void."""
        row_id = self.get_one(request.args.get("id")).id
        token = secrets.token_urlsafe(32)
        with write_transaction():
            row = db.session.get_one(Staff, row_id)
            if is_guarded(row) and not _is_confirmed(row):
                flash(waits(ask(PendingKind.PASSWORD_LINK, row, person(), {}, address())), "warning")
                return redirect(self.href(row), 303)
            db.session.query(StaffToken).filter(StaffToken.staff_id == row_id).delete()
            span = RESET if row.password_hash else INVITATION
            db.session.add(
                StaffToken(staff_id=row_id, token_hash=hash_token(token), purpose="invite", ends_at=utcnow() + span)
            )
            audit.record("invite", "Staff", row_id, staff=person(), ip=address())
            _tell_of_link(row, utcnow() + span)
        link = f"{current_app.config['BASE_URL']}/admin/invite/{token}"
        row = self.get_one(str(row_id))
        return render_template(self.details_template, view=self, row=row, facts=self.facts(row), link=link)

    @expose("/reset_factor/", methods=("GET", "POST"))
    def reset_factor(self) -> ResponseReturnValue:
        """Somebody lost their second factor and shows a proof of identity; a second person decides (as P2 to P4)."""
        row = self.get_one(request.args.get("id"))
        form = LostFactorForm(request.form if request.method == "POST" else None)
        if not has_factor(row.id):
            flash(_("%(name)s tidak punya faktor kedua; tidak ada yang diatur ulang.", name=row.name), "warning")
            return redirect(self.href(row), 303)
        if not DUTIES["factor_reset"].allows(person(), made=[], owner=[row.id]):
            flash(_("Faktor kedua Anda sendiri diatur ulang oleh administrator lain."), "warning")
            return redirect(self.href(row), 303)
        if request.method == "GET" or not form.validate():
            page = render_template("admin/organisation/factor_reset.html", view=self, row=row, form=form)
            return page, 422 if request.method == "POST" else 200
        proof, row_id = dict(PROOFS)[form.proof.data], row.id
        with write_transaction():
            row = db.session.get_one(Staff, row_id)
            facts = {"proof": form.proof.data, "words": f"{proof} ••••{form.number_end.data}"}
            change = ask(PendingKind.FACTOR_RESET, row, person(), facts, address())
            flash(waits(change), "warning")
        return redirect(f"/admin/pending_change/details/?id={change.id}", 303)


def _is_confirmed(row: Staff) -> bool:
    """Has a second person confirmed this very link? It is used up by being made."""
    allowed = link_allowed(row, person())
    if allowed is not None:
        allowed.used_at = utcnow()
    return allowed is not None


def _tell_of_link(row: Staff, ends_at: datetime) -> None:
    """The person learns that a link to their login was made, and by whom; the link itself never goes by mail."""
    if row.email:
        facts = {"by": person().name, "username": row.username, "until": ends_at.isoformat()}
        queue("password_link_made", None, Recipient(row.email, row.name, row.language, is_staff=True), facts)


def _administrators() -> int:
    """How many active administrators there are."""
    query = select(func.count()).select_from(StaffRole).join(Staff)
    return int(db.session.scalar(query.where(StaffRole.role == Role.ADMINISTRATOR.value, Staff.is_active)) or 0)
