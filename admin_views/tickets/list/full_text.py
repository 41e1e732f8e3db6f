"""Full text search: which tickets hold the words typed, however they are spelled; the newest, when very many do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Integer, Select, column, func, literal_column, select, table

from models.base.db import db
from models.base.search.terms import Term, terms_of
from models.tickets.file_text import FileText
from models.tickets.search_keys import number_pieces
from models.tickets.ticket import TicketText
from models.tickets.ticket_number import Number, read_number

HITS_CAP = 1_000
SHORTEST_BEGINNING = 3  # a shorter word is taken whole: "a*" would be half of the language
# What tells a number from a word of eleven letters: a digit, the prefix, or the three groups (1 in 60 has no digit)
NUMBER_SIGN = re.compile(r"\d|ptk|\w{5}[-\u2010-\u2015\u2212]\w{5}[-\u2010-\u2015\u2212]\w", re.IGNORECASE)


def exact_number(words: str) -> str | None:
    """The ticket number that was typed, in its written form; None where it is none or has a slip."""
    if not NUMBER_SIGN.search(unicodedata.normalize("NFKC", words)):
        return None
    read = read_number(words)
    return str(read) if isinstance(read, Number) else None


class Hits(NamedTuple):
    """Two SELECTs: the ids of tickets that hold all the words, and how many were looked at (HITS_CAP + 1: more)."""

    ids: Select[int]
    looked_at: Select[int]


def hits_of(words: str) -> Hits:
    """Tickets with all the words, or their beginnings, in any spelling; of very many, the newest HITS_CAP.

    On PostgreSQL:
     1. `some` fetches hits from the index, at most HITS_CAP + 1, before anything is sorted: walking a date index for
        an unknown word would read it all;
     2. are they fewer, they are the hits;
     3. else the newest are found by walking back through the tickets, which ends soon because the word is common.
    """
    return hits_matching([match_words(terms_of(words))])


def hits_matching(parts: Sequence[str]) -> Hits:
    """The same for what match_words() and either_word() made: tickets that hold every part."""
    is_postgresql = db.engine.dialect.name == "postgresql"
    typed = all_of(parts)
    hits = (_postgresql(typed) if is_postgresql else _sqlite(typed)).cte("hits")
    hits = hits.prefix_with("MATERIALIZED", dialect="postgresql")
    return Hits(select(hits.c.id), select(func.count()).select_from(hits))


def match_words(terms: Sequence[Term]) -> str:
    """The terms as the database's own full-text search asks for them: every one, in one of its ways."""
    return all_of([_one_of(_ways(term)) for term in terms])


def all_of(parts: Sequence[str]) -> str:
    """What match_words() and either_word() made, all of it together."""
    return (" & " if db.engine.dialect.name == "postgresql" else " AND ").join(parts)


def either_word(words: Sequence[str]) -> str:
    """One of these words, whole, in the database's own words; they are keys of the index."""
    return _one_of([_whole(word) for word in words])


def _ways(term: Term) -> list[str]:
    ways = [all_of([_beginning(part) for part in term.parts]), *(_beginning(whole) for whole in term.whole)]
    if pieces := number_pieces(term):
        ways.append(all_of([_whole(piece) for piece in pieces]))
    return [f"({way})" for way in dict.fromkeys(ways)]


def _one_of(ways: Sequence[str]) -> str:
    return f"({(' | ' if db.engine.dialect.name == 'postgresql' else ' OR ').join(ways)})"


def _beginning(key: str) -> str:
    if len(key) < SHORTEST_BEGINNING:
        return _whole(key)
    return f"{key}:*" if db.engine.dialect.name == "postgresql" else f'"{key}"*'


def _whole(key: str) -> str:
    return key if db.engine.dialect.name == "postgresql" else f'"{key}"'


def _postgresql(typed: str) -> CompoundSelect[*tuple[int, ...]]:
    found = select(TicketText.ticket_id.label("id")).where(_matching("ticket_text", typed)).limit(HITS_CAP + 1)
    some = found.cte("some").prefix_with("MATERIALIZED", dialect="postgresql")
    how_many = select(func.count()).select_from(some).scalar_subquery()
    newest = found.where(how_many > HITS_CAP).order_by(TicketText.ticket_id.desc()).subquery()
    files = files_matching(typed).subquery()
    few = select(some.c.id).where(how_many <= HITS_CAP)
    return few.union(select(newest.c.id), select(files.c.ticket_id))


def _sqlite(typed: str) -> CompoundSelect[*tuple[int, ...]]:
    index = table("ticket_fts", column("rowid", Integer))
    hits = select(index.c.rowid.label("id")).where(literal_column("ticket_fts").op("MATCH")(typed))
    tickets = hits.order_by(index.c.rowid.desc()).limit(HITS_CAP + 1).subquery()
    return select(tickets.c.id).union(select(files_matching(typed).subquery().c.ticket_id))


def files_matching(typed: str) -> Select[int, int]:
    """A SELECT of (ticket_id, attachment_id) of files that hold what match_words() made, at most HITS_CAP + 1."""
    files = select(FileText.ticket_id, FileText.attachment_id).limit(HITS_CAP + 1)
    if db.engine.dialect.name == "postgresql":
        return files.where(_matching("file_text", typed))
    index = table("file_fts", column("rowid", Integer))
    found = select(index.c.rowid).where(literal_column("file_fts").op("MATCH")(typed))
    found = found.order_by(index.c.rowid.desc()).limit(HITS_CAP + 1)
    return files.where(FileText.attachment_id.in_(found))


def _matching(its_table: str, typed: str) -> ColumnElement[bool]:
    return literal_column(f"{its_table}.tsv").op("@@")(func.to_tsquery("simple", typed))
