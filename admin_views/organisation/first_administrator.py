"""The page of the first administrator: an empty installation's link opens it, and it closes with the first person."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from wtforms import PasswordField

from admin_views.frame.sign_in.password_rules import fault_of
from models.base.db import db, write_transaction
from procedures.base.form_fields import StepForm, at_most, is_email, line_field, required
from procedures.organisation.first_administrator import add_first_administrator, is_first_token
from procedures.organisation.invite_staff import StaffRefused

first_pages = Blueprint("first_administrator", __name__, url_prefix="/admin")


class FirstAdministratorForm(StepForm):
    username = line_field(_l("Nama pengguna"), 60)
    name = line_field(_l("Nama"), 120)
    email = line_field(_l("Email"), 254, is_email)
    new_password = PasswordField(_l("Kata sandi baru"), validators=[required(), at_most(128)])
    repeat = PasswordField(_l("Kata sandi baru, sekali lagi"), validators=[required(), at_most(128)])


@first_pages.route("/first/<token>", methods=("GET", "POST"))
def first(token: str) -> ResponseReturnValue:
    """Name, mail and password of whoever sets this installation up; without the link, or later, there is no page."""
    if not is_first_token(token):
        abort(404)
    form = FirstAdministratorForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.validate() and not _fault(form) and _added(form):
        flash(_("Anda administrator pertama. Silakan masuk."), "success")
        return redirect("/admin/login?next=/admin/setup/", 303)
    return render_template("admin/organisation/first_administrator.html", form=form), (
        422 if request.method == "POST" else 200
    )


def _fault(form: FirstAdministratorForm) -> bool:
    sentence = fault_of(form.new_password.data, form.username.data, form.name.data)
    if sentence:
        form.new_password.errors = [sentence]
    elif form.new_password.data != form.repeat.data:
        form.repeat.errors = [_("Kedua kata sandi baru tidak sama.")]
    return bool(form.new_password.errors or form.repeat.errors)


def _added(form: FirstAdministratorForm) -> bool:
    try:
        with write_transaction():
            if not add_first_administrator(form.username.data, form.name.data, form.email.data, form.new_password.data):
                abort(404)
    except (StaffRefused, IntegrityError) as refused:
        db.session.rollback()
        form.username.errors = [str(refused) if isinstance(refused, StaffRefused) else _("Pilih nama yang lain.")]
        return False
    return True
