"""Two people at one survey (N4), each without a signal: what both filled differently is shown side by side, and chosen.

Three versions of each field meet: as this person's page showed it (`base`), as the survey is now, as this person wants
it. What only one of the two changed is taken; what both changed differently stays open until somebody chooses. The rows
of a table are one field, for a row of one visit has no number by which the other's could be told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from models.base.typed_date import BadDate, day_as_typed, read_day
from models.base.typed_number import BadAmount, read_count, read_measurement, read_volume, volume_text
from models.base.wording import Words
from models.base.written import clean_text, is_written
from models.installation.survey import CABLES, GROUNDINGS, RESULTS, Survey
from procedures.installation.price_catalogue import Catalogue, catalogue

POINT = ("location", "count", "remark")
MATERIAL = ("code", "description", "volume", "measure")
TABLES: dict[str, tuple[str, ...]] = {"point": POINT, "material": MATERIAL}
LABELS: dict[str, Words] = {
    "surveyed_on": _l("Tanggal survey"),
    "point": _l("Titik jaringan"),
    "distribution_point": _l("Titik distribusi terdekat"),
    "distance_m": _l("Jarak ke sana"),
    "floors": _l("Naik lantai"),
    "cable": _l("Jenis kabel utama"),
    "cable_way": _l("Jalur kabel"),
    "obstacles": _l("Hambatan"),
    "grounding": _l("Pembumian rak"),
    "power": _l("Daya listrik"),
    "material": _l("Bahan"),
    "result": _l("Hasil"),
    "condition": _l("Syarat atau alasan"),
}
CHOICES: dict[str, Mapping[str, Words]] = {"cable": CABLES, "grounding": GROUNDINGS, "result": RESULTS}
LONGEST = 400_000  # characters of what a page says that it showed

Row = dict[str, str]
Pairs = Sequence[tuple[str, str]]  # names and values, as a form lists them


@dataclass(frozen=True)
class Filled:
    """A survey's form as text: `values` by field, `rows` by table without those left blank."""

    values: dict[str, str]
    rows: dict[str, list[Row]]

    def words(self, name: str) -> str:
        """How a reader sees this field; of a table a line a row."""
        if name in TABLES:
            return "\n".join(", ".join(text for text in row.values() if text) for row in self.rows[name])
        text = self.values[name]
        return str(CHOICES[name].get(text, text)) if name in CHOICES else text

    def part(self, name: str) -> str | list[Row]:
        """What stands in this field, to be compared."""
        return self.rows[name] if name in TABLES else self.values[name]

    def take(self, name: str, other: Filled) -> None:
        """This field as the other has it."""
        if name in TABLES:
            self.rows[name] = [dict(row) for row in other.rows[name]]
        else:
            self.values[name] = other.values[name]

    def add(self, name: str, other: Filled) -> None:
        """The rows of the other behind those that are here, each once."""
        self.rows[name] = [*self.rows[name], *(row for row in other.rows[name] if row not in self.rows[name])]


@dataclass(frozen=True)
class Differing:
    """One field that two people filled differently. `seen` says which of the other's values was shown."""

    name: str
    label: Words
    before: str
    theirs: str
    yours: str

    @property
    def is_table(self) -> bool:
        return self.name in TABLES

    @property
    def seen(self) -> str:
        return hashlib.sha256(self.theirs.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Meeting:
    """The form to be saved, and what has to be chosen before it can be."""

    filled: Filled
    differing: list[Differing] = field(default_factory=list)


def as_filled(survey: Survey) -> Filled:
    """The survey in the words in which its form shows it."""
    values = {name: str(getattr(survey, name) or "") for name in LABELS if name not in TABLES}
    values["surveyed_on"] = day_as_typed(survey.surveyed_on)
    values["distance_m"] = "" if survey.distance_m is None else volume_text(survey.distance_m)
    values["floors"] = "" if survey.floors is None else str(survey.floors)
    points = [{name: str(getattr(row, name)) for name in POINT} for row in survey.points]
    materials = [
        {
            "code": row.code,
            "description": row.description,
            "volume": volume_text(row.volume) if row.volume else "",
            "measure": row.measure,
        }
        for row in survey.materials
    ]
    return Filled(values, {"point": points, "material": materials})


def as_shown(survey: Survey) -> str:
    """What the page hands out and gets back: names and values of its fields, as JSON."""
    filled = as_filled(survey)
    pairs = [(name, text) for name, text in filled.values.items() if text]
    for table, rows in filled.rows.items():
        pairs += [(f"{table}-{name}", row[name]) for row in rows for name in TABLES[table]]
    return json.dumps(pairs, ensure_ascii=False)


def read_shown(text: str) -> Pairs | None:
    """What came back of it; None of a page that says nothing, or nothing that can be read."""
    try:
        found = json.loads(text) if 0 < len(text) < LONGEST else None
    except (ValueError, RecursionError):
        return None
    pairs = found if isinstance(found, list) else []
    is_sound = all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair) for pair in pairs
    )
    return [(name, value) for name, value in pairs] if is_sound and isinstance(found, list) else None


