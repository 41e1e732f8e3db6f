"""Where a procedure's room adds its own parts to the workbench, and the words for the facts of its events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mails.server_answers import words_of
from models.base.columns.shown import Shown
from models.base.wording import Words
from models.tickets.ticket import Event, Ticket


class BenchFacts(Protocol):
    """What a part shows of a row, by the names that its template reads; None where it is left out."""

    def __call__(self, ticket: Ticket, /) -> Mapping[str, Shown] | None: ...


# procedure key -> (template above the steps, its facts), (template at the side, its facts)
BASIS: dict[str, tuple[str, BenchFacts]] = {}
SIDE: dict[str, tuple[str, BenchFacts]] = {}


Wording = Callable[[Any], Words | None]
# a fact of an event -> what it is called in the history, and its words; nothing where there is nothing to say
RESULT_WORDS: dict[str, Words] = {}
EVENT_FACTS: dict[str, tuple[Words, Wording]] = {
    "result": (_l("Hasil"), lambda result: RESULT_WORDS.get(result, "")),
    "decided_by": (_l("Diputuskan oleh"), str),
    "incident": (_l("Gangguan"), str),
    "copied": (_l("Siapa"), str),
    "ticked": (_l("Selesai"), str),
    "unticked": (_l("Belum selesai"), str),
    "dropped": (_l("Butir"), str),
    "server_answer": (_l("Artinya"), words_of),
    "split_to": (_l("Tiket baru"), str),
    "split_from": (_l("Dari tiket"), str),
    "brought": (_l("Ikut"), lambda n: _("%(messages)s pesan, %(files)s berkas", **n)),
}


def facts_of(event: Event) -> list[tuple[str, str]]:
    """What the step recorded beside its words: what was answered, who decided, who was named or called."""
    found = [(label, words(event.data[key])) for key, (label, words) in EVENT_FACTS.items() if key in event.data]
    return [(str(label), str(words)) for label, words in found if words]


def basis_of(ticket: Ticket) -> tuple[str, Mapping[str, Shown]] | None:
    return _found(BASIS, ticket)


def side_of(ticket: Ticket) -> tuple[str, Mapping[str, Shown]] | None:
    return _found(SIDE, ticket)


def _found(parts: dict[str, tuple[str, BenchFacts]], ticket: Ticket) -> tuple[str, Mapping[str, Shown]] | None:
    if ticket.procedure not in parts:
        return None
    template, facts = parts[ticket.procedure]
    found = facts(ticket)
    return None if found is None else (template, found)
