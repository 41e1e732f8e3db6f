"""The pages of the procedures (H4): steps in our words, target times, flow chart, form."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from models.organisation.service_figure import figure_of
from models.tickets.mailbox import is_mail_connected
from procedures.engine import catalog
from procedures.engine.declaration import HOURS_A_DAY, PaperLine, Within
from procedures.engine.flow_chart import WIDE, WIDTH
from procedures.engine.procedure import Procedure
from procedures.engine.written_chart import draw
from procedures.engine.written_charts import CHARTS
from procedures.tickets.service_card import card_of
from public.frame.blueprint import site
from public.frame.front import in_paper_order
from web.reader import language


@site.get("/prosedur")
def procedures() -> ResponseReturnValue:
    return render_template("public/tickets/procedures.html", procedures=in_paper_order())


@site.get("/prosedur/<slug>")
def procedure(slug: str) -> ResponseReturnValue:
    found = catalog.by_slug(slug)
    if found is None:
        abort(404)
    names_mail = is_mail_connected()
    return render_template(
        "public/tickets/procedure.html",
        procedure=found,
        lines=lines_of(found),
        figure=figure_of(found.key),
        card=card_of(found),
        chart=chart_of(found.key, language(), WIDTH, names_mail),
        wide_chart=chart_of(found.key, language(), WIDE, names_mail),
    )


class LineShown(NamedTuple):
    """A line of the paper; `who` acts there, `within` is its target time in words or ""."""

    line: PaperLine
    who: str
    within: str


def lines_of(procedure: Procedure) -> list[LineShown]:
    """The paper's lines, each with who acts and the target time of its first timed step."""
    found = []
    for line in procedure.lines:
        steps = [step for step in procedure.steps.values() if step.number and step.line == line.number]
        steps.sort(key=lambda step: step.number != line.number)  # the line's own step says who acts
        within = next((step.within for step in steps if step.within), None)
        who = catalog.people(dict.fromkeys(by for step in steps[:1] for by in step.by))
        found.append(LineShown(line, who[:1].upper() + who[1:], target(within)))
    return found


def target(within: Within | None) -> str:
    """2 hari kerja · 4 jam kerja · 30 menit, kapan pun."""
    if within is None:
        return ""
    if within.round_the_clock:
        minutes = round(within.hours * 60)
        return _("%(n)s jam", n=minutes // 60) if minutes % 60 == 0 else _("%(n)s menit", n=minutes)
    if within.hours % HOURS_A_DAY == 0:
        return _("%(n)s hari kerja", n=int(within.hours // HOURS_A_DAY))
    return _("%(n)s jam kerja", n=f"{within.hours:g}")


@lru_cache(maxsize=64)  # six procedures, two languages, two widths, with mail and without
def chart_of(key: str, _language: str, width: int, _names_mail: bool) -> Markup:
    """The chart is drawn once a language, width and whether mail is read: nothing else of it changes in a process."""
    found = catalog.get(key)
    who = {row.line.number: row.who for row in lines_of(found)}
    title = _("Bagan alir: %(title)s", title=found.title)
    return Markup(draw(CHARTS[key], found.lines, who, title, f"bagan-{width}", width))  # escaped by it
