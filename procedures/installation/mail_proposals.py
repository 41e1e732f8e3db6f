"""Reads in a mail about an installation the answer of a unit to its RAB (N6b) or a payment (N8b); proposes the step."""

from __future__ import annotations

import re

from models.base.columns.json_value import Json
from models.tickets.ticket import Ticket
from procedures.installation.installation_states import At
from procedures.tickets.inbox.step_proposals import MOST_WORDS, READERS, MailSaid, StepProposal

_DECLINES = re.compile(
    r"\b((tidak|belum|kurang|blm|tdk) (dapat |bisa |bs )?(se|menye)tujui?|(tidak|tdk) (jadi|bersedia)|menolak|ditolak"
    r"|keberatan|do not agree|don't agree|disagree|decline[sd]?|not approve[sd]?)\b"
)
_AGREES = re.compile(r"\b(setuju|disetujui|menyetujui|sepakat|silakan dilanjutkan|agree[sd]?|approve[sd]?)\b")
_PAYS = re.compile(
    r"\b(bukti (bayar|pembayaran|transfer|setor\w*)|(sudah|telah) (kami |saya )?(di)?(bayar|transfer|setor|lunas)\w*"
    r"|pembayaran (telah|sudah)|proof of payment|(have|has been) (paid|transferred)|we paid)\b"
)
_PROOF = re.compile(r"(bukti|transfer|bayar|setor|payment|receipt)")
_SUM = re.compile(r"\brp\.?\s?(\d{1,3}(?:[.,]\d{3})+|\d{4,12})")


def read(ticket: Ticket, said: MailSaid) -> StepProposal | None:
    words = " ".join(said.words.lower().split())[:5_000]
    if ticket.state == At.UNIT_AGREEMENT:
        return _answer(words, said)
    if ticket.state == At.PAYMENT and (_PAYS.search(words) or any(_PROOF.search(one.lower()) for one in said.files)):
        amount = _SUM.search(words)
        fields: dict[str, Json] = {"payer": (ticket.unit.name if ticket.unit else said.name)[:160]}
        return StepProposal("record_payment", fields | ({"amount": amount[1]} if amount else {}))
    return None


def _answer(words: str, said: MailSaid) -> StepProposal | None:
    """A no is looked for first: "tidak setuju" holds a "setuju"."""
    named: dict[str, Json] = {"decided_by": said.name[:120]}
    if _DECLINES.search(words):
        return StepProposal("answer_rab", {"answer": "decline", "reason": said.words[:MOST_WORDS], **named})
    return StepProposal("answer_rab", {"answer": "agree", **named}) if _AGREES.search(words) else None


READERS["network_installation"] = read
