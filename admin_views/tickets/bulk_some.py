"""One act on the tickets ticked on the list, with a report of every refusal.

It asks no right of its own beyond the door: take_step() asks the row rule, the role and the state for each ticket.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from admin_views.frame.view import address, person
from admin_views.tickets.related_view import actor
from admin_views.tickets.workbench.ticket_page import TicketDesk
from models.base.columns.statement_types import Found
from models.base.db import db
from models.base.wording import Words
from models.organisation.roles import Role
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket, visible_to
from procedures.base.form_fields import StepForm
from procedures.engine.declaration import Actor
from procedures.tickets.bulk_acts import FORMS, take_for, who_can
from web.lost_session import own_path

MOST = 50  # one page of the list
PICK = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?", re.ASCII)


@dataclass(frozen=True)
class BulkAct:
    """A step that may be taken for many: what it asks, and whether it is asked about first even with no field."""

    label: Words
    says: Words
    form: Callable[..., StepForm] | None = None
    ends: bool = False
    by: Role | None = None  # offered to this role alone; None: to everybody who may do something to many


ACTS: dict[str, BulkAct] = {
    "take": BulkAct(_l("Ambil"), _l("Anda menjadi petugas tiket-tiket ini."), FORMS["take"]),
    "assign": BulkAct(_l("Tugaskan …"), _l("Satu petugas untuk semuanya; ia dikabari."), FORMS["assign"]),
    "hand_over": BulkAct(
        _l("Serahkan …"), _l("Semuanya pindah ke kelompok lain; anggotanya dikabari."), FORMS["hand_over"]
    ),
    "accept": BulkAct(
        _l("Terima yang diperiksa"),
        _l("Pengaduan ini wajar dan diteruskan seperti biasa."),
        FORMS["accept"],
        by=Role.OPERATOR,
    ),
    "label": BulkAct(_l("Beri label …"), _l("Label ditambahkan; yang sudah ada tetap."), FORMS["label"]),
    "resolve": BulkAct(
        _l("Selesaikan …"),
        _l("Satu penyebab dan penyelesaian untuk semuanya; setiap pemohon dikabari."),
        FORMS["resolve"],
        ends=True,
    ),
}


def acts_of(staff: Staff) -> dict[str, BulkAct]:
    """What this person is offered; what may be done to a ticket is asked of each."""
    return {name: act for name, act in ACTS.items() if act.by is None or staff.has(act.by)}


@dataclass(frozen=True)
class Pick:
    """A ticket as it was picked: its id and the version that the person saw."""

    id: int
    version: int | None

    def __str__(self) -> str:
        return f"{self.id}.{self.version}" if self.version else str(self.id)


@dataclass(frozen=True)
class RefusedTicket:
    """A ticket that was left as it is, and why; without its row where the person may not see it."""

    ticket: Found | None
    sentence: str


class BulkDesk(TicketDesk):
    """/admin/bulk/"""

    name_key = "bulk"
    acts = {"do": "do"}

    def __init__(self) -> None:
        super().__init__(name="Sekaligus", endpoint="bulk", url="/admin/bulk")

    @expose("/", methods=("GET", "POST"))
    def do(self) -> ResponseReturnValue:
        """Ask first where the act has a form; then take the step for each ticket and report."""
        if request.method == "GET":
            return redirect("/admin/ticket/", 303)  # a report that is loaded again: its words are gone
        name, back = request.form.get("do", ""), own_path(request.form.get("back"), "/admin/ticket/")
        act = ACTS.get(name) or abort(404)
        picks = picked()
        if not picks or len(picks) > MOST:
            return render_template(
                "admin/tickets/bulk_none.html", view=self, most=MOST, count=len(picks), back=back
            ), 422
        form = act.form(request.form if "go" in request.form else None) if act.form else None
        if form is not None and not ("go" in request.form and form.validate()):
            status = 422 if "go" in request.form else 200
            return self._ask(name, act, picks, form, back), status
        return self._report(act, self._take_all(name, picks, form), back)

    def _ask(self, name: str, act: BulkAct, picks: list[Pick], form: StepForm, back: str) -> str:
        once = request.form.get("once", "")[:24] or secrets.token_hex(12)
        tickets = rows_of(picks)
        why_not = who_can([pick.id for pick in picks], name, actor())
        return render_template(
            "admin/tickets/bulk_ask.html",
            view=self,
            name=name,
            act=act,
            picks=picks,
            form=form,
            back=back,
            once=once,
            tickets=list(tickets.values()),
            unseen=len(picks) - len(tickets),
            why_not=why_not,
            can=sum(not why for why in why_not.values()),
        )

    def _take_all(
        self, name: str, picks: list[Pick], form: StepForm | None
    ) -> tuple[list[Found | None], list[RefusedTicket]]:
        """(done, refused): one transaction a ticket; a list that is sent twice does nothing twice."""
        staff, once = person(), request.form.get("once", "")[:24] or secrets.token_hex(12)
        by = Actor("staff", staff.name, staff, address())
        refused: dict[int, str] = {}
        for pick in picks:
            if why := take_for(pick.id, pick.version, name, by, form, f"{once}:{name}:{pick.id}"):
                refused[pick.id] = "" if why.why == "hidden" else why.sentence
        rows = rows_of(picks)
        unseen = _("Tiket ini tidak ditemukan.")
        done = [rows.get(pick.id) for pick in picks if pick.id not in refused]
        return done, [RefusedTicket(rows.get(i) if why else None, why or unseen) for i, why in refused.items()]

    def _report(self, act: BulkAct, outcome: tuple[list[Found | None], list[RefusedTicket]], back: str) -> str:
        done, refused = outcome
        return render_template(
            "admin/tickets/bulk_report.html", view=self, act=act, done=[d for d in done if d], count=len(done),
            refused=refused, back=back,
        )  # fmt: skip


def picked() -> list[Pick]:
    """The tickets of the form, each once; what is no number is counted as one that is not there."""
    found: dict[int, Pick] = {}
    for place, word in enumerate(request.form.getlist("pick")):
        match = PICK.fullmatch(word)
        pick = Pick(int(match[1]), int(match[2]) if match[2] else None) if match else Pick(-1 - place, None)
        found.setdefault(pick.id, pick)
    return list(found.values())


def rows_of(picks: list[Pick]) -> dict[int, Found]:
    """Id, number and subject of those that this person may see, in one statement."""
    query = select(Ticket.id, Ticket.number, Ticket.subject, Ticket.requester_name)
    query = query.where(Ticket.id.in_([pick.id for pick in picks]), visible_to(person()))
    return {row.id: row for row in db.session.execute(query.order_by(Ticket.id.desc()))}
