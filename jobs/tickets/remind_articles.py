"""Tells the owner of an article once that it is time to look whether it is still true."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from mails.recipients import Recipient
from mails.tickets.article_notices import article_review
from models.base.db import db, write_transaction
from models.base.wording import today
from models.organisation.roles import Role
from models.organisation.staff import Staff, staff_with
from models.tickets.knowledge.article import Article


def remind_articles() -> int:
    """One mail an owner, whatever the number of articles; an owner who left is stood for by the head of the centre.

    Says of how many articles somebody was told.
    """
    with write_transaction():
        unasked = or_(Article.review_asked_on.is_(None), Article.review_asked_on < Article.review_on)
        query = select(Article).where(Article.review_on <= today(), unasked).order_by(Article.title)
        due = list(db.session.scalars(query.options(joinedload(Article.owner)).with_for_update(of=Article)).unique())
        told: dict[int, tuple[Staff, list[str]]] = {}
        for article in due:
            for one in [article.owner] if article.owner.is_active else staff_with(Role.HEAD_OF_CENTRE):
                told.setdefault(one.id, (one, []))[1].append(article.title)
            article.review_asked_on = today()
        for one, titles in told.values():
            article_review(titles, Recipient(one.email, one.name, one.language, is_staff=True))
    return len(due)
