"""The facts of the handover sheet of an installation (berita acara serah terima)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from documents.document import Composed, Identity, Letterhead, Signature, compose


@dataclass(frozen=True)
class HandoverSheet:
    """What was handed over to whom. `drawing` is the unit's signature as SVG, empty where it was signed on paper."""

    unit: str
    place: str
    ticket_number: str
    work: str
    points: str
    installed: str
    signed_by: str
    signed_as: str
    signed_at: datetime
    drawing: str
    reason: str
    handed_over_by: Signature


def compose_handover(identity: Identity, letterhead: Letterhead, sheet: HandoverSheet) -> Composed:
    """The sheet, A4, with the signature as it was drawn."""
    return compose("handover", identity, letterhead, sheet)
