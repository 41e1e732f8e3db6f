"""Which published articles fit what somebody typed: full-text search over the roots of their words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, column, func, literal_column, select, table

from models.base.db import db
from models.tickets.knowledge.article import PublishedArticle
from models.tickets.knowledge.word_roots import roots_of

MOST_ROOTS_ASKED = 40
LOOKED_AT = 30  # the best by the database's own rank, among which ours chooses
TITLE, TEXT = 3, 1  # what a word in common weighs
ENOUGH = 4  # a word of the title and one more


class FoundArticle(NamedTuple):
    """What a list of articles shows of one: `begins` is the beginning of its text, Markdown."""

    article_id: int
    title: str
    language: str
    is_public: bool
    begins: str


def articles_for(
    *texts: str, language: str = "id", with_internal: bool = False, most: int = 3, enough: int = ENOUGH
) -> list[FoundArticle]:
    """The articles that fit best, first those in the reader's language; one statement, none for texts without words.

    1. one of the roots must be there: asked of the index, ordered by the database's own rank, at most LOOKED_AT;
    2. a root of the title weighs more than one of the text; below `enough` an article is no answer to this;
    3. of equal ones the reader's language goes before, then the number.
    """
    roots = roots_of(*texts)[:MOST_ROOTS_ASKED]
    if not roots:
        return []
    rows = db.session.execute(_matching(roots, with_internal)).all()
    asked = set(roots)
    weighed = [(_weight(asked, row.title, row.words), row) for row in rows]
    fitting = [(weight, row) for weight, row in weighed if weight >= enough]
    fitting.sort(key=lambda pair: (pair[1].language != language, -pair[0], pair[1].article_id))
    return [
        FoundArticle(row.article_id, row.title, row.language, row.is_public, row.begins)
        for _weight_, row in fitting[:most]
    ]


def readable(with_internal: bool) -> ColumnElement[bool]:
    """The one rule of who reads what is published: the public reads what is for everybody, staff reads all."""
    return PublishedArticle.is_public.in_([True, False] if with_internal else [True])


def _weight(asked: set[str], title: str, words: str) -> int:
    in_title = asked.intersection(roots_of(title))
    return TITLE * len(in_title) + TEXT * len(asked.intersection(words.split()) - in_title)


def _matching(roots: Sequence[str], with_internal: bool) -> Select[*tuple[int, str, str, bool, str, str]]:
    query = select(
        PublishedArticle.article_id,
        PublishedArticle.title,
        PublishedArticle.language,
        PublishedArticle.is_public,
        PublishedArticle.words,
        func.substr(PublishedArticle.text, 1, 300).label("begins"),
    ).where(readable(with_internal))
    if db.engine.dialect.name == "postgresql":
        asked = func.to_tsquery("simple", " | ".join(roots))
        rank = func.ts_rank(literal_column("published_article.tsv"), asked)
        query = query.where(literal_column("published_article.tsv").op("@@")(asked)).order_by(rank.desc())
    else:
        index = table("article_fts", column("rowid", Integer), column("rank"))
        typed = " OR ".join(f'"{root}"' for root in roots)
        query = query.join(index, index.c.rowid == PublishedArticle.article_id)
        query = query.where(literal_column("article_fts").op("MATCH")(typed)).order_by(index.c.rank)
    return query.limit(LOOKED_AT)
