"""The keys by which a ticket's number is found by any four characters of it."""

from __future__ import annotations

from models.base.search.terms import Term
from models.tickets.ticket_number import ALPHABET, BODY_LENGTH, fold

MARK = "zq"  # no word begins so: a piece of a number is never taken for a beginning of one
PIECE = 3
FEWEST = 4
_PREFIX = "PTK"


def number_words(number: str) -> str:
    """What stands in the index for a number: the whole, and its pieces of three, which overlap."""
    bare = number.replace("-", "")
    return " ".join([bare, *_pieces(bare[-(BODY_LENGTH + 1) :])])


def number_pieces(term: Term) -> list[str]:
    """The keys that hold together where a number holds this term; none where it can be no part of one."""
    written = "".join(term.parts).upper().removeprefix(_PREFIX)
    bare = written if written.isalpha() else fold(written)  # "O" for "0" is forgiven in what is no word
    if not FEWEST <= len(bare) <= BODY_LENGTH + 1 or not set(ALPHABET).issuperset(bare):
        return []
    return _pieces(bare)


def _pieces(bare: str) -> list[str]:
    return [MARK + bare[at : at + PIECE].lower() for at in range(len(bare) - PIECE + 1)]
