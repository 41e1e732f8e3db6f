"""Public pages whose words are edited in the panel: internet accounts, privacy with its versions, accessibility."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from documents.markdown_text import as_html
from models.base.db import db
from models.base.page import page_called
from models.base.periods.privacy_notice import SLUG, PrivacyNotice, versions
from models.base.retention import PERIODS
from public.frame.blueprint import site
from web.reader import language


@site.get("/akun-internet", defaults={"slug": "akun-internet"})
@site.get("/aksesibilitas", defaults={"slug": "aksesibilitas"})
def text_page(slug: str) -> ResponseReturnValue:
    page = page_called(slug)
    if page is None:
        abort(404)
    return render_template("public/frame/text.html", page=page, html=as_html(page.text_in(language())))


@site.get("/privasi")
def privacy() -> ResponseReturnValue:
    """What the jobs do stands below the words, whatever was written (security.md D16)."""
    page = page_called(SLUG)
    if page is None:
        abort(404)
    return render_template(
        "public/frame/text.html",
        page=page,
        html=as_html(page.text_in(language())),
        ends=[(each.what, each.days, each.whose, each.rule) for each in PERIODS.values() if each.ends],
        lasts=[(each.what, each.lasts, each.whose, each.rule) for each in PERIODS.values() if not each.ends],
        versions=versions(),
    )


@site.get("/privasi/versi/<int:number>")
def privacy_version(number: int) -> ResponseReturnValue:
    """The notice as it was, in this reader's language, whether or not it holds still."""
    all_versions = versions()
    at = next((place for place, each in enumerate(all_versions) if each.number == number), None)
    if at is None:
        abort(404)
    facts = db.session.get_one(PrivacyNotice, number).facts_in(language())
    return render_template(
        "public/frame/notice_version.html",
        notice=all_versions[at],
        until_at=all_versions[at - 1].from_at if at else None,
        facts=facts,
        html=as_html(str(facts["text"])),
    )
