"""What somebody may have meant whose words no ticket holds: the nearest words that one of their own tickets does.

The words come from the tickets that this person sees and from nowhere else, so that a suggestion tells nobody what
stands in another's ticket. How it is found:
 1. each word of letters is looked for as it is, and in all forms that are one slip away, in one statement;
 2. where that finds nothing, long words are looked for by their first letters, and those two slips away are kept;
 3. of the tickets found, the words that most of them hold are taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from sqlalchemy import Select, select

from admin_views.tickets.list.full_text import (
    all_of,
    either_word,
    exact_number,
    files_matching,
    hits_matching,
    match_words,
)
from models.base.db import db
from models.base.search.slips import FROM_TWO, SURE, is_mendable, near, slips_between
from models.base.search.terms import Term, terms_of
from models.organisation.staff import Staff
from models.tickets.file_text import FileText
from models.tickets.ticket import Ticket, TicketText, visible_to

MOST_TERMS = 6
MOST_MENDED = 3
LOOKED_AT = 100  # tickets of which the words are compared

Finds = Callable[[Term, set[str]], str]  # the word of a ticket's keys that is meant by the term; "" for none


def nearest_words(staff: Staff, words: str) -> str:
    """The words with their slips mended, so that a ticket of this person's holds them all; "" where there is none."""
    terms = terms_of(words)
    mendable = [term for term in terms if is_mendable(term)]
    if not 0 < len(mendable) <= MOST_MENDED or len(terms) > MOST_TERMS or exact_number(words):
        return ""
    forms = {term: near(term.parts[0]) for term in mendable}

    def one_slip(term: Term, keys: set[str]) -> str:
        found = forms[term] & keys
        return min(found, default="")

    typed = [
        _either(term, either_word(sorted(forms[term]))) if term in forms else match_words([term]) for term in terms
    ]
    if found := _chosen(staff, terms, typed, one_slip):
        return found
    if not any(len(term.parts[0]) >= FROM_TWO for term in mendable):
        return ""
    beginnings = [match_words([Term("", (term.parts[0][:SURE],)) if _is_long(term) else term]) for term in terms]
    return _chosen(staff, terms, beginnings, _two_slips)


def _chosen(staff: Staff, terms: Sequence[Term], typed: Sequence[str], finds: Finds) -> str:
    """The words of most of the tickets found; "" where none is found, or one that holds what was typed."""
    counts: Counter[tuple[str, ...]] = Counter()
    nothing: tuple[str, ...] = ()
    for keys in _keys(staff, typed):
        meant = tuple([_as_typed(term, keys) or finds(term, keys) for term in terms])
        if "" not in meant:
            counts[meant] += 1
    if tuple(term.typed for term in terms) in counts:
        return ""
    return " ".join(min(((-count, words) for words, count in counts.items()), default=(0, nothing))[1])


def _keys(staff: Staff, typed: Sequence[str]) -> list[set[str]]:
    query = select(TicketText.words).join(Ticket, Ticket.id == TicketText.ticket_id)
    query = query.where(TicketText.ticket_id.in_(hits_matching(typed).ids), visible_to(staff)).limit(LOOKED_AT)
    files = select(FileText.words).join(Ticket, Ticket.id == FileText.ticket_id).limit(LOOKED_AT)
    files = files.where(FileText.attachment_id.in_(_files(typed)), visible_to(staff))
    both = select(query.subquery()).union_all(select(files.subquery()))
    return [set(words.split()) for words in db.session.scalars(both)]


def _files(typed: Sequence[str]) -> Select[int]:
    return select(files_matching(all_of(typed)).subquery().c.attachment_id)


def _either(term: Term, others: str) -> str:
    return f"({match_words([term])} {'|' if db.engine.dialect.name == 'postgresql' else 'OR'} {others})"


def _as_typed(term: Term, keys: set[str]) -> str:
    """What was typed, where a ticket's keys begin so; other terms than words were matched by the database."""
    if not is_mendable(term):
        return term.typed
    return term.typed if any(key.startswith(term.parts[0]) for key in keys) else ""


def _is_long(term: Term) -> bool:
    return is_mendable(term) and len(term.parts[0]) >= FROM_TWO


def _two_slips(term: Term, keys: set[str]) -> str:
    word = term.parts[0]
    if not _is_long(term):
        return ""
    found = [(slips_between(word, key), key) for key in keys if key.isalpha() and key.startswith(word[:SURE])]
    return min((pair for pair in found if pair[0] <= 2), default=(0, ""))[1]
