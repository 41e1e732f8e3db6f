"""Full text: which tickets hold the words that were typed; the newest when a word is in very many."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Integer, TextClause, column, func, literal_column, select, text

from models.db import db
from models.ticket import TicketText
from models.ticket_number import Number, read_number

HITS_CAP = 1_000
MOST_WORDS = 20
SHORTEST_BEGINNING = 3  # a shorter word is taken whole: "a*" would be half of the language
WORD = re.compile(r"[^\W_]+")


def exact_number(words: str) -> str | None:
    """The ticket number that was typed, in its written form; None where it is none or has a slip."""
    if not any(c.isdigit() for c in words):
        return None
    read = read_number(words)
    return str(read) if isinstance(read, Number) else None


def terms_of(words: str) -> list[str]:
    return WORD.findall(words.lower())[:MOST_WORDS]


def is_common(words: str) -> bool:
    """Do more tickets hold the words than the cap? Asked of the full-text index alone."""
    matching = _postgresql(words) if _is_postgresql() else _sqlite(words, "")
    return int(db.session.scalar(select(func.count()).select_from(matching.subquery())) or 0) > HITS_CAP


def hits_of(words: str, common: bool) -> Any:
    """A SELECT of the ids of tickets with all the words (or their beginnings).

    On PostgreSQL rare hits are fetched first (walking a date index for an unknown word would read it all); of a
    common word the newest are taken by walking back, which ends soon because it is common.
    """
    if not _is_postgresql():
        found = _sqlite(words, "ORDER BY rowid DESC").subquery()
        return select(found.c.id)
    query = _postgresql(words)
    if common:
        query = query.order_by(TicketText.ticket_id.desc())
    hits = query.cte("hits").prefix_with("MATERIALIZED", dialect="postgresql")
    return select(hits.c.ticket_id)


def _is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def _postgresql(words: str) -> Any:
    typed = " & ".join(t + ":*" if len(t) >= SHORTEST_BEGINNING else t for t in terms_of(words))
    matching = literal_column("ticket_text.tsv").op("@@")(func.to_tsquery("simple", typed))
    return select(TicketText.ticket_id).where(matching).limit(HITS_CAP + 1)


def _sqlite(words: str, order: str) -> Any:
    typed = " ".join(f'"{t}"*' if len(t) >= SHORTEST_BEGINNING else f'"{t}"' for t in terms_of(words))
    rows: TextClause = text(f"SELECT rowid AS id FROM ticket_fts WHERE ticket_fts MATCH :match {order} LIMIT :cap")
    return rows.bindparams(match=typed, cap=HITS_CAP + 1).columns(column("id", Integer))
