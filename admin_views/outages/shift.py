"""My shift: what is down, since when, who was told, what was promised; the picture; availability."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime

from flask import abort, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.frame.enter_once import enter_once
from admin_views.frame.page import ClosedView
from admin_views.frame.reader import address, audit_export, person
from documents.outages.network_picture import draw_tree
from gateways.files.table_writer import FORMATS, Line, write_table
from models.base.db import utcnow
from models.base.wording import WIB, month_name
from models.outages.outage import Estimate
from procedures.engine.catalog import get as procedure
from procedures.engine.declaration import Actor
from procedures.engine.take_step import StepRefused
from procedures.outages import duty, promises, shift
from procedures.outages.availability import KINDS as KINDS_OF_SHARE
from procedures.outages.availability import availability_of
from web.dates import on_date_at, spoken
from web.refusals import STATUS_OF

FIRST_YEAR = 2020
MONTHS_BACK = 24
ZOOMS = ("fit", "75", "100", "150", "200")
FITS = 5  # levels of the tree that can still be read side by side on a page
KINDS = {"jaringan": "network_outage", "server": "server_outage"}


class ShiftView(ClosedView):
    name_key = "shift"
    acts = {
        "index": "list",
        "picture": "list",
        "availability": "list",
        "export": "export",
        "promises": "list",
        "promises_export": "export",
        "report": "create",
    }

    def __init__(self) -> None:
        super().__init__(name="Giliran saya", endpoint="shift", url="/admin/shift")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return render_template(
            "admin/outages/shift.html", view=self, shift=shift.shift_of(person()), tonight=duty.tonight()
        )

    @expose("/picture/")
    def picture(self) -> ResponseReturnValue:
        """The tree of nodes; `root` shows what lies behind one, `zoom` how large."""
        root = _number(request.args.get("root"))
        nodes, tree = shift.picture_nodes(root)
        levels = max((len(list(tree.above(node))) for node in nodes), default=0) + 1
        zoom = request.args.get("zoom", "fit" if levels <= FITS else "100")
        if zoom not in ZOOMS:
            abort(400)
        return render_template(
            "admin/outages/network_picture.html",
            view=self,
            count=len(nodes),
            root=root,
            zoom=zoom,
            zooms=ZOOMS,
            blind_since=shift.blind_since(),
            wide=draw_tree(nodes, tree, _("Pohon jaringan")),
            tall=draw_tree(nodes, tree, _("Pohon jaringan, tersusun ke bawah"), tall=True),
        )

    @expose("/availability/")
    def availability(self) -> ResponseReturnValue:
        start, end, month = month_of(request.args.get("month"))
        kind = request.args.get("kind", "")
        if kind not in ("", *KINDS_OF_SHARE):
            abort(400)
        rows = [row for row in availability_of(start, end) if kind in ("", row.kind)]
        return render_template(
            "admin/outages/availability.html",
            view=self,
            rows=rows,
            month=month,
            months=months_to_choose(month),
            kind=kind,
            kinds=KINDS_OF_SHARE,
        )

    @expose("/export/")
    def export(self) -> ResponseReturnValue:
        """The month's table as CSV or XLSX."""
        start, end, month = month_of(request.args.get("month"))
        heads = [_("Jenis"), _("Nama"), _("Tersedia (%%)") % (), _("Menit terganggu"), _("Diperiksa")]
        lines: list[Line] = [
            (r.kind_words, r.name, None if r.percent is None else round(r.percent, 2), r.minutes_down, r.checks)
            for r in availability_of(start, end)
        ]
        return _sheet(_("Ketersediaan"), f"ketersediaan-{month}", heads, lines)

    @expose("/promises/")
    def promises(self) -> ResponseReturnValue:
        """Estimates kept: each promise of the month beside what came."""
        start, end, month = month_of(request.args.get("month"))
        estimates = promises.estimates_of(person(), start, end)
        return render_template(
            "admin/outages/promises.html",
            view=self,
            estimates=estimates,
            tallies=promises.tallies(estimates),
            late_by=promises.late_by,
            month=month,
            months=months_to_choose(month),
        )

    @expose("/promises/export/")
    def promises_export(self) -> ResponseReturnValue:
        """The month's promises as CSV or XLSX."""
        start, end, month = month_of(request.args.get("month"))
        heads = [_("Tiket"), _("Gangguan"), _("Disampaikan pada"), _("Dijanjikan"), _("Menjawab lagi"), _("Ditepati")]
        lines = [_promise_line(estimate) for estimate in promises.estimates_of(person(), start, end)]
        title = _("Perkiraan ditepati")
        return _sheet(title, f"perkiraan-{month}", [*heads, _("Dasar perkiraan"), _("Sumber")], lines)

    @expose("/report/<kind>", methods=("GET", "POST"))
    def report(self, kind: str) -> ResponseReturnValue:
        """L1b, W1b: an outage reported by hand."""
        if kind not in KINDS:
            abort(404)
        step = procedure(KINDS[kind]).steps["report_outage"]
        asks = step.asks
        assert asks is not None
        form, refused = asks(request.form if request.method == "POST" else None), None
        if request.method == "GET" and "node" in form:
            form.node.data = _number(request.args.get("node")) or 0  # from the page of a device
        if request.method == "POST":
            staff = person()
            try:
                actor = Actor("staff", staff.name, staff, address())
                nonce = request.form.get("nonce", "")[:64] or None
                ticket = enter_once(KINDS[kind], "report_outage", actor, form, nonce)
                return redirect(f"/admin/ticket/details/?id={ticket.id}", 303)
            except StepRefused as fault:
                refused = fault
        status = STATUS_OF[refused.why] if refused else 200
        sentence = refused.sentence if refused and refused.why != "form" else ""
        nonce = request.form.get("nonce") or shift.new_nonce()
        return render_template(
            "admin/outages/outage_report.html", view=self, form=form, step=step, sentence=sentence, nonce=nonce
        ), status


