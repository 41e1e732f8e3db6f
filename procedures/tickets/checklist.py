"""The common moves of a ticket's checklist: lines are added, ticked and taken off by whoever works on it."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from models.base.db import db, utcnow
from models.base.written import clean_line
from models.tickets.label import LONGEST_ITEM, MOST_ITEMS, ChecklistItem, items_of
from models.tickets.ticket import Ticket
from procedures.base.form_fields import Fault, StepForm, line_field, text_field
from procedures.engine.declaration import Actor, Outcome
from procedures.engine.questions import StepRefused
from procedures.engine.step_facts import also, says
from procedures.tickets.common_declaration import DESK, common_move


class ItemsForm(StepForm):
    """New lines of the list, one each."""

    items = text_field(_l("Yang harus dikerjakan, satu per baris"), 5_000)

    @property
    def lines(self) -> list[str]:
        """What was typed, without empty lines."""
        return [line for typed in (self.items.data or "").splitlines() if (line := clean_line(typed))]

    def faults_together(self) -> Iterator[Fault]:
        yield from super().faults_together()
        if any(len(line) > LONGEST_ITEM for line in self.lines):
            yield "items", _("Paling panjang %(n)s huruf per baris.", n=LONGEST_ITEM)


class TickForm(StepForm):
    """Which line, and whether it is done now."""

    item = line_field(_l("Butir"), 10)
    done = BooleanField(_l("Selesai"))


class DropForm(StepForm):
    """Which line is taken off."""

    item = line_field(_l("Butir"), 10)


@common_move(_l("Daftar periksa"), DESK)
@says(_l("Hanya petugas yang melihat daftar ini."))
@also(is_quiet=True, kind="system", submit=_l("Tambahkan"))
def add_items(ticket: Ticket, by: Actor, form: ItemsForm) -> Outcome:
    """Lines are added to the ticket's checklist."""
    if len(items_of(ticket.id)) + len(form.lines) > MOST_ITEMS:
        form.items.errors = [_("Paling banyak %(n)s butir pada satu tiket.", n=MOST_ITEMS)]
        raise StepRefused(form.items.errors[0], "form", form)
    made = [ChecklistItem(ticket_id=ticket.id, text=line, added_by_id=by.staff.id) for line in form.lines]
    db.session.add_all(made)
    return Outcome(text="\n".join(form.lines))


@common_move(_l("Centang daftar periksa"), DESK)
@also(is_quiet=True, kind="system")
def tick_item(ticket: Ticket, by: Actor, form: TickForm) -> Outcome:
    """A line of the checklist is done, or is to be done after all."""
    item = _item(ticket, form.item.data)
    if bool(item.done_at) == bool(form.done.data):
        raise StepRefused(_("Butir ini sudah diubah orang lain. Lihat daftarnya sekarang."), "stale")
    item.done_at, item.done_by_id = (utcnow(), by.staff.id) if form.done.data else (None, None)
    return Outcome(text="", data={"ticked" if form.done.data else "unticked": item.text})


@common_move(_l("Hapus dari daftar periksa"), DESK)
@also(is_quiet=True, kind="system")
def drop_item(ticket: Ticket, by: Actor, form: DropForm) -> Outcome:
    """A line is taken off the checklist; the history keeps it."""
    item = _item(ticket, form.item.data)
    db.session.delete(item)
    return Outcome(text="", data={"dropped": item.text})


def _item(ticket: Ticket, typed: str) -> ChecklistItem:
    ident = int(typed) if typed.isascii() and typed.isdecimal() else 0
    item = db.session.get(ChecklistItem, ident) if ident < 2**31 else None
    if item is None or item.ticket_id != ticket.id:
        raise StepRefused(
            _("Butir ini tidak ada lagi di daftar tiket ini. Buka lagi tiketnya untuk melihat daftarnya sekarang."),
            "stale",
        )
    return item
