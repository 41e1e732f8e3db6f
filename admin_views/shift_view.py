"""My shift: what is down, since when, who was told and what was promised; the picture; availability by month."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from typing import Any

from flask import abort, redirect, render_template, request, send_file
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.closed import ClosedView
from admin_views.who import address, audit_export, person
from documents.network_picture import draw_tree
from gateways.spreadsheets import FORMATS, Line, write_table
from models.db import utcnow
from models.wording import WIB
from procedures import outage_shift
from procedures.catalog import get as procedure
from procedures.declaration import Actor
from procedures.engine import StepRefused, open_ticket

FIRST_YEAR = 2020
KINDS = {"jaringan": "network_outage", "server": "server_outage"}
STATUS = {"hidden": 404, "role": 403, "state": 409, "need": 409, "stale": 409, "form": 422}


class ShiftView(ClosedView):
    name_key = "shift"
    acts = {"index": "list", "picture": "list", "availability": "list", "export": "export", "report": "create"}

    def __init__(self) -> None:
        super().__init__(name="Giliran saya", endpoint="shift", url="/admin/shift")

    @expose("/")
    def index(self) -> Any:
        return render_template("admin/shift.html", view=self, shift=outage_shift.shift_of(person()))

    @expose("/picture/")
    def picture(self) -> Any:
        """The tree of nodes; `root` shows what lies behind one, `zoom` how large."""
        root = _number(request.args.get("root"))
        zoom = request.args.get("zoom", "100")
        if zoom not in ("75", "100", "150", "200"):
            abort(400)
        nodes, tree = outage_shift.drawn(root)
        return render_template(
            "admin/network_picture.html",
            view=self,
            count=len(nodes),
            root=root,
            zoom=zoom,
            wide=draw_tree(nodes, tree, _("Pohon jaringan")),
            tall=draw_tree(nodes, tree, _("Pohon jaringan, tersusun ke bawah"), tall=True),
        )

    @expose("/availability/")
    def availability(self) -> Any:
        start, end = _month(request.args.get("month"))
        rows = outage_shift.availability_of(start, end)
        return render_template(
            "admin/availability.html", view=self, rows=rows, month=request.args.get("month") or f"{_local(start):%Y-%m}"
        )

    @expose("/export/")
    def export(self) -> Any:
        """The month's table as CSV or XLSX."""
        kind = request.args.get("format", "csv")
        if kind not in FORMATS:
            abort(400)
        start, end = _month(request.args.get("month"))
        heads = [_("Jenis"), _("Nama"), _("Tersedia (%%)") % (), _("Menit terganggu"), _("Diperiksa")]
        lines: list[Line] = [
            (r.kind_words, r.name, None if r.percent is None else round(r.percent, 2), r.minutes_down, r.checks)
            for r in outage_shift.availability_of(start, end)
        ]
        file = tempfile.TemporaryFile()  # noqa: SIM115  # send_file closes it
        audit_export("shift", write_table(kind, file, _("Ketersediaan"), heads, [lines]))
        file.seek(0)
        return send_file(file, mimetype=FORMATS[kind], as_attachment=True, download_name=f"ketersediaan.{kind}")

    @expose("/report/<kind>", methods=("GET", "POST"))
    def report(self, kind: str) -> Any:
        """L1b, W1b: an outage reported by hand."""
        if kind not in KINDS:
            abort(404)
        step = procedure(KINDS[kind]).steps["report_outage"]
        asks = step.asks
        assert asks is not None
        form, refused = asks(request.form if request.method == "POST" else None), None
        if request.method == "POST":
            staff = person()
            try:
                actor = Actor("staff", staff.name, staff, address())
                nonce = request.form.get("nonce", "")[:64] or None
                ticket = open_ticket(KINDS[kind], "report_outage", actor, form, nonce=nonce)
                return redirect(f"/admin/ticket/details/?id={ticket.id}", 303)
            except StepRefused as fault:
                refused = fault
        status = STATUS[refused.why] if refused else 200
        sentence = refused.sentence if refused and refused.why != "form" else ""
        nonce = request.form.get("nonce") or outage_shift.new_nonce()
        return render_template(
            "admin/outage_report.html", view=self, form=form, step=step, sentence=sentence, nonce=nonce
        ), status


def _number(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        abort(404)
    return int(text)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(WIB)


def _month(text: str | None) -> tuple[datetime, datetime]:
    """A month of the centre's clock as aware UTC, the running one up to now."""
    now = utcnow()
    try:
        first = datetime.strptime(text, "%Y-%m").replace(tzinfo=WIB) if text else None
    except ValueError:
        abort(400)
    first = first or _local(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if not FIRST_YEAR <= first.year <= 2100:
        abort(400)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first.astimezone(UTC), min(following.astimezone(UTC), now)
