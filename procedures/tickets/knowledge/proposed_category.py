"""Which kinds of problem the words of a complaint speak of, the likeliest first, as resolved complaints say."""

from __future__ import annotations

from typing import NamedTuple

from models.tickets.category import kept_categories
from models.tickets.knowledge.category_word import ALL, NAMED, counts_of_words, likeliest
from models.tickets.knowledge.word_roots import roots_of

MOST_PROPOSED = 3
MOST_ROOTS_ASKED = 60


class ProposedCategory(NamedTuple):
    """A category on offer that the words speak of."""

    id: int
    name: str
    name_en: str


def proposed_categories(*texts: str) -> list[ProposedCategory]:
    """At most three of the categories on offer; none where no word of the texts was ever counted.

    The name of a category counts too, so that a new installation, which has resolved nothing, proposes something.
    """
    roots = roots_of(*texts)[:MOST_ROOTS_ASKED]
    if not roots:
        return []
    offered = {kept.id: kept for kept in kept_categories()}
    counted = counts_of_words(roots)
    counts = {key: dict(counted.get(key, {ALL: 0})) for key in offered}
    for key, kept in offered.items():
        for root in set(roots).intersection(roots_of(kept.name, kept.name_en)):
            counts[key][root] = counts[key].get(root, 0) + NAMED
        counts[key][ALL] = counts[key].get(ALL, 0) + NAMED
    likely = [offered[key] for key in likeliest(roots, counts)[:MOST_PROPOSED]]
    return [ProposedCategory(kept.id, kept.name, kept.name_en) for kept in likely]