def _number(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        abort(404)
    return int(text)


def month_of(text: str | None) -> tuple[datetime, datetime, str]:
    """A month of the centre's clock as aware UTC, the running one up to now, and its name (2026-11)."""
    now = utcnow()
    try:
        first = datetime.strptime(text, "%Y-%m").replace(tzinfo=WIB) if text else None
    except ValueError:
        abort(400)
    first = first or now.astimezone(WIB).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if not FIRST_YEAR <= first.year <= 2100:
        abort(400)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first.astimezone(UTC), min(following.astimezone(UTC), now), f"{first:%Y-%m}"


def months_to_choose(chosen: str) -> list[tuple[str, str]]:
    """The last two years by month, newest first, and the chosen one: (2026-11, November 2026)."""
    here = utcnow().astimezone(WIB)
    months = here.year * 12 + here.month - 1
    names = [f"{at // 12}-{at % 12 + 1:02d}" for at in range(months, months - MONTHS_BACK, -1)]
    names += [] if chosen in names else [chosen]
    return [(name, month_name(date(int(name[:4]), int(name[5:]), 1), spoken())) for name in names]


def _promise_line(estimate: Estimate) -> Line:
    outage, verdict = estimate.outage, estimate.is_kept
    done = outage.answered_at or outage.ended_at
    return (
        outage.ticket.number,
        outage.ticket.subject,
        on_date_at(estimate.at),
        on_date_at(estimate.recovers_at),
        on_date_at(done) if done else "",
        "" if verdict is None else _("Ya") if verdict else _("Tidak"),
        estimate.reason,
        estimate.source,
    )


def _sheet(title: str, name: str, heads: list[str], lines: Sequence[Line]) -> ResponseReturnValue:
    kind = request.args.get("format", "csv")
    if kind not in FORMATS:
        abort(400)
    file = tempfile.TemporaryFile()  # noqa: SIM115  # send_file closes it
    audit_export("shift", write_table(kind, file, title, heads, [list(lines)]))
    file.seek(0)
    return send_file(file, mimetype=FORMATS[kind], as_attachment=True, download_name=f"{name}.{kind}")
