"""Labels of devices: printed from the register, and where a scanned label leads whoever is logged in."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy import false, func, select

from admin_views.frame.label_sheet import MOST, label_page
from admin_views.frame.page import ClosedView
from admin_views.frame.permissions import may
from admin_views.frame.reader import person
from models.base.db import db
from models.organisation.qr_label import QrLabel, code_in, label_of
from models.outages.network import Node
from models.tickets.ticket import Ticket, visible_to
from procedures.organisation.qr_labels import Labelled


class LabelPages:
    """A part of the register of devices: labels of one device (`id`), or of all that the list's filters leave."""

    @expose("/label/", methods=("GET", "POST"))
    def label(self) -> ResponseReturnValue:
        if "id" in request.args:
            row = self.get_one(request.args["id"])  # type: ignore[attr-defined]  # of HouseView
            back = (self.href(row), row.name)  # type: ignore[attr-defined]  # of HouseView
            return label_page("node", row.name, back, [_labelled(row)])
        found = self.found(request.args).order_by(Node.name).limit(MOST + 1)  # type: ignore[attr-defined]  # of HouseView
        rows = list(db.session.scalars(found).unique())
        heading = _("Perangkat menurut daftarnya")
        if len(rows) > MOST:
            rows, heading = rows[:MOST], _("Hanya sebanyak satu kali cetak; saring daftarnya untuk yang lain")
        return label_page("node", heading, ("/admin/node/", _("Perangkat")), [_labelled(row) for row in rows])


def _labelled(node: Node) -> Labelled:
    return Labelled(node.name, node.place, node_id=node.id)


class ScanView(ClosedView):
    """/admin/scan/?code=…: the page of what the label stands on; the public page for whoever may not open it."""

    name_key = "scan"
    acts = {"index": "list"}

    def __init__(self) -> None:
        super().__init__(name="Label", endpoint="scan", url="/admin/scan")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        code = code_in(request.args.get("code", ""))
        label = label_of(code)
        return redirect((label and _own_page(label)) or f"/label/{code or '0'}?umum=1", 303)


def _own_page(label: QrLabel) -> str:
    """The page for this reader; nothing where it is not theirs to open."""
    staff = person()
    if label.node_id is not None:
        return f"/admin/node/details/?id={label.node_id}" if may(staff, "node", "details") else ""
    seen = select(Ticket.id).where(Ticket.id == label.ticket_id, func.coalesce(visible_to(staff), false()))
    is_seen = may(staff, "ticket", "details") and db.session.scalar(seen) is not None
    return f"/admin/ticket/details/?id={label.ticket_id}" if is_seen else ""
