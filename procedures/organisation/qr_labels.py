"""Gives devices and outlets their QR labels: each keeps its code for good, however often it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select, text, tuple_

from documents.document import Composed
from documents.organisation.qr_labels import LAYOUTS, LabelSheet, compose_labels, printed_label
from models.base import setting
from models.base.db import UTCDateTime, db, utcnow
from models.organisation.qr_label import QrLabel, new_code
from procedures.base.documents import IN_INDONESIAN, identity, letterhead

_MAKE = text(
    "INSERT INTO qr_label (code, node_id, ticket_id, position, made_at)"
    " VALUES (:code, :node_id, :ticket_id, :position, :made_at) ON CONFLICT DO NOTHING"
).bindparams(bindparam("made_at", type_=UTCDateTime()))


@dataclass(frozen=True)
class Labelled:
    """What bears a label: a device by its id, or one point of an installation; with what the label may say of it."""

    name: str
    place: str
    node_id: int | None = None
    ticket_id: int | None = None
    position: int | None = None

    @property
    def key(self) -> tuple[int | None, int | None, int | None]:
        return self.node_id, self.ticket_id, self.position


def labels_for(things: Sequence[Labelled]) -> list[QrLabel]:
    """The label of each, made where it has none yet, by however many at once; inside a write transaction."""
    known = _known(things)
    new = [
        {
            "code": new_code(),
            "node_id": one.node_id,
            "ticket_id": one.ticket_id,
            "position": one.position,
            "made_at": utcnow(),
        }
        for one in things
        if one.key not in known
    ]
    if new:
        db.session.execute(_MAKE, new)
        known = _known(things)
    return [known[one.key] for one in things]


def _known(things: Sequence[Labelled]) -> dict[tuple[int | None, int | None, int | None], QrLabel]:
    nodes = [one.node_id for one in things if one.node_id is not None]
    outlets = [(one.ticket_id, one.position) for one in things if one.ticket_id is not None]
    asked = or_(QrLabel.node_id.in_(nodes), tuple_(QrLabel.ticket_id, QrLabel.position).in_(outlets))
    rows = db.session.scalars(select(QrLabel).where(asked))
    return {(row.node_id, row.ticket_id, row.position): row for row in rows}


@IN_INDONESIAN
def label_sheet(things: Sequence[Labelled], layout: str, skipped: int, is_nameless: bool) -> Composed:
    """The sheets to print, in the order of `things`; inside a write transaction, for new codes are kept."""
    printed = tuple(
        printed_label(label.spoken, label.address, "" if is_nameless else one.name, "" if is_nameless else one.place)
        for one, label in zip(things, labels_for(things), strict=True)
    )
    sheet = LabelSheet(str(setting.get("centre_name")), LAYOUTS[layout], skipped, printed)
    return compose_labels(identity("Label QR", ""), letterhead(), sheet)
