"""Changes a sealed row lawfully: what is taken out leaves its digest with the seal, and the chain still holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import bindparam, select, update

from gateways.files import evidence_files
from models.base.columns.json_value import Held
from models.base.db import db
from models.tickets.evidence.seal import Seal, SealedKind
from procedures.tickets.evidence.digests import FACTS, MODELS, WORDS, Forgot, SealedRow, digest, table_of, values_of
from procedures.tickets.evidence.sealing import locked_head

AT_ONCE = 500
Change = Callable[[SealedRow], dict[str, Held]]


def change_rows(kind: SealedKind, ids: Sequence[int], change: Change) -> int:
    """Give rows other words, inside the caller's transaction; says how many changed.

    `change` gets a row and names the columns that are to have another value. Plain facts cannot be changed.
    """
    locked_head()
    changed = 0
    for at in range(0, len(ids), AT_ONCE):
        changed += _change_some(kind.value, ids[at : at + AT_ONCE], change)
    return changed


def _change_some(kind: str, ids: Sequence[int], change: Change) -> int:
    model, key, column = MODELS[kind], evidence_files.key(), FACTS[kind]
    allowed = {*WORDS[kind], column}
    db.session.flush()
    rows = {row.id: row for row in db.session.execute(select(*table_of(model).c).where(model.id.in_(ids)))}
    seals = {
        seal.row_id: seal
        for seal in db.session.execute(
            select(Seal.seq, Seal.row_id, Seal.forgot).where(Seal.kind == kind, Seal.row_id.in_(ids))
        )
    }
    by_columns: dict[tuple[str, ...], list[dict[str, Held]]] = {}
    marks = []
    for row_id, row in rows.items():
        new = {name: value for name, value in change(row).items() if value != getattr(row, name)}
        if not new:
            continue
        assert new.keys() <= allowed, new.keys()
        by_columns.setdefault(tuple(sorted(new)), []).append(
            {"of_row": row_id, **{f"to_{k}": v for k, v in new.items()}}
        )
        if (seal := seals.get(row_id)) is not None:
            forgot = _digests(key, kind, row, new, dict(seal.forgot or {}))
            marks.append({"of_seal": seal.seq, "to_forgot": forgot})
    table = table_of(model)
    for columns, values in by_columns.items():
        to = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in columns}
        db.session.connection().execute(update(table).where(table.c.id == bindparam("of_row")).values(to), values)
    if marks:
        sealed = table_of(Seal)
        to_forgot = bindparam("to_forgot", type_=sealed.c.forgot.type)
        query = update(sealed).where(sealed.c.seq == bindparam("of_seal")).values(forgot=to_forgot)
        db.session.connection().execute(query, marks)
    for one in list(db.session.identity_map.values()):
        if isinstance(one, model) and one.id in rows:
            db.session.expire(one)
    return sum(map(len, by_columns.values()))


def _digests(key: bytes, kind: str, row: SealedRow, new: dict[str, Held], forgot: Forgot) -> Forgot:
    """What the seal remembers: of each changed field the digest of its first value and of its present one."""
    column = FACTS[kind]
    before = values_of(kind, row)
    after = {name: new.get(name, getattr(row, name)) for name in WORDS[kind]}
    after |= {f"{column}.{name}": value for name, value in (new.get(column, getattr(row, column)) or {}).items()}
    for name in before.keys() | after.keys():
        if before.get(name) != after.get(name):
            first = forgot[name][0] if name in forgot else digest(key, kind, row.id, name, before.get(name))
            forgot[name] = [first, digest(key, kind, row.id, name, after.get(name))]
    return forgot
