"""Counts at night in which kinds of complaint which words stand, from the newest resolved ones."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import delete, insert, select

from models.base.db import db, write_transaction
from models.tickets.knowledge.category_word import ALL, CategoryWord
from models.tickets.knowledge.word_roots import roots_of
from models.tickets.ticket import Ticket

NEWEST = 5_000  # complaints that are counted
AT_ONCE = 500
FEWEST = 3  # complaints that hold a word, else it may be somebody's name
MOST_WORDS = 2_000


def count_words() -> int:
    """All is counted anew, so that what was forgotten or put into another category leaves; says how many words."""
    counts = _counted()
    together: Counter[str] = Counter()
    for words in counts.values():
        together.update(words)
    kept = {word for word, times in together.most_common(MOST_WORDS) if times >= FEWEST or word == ALL}
    rows = [
        {"category_id": category, "word": word, "tickets": times}
        for category, words in counts.items()
        for word, times in words.items()
        if word in kept
    ]
    with write_transaction():
        db.session.execute(delete(CategoryWord))
        for start in range(0, len(rows), AT_ONCE):
            db.session.execute(insert(CategoryWord), rows[start : start + AT_ONCE])
    return len(kept - {ALL})


def _counted() -> dict[int, Counter[str]]:
    """{category: {root: complaints}}; read in pieces along the key, before anything is written."""
    counts: dict[int, Counter[str]] = {}
    left = NEWEST
    asked = select(Ticket.id, Ticket.category_id, Ticket.subject, Ticket.description).where(
        Ticket.procedure == "complaint",
        Ticket.category_id.is_not(None),
        Ticket.resolved_at.is_not(None),
        Ticket.forgotten_at.is_(None),
    )
    while left > 0:
        rows = db.session.execute(asked.order_by(Ticket.id.desc()).limit(min(AT_ONCE, left))).all()
        for row in rows:
            counts.setdefault(row.category_id, Counter()).update([ALL, *roots_of(row.subject, row.description)])
        if len(rows) < AT_ONCE:
            break
        asked, left = asked.where(Ticket.id < rows[-1].id), left - len(rows)
    db.session.rollback()
    return counts
