"""What officers may be told at once on their phone: which notices belong to which kind.

A kind is all that a lock screen shows beside the ticket's number. What warns about logins, roles or the audit has no
kind: it goes by mail, where nobody whom it watches can switch it off.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from models.base.wording import Words


@dataclass(frozen=True)
class PushKind:
    """How a kind is called where it is chosen, and which notices it is told of."""

    label: Words
    notices: frozenset[str]


KINDS: dict[str, PushKind] = {
    "assignment": PushKind(
        _l("Penugasan"),
        frozenset(
            {
                "assigned", "crew_sent", "disposed", "distributed", "handed_over", "installation_assigned",
                "letter_arrived", "passed_on", "survey_assigned",
            }
        ),
    ),
    "outage": PushKind(
        _l("Gangguan"),
        frozenset({"duty_changed", "field_reported", "monitor_blind", "outage_ended", "outage_opened", "service_down"}),
    ),
    "reply": PushKind(_l("Jawaban"), frozenset({"answered", "confirmed", "rated", "reopened", "unit_answered"})),
    "approval": PushKind(
        _l("Persetujuan"),
        frozenset({"change_asked", "end_proposed", "rab_submitted", "second_asked", "signature_wanted"}),
    ),
    "late": PushKind(_l("Batas waktu"), frozenset({"due_soon", "follow_up_due", "overdue", "overdue_again"})),
}  # fmt: skip
_KIND_OF = {notice: kind for kind, each in KINDS.items() for notice in each.notices}


def kind_of(notice: str) -> str | None:
    """The kind of this notice; None of one that goes by mail alone."""
    return _KIND_OF.get(notice)
