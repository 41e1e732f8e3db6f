"""The public side of accounts: the request for a unit's address, and the page that shows a password once."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import redirect

from models import audit, setting
from models.account import judge_address
from models.counter import count_up
from models.db import write_transaction
from models.first_password import spelling
from models.one_time_link import LinkState, OneTimeLink
from procedures.account_forms import UnitEmailForm
from procedures.engine import StepRefused
from public.address_check import may_ask
from public.blueprint import site
from public.form_nonce import new_nonce
from public.kept_files import Basket, collect
from public.lookup import wait_page
from public.reader import network
from public.sending import TRAP, send


@site.route("/permohonan/email-unit", methods=["GET", "POST"])
def email_request() -> ResponseReturnValue:
    """E1 and E2: the unit's letter with its scan; a refused form keeps its words, its files and its nonce."""
    form = UnitEmailForm(request.form if request.method == "POST" else None)
    if request.method == "GET":
        return _page(form, Basket())
    basket = collect()
    if "drop" in request.form or "check" in request.form:
        finding = judge_address(form.address.data or "") if "check" in request.form and may_ask() else None
        return _page(form, basket, finding)
    fine = form.validate()
    if not basket.files and not basket.refused:
        form.letter_number.errors = [*form.letter_number.errors, _("Lampirkan pindaian suratnya (PDF atau foto).")]
        fine = False
    if not fine or basket.refused:
        return _page(form, basket), 422
    try:
        ticket = send("unit_email", "send_request", form, basket)
    except StepRefused as refused:
        return _page(refused.form or form, basket), 422
    return redirect(f"/tiket/{ticket.number}/bukti", 303)


def _page(form: UnitEmailForm, basket: Basket, finding: object = None) -> str:
    return render_template(
        "public/email_request.html",
        form=form,
        basket=basket,
        finding=finding,
        nonce=request.form.get("nonce") or new_nonce(),
        trap=TRAP,
        domain=setting.get("account_domain"),
        most_files=setting.get("files_per_form"),
        megabytes=setting.get("file_megabytes"),
    )


@site.get("/password/<token>")
def one_time_link(token: str) -> ResponseReturnValue:
    """The page before the password: a button, because mail scanners open links too."""
    link = OneTimeLink.found(token)
    if link is None:
        return _unknown_link()
    if link.state is not LinkState.OPEN:
        return render_template("public/one_time_link.html", state=link.state), 404
    return render_template("public/one_time_link.html", state=link.state, ends_at=link.ends_at)


@site.post("/password/<token>")
def reveal_password(token: str) -> ResponseReturnValue:
    """The one time that the password is shown; nobody may keep this page."""
    with write_transaction():
        link = OneTimeLink.found(token)
        password = link.reveal(token) if link is not None else None
        if link is not None and password is not None:
            audit.record("reveal", "OneTimeLink", link.id, actor_name=link.account.address)
    if link is None:
        return _unknown_link()
    if password is None:
        return render_template("public/one_time_link.html", state=link.state), 410
    page = render_template("public/one_time_password.html", password=password, words=spelling(password), link=link)
    return page, 200, {"Cache-Control": "no-store"}


def _unknown_link() -> ResponseReturnValue:
    """One answer to every token that is none; a network that tries many must wait, and known links still open."""
    with write_transaction():
        seen = count_up(f"unknown-link:{network()}")
    if seen > int(setting.get("unknown_numbers_per_hour")):
        return wait_page(_("Terlalu banyak tautan yang tidak kami kenal dari jaringan Anda."))
    return render_template("public/one_time_link.html", state=None), 404
