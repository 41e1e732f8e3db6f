"""Opens a ticket from a public form, once; what looks machine-made waits for the operator's look.

What is suspicious (security.md P5): a filled trap field, a form without our nonce or younger than three seconds,
and whatever exceeds the limits per network or in all. It still gets its number; only the mails wait, but for the
receipt where nothing speaks against it than that many came from its network: a campus is one address.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import current_app, flash, request
from flask_babel import gettext as _

from mails.tickets.notices import received_of_busy_network
from models.base import setting
from models.base.counter import count_up_each, counts_of
from models.base.db import db, write_transaction
from models.base.periods.privacy_notice import version_shown_at
from models.organisation.qr_label import LabelledComplaint, QrLabel
from models.tickets.ticket import BUSY_NETWORK, Ticket
from procedures.base.form_fields import StepForm
from procedures.engine.declaration import Actor
from procedures.engine.take_step import open_once
from public.tickets import form_nonce
from public.tickets.form_nonce import read_nonce
from public.tickets.holder import grant, holds
from public.tickets.uploads import Basket
from web import opened_here
from web.reader import language, network

TRAP = "situs"  # a field that people do not see
OUR_FIELDS = frozenset(
    {"csrf_token", form_nonce.FIELD, TRAP, "kept", "drop", "attachments", "anyway", "affected", "suggest", "propose"}
    | {"label"}
)


def send(
    procedure: str,
    step: str,
    form: StepForm,
    basket: Basket,
    prepare: Callable[[Ticket], None] | None = None,
    label: QrLabel | None = None,
) -> Ticket:
    """Open the ticket, or find the one that this very form opened before; this reader becomes its holder.

    `form` is valid; `label` is the one from which it was written. What a second sending says otherwise stands on the
    first ticket as the requester's answer; after Back, the same words from the same browser give the first ticket
    again. Raises StepRefused as open_once does.
    """
    note_unknown_fields(form)
    nonce = bring(form, basket)
    if first := opened_here.same(procedure, form, basket.files):
        flash(_("Formulir yang sama persis sudah kami terima; inilah buktinya. Ada yang lain? Tulis sebagai jawaban."))
        return first

    notice = version_shown_at(nonce.made_at)
    new: list[Ticket] = []

    def prepare_all(ticket: Ticket) -> None:
        new.append(ticket)
        ticket.language = language()
        ticket.notice_version = notice
        ticket.suspicion = suspicion_of(nonce, [count + 1 for count in counts_of(*doors())])
        if prepare:
            prepare(ticket)

    def finish() -> None:
        if new and procedure == "complaint":
            received_of_busy_network(new[-1])
        if new and label:
            db.session.add(LabelledComplaint(ticket_id=new[-1].id, label_id=label.id))
        count_one_more()

    actor = Actor("requester", form.name.data if "name" in form else "", ip=request.remote_addr or "")
    opened = open_once(
        procedure, step, actor, form, nonce=nonce.id, files=basket.files, prepare=prepare_all, finish=finish
    )
    ticket = opened.ticket
    grant(ticket.id, ticket.link_generation)
    opened_here.remember(ticket, form, basket.files)
    if opened.added:
        flash(_("Formulir ini sudah kami terima; nomornya tetap. Yang berbeda kali ini tercatat sebagai jawaban Anda."))
    return ticket


def bring(form: StepForm, basket: Basket) -> form_nonce.Nonce:
    """Give a form what came beside its boxes, before it is checked: its files, and the nonce of its page."""
    nonce = read_nonce(request.form.get(form_nonce.FIELD))
    form.files, form.nonce = basket.files, nonce.id
    return nonce


def holds_first(form: StepForm) -> bool:
    """Does this reader hold the ticket on which the same letter lies already? Its number is for them alone."""
    first = form.first.ticket if form.first else None
    return first is not None and holds(first.id, first.link_generation, first.closed_at)


def looks_typed() -> bool:
    """Counts one more form of this network; False where it looks machine-made or exceeds a limit."""
    with write_transaction():
        return not suspicion_of(read_nonce(request.form.get(form_nonce.FIELD)), count_up_each(*doors()))


def note_unknown_fields(form: StepForm) -> None:
    """Fields that the form does not have are ignored, and logged by name (security.md P8)."""
    unknown = set(request.form) - set(form._fields) - OUR_FIELDS
    if unknown:
        names = [ascii(name[:40]) for name in sorted(unknown)[:10]]
        current_app.logger.warning("unknown form fields ignored on %s: %s", request.path, ", ".join(names))


def doors() -> tuple[str, str]:
    """What is counted of a form: its network, and all forms together."""
    return f"sent:{network()}", "sent:all"


def count_one_more() -> None:
    """Counted last in the transaction that opens the ticket: everybody's form needs this row, and waits for it."""
    count_up_each(*doors())


def suspicion_of(nonce: form_nonce.Nonce, counts: Sequence[int]) -> str:
    """`counts` of the doors with this form. Those of the same moment may not be in it yet; the next form's has them."""
    here, all_together = counts
    if request.form.get(TRAP):
        return "honeypot"
    if nonce.suspicion:
        return nonce.suspicion
    if all_together > int(setting.get("complaints_per_hour")):
        return "overall_limit"
    return BUSY_NETWORK if here > int(setting.get("complaints_per_hour_per_address")) else ""
