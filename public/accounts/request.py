"""The public form for a unit's e-mail address (E1, E2)."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from models.accounts.account import judge_address
from models.base import setting
from models.base.columns.shown import Shown
from procedures.accounts.forms import UnitEmailForm
from procedures.engine.take_step import StepRefused
from public.accounts.address_check import may_ask
from public.frame.blueprint import site
from public.tickets.form_nonce import new_nonce
from public.tickets.open_from_form import TRAP, bring, holds_first, send
from public.tickets.uploads import Basket, collect


@site.route("/permohonan/email-unit", methods=["GET", "POST"])
def email_request() -> ResponseReturnValue:
    """E1 and E2: the unit's letter with its scan; a refused form keeps its words, its files and its nonce."""
    form = UnitEmailForm(request.form if request.method == "POST" else None)
    if request.method == "GET":
        return _email_form_page(form, Basket())
    basket = collect()
    if "drop" in request.form or "check" in request.form:
        finding = judge_address(form.address.data or "") if "check" in request.form and may_ask() else None
        return _email_form_page(form, basket, finding)
    bring(form, basket)
    if not form.validate() or basket.refused:
        return _email_form_page(form, basket), 422
    try:
        ticket = send("unit_email", "send_request", form, basket)
    except StepRefused as refused:
        return _email_form_page(refused.form or form, basket), 422
    return redirect(f"/tiket/{ticket.number}/bukti", 303)


def _email_form_page(form: UnitEmailForm, basket: Basket, finding: Shown = None) -> str:
    return render_template(
        "public/accounts/request.html",
        form=form,
        first_held=holds_first(form),
        basket=basket,
        finding=finding,
        nonce=request.form.get("nonce") or new_nonce(),
        trap=TRAP,
        domain=setting.get("account_domain"),
        most_files=setting.get("files_per_form"),
        megabytes=setting.get("file_megabytes"),
    )
