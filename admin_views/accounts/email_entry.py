"""E1b: the page on which the operator enters a unit's letter that asks for an e-mail address."""

from __future__ import annotations

import secrets

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import lazy_gettext as _l

from admin_views.frame.enter_once import enter_once
from admin_views.frame.page import ClosedView
from admin_views.frame.view import address, person
from gateways.files.file_store import UploadRefused
from gateways.files.uploads import accept
from models.base import setting
from models.base.db import db, utcnow
from models.base.wording import local
from procedures.accounts.forms import UnitEmailEntryForm
from procedures.engine.declaration import Actor
from procedures.engine.take_step import StepRefused
from web.refusals import STATUS_OF


class EmailEntry(ClosedView):
    name_key = "unit_email"
    acts = {"index": "create"}

    def __init__(self) -> None:
        super().__init__(name=_l("Catat surat email unit"), endpoint="unit_email", url="/admin/unit_email")

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        """The letter with its scan; the number and code are handed over afterwards."""
        if request.method == "GET":
            now = {"received_at": local(utcnow()).replace(tzinfo=None)}
            return self._page(UnitEmailEntryForm(None, data=now), secrets.token_hex(16))
        form, nonce = UnitEmailEntryForm(request.form), request.form.get("nonce", "")[:64] or secrets.token_hex(16)
        staff = person()
        try:
            files = accept(request.files.getlist("attachments"))
            by = Actor("staff", staff.name, staff, address())
            ticket = enter_once("unit_email", "enter_request", by, form, nonce, files)
        except UploadRefused as refused:
            form.validate()
            return self._page(form, nonce, str(refused)), 422
        except StepRefused as refused:
            db.session.rollback()
            return self._page(refused.form or form, nonce, refused.sentence), STATUS_OF[refused.why]
        return redirect(f"/admin/ticket/slip/?id={ticket.id}", 303)

    def _page(self, form: UnitEmailEntryForm, nonce: str, sentence: str = "") -> str:
        domain = setting.get("account_domain")
        return render_template(
            "admin/accounts/email_entry.html", view=self, form=form, nonce=nonce, sentence=sentence, domain=domain
        )
