"""One act on all tickets that a list found: chosen on the list, done by the worker, reported here.

Which tickets they are is fixed when they are chosen, with the version of each; what comes to the list later is not
among them, and a ticket that somebody changed meanwhile is refused like any other.
"""

from __future__ import annotations

from collections import Counter
from urllib.parse import parse_qsl, urlsplit

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import func, select, update

from admin_views.frame.view import address, person
from admin_views.tickets.bulk_some import ACTS, Pick, RefusedTicket, acts_of, rows_of
from admin_views.tickets.list.filter import ListFilter
from admin_views.tickets.list.filter_words import words_of
from admin_views.tickets.list.search import first_versions
from admin_views.tickets.related_view import actor
from admin_views.tickets.workbench.ticket_page import TicketDesk
from models.base.columns.json_value import Json
from models.base.db import db, rows_changed, write_transaction
from models.organisation import audit
from models.tickets.bulk_run import BulkRun, RunState
from procedures.base.form_fields import StepForm
from procedures.tickets.bulk_acts import who_can
from web.lost_session import own_path

MOST_OF_ALL = 1_000
MOST_UNFINISHED = 5  # of one person
LIST = "/admin/ticket/"
SAMPLE, MOST_FILTERS, MOST_REASONS = 10, 40, 5
NOT_FIELDS = ("csrf_token", "do")


class BulkAll(TicketDesk):
    """/admin/bulk/all/"""

    name_key = "bulk"
    acts = {"choose": "do", "run": "do"}

    def __init__(self) -> None:
        super().__init__(name="Semua yang ditemukan", endpoint="bulk_all", url="/admin/bulk/all")

    @expose("/", methods=("POST",))
    def choose(self) -> ResponseReturnValue:
        """Fix the tickets of the list from which this was pressed; nothing is done to them yet."""
        back = own_path(request.form.get("back"), LIST)
        chosen = ListFilter.read(person(), _filters(back))
        words = ", ".join(word.text for word in words_of(chosen, with_options=False).words)
        found = first_versions(chosen, MOST_OF_ALL + 1)
        if not found:
            return render_template("admin/tickets/bulk_none.html", view=self, most=MOST_OF_ALL, count=0, back=back), 422
        picks, is_cut = found[:MOST_OF_ALL], len(found) > MOST_OF_ALL
        with write_transaction():
            run = BulkRun(staff_id=person().id, words=words, back=back, picks=picks, is_cut=is_cut)
            db.session.add(run)
            db.session.flush()
            run_id = run.id
        return redirect(f"/admin/bulk/all/{run_id}", 303)

    @expose("/<int:pk>", methods=("GET", "POST"))
    def run(self, pk: int) -> ResponseReturnValue:
        """Choose the act and its words; once sent, how far it is, and the report of what was refused and why."""
        mine = select(BulkRun).where(BulkRun.id == pk, BulkRun.staff_id == person().id)
        run = (db.session.scalars(mine).one_or_none() if pk < 2**31 else None) or abort(404)
        if run.state != RunState.CHOSEN:
            return self._page(run)
        name = request.values.get("do", "")
        act = (ACTS.get(name) or abort(404)) if name else None
        if request.method == "GET" or act is None:
            return self._page(run, name, act.form(None) if act and act.form else None)
        form = act.form(request.form) if act.form else None
        if form is not None and not form.validate():
            return self._page(run, name, form), 422
        if not _leave_to_the_worker(run, name):
            sentence = _("%(n)s pekerjaan Anda masih berjalan. Tunggu salah satunya selesai.", n=MOST_UNFINISHED)
            flash(sentence, "error")
            return self._page(run, name, form), 409
        return redirect(f"/admin/bulk/all/{pk}", 303)

    def _page(self, run: BulkRun, name: str = "", form: StepForm | None = None) -> str:
        rows = rows_of([Pick(ident, None) for ident, _why in run.refused])
        sample = rows_of([Pick(ident, None) for ident, _version in run.picks[:SAMPLE]])
        ids = [ident for ident, _version in run.picks]
        why_not = who_can(ids, name, actor()) if name and run.state == RunState.CHOSEN else {}
        return render_template(
            "admin/tickets/bulk_run.html",
            view=self,
            run=run,
            count=len(run.picks),
            acts=acts_of(person()),
            name=name,
            act=ACTS.get(name),
            can=sum(not why for why in why_not.values()),
            why_not=Counter(why for why in why_not.values() if why).most_common(MOST_REASONS),
            unseen=len(ids) - len(why_not) if why_not else 0,
            form=form,
            sample=list(sample.values()) if run.state == RunState.CHOSEN else [],
            refused=[] if run.is_running else [RefusedTicket(rows.get(ident), why) for ident, why in run.refused],
        )


def _filters(back: str) -> dict[str, str]:
    """The filters of the list's address; each is judged by the list itself."""
    parts = urlsplit(back)
    if parts.path != LIST or parts.query.count("&") > MOST_FILTERS:
        abort(400)
    return dict(parse_qsl(parts.query))


def _leave_to_the_worker(run: BulkRun, name: str) -> bool:
    """False where too much of this person's is under way; a run that is sent twice is begun once."""
    run_id, count, staff = run.id, len(run.picks), person()
    fields = {key: values for key, values in request.form.lists() if key not in NOT_FIELDS}
    title = str(ACTS[name].label).removesuffix(" …")
    with write_transaction():
        under_way = select(func.count()).where(
            BulkRun.staff_id == staff.id, BulkRun.state.in_((RunState.QUEUED, RunState.RUNNING))
        )
        if (db.session.scalar(under_way) or 0) >= MOST_UNFINISHED:
            return False
        values = {"act": name, "title": title, "fields": fields, "language": str(get_locale()), "ip": address()}
        first = update(BulkRun).where(BulkRun.id == run_id, BulkRun.state == RunState.CHOSEN)
        begun = rows_changed(first.values(state=RunState.QUEUED.value, **values))
        if begun:
            diff: dict[str, Json] = {"act": name, "tickets": count}
            audit.record("bulk", "BulkRun", run_id, staff=staff, diff=diff, ip=address())
    return True
