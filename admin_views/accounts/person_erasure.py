"""The pages by which a person gets a copy of their data, asks to have them put right, or has them erased."""

from __future__ import annotations

from typing import Protocol

from flask import abort, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.frame.view import address, person
from models.accounts.person import Person
from procedures.accounts.data_requests import DeskDataRequestForm, ask_at_desk
from procedures.accounts.erase_person import ErasureForm, ErasureRefused, erase_person
from procedures.accounts.personal_copy import PersonalCopyForm, copy_of


class RegisterOfPeople(Protocol):
    """The view that these pages are a part of."""

    def get_one(self, pk: str | None, /) -> Person: ...

    def href(self, row: Person, /) -> str: ...


class PersonErasure:
    """What the register of people adds to its rows."""

    more_acts = {"erase_view": "erase", "copy_view": "copy", "ask_view": "ask"}
    details_template = "admin/accounts/person.html"

    @expose("/erase/", methods=("GET", "POST"))
    def erase_view(self: RegisterOfPeople) -> ResponseReturnValue:
        """Names and addresses go, counts and ticket numbers stay; there is no way back."""
        row = self.get_one(request.args.get("id"))
        if row.number.startswith("-"):
            abort(404)  # erased before
        form, sentence = ErasureForm(request.form if request.method == "POST" else None), ""
        if request.method == "POST" and form.validate():
            try:
                alias = erase_person(row.id, person(), form, address())
            except ErasureRefused as refused:
                sentence = str(refused)
            else:
                flash(_("Data pribadinya sudah dihapus. Barisnya sekarang bernama %(name)s.", name=alias), "success")
                return redirect(self.href(row), 303)
        page = render_template("admin/accounts/person_erasure.html", view=self, row=row, form=form, sentence=sentence)
        return page, 422 if request.method == "POST" else 200

    @expose("/copy/", methods=("GET", "POST"))
    def copy_view(self: RegisterOfPeople) -> ResponseReturnValue:
        """Everything the house holds of this person, as one file for them alone."""
        row = self.get_one(request.args.get("id"))
        if row.number.startswith("-"):
            abort(404)  # erased before
        form = PersonalCopyForm(request.form if request.method == "POST" else None)
        if request.method == "POST" and form.validate():
            packed = copy_of(row.id, person(), form, address())
            name = f"data-pribadi-{row.id}.zip"
            return send_file(packed, mimetype="application/zip", as_attachment=True, download_name=name)
        page = render_template("admin/accounts/person_copy.html", view=self, row=row, form=form)
        return page, 422 if request.method == "POST" else 200

    @expose("/ask/", methods=("GET", "POST"))
    def ask_view(self: RegisterOfPeople) -> ResponseReturnValue:
        """A correction or an objection, taken down from the person who is there."""
        row = self.get_one(request.args.get("id"))
        if row.number.startswith("-"):
            abort(404)  # erased before
        form = DeskDataRequestForm(request.form if request.method == "POST" else None)
        if request.method == "POST" and form.validate():
            request_id = ask_at_desk(row.id, person(), form, address())
            flash(_("Permintaan tercatat dan dijawab dalam 3 × 24 jam."), "success")
            return redirect(f"/admin/data_request/details/?id={request_id}", 303)
        page = render_template("admin/accounts/person_ask.html", view=self, row=row, form=form)
        return page, 422 if request.method == "POST" else 200
