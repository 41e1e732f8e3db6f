"""The procedures for staff: the paper's chart, and every inner move that the public charts leave out."""

from __future__ import annotations

from functools import lru_cache

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from admin_views.frame.address_values import not_a_value, refuse_unknown
from admin_views.frame.page import ClosedView
from models.tickets.mailbox import is_mail_connected
from procedures.engine import catalog
from procedures.engine.flow_chart import WIDE, WIDTH, svg
from procedures.engine.written_chart import draw
from procedures.engine.written_charts import CHARTS


class ProcedureView(ClosedView):
    """/admin/procedure/; `key` is that of a procedure."""

    name_key = "me"  # for everybody in the panel
    acts = {"index": "list"}

    def __init__(self) -> None:
        super().__init__(name="Prosedur", endpoint="procedure", url="/admin/procedure")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        refuse_unknown(request.args, {"key"})
        key = request.args.get("key", next(iter(catalog.PROCEDURES)))
        if key not in catalog.PROCEDURES:
            raise not_a_value("key", key)
        found = catalog.get(key)
        names_mail = is_mail_connected()
        return render_template(
            "admin/organisation/procedure.html",
            view=self,
            procedure=found,
            procedures=catalog.PROCEDURES.values(),
            steps=[step for step in found.steps.values() if step.number],
            people=catalog.people,
            charts={width: charts_of(key, str(get_locale() or "id"), width, names_mail) for width in (WIDE, WIDTH)},
        )


@lru_cache(maxsize=64)  # six procedures, two languages, two widths, with mail and without
def charts_of(key: str, _language: str, width: int, _names_mail: bool) -> tuple[Markup, Markup]:
    """(the paper's chart, that of all moves), drawn once a language, width and whether mail is read."""
    found = catalog.get(key)
    facts = next(facts for facts in catalog.as_data() if facts["key"] == key)
    who = {step.number: catalog.people(step.by) for step in found.steps.values() if step.number}
    title = _("Bagan alir: %(title)s", title=found.title)
    paper = draw(CHARTS[key], found.lines, who, title, f"kertas-{width}", width)
    moves = svg(facts["steps"], facts["states"], who, title=title, name=f"gerak-{width}", width=width)
    return Markup(paper), Markup(moves)  # noqa: S704  # both have escaped their texts
