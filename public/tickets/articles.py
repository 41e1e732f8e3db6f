"""The public pages of articles: the list with its search, one article, its pictures, and "this helped me"."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from documents.markdown_text import as_html
from models.base.counter import count_up
from models.base.db import db, keep_house
from models.tickets.category import Category
from models.tickets.knowledge.article import PICTURES, Article, ArticlePicture, PublishedArticle, published
from models.tickets.knowledge.found_articles import TEXT, FoundArticle, articles_for, readable
from procedures.tickets.knowledge.articles import count_helped
from public.frame.blueprint import site
from public.tickets.device import device_today
from web.reader import language, network
from web.stored_files import hand_out

LONGEST_SEARCH = 200
MOST_FOUND, MOST_LISTED = 20, 200
HELPED_AN_HOUR = 200  # of one network


@site.get("/panduan")
def articles() -> ResponseReturnValue:
    """Every public article under its kind of problem, or those that fit the words of the search."""
    words = request.args.get("cari", "")[:LONGEST_SEARCH].replace("\x00", "")
    found = articles_for(words, language=language(), most=MOST_FOUND, enough=TEXT) if words else []
    return render_template(
        "public/tickets/articles.html", words=words, found=found, shelves={} if words else shelves_of(language())
    )


def shelves_of(language: str) -> dict[str, list[FoundArticle]]:
    """{kind of problem: its articles}, those in the reader's language first; "" holds those without a kind."""
    named = Category.name_en if language == "en" else Category.name
    query = (
        select(
            PublishedArticle.article_id, PublishedArticle.title, PublishedArticle.language,
            PublishedArticle.is_public, func.substr(PublishedArticle.text, 1, 300), named,
        )
        .join(Article, Article.id == PublishedArticle.article_id)
        .outerjoin(Category, Category.id == Article.category_id)
        .where(readable(with_internal=False))
        .order_by(Category.position, Category.id, PublishedArticle.language != language, PublishedArticle.title)
        .limit(MOST_LISTED)
    )  # fmt: skip
    shelves: dict[str, list[FoundArticle]] = {}
    for *facts, kind in db.session.execute(query):
        shelves.setdefault(kind or "", []).append(FoundArticle(*facts))
    return dict(sorted(shelves.items(), key=lambda shelf: not shelf[0]))


@site.get("/panduan/<int:article_id>")
def article(article_id: int) -> ResponseReturnValue:
    row = published(article_id) or abort(404)
    return render_template("public/tickets/article.html", article=row, html=as_html(row.text, PICTURES))


@site.post("/panduan/<int:article_id>/menolong")
def article_helped(article_id: int) -> ResponseReturnValue:
    """Counted once a day for one browser; a second press is thanked like the first.

    Browsers can be made up: of one network no more are counted in an hour than of a full lecture hall.
    """
    row = published(article_id) or abort(404)
    device = device_today()
    if (keep_house(lambda: count_up(f"helped:{network()}")) or 0) <= HELPED_AN_HOUR:
        keep_house(lambda: count_helped(row.article_id, device, is_staff=False))
    flash(_("Terima kasih. Kami senang ini sudah beres."))
    return redirect(f"/panduan/{article_id}", 303)


@site.get(PICTURES + "<int:picture_id>")
def article_picture(picture_id: int) -> Response:
    """A picture of an article that is public now; of any other nobody is told that it exists."""
    query = (
        select(ArticlePicture)
        .join(PublishedArticle, PublishedArticle.article_id == ArticlePicture.article_id)
        .where(ArticlePicture.id == picture_id, readable(with_internal=False))
    )
    row = db.session.scalars(query).one_or_none() if picture_id < 2**31 else None
    if row is None:
        abort(404)
    return hand_out(row.sha256, row.name, row.content_type, is_inline=True)
