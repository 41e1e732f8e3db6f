"""The page that leads the first administrator from an empty installation to one that takes complaints."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from admin_views.frame.page import ClosedView
from admin_views.frame.view import address, person
from gateways.files.last_backup import last_backup_at
from models.base import heartbeat, setting
from models.base.db import db, write_transaction
from models.base.setting import SPECS
from models.base.wording import today
from models.organisation import audit
from models.organisation.roles import Role
from models.organisation.setup_point import SetupPoint, settle
from models.organisation.staff import Group, Staff, staff_with
from models.tickets.category import Category
from procedures.base.form_fields import StepForm, is_email, line_field
from procedures.organisation.campus_directory import asks_directory
from procedures.organisation.campus_trial import CampusTrial, try_campus
from procedures.organisation.holiday_proposals import HolidayProposal, NoProposals, add_holidays, holiday_proposals
from procedures.organisation.institution import INSTITUTION, invented
from procedures.organisation.mail_trial import send_trial
from procedures.organisation.setting_values import put_changed, read_all, written
from procedures.tickets.readiness import ACTS, forget_readiness, not_yet, points, public_words

HOURS = ("opens_at", "closes_at", "desk_hours")
DAYS = (_l("Senin"), _l("Selasa"), _l("Rabu"), _l("Kamis"), _l("Jumat"), _l("Sabtu"), _l("Minggu"))


class MailTrialForm(StepForm):
    to = line_field(_l("Kirim ke"), 254, is_email)


class SetupView(ClosedView):
    name_key = "setup"
    acts = {"index": "list", "institution": "edit", "hours": "edit", "mail": "edit", "campus": "edit"}

    def __init__(self) -> None:
        super().__init__(name="Penyiapan", endpoint="setup", url="/admin/setup")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return self._page()

    @expose("/institution", methods=("POST",))
    def institution(self) -> ResponseReturnValue:
        """Names, address and telephone, as the public reads them."""
        typed = {key: request.form[key] for key in INSTITUTION if key in request.form}
        return self._settle("institution", typed, ())

    @expose("/hours", methods=("POST",))
    def hours(self) -> ResponseReturnValue:
        """Opening hours, and those of the proposed holidays that are ticked."""
        typed = {key: request.form[key] for key in HOURS if key in request.form}
        typed["working_days"] = ",".join(request.form.getlist("working_days"))
        return self._settle("hours", typed, _days(request.form.getlist("holiday")))

    @expose("/mail", methods=("POST",))
    def mail(self) -> ResponseReturnValue:
        """A trial mail; what the server said is shown and kept."""
        form = MailTrialForm(request.form)
        if current_app.config["MAIL_AS_FILES"] or not form.validate():
            return self._page(trial=form), 422
        send_trial(form.to.data, person(), ip=address())
        forget_readiness()
        return redirect("/admin/setup/?open=mail#mail", 303)

    @expose("/campus", methods=("POST",))
    def campus(self) -> ResponseReturnValue:
        """Issuer and directory are asked now; nothing is kept."""
        return self._page(campus=try_campus())

    def _settle(self, key: str, typed: dict[str, str], holidays: Iterable[date]) -> ResponseReturnValue:
        values, faults = read_all(typed)
        faults |= invented(values)
        if faults:
            return self._page(typed=typed, faults=faults), 422
        try:
            with write_transaction():
                put_changed(values, setting.stored(lock=True), staff=person(), ip=address())
                added = add_holidays(set(holidays), today())
                settle(key, person())
                audit.record("settle", "Setup", key, staff=person(), ip=address(), diff={"holidays": added})
        except IntegrityError:
            flash(_("Kalender baru saja diubah orang lain. Periksa lagi usul liburnya."), "error")
            return redirect(f"/admin/setup/#{key}", 303)
        forget_readiness()
        flash(_("Tersimpan. %(n)s hari libur ditambahkan.", n=added) if added else _("Tersimpan."), "success")
        return redirect("/admin/setup/", 303)

    def _page(
        self,
        typed: dict[str, str] | None = None,
        faults: dict[str, str] | None = None,
        trial: MailTrialForm | None = None,
        campus: CampusTrial | None = None,
    ) -> str:
        found = points()
        typed = typed or {}
        return render_template(
            "admin/tickets/setup.html",
            view=self,
            points=found,
            waits=[(ACTS[act].label, point) for act, point in not_yet(found).items()],
            said=public_words(),
            fields={key: (SPECS[key], typed.get(key, written(setting.get(key)))) for key in (*INSTITUTION, *HOURS)},
            institution=INSTITUTION,
            hours=HOURS,
            days=list(enumerate(DAYS)),
            working_days=typed.get("working_days", written(setting.get("working_days"))).replace(" ", "").split(","),
            faults=faults or {},
            proposals=_proposals(),
            mail=db.session.get(SetupPoint, "mail"),
            trial=trial or MailTrialForm(data={"to": person().email}),
            groups=db.session.scalars(select(Group).where(Group.is_active).order_by(Group.name)).unique().all(),
            categories=db.session.scalars(select(Category).where(Category.is_active).order_by(Category.position)).all(),
            holders=_holders(),
            alone_hours=setting.get("second_person_wait_hours") if len(staff_with(Role.ADMINISTRATOR)) == 1 else 0,
            beat=heartbeat.last_beat(),
            backup_at=last_backup_at(),
            has_campus=asks_directory() or bool(current_app.config["OIDC_ISSUER"]),
            campus=campus,
        )


def _days(texts: list[str]) -> set[date]:
    """The ticked days; what is no day was not on the page."""
    found = set()
    for text in texts:
        try:
            found.add(date.fromisoformat(text))
        except ValueError:
            continue
    return found


def _proposals() -> list[HolidayProposal] | None:
    """None where the national calendar cannot be read."""
    try:
        return holiday_proposals(today())
    except NoProposals:
        return None


def _holders() -> list[tuple[Role, list[Staff]]]:
    """Every role with the active people who hold it."""
    people = db.session.scalars(select(Staff).where(Staff.is_active).order_by(Staff.name)).unique().all()
    return [(role, [one for one in people if role in one.roles]) for role in Role]
