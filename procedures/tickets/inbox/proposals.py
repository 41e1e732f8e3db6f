"""Proposes in which category and for which unit a mail is a complaint, from what was filed before, and says why."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import func, select

from models.base.db import db
from models.organisation.unit import Contact, Unit
from models.tickets.category import Category
from models.tickets.mailbox import Mailbox
from models.tickets.ticket import Ticket

MOST_EARLIER = 600  # complaints whose subjects are looked at, the latest
LEAST_LETTERS = 3
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_STOP = """
yang dan untuk dari dengan tidak bisa ada saya kami ini itu pada oleh akan sudah belum mohon tolong bantuan bantu
selamat pagi siang sore malam terima kasih bapak ibu pak the and for from with not can have this that please help
hello dear thank you your our was are yth dgn tdk utk krn jadi juga sejak lalu hari masih lagi atau karena seperti
re fwd fw bls balasan terus
"""
_ENGLISH = "the and is not my our please cannot with since have been i we to of a are was for hello"
_INDONESIAN = "yang dan tidak saya kami mohon dengan sejak sudah belum di ke dari ini itu bisa untuk ada"
STOP, ENGLISH, INDONESIAN = (frozenset(words.split()) for words in (_STOP, _ENGLISH, _INDONESIAN))


@dataclass(frozen=True)
class Proposal:
    """A category and a unit, and the words that led to the category: of `of` earlier complaints with them, `count`."""

    category_id: int | None
    unit_id: int | None
    words: tuple[str, ...] = ()
    count: int = 0
    of: int = 0


def proposal_for(subject: str, text: str, sender: str, box: Mailbox) -> Proposal:
    """Where this mail would go as a new complaint; nothing is decided by it."""
    unit_id = unit_of(sender)
    words = words_of(f"{subject} {text[:400]}")
    votes, seen = _votes(words)
    if votes:
        category_id, count = max(votes.items(), key=lambda pair: (pair[1], -pair[0]))
        return Proposal(category_id, unit_id, tuple(seen[category_id][:3]), count, sum(votes.values()))
    return Proposal(_by_name(words) or box.category_id, unit_id)


def unit_of(sender: str) -> int | None:
    """The unit of whoever writes: as its contact, by its own address, or by the last ticket of this address."""
    if not sender:
        return None
    contact = select(Contact.unit_id).where(func.lower(Contact.email) == sender, Contact.is_active)
    own = select(Unit.id).where(func.lower(Unit.email) == sender, Unit.is_active)
    earlier = select(Ticket.unit_id).where(Ticket.requester_email == sender, Ticket.unit_id.is_not(None))
    queries = (contact.order_by(Contact.id), own, earlier.order_by(Ticket.id.desc()))
    return next((unit for query in queries if (unit := db.session.scalar(query.limit(1)))), None)


def words_of(text: str) -> list[str]:
    """The words that may tell one kind of problem from another, each once."""
    found = _WORD.findall(text.lower())
    return list(dict.fromkeys(w for w in found if len(w) >= LEAST_LETTERS and w not in STOP))[:40]


@lru_cache(maxsize=2 * MOST_EARLIER)
def _words_of_subject(subject: str) -> frozenset[str]:
    """Every mail is compared with the same few hundred subjects."""
    return frozenset(words_of(subject))


def language_of(text: str) -> str:
    """id or en, by the little words that each is full of."""
    counted = Counter(_WORD.findall(text[:2_000].lower()))
    english, indonesian = (sum(counted[w] for w in known) for known in (ENGLISH, INDONESIAN))
    return "en" if english > indonesian + 2 else "id"


def _votes(words: list[str]) -> tuple[dict[int, int], dict[int, list[str]]]:
    """How many earlier complaints of each category share a word of their subject with this mail."""
    query = (
        select(Category.id, Ticket.subject)
        .join(Category, Category.id == Ticket.category_id)
        .where(Ticket.procedure == "complaint", Category.is_active)
        .order_by(Ticket.id.desc())
        .limit(MOST_EARLIER)
    )
    wanted, votes = set(words), Counter[int]()
    seen: dict[int, Counter[str]] = {}
    for category_id, subject in db.session.execute(query).tuples():
        if shared := wanted & _words_of_subject(subject):
            votes[category_id] += 1
            seen.setdefault(category_id, Counter[str]()).update(shared)
    return votes, {category: [word for word, _count in counted.most_common()] for category, counted in seen.items()}


def _by_name(words: list[str]) -> int | None:
    """The category whose own name shares a word with the mail."""
    query = select(Category.id, Category.name, Category.name_en).where(Category.is_active).order_by(Category.position)
    for category_id, name, english in db.session.execute(query).tuples():
        if set(words_of(f"{name} {english}")) & set(words):
            return category_id
    return None
