"""Full text search: which tickets hold the words typed; the newest, when very many do."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NamedTuple

from sqlalchemy import Integer, column, func, literal_column, select, table

from models.base.db import db
from models.tickets.ticket import TicketText
from models.tickets.ticket_number import Number, read_number

HITS_CAP = 1_000
SHORTEST_BEGINNING = 3  # a shorter word is taken whole: "a*" would be half of the language
WORD = re.compile(r"[^\W_]+")
# What tells a number from a word of eleven letters: a digit, the prefix, or the three groups (1 in 60 has no digit)
NUMBER_SIGN = re.compile(r"\d|ptk|\w{5}[-\u2010-\u2015\u2212]\w{5}[-\u2010-\u2015\u2212]\w", re.IGNORECASE)


def exact_number(words: str) -> str | None:
    """The ticket number that was typed, in its written form; None where it is none or has a slip."""
    if not NUMBER_SIGN.search(unicodedata.normalize("NFKC", words)):
        return None
    read = read_number(words)
    return str(read) if isinstance(read, Number) else None


def terms_of(words: str) -> list[str]:
    return WORD.findall(words.lower())


class Hits(NamedTuple):
    """Two SELECTs: the ids of tickets that hold all the words, and how many were looked at (HITS_CAP + 1: more)."""

    ids: Any
    looked_at: Any


def hits_of(words: str) -> Hits:
    """Tickets with all the words (or their beginnings); of a word that very many hold, the newest HITS_CAP.

    On PostgreSQL:
     1. `some` fetches hits from the index, at most HITS_CAP + 1, before anything is sorted: walking a date index for
        an unknown word would read it all;
     2. are they fewer, they are the hits;
     3. else the newest are found by walking back through the tickets, which ends soon because the word is common.
    """
    hits = (_postgresql(words) if db.engine.dialect.name == "postgresql" else _sqlite(words)).cte("hits")
    hits = hits.prefix_with("MATERIALIZED", dialect="postgresql")
    return Hits(select(hits.c.id), select(func.count()).select_from(hits))


def _postgresql(words: str) -> Any:
    typed = " & ".join(t + ":*" if len(t) >= SHORTEST_BEGINNING else t for t in terms_of(words))
    matching = literal_column("ticket_text.tsv").op("@@")(func.to_tsquery("simple", typed))
    found = select(TicketText.ticket_id.label("id")).where(matching).limit(HITS_CAP + 1)
    some = found.cte("some").prefix_with("MATERIALIZED", dialect="postgresql")
    how_many = select(func.count()).select_from(some).scalar_subquery()
    newest = found.where(how_many > HITS_CAP).order_by(TicketText.ticket_id.desc()).subquery()
    return select(some.c.id).where(how_many <= HITS_CAP).union_all(select(newest.c.id))


def _sqlite(words: str) -> Any:
    typed = " ".join(f'"{t}"*' if len(t) >= SHORTEST_BEGINNING else f'"{t}"' for t in terms_of(words))
    index = table("ticket_fts", column("rowid", Integer))
    hits = select(index.c.rowid.label("id")).where(literal_column("ticket_fts").op("MATCH")(typed))
    return hits.order_by(index.c.rowid.desc()).limit(HITS_CAP + 1)
