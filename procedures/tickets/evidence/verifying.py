"""Computes the whole chain anew and says which rows of the audit or of a history are not as they were sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from gateways.files import evidence_files
from models.base.db import db, utcnow
from models.tickets.evidence.seal import Seal, SealedKind
from procedures.tickets.evidence.digests import (
    FACTS,
    MODELS,
    PLAIN,
    WORDS,
    Forgot,
    SealedRow,
    digests_of,
    seal_of,
    table_of,
)

AT_ONCE = 5_000
NOT_YET = timedelta(minutes=10)  # a row that the worker may still be about to seal
MOST_NAMED = 50


class SealRow(NamedTuple):
    """A seal as verifying reads it."""

    seq: int
    kind: str
    row_id: int
    value: str
    forgot: Forgot | None


@dataclass
class ChainVerdict:
    """How many rows were looked at, and what is wrong, in words."""

    sealed: int = 0
    faults: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, sentence: str) -> None:
        self.count += 1
        if len(self.faults) < MOST_NAMED:
            self.faults.append(sentence)

    @property
    def is_well(self) -> bool:
        return self.count == 0


def verify(tell: Callable[[int], None] = lambda _n: None, known: dict[int, str] | None = None) -> ChainVerdict:
    """Look at every seal, every sealed row and every row without a seal; read only.

    `known` are seals that somebody kept elsewhere, by their number.
    """
    key, verdict = evidence_files.key(), ChainVerdict()
    heads = {head.seq: head.value for head in evidence_files.kept_heads() if head.seq}
    last = evidence_files.last_head()
    if last is not None and last.seq:
        heads[last.seq] = last.value
    for seq, value in (known or {}).items():
        if heads.setdefault(seq, value) != value:
            verdict.add(f"Seal {seq} is not the one that was kept outside the database.")
    before, expected = "", 1
    for seal, row in _pairs():
        while expected < seal.seq:
            verdict.add(f"Seal {expected} is missing.")
            expected, before = (expected + 1, before) if verdict.count < MOST_NAMED else (seal.seq, before)
        expected = seal.seq + 1
        name = _name(seal.kind, seal.row_id)
        if row is None:
            verdict.add(f"{name} is missing.")
        elif seal_of(key, before, seal.seq, seal.kind, row, _sealed_digests(key, seal, row, verdict)) != seal.value:
            verdict.add(f"{name} of {row.at:%Y-%m-%d %H:%M} UTC is not as it was sealed.")
        if heads.pop(seal.seq, seal.value) != seal.value:
            verdict.add(f"Seal {seal.seq} is not the one that was kept outside the database.")
        before = seal.value
        verdict.sealed += 1
        if verdict.sealed % AT_ONCE == 0:
            tell(verdict.sealed)
    if heads:
        verdict.add(f"The end is cut off: seal {max(heads)} was kept outside the database and is not in it.")
    for kind in SealedKind:
        _look_for_added(kind.value, last.at if last is not None else None, verdict)
    db.session.rollback()
    return verdict


def _name(kind: str, row_id: int) -> str:
    return f"Row {row_id} of {MODELS[kind].__tablename__}"


def _pairs() -> Iterator[tuple[SealRow, SealedRow | None]]:
    """Every seal with its row, in the order of the chain, a few thousand at a time."""
    table, last = table_of(Seal), 0
    tables = {
        kind: [table_of(model).c[name] for name in ("id", "at", *PLAIN[kind], *WORDS[kind], FACTS[kind])]
        for kind, model in MODELS.items()
    }
    while True:
        some_seals = select(Seal.seq, Seal.kind, Seal.row_id, Seal.value, Seal.forgot).where(Seal.seq > last)
        found = db.session.execute(some_seals.order_by(Seal.seq).limit(AT_ONCE)).tuples()
        seals = [SealRow(*each) for each in found]
        if not seals:
            return
        last = seals[-1].seq
        rows: dict[tuple[str, int], SealedRow] = {}
        for kind, columns in tables.items():
            some = select(table.c.row_id).where(table.c.seq >= seals[0].seq, table.c.seq <= last, table.c.kind == kind)
            for row in db.session.execute(select(*columns).where(columns[0].in_(some))):
                rows[kind, row.id] = row
        for seal in seals:
            yield seal, rows.get((seal.kind, seal.row_id))
        db.session.rollback()


def _sealed_digests(key: bytes, seal: SealRow, row: SealedRow, verdict: ChainVerdict) -> dict[str, str]:
    """The digests as they were sealed: of what was taken out since, those that the seal remembers."""
    digests = digests_of(key, seal.kind, row)
    if not seal.forgot:
        return digests
    for name, (first, present) in seal.forgot.items():
        if digests.get(name, "") != present:
            verdict.add(f"{_name(seal.kind, seal.row_id)}: {name} was changed after it had been emptied by rule.")
        digests[name] = first
    return digests


def _look_for_added(kind: str, sealed_at: datetime | None, verdict: ChainVerdict) -> None:
    model = MODELS[kind]
    has_seal = select(Seal.seq).where(Seal.kind == kind, Seal.row_id == model.id).exists()
    until = utcnow() - NOT_YET
    without = select(model.id).where(~has_seal, model.at < until).order_by(model.id)
    found = list(db.session.scalars(without.limit(MOST_NAMED)))
    if not found:
        return
    count = db.session.scalar(select(func.count()).select_from(without.subquery())) or 0
    if sealed_at is None:
        verdict.add(f"{count} rows of {model.__tablename__} were never sealed: does the worker run?")
        return
    for row_id in found:
        verdict.add(f"{_name(kind, row_id)} has no seal: it was added past the program, or the worker has not run.")
    verdict.count += max(0, count - len(found))
