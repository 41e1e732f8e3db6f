"""Seals what is new in the audit and in the histories, a few hundred rows at a time, so that no request waits.

A row's time may not lie before the last turn: what somebody puts in afterwards under an old date gets no seal, and
`audit verify` names it. The first turns of an installation seal all that is there.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from gateways.files import evidence_files
from gateways.files.evidence_files import Head
from mails.organisation.evidence_notices import head_kept
from models.base.columns.json_value import Held
from models.base.db import db, utcnow, write_transaction
from models.tickets.evidence.seal import Seal, SealedKind, SealHead
from procedures.tickets.evidence.digests import MODELS, digests_of, seal_of

AT_ONCE = 500
WINDOW = 20_000  # ids behind the last sealed one, where a transaction that took long may still commit a row
LATE = timedelta(minutes=15)  # so long a transaction may take
IDLE = timedelta(minutes=5)  # where nothing happens, the head is written anew so often


class ChainBroken(Exception):
    """The last seal that this installation kept is not in the database: nothing is sealed over it."""


def seal_new(most: int = AT_ONCE) -> int:
    """Seal the next rows in one short transaction; says how many. Raises ChainBroken."""
    key, outside, now = evidence_files.key(), evidence_files.last_head(), utcnow()
    with write_transaction():
        head = locked_head()
        _refuse_broken(outside)
        since = outside.at - LATE if outside is not None else None
        rows = sorted(
            ((kind, row) for kind in SealedKind for row in _unsealed(kind.value, since, most)),
            key=lambda pair: (pair[1].at, pair[0], pair[1].id),
        )[:most]
        made: list[dict[str, Held]] = []
        seq, value = head.seq, head.value
        for kind, row in rows:
            seq += 1
            value = seal_of(key, value, seq, kind.value, row, digests_of(key, kind.value, row))
            made.append({"seq": seq, "kind": kind.value, "row_id": row.id, "value": value, "forgot": None})
        if made:
            db.session.execute(insert(Seal), made)
            head.seq, head.value = seq, value
        is_caught_up = len(made) < most
        if made and is_caught_up:
            head.sealed_at = now
    is_news = is_caught_up and bool(made or outside is None or now - outside.at > IDLE)
    if is_news and evidence_files.keep_head(Head(seq, value, now)):
        with suppress(IntegrityError), write_transaction():  # another worker queued them at the same moment
            head_kept(seq, value)
    return len(made)


def is_anything_new() -> bool:
    """Does a row wait for its seal, or is the head due to be written anew? Reads only."""
    outside = evidence_files.last_head()
    if outside is None or utcnow() - outside.at > IDLE:
        return True
    waits = []
    for kind in SealedKind:
        last = select(func.max(Seal.row_id)).where(Seal.kind == kind.value).scalar_subquery()
        waits.append(select(MODELS[kind.value].id).where(MODELS[kind.value].id > func.coalesce(last, 0)).limit(1))
    found = any(db.session.scalar(query) is not None for query in waits)
    db.session.rollback()
    return found


def locked_head() -> SealHead:
    """The head of the chain; whoever holds it alone seals or forgets."""
    head = db.session.scalars(select(SealHead).with_for_update()).one_or_none()
    if head is None:
        head = SealHead(id=1, seq=0, value="", sealed_at=utcnow())
        db.session.add(head)
        db.session.flush()
    return head


def _refuse_broken(outside: Head | None) -> None:
    if outside is None or outside.seq == 0:
        return
    there = db.session.scalar(select(Seal.value).where(Seal.seq == outside.seq))
    if there != outside.value:
        raise ChainBroken(f"The last seal kept here, {outside.seq}, is not in the database as it was.")


def _unsealed(kind: str, since: datetime | None, most: int) -> list[Any]:
    model = MODELS[kind]
    last = db.session.scalar(select(func.max(Seal.row_id)).where(Seal.kind == kind)) or 0
    has_seal = select(Seal.seq).where(Seal.kind == kind, Seal.row_id == model.id).exists()
    query = select(*model.__table__.c).where(model.id > last - WINDOW, ~has_seal)
    if since is not None:
        query = query.where(model.at >= since)
    return list(db.session.execute(query.order_by(model.id).limit(most)))


def chain_goes_on() -> None:
    """After a restore: the chain goes on from the last seal of the house that is in its place now."""
    head = db.session.scalars(select(SealHead)).one_or_none()
    there = Head(head.seq, head.value, head.sealed_at) if head is not None and head.seq else None
    db.session.rollback()
    evidence_files.begin_again_from(there)
