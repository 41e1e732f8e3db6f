"""The first draft of an article, made of a resolved ticket without what names a person.

Carried over are the subject, the cause and the solution, which staff wrote; never who asked, nor their words. What
looks like a person in them is replaced, and the page says how often before anything is saved.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from flask_babel import gettext as _

from models.base.written import clean_text
from models.tickets.knowledge.article import LONGEST_TITLE
from models.tickets.ticket import Ticket

GONE = "…"
_MAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.\w+")
_FIGURES = re.compile(r"\+?\d[\d .()-]{6,}\d")
_TICKET = re.compile(r"\bPTK-\w{5}-\w{5}-\w\b", re.IGNORECASE)
_SHORTEST_NAME = 3


class ArticleDraft(NamedTuple):
    """The words for the form, the names of what was carried over, and how many pieces were left out of them."""

    title: str
    text: str
    carried: list[str]
    left_out: int


def draft_of(ticket: Ticket) -> ArticleDraft:
    """`ticket` is resolved; its subject may be the requester's, so names are taken out of it too."""
    names = [part for part in re.findall(r"[^\W\d_]+", ticket.requester_name) if len(part) >= _SHORTEST_NAME]
    parts = {
        _("Judul"): ticket.subject,
        _("Penyebab"): ticket.cause,
        _("Penyelesaian"): ticket.solution,
    }
    bare, left_out = {}, 0
    for label, words in parts.items():
        bare[label], count = without_people(words, names)
        left_out += count
    title, *rest = bare.values()
    headed = [f"## {label}\n{words}" for label, words in list(bare.items())[1:] if words]
    carried = [label for label, words in bare.items() if words]
    return ArticleDraft(title[:LONGEST_TITLE], "\n\n".join(headed), carried, left_out)


def without_people(words: str, names: list[str]) -> tuple[str, int]:
    """The words without addresses, long numbers, ticket numbers and these names; and how many there were."""
    count = 0
    patterns = [_MAIL, _TICKET, _FIGURES]
    if names:
        patterns.append(re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b", re.IGNORECASE))
    for pattern in patterns:
        words, times = pattern.subn(GONE, words)
        count += times
    return clean_text(words) or "", count
