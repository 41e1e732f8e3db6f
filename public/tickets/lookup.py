"""The look-up: from a typed number to its ticket; slips of typing are told at once."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mails.tickets.lookup_notices import numbers_sent_again
from models.base import setting
from models.base.counter import count_up
from models.base.db import keep_house, write_transaction
from models.base.written import clean_line
from models.tickets.ticket_number import LONGEST_PASTED, Number, Slip, read_number
from procedures.base.form_fields import StepForm, email_field
from public.frame.blueprint import site
from web.reader import network
from web.wait_page import wait_page

ASKED_AGAIN_PER_HOUR = 10  # requests from one network to send numbers again


class AddressForm(StepForm):
    """To which address the numbers of open tickets go."""

    email = email_field(_l("Email"), autocomplete="email", maxlength=254)


@site.get("/tiket")
def lookup() -> ResponseReturnValue:
    typed = clean_line(request.args.get("number", ""))[:LONGEST_PASTED]
    if not typed:
        return lookup_page()
    read = read_number(typed)
    return redirect(f"/tiket/{read.text}", 303) if isinstance(read, Number) else lookup_page(typed, read, status=422)


def lookup_page(typed: str = "", slip: Slip | None = None, status: int = 200) -> ResponseReturnValue:
    """The lookup form; `slip` says what is wrong with what was typed."""
    errors = {
        Slip.WRONG_CHECK: _(
            "Ada satu huruf atau angka yang salah ketik dalam nomor itu. Cocokkan lagi dengan bukti atau email Anda."
        ),
        Slip.SEVERAL: _("Ada lebih dari satu nomor tiket di situ. Tulis salah satu saja."),
        Slip.MALFORMED: _("Nomor tiket terdiri atas PTK dan 11 huruf atau angka, misalnya PTK-7K3M9-QXD2M-C."),
    }
    error = errors[slip] if slip else ""
    return render_template("public/tickets/lookup.html", typed=typed[:60], error=error), status


def unknown_page(number: str) -> ResponseReturnValue:
    """One answer to every well-formed number that is none; too many from one network must wait (security.md P1)."""
    seen = keep_house(lambda: count_up(f"unknown:{network()}"))
    if (seen or 0) > int(setting.get("unknown_numbers_per_hour")):
        return wait_page(_("Terlalu banyak nomor yang tidak kami kenal dari jaringan Anda."))
    error = _("Nomor ini tidak kami kenal. Cocokkan lagi dengan bukti atau email Anda.")
    return render_template("public/tickets/lookup.html", typed=number, error=error), 404


@site.route("/tiket/kirim-ulang", methods=["GET", "POST"])
def send_again() -> ResponseReturnValue:
    """Mail the open tickets' numbers and links to an address; the answer is one, known address or not."""
    form = AddressForm(request.form if request.method == "POST" else None)
    if request.method == "GET":
        return render_template("public/tickets/send_again.html", form=form)
    if not form.validate():
        return render_template("public/tickets/send_again.html", form=form), 422
    with write_transaction():
        seen = count_up(f"again:{network()}")
        if seen <= ASKED_AGAIN_PER_HOUR:
            numbers_sent_again(form.email.data)
    if seen > ASKED_AGAIN_PER_HOUR:
        return wait_page(_("Terlalu banyak permintaan kirim ulang dari jaringan Anda."))
    return redirect("/tiket/terkirim-ulang", 303)


@site.get("/tiket/terkirim-ulang")
def sent_again() -> ResponseReturnValue:
    return render_template("public/tickets/sent_again.html")
