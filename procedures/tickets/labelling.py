"""The common move that hangs labels on a ticket and takes them off."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from models.tickets.label import labels_of, set_labels
from models.tickets.ticket import Ticket
from procedures.base.form_fields import StepForm, TickBoxes, required
from procedures.engine.declaration import Actor, Outcome
from procedures.engine.step_facts import also, says
from procedures.tickets.common_declaration import DESK, common_move
from procedures.tickets.offers import offers


class TicketLabelsForm(StepForm):
    """Exactly the labels that the ticket shall carry; none takes all off."""

    adds_only = False
    labels = TickBoxes(_l("Label"), coerce=int)

    def prepare(self) -> None:
        super().prepare()
        self.labels.choices = offers()["label"]


class MoreLabelsForm(TicketLabelsForm):
    """Labels for many tickets at once: those that hang there stay."""

    adds_only = True
    labels = TickBoxes(_l("Label yang ditambahkan"), coerce=int, validators=[required(_l("Pilih label."))])


@common_move(_l("Beri label"), DESK)
@says(_l("Label membantu memilah tiket; pemohon tidak melihatnya."))
@also(kind="system", writes=("labels",))
def label(ticket: Ticket, by: Actor, form: TicketLabelsForm) -> Outcome:
    """Labels are hung on the ticket or taken off, for sorting; they decide nothing."""
    present = labels_of(ticket.id)
    chosen = set(form.labels.data or [])
    out_of_use = {each.id for each in present if not each.is_active}  # no box shows them: they stay
    kept = {each.id for each in present} if form.adds_only else out_of_use
    set_labels(ticket.id, chosen | kept)
    return Outcome(text="", data={"labels": [each.name for each in labels_of(ticket.id)]})
