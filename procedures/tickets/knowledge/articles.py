"""What is done with an article: a version saved, published, withdrawn, reviewed; and who was helped by it counted."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, update

from models.base.counter import count_up
from models.base.db import db
from models.base.wording import today
from models.organisation.staff import Staff
from models.tickets.knowledge.article import Article, ArticleVersion, PublishedArticle
from models.tickets.knowledge.word_roots import roots_of

REVIEWED_EVERY = timedelta(days=365)
A_DAY = timedelta(days=1)


def save_version(article: Article, by: Staff) -> None:
    """Keep the article as it is now as a new version, unless its newest version says the same; the caller commits."""
    said = (article.title, article.text, article.language, article.is_public)
    newest = article.versions[0] if article.versions else None
    if newest and said == (newest.title, newest.text, newest.language, newest.is_public):
        return
    article.number = (newest.number if newest else 0) + 1
    article.versions.insert(
        0,
        ArticleVersion(
            number=article.number,
            title=article.title,
            text=article.text,
            language=article.language,
            is_public=article.is_public,
            saved_by_id=by.id,
        ),
    )


def publish(article: Article, by: Staff) -> None:
    """Readers get the newest version from now on, and its owner looks at it again in a year; the caller commits."""
    db.session.merge(
        PublishedArticle(
            article_id=article.id,
            title=article.title,
            text=article.text,
            language=article.language,
            is_public=article.is_public,
            words="\n".join(roots_of(article.title, article.text)),
            published_by_id=by.id,
        )
    )
    article.published_number = article.number
    put_off_review(article)


def withdraw(article: Article) -> None:
    """Nobody reads it any more; what was written stays; the caller commits."""
    db.session.execute(delete(PublishedArticle).where(PublishedArticle.article_id == article.id))
    article.published_number = article.review_on = None


def put_off_review(article: Article) -> None:
    """Somebody looked and it is true: the next look is in a year."""
    article.review_on = today() + REVIEWED_EVERY


def is_due(article: Article, day: date) -> bool:
    """Is it time to look whether it is still true?"""
    return article.review_on is not None and article.review_on <= day


def count_helped(article_id: int, device: str, is_staff: bool) -> bool:
    """Count that this article was the answer; of one device once a day, and False for a second press.

    `device` is a word that means nothing outside this day's count; the caller commits.
    """
    if count_up(f"article:{article_id}:{device}", A_DAY) > 1:
        return False
    column = Article.helped_staff if is_staff else Article.helped_public
    db.session.execute(update(Article).where(Article.id == article_id).values({column: column + 1}))
    return True
