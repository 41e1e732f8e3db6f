"""How often each word stands in the resolved complaints of each category, counted at night; no ticket is in it.

A word is kept only when it stood in several complaints, so that names of people do not stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, db

ALL = ""  # instead of a word: the complaints of the category
SMOOTH = 0.4  # for a word that a category has never had
NAMED = 4  # so many complaints does the name of a category count as


class CategoryWord(Base):
    """In how many of the counted complaints of a category a root stood; ALL stands for every complaint."""

    __tablename__ = "category_word"
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(String(30), primary_key=True)
    tickets: Mapped[int]


def counts_of_words(roots: Iterable[str]) -> dict[int, dict[str, int]]:
    """{category: {word: complaints}} of these roots and of ALL, in one statement."""
    asked = select(CategoryWord.category_id, CategoryWord.word, CategoryWord.tickets)
    found: dict[int, dict[str, int]] = {}
    for category_id, word, tickets in db.session.execute(asked.where(CategoryWord.word.in_([*roots, ALL]))):
        found.setdefault(category_id, {})[word] = tickets
    return found


def likeliest(roots: Iterable[str], counts: Mapping[int, Mapping[str, int]]) -> list[int]:
    """The categories by how likely these words are in each (naive Bayes), the likeliest first.

    [] where no category has any of the words: nothing is proposed out of the air. Of words alone is it judged, not
    of how many complaints a category has: else the largest one would always be among the first.
    """
    known = [root for root in roots if any(found.get(root) for found in counts.values())]
    if not known:
        return []

    def likelihood(found: Mapping[str, int]) -> float:
        whole = found.get(ALL, 0) + 2 * SMOOTH
        return sum(log((found.get(root, 0) + SMOOTH) / whole) for root in known)

    return sorted(counts, key=lambda category: (-likelihood(counts[category]), category))