def as_typed(pairs: Pairs) -> Filled:
    """A form that was sent, each value in the spelling in which the house would show it."""
    known = catalogue()
    values = {name: "" for name in LABELS if name not in TABLES}
    columns: dict[str, list[str]] = {f"{table}-{name}": [] for table, names in TABLES.items() for name in names}
    for name, text in pairs:
        if name in values:
            values[name] = _spelled(name, text)
        elif name in columns:
            columns[name].append(text)
    return Filled(values, {table: _rows(table, columns, known) for table in TABLES})


def meet(survey: Survey, base: Pairs | None, sent: Pairs, chosen: Mapping[str, str]) -> Meeting:
    """Bring a form that was sent together with what the survey holds.

    `chosen` holds for a field “theirs”, “yours” or, of a table, “both” under its name, and under `seen-<name>` which of
    the other's values this person saw: a choice counts for that one alone. Without a base the form is taken as it is.
    """
    yours, theirs = as_typed(sent), as_filled(survey)
    if base is None:
        return Meeting(yours)
    before, differing = as_typed(base), []
    for name, label in LABELS.items():
        was, now, want = before.part(name), theirs.part(name), yours.part(name)
        if now in (was, want):
            continue
        one = Differing(name, label, before.words(name), theirs.words(name), yours.words(name))
        choice = chosen.get(name, "") if chosen.get(f"seen-{name}") == one.seen else ""
        if want == was or choice == "theirs":
            yours.take(name, theirs)
        elif choice == "both" and one.is_table:
            yours.add(name, theirs)
        elif choice != "yours":
            differing.append(one)
    return Meeting(yours, differing)


def _rows(table: str, columns: Mapping[str, Sequence[str]], known: Catalogue) -> list[Row]:
    names = TABLES[table]
    length = max(len(columns[f"{table}-{name}"]) for name in names)
    found = []
    for at in range(length):
        cells = ((name, columns[f"{table}-{name}"]) for name in names)
        row = {name: column[at] if at < len(column) else "" for name, column in cells}
        if any(is_written(text) for text in row.values()):
            found.append(_point(row) if table == "point" else _material(known.filled(row)))
    return found


def _point(row: Row) -> Row:
    count = _or_as_typed(row["count"], lambda text: str(read_count(text, 1, 5_000, ("titik", "port"))))
    return {"location": clean_text(row["location"]), "count": count or "1", "remark": clean_text(row["remark"])}


def _material(row: Row) -> Row:
    volume = _or_as_typed(row["volume"], lambda text: volume_text(read_volume(text)))
    return {**{name: clean_text(row[name]) for name in MATERIAL}, "volume": volume}


def _spelled(name: str, text: str) -> str:
    text = clean_text(text.replace("\r\n", "\n"))
    readers: dict[str, Callable[[str], str]] = {
        "surveyed_on": lambda typed: day_as_typed(read_day(typed)),
        "distance_m": lambda typed: volume_text(read_measurement(typed, Decimal(0), Decimal(50_000))),
        "floors": lambda typed: str(read_count(typed, 0, 100, ("lantai", "lt"))),
    }
    return _or_as_typed(text, readers[name]) if name in readers else text


def _or_as_typed(text: str, read: Callable[[str], str]) -> str:
    """As the house spells it; what cannot be read stays, for the form to refuse it with its sentence."""
    if is_written(text):
        with suppress(BadAmount, BadDate):
            return read(text)
    return clean_text(text)
