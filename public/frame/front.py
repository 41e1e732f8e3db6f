"""The front page (H1 to H4), its old printed address, and the switch of language."""

from __future__ import annotations

from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from models.base.db import db
from models.base.page import Download, page_called
from procedures.engine import catalog
from procedures.engine.procedure import Procedure
from public.frame.blueprint import site
from web.reader import own_path

LANGUAGES = ("id", "en")
PAPER_ORDER = "NEPLWC"
SHOWN_DOWNLOADS = 3


@site.get("/")
def front() -> ResponseReturnValue:
    published = select(Download).where(Download.is_published)
    return render_template(
        "public/frame/front.html",
        procedures=in_paper_order(),
        account=page_called("akun-internet"),
        downloads=list(db.session.scalars(published.order_by(Download.position, Download.id).limit(SHOWN_DOWNLOADS))),
        download_count=db.session.scalar(select(func.count()).where(Download.is_published)),
    )


def in_paper_order() -> list[Procedure]:
    return sorted(catalog.PROCEDURES.values(), key=lambda procedure: PAPER_ORDER.find(procedure.letter))


@site.get("/help")
def help_page() -> ResponseReturnValue:
    """The address printed on the published page."""
    return redirect("/", 301)


@site.get("/bahasa/<chosen>")
def switch_language(chosen: str) -> ResponseReturnValue:
    if chosen in LANGUAGES:
        session["language"] = chosen
    return redirect(own_path(request.args.get("next")), 303)
