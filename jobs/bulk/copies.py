"""Makes many tickets of one sample: each with its own ids, numbers, people, words and times."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Column, String, Table, UniqueConstraint

from jobs.bulk.rows import Row, SampleTicket, target_of
from jobs.bulk.words import Wording
from models.base.columns.json_value import Held
from models.base.search.terms import keys_of
from models.tickets.search_keys import number_words

REWORDED = frozenset({"complaint", "network_installation"})  # another requester, unit and text in each copy
RETOLD = frozenset({"reply", "answer", "note"})  # events whose words are made up anew
WISHES = frozenset({"wish", "address"})  # of an e-mail request: no two units wish for one address
DIGITS = string.digits + string.ascii_lowercase


class Encoder(Protocol):
    """How a database's bulk insert writes a value."""

    def value(self, column: Column[Held], value: Held) -> Held: ...

    def moment(self, moment: datetime) -> Held: ...


@dataclass(frozen=True)
class Copy:
    """What is new in one copy."""

    ids: Mapping[str, int]  # table -> its rows' ids are counted on from here
    earlier: timedelta  # than the sample: whole weeks and less than an hour, so that working time stays working time
    serial: str
    number: str
    subject: str
    body: str
    replies: list[str]
    name: str
    email: str
    phone: str
    unit_id: int


Change = Callable[[Copy], Held]


def new_copy(ids: Mapping[str, int], serial: int, earlier: timedelta, number: str, words: Wording, unit_id: int,
             replies: int, kind: str = "") -> Copy:  # fmt: skip
    """The facts of the next copy, from the source of words; `kind` is the name of its category."""
    name, email, phone = words.person()
    said = [words.reply() for _ in range(replies)]
    return Copy(
        ids, earlier, _base36(serial), number, words.subject(kind), words.body(kind), said, name, email, phone, unit_id
    )


class Pattern:
    """A sample made ready for copying: each row as a line of written values, and what changes in it."""

    def __init__(self, sample: SampleTicket, encoder: Encoder, adopted: Mapping[tuple[str, int], int]) -> None:
        self.sample, self.encoder, self.adopted = sample, encoder, adopted
        self.is_reworded = sample.procedure in REWORDED
        self.counts: dict[str, int] = {}  # ids that one copy needs, by table
        self.replies = 0
        self._places: dict[tuple[str, str, Held], tuple[str, int]] = {}
        self._rows = [self._ready(row) for row in sample.rows]

    def lines(self, copy: Copy) -> list[tuple[str, list[Held]]]:
        """The copy's rows as (table, written values), each after those that it names."""
        made = []
        for table, line, changes in self._rows:
            new = line.copy()
            for place, change in changes:
                new[place] = change(copy)
            made.append((table, new))
        return made

    def _ready(self, row: Row) -> tuple[str, list[Held], list[tuple[int, Change]]]:
        columns = written_columns(row.table)
        line = [self.encoder.value(column, row.values[column.name]) for column in columns]
        changes = [
            (place, change)
            for place, column in enumerate(columns)
            if (change := self._words(column, row) or self._change(column, row.values[column.name]))
        ]
        return row.table.name, line, changes

    def _change(self, column: Column[Held], value: Any) -> Change | None:
        """How a value differs in each copy by what kind of column it stands in, or None where it stays."""
        if value is None:
            return None
        if (target := target_of(column)) is not None:
            return self._reference(column, target, value)
        if column.primary_key and isinstance(value, int):
            return self._own_id(column, value)
        if isinstance(value, datetime):
            return lambda copy: self.encoder.moment(value - copy.earlier)
        if isinstance(value, date):
            return lambda copy: self.encoder.value(column, value - timedelta(days=copy.earlier.days))
        if value and (_stands_alone(column) or (column.table.name == "email_request" and column.name in WISHES)):
            return lambda copy: self.encoder.value(column, _another(value, copy.serial, column))
        return None

    def _own_id(self, column: Column[Held], value: int) -> Change:
        table = column.table.name
        place = self.counts[table] = self.counts.get(table, 0) + 1
        self._places[table, column.name, value] = (table, place)
        return lambda copy: copy.ids[table] + place

    def _reference(self, column: Column[Held], target: Column[Held], value: Any) -> Change | None:
        """To another row of the copy, or to the installation's row that stands for the walked one."""
        found = self._places.get((target.table.name, target.name, value))
        if found is not None:
            table, place = found
            if column.primary_key:
                self._places[column.table.name, column.name, value] = found
            return lambda copy: copy.ids[table] + place
        own = self.adopted.get((target.table.name, value), value)
        return (lambda copy: own) if own != value else None

    def _words(self, column: Column[Held], row: Row) -> Change | None:
        """The words that each copy says in its own way."""
        table, name, value = column.table.name, column.name, row.values[column.name]
        if table == "ticket":
            return self._of_ticket(name, value)
        if table == "event" and name == "text" and row.values["kind"] in RETOLD:
            self.replies += 1
            return _reply(self.replies - 1)
        if table == "event" and name == "actor_name" and row.values["actor_kind"] == "requester" and self.is_reworded:
            return lambda copy: copy.name
        if table == "ticket_text" and name == "words":
            return self._found_by()
        return None

    def _of_ticket(self, name: str, value: Any) -> Change | None:
        if name == "number":
            return lambda copy: copy.number
        if name == "description" and value and self.sample.procedure != "network_outage":
            return lambda copy: copy.body
        if not self.is_reworded or not value:
            return None
        if name == "subject" and self.sample.procedure == "complaint":
            return lambda copy: copy.subject
        return {
            "requester_name": lambda copy: copy.name,
            "requester_email": lambda copy: copy.email,
            "requester_phone": lambda copy: copy.phone,
            "unit_id": lambda copy: copy.unit_id,
        }.get(name)

    def _found_by(self) -> Change:
        """The words for search, as the engine gathers them: number, subject, text, requester, what was said."""
        ticket = self.sample.ticket
        fixed = [r.values["text"] for r in self.sample.rows if r.table.name == "event" and r.values["text"]]
        said = " ".join(" ".join(fixed).split())
        subject = "" if self.sample.procedure == "complaint" else ticket["subject"]

        def words(copy: Copy) -> str:
            number = number_words(copy.number)
            named = (copy.name, copy.email, copy.phone)
            who = named if self.is_reworded else [ticket[f"requester_{fact}"] for fact in ("name", "email", "phone")]
            texts = (number, subject or copy.subject, copy.body, *who, said, *copy.replies)
            return " ".join(keys_of(*texts))  # no line ends: what is copied is one written line

        return words


def _reply(place: int) -> Change:
    return lambda copy: copy.replies[place]


def written_columns(table: Table) -> list[Column[Held]]:
    return [column for column in table.columns if column.computed is None]


def _stands_alone(column: Column[Held]) -> bool:
    """No two rows may have the same text here."""
    alone = any(
        isinstance(rule, UniqueConstraint) and list(rule.columns) == [column] for rule in column.table.constraints
    )
    return bool(column.unique or alone) and isinstance(column.type, String)


def _another(text: str, serial: str, column: Column[Held]) -> str:
    """The text with the copy's serial: before an @, else at its end, never longer than the column."""
    name, at, domain = text.partition("@")
    longest = getattr(column.type, "length", None) or 200
    room = longest - len(serial) - len(at) - len(domain) - 1
    return f"{name[:room]}.{serial}{at}{domain}"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits or "0"
