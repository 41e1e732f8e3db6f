"""The register of planned work: entered, moved, called off; whoever was told of it is told again."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from admin_views.frame.view import Column, HouseView, address, person
from models.base.columns.shown import Shown
from models.base.db import db, utcnow, write_transaction
from models.base.wording import Words, local
from models.organisation import audit
from models.outages.network import Node, PlannedWork, WebService
from models.outages.outage_recipients import PlannedWorkRecipient
from procedures.base.date_fields import as_utc, when_field
from procedures.base.form_fields import StepForm, TickBoxes, line_field, text_field
from procedures.outages import planned_work
from procedures.outages.forms import node_choices
from web.dates import on_date_at


def condition_of(work: PlannedWork) -> Words:
    if work.cancelled_at:
        return _("Dibatalkan")
    if work.ends_at <= utcnow():
        return _("Selesai")
    return _("Berlangsung") if work.starts_at <= utcnow() else _("Akan datang")


class PlannedWorkForm(StepForm):
    title = line_field(_l("Judul, dibaca umum"), 160)
    note = text_field(_l("Keterangan, dibaca umum"), 2_000, needed=False)
    starts_local = when_field(_l("Mulai (WIB)"))
    ends_local = when_field(_l("Sampai (WIB)"))
    node_ids = TickBoxes(_l("Perangkat"), coerce=int)
    service_ids = TickBoxes(_l("Layanan web"), coerce=int)

    def prepare(self) -> None:
        super().prepare()
        services = db.session.execute(select(WebService.id, WebService.name).order_by(WebService.name))
        self.node_ids.choices = node_choices()[1:]
        self.service_ids.choices = [(i, n) for i, n in services]
        if self.row is not None and not self.is_sent:
            self.starts_local.data = local(self.row.starts_at).replace(tzinfo=None)
            self.ends_local.data = local(self.row.ends_at).replace(tzinfo=None)
            self.node_ids.data = [node.id for node in self.row.nodes]
            self.service_ids.data = [service.id for service in self.row.services]


class CancelForm(StepForm):
    reason = text_field(_l("Alasan, dibaca semua yang sudah dikabari"), 500)


class PlannedWorkView(HouseView[PlannedWork]):
    name_key = "planned_work"
    title = _l("Pekerjaan terencana")
    intro = _l("Selama waktunya tidak ada gangguan yang dibuka untuk yang terkena; pengelola IT dikabari.")
    empty = _l("Pekerjaan yang direncanakan tampil di sini, dikabarkan ke unit, dan diumumkan di halaman gangguan.")
    create_label = _l("Rencanakan pekerjaan")
    columns = [
        Column("title", _l("Judul"), is_link=True),
        Column("condition", _l("Keadaan"), cell=condition_of),
        Column("starts_at", _l("Mulai"), cell=lambda w: on_date_at(w.starts_at)),
        Column("ends_at", _l("Sampai"), cell=lambda w: on_date_at(w.ends_at)),
        Column("nodes", _l("Perangkat"), cell=lambda w: ", ".join(n.name for n in w.nodes)),
        Column("announced_at", _l("Dikabarkan"), cell=lambda w: on_date_at(w.announced_at) if w.announced_at else ""),
    ]
    searched = (PlannedWork.title,)
    order = (PlannedWork.starts_at,)
    shows = (PlannedWork.nodes,)
    newest_first = True
    form = PlannedWorkForm
    details_template = "admin/outages/planned_work.html"
    edit_template = "admin/outages/planned_work_form.html"
    more_acts = {"cancel_view": "cancel"}

    def __init__(self) -> None:
        super().__init__(PlannedWork)

    def row_allowed(self, row: PlannedWork, act: str) -> bool:
        """What is over or called off stays as it was told."""
        return self.may(act) and not (row.is_over and act in ("edit", "cancel"))

    def facts(self, row: PlannedWork) -> list[tuple[Words, Shown]]:
        called_off = [
            (_l("Dibatalkan"), on_date_at(row.cancelled_at) if row.cancelled_at else ""),
            (_l("Alasan"), row.cancel_reason),
        ]
        return [
            *super().facts(row),
            (_l("Layanan web"), ", ".join(service.name for service in row.services)),
            (_l("Keterangan"), row.note),
            *(called_off if row.cancelled_at else []),
        ]

    def details_extras(self, row: PlannedWork) -> dict[str, Shown]:
        people, silent = planned_work.audience(row)
        told = PlannedWorkRecipient.of(row.id)
        return {"told": told, "people": [] if row.announced_at or row.is_over else people, "silent": silent}

    def more_seen(self, row: PlannedWork) -> list[Any]:
        return [sorted(node.id for node in row.nodes), sorted(service.id for service in row.services)]

    def form_extras(self, row: PlannedWork | None) -> dict[str, Shown]:
        return {"told": len(PlannedWorkRecipient.of(row.id)) if row is not None else 0}

    def checked(self, form: PlannedWorkForm, row: PlannedWork | None) -> bool:
        if not form.validate():
            return False
        if form.ends_local.data <= form.starts_local.data:
            form.ends_local.errors = [_("Waktu selesai harus sesudah waktu mulai.")]
            return False
        if as_utc(form.ends_local) <= utcnow():  # type: ignore[operator]  # required
            form.ends_local.errors = [_("Waktu selesai itu sudah lewat. Periksa tanggalnya.")]
            return False
        if not form.node_ids.data and not form.service_ids.data:
            form.node_ids.errors = [_("Pilih sedikitnya satu perangkat atau layanan.")]
            return False
        return True

    def fill(self, row: PlannedWork, form: PlannedWorkForm) -> None:
        g.work_before = planned_work.state_of(row) if row.id else None
        row.title, row.note = form.title.data, form.note.data or ""
        row.starts_at, row.ends_at = as_utc(form.starts_local), as_utc(form.ends_local)  # type: ignore[assignment]  # required
        row.nodes = list(db.session.scalars(select(Node).where(Node.id.in_(form.node_ids.data or []))))
        row.services = list(
            db.session.scalars(select(WebService).where(WebService.id.in_(form.service_ids.data or [])))
        )

    def written(self, row: PlannedWork, is_new: bool) -> None:
        """In the transaction of the change: who was told of the work is told of it."""
        if g.work_before is not None and (told := planned_work.tell_change(row, g.work_before)):
            flash(_("%(n)s orang dikabari tentang perubahan ini.", n=told), "success")

    @expose("/cancel/", methods=("GET", "POST"))
    def cancel_view(self) -> ResponseReturnValue:
        """A page that asks first and shows who will be told; only its POST calls the work off."""
        row = self.get_one(request.args.get("id"))
        if not self.row_allowed(row, "cancel"):
            abort(403)
        form = CancelForm(request.form if request.method == "POST" else None)
        if request.method == "POST" and form.validate():
            with write_transaction():
                row = self.get_one(row.id)
                if not self.row_allowed(row, "cancel"):
                    abort(403)
                told = planned_work.cancel(row, form.reason.data)
                diff = {"reason": form.reason.data, "told": told}
                audit.record("cancel", "PlannedWork", row.id, staff=person(), ip=address(), diff=diff)
            flash(_("Pekerjaan dibatalkan; %(n)s orang dikabari.", n=told), "success")
            return redirect(self.href(row), 303)
        told_before = PlannedWorkRecipient.of(row.id)
        status = 422 if request.method == "POST" else 200
        return render_template(
            "admin/outages/planned_work_cancel.html", view=self, row=row, form=form, told=told_before
        ), status
