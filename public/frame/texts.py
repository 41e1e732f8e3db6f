"""Public pages whose words are edited in the panel: internet accounts, privacy, accessibility."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from documents.markdown_text import as_html
from models.base.page import page_called
from models.base.retention import PERIODS
from public.frame.blueprint import site
from web.reader import language


@site.get("/akun-internet", defaults={"slug": "akun-internet"})
@site.get("/privasi", defaults={"slug": "privasi"})
@site.get("/aksesibilitas", defaults={"slug": "aksesibilitas"})
def text_page(slug: str) -> ResponseReturnValue:
    page = page_called(slug)
    if page is None:
        abort(404)
    kept = PERIODS.values() if slug == "privasi" else ()  # what the jobs do, whatever was written (security.md D16)
    return render_template("public/frame/text.html", page=page, html=as_html(page.text_in(language())), kept=kept)
