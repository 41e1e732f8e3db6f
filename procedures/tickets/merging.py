"""Merges a ticket into another of the same matter, and takes it out again.

The merged ticket keeps its words, files and history and goes to the state MERGED; who follows its number is led on
to the other. Chains are refused: a ticket that others were merged into is merged into none, and none is merged into
one that has ended. Offered where two requests can be one matter: complaints, and letters (N, E) before anything was
priced or made; a change of password is one visit of one person, and outages are tied, not merged.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from mails.tickets import merge_notices
from models.base.columns.json_value import Json
from models.base.db import db, utcnow
from models.organisation.staff import Staff
from models.tickets.merge import Merge, merge_of, merged_into
from models.tickets.ticket import Pause, Ticket, is_visible
from models.tickets.ticket_number import LONGEST_PASTED, Number, read_number
from procedures.base.form_fields import StepForm, line_field, text_field
from procedures.engine import take_step
from procedures.engine.declaration import PRODUCT, Actor, Outcome, Who
from procedures.engine.locks import also_touches
from procedures.engine.step_facts import also, needs, says, tells
from procedures.tickets.common_declaration import DESK, Adoption, Leads, common_move
from procedures.tickets.forms import ReasonForm

CLOCK = ("assignee_id", "due_at", "since_at", "pause", "pause_reason", "paused_at", "resolved_at", "warned_at")


def target_named(number: str) -> Ticket | None:
    """The ticket of this number, however it was typed."""
    read = read_number(number or "")
    if not isinstance(read, Number):
        return None
    return db.session.scalars(select(Ticket).where(Ticket.number == str(read))).unique().one_or_none()


class MergeForm(StepForm):
    """Into which ticket, by its number."""

    into = line_field(_l("Nomor tiket tujuan"), LONGEST_PASTED)
    text = text_field(_l("Alasan"), 2_000, needed=False)

    @property
    def target(self) -> Ticket | None:
        return target_named(self.into.data)


@also_touches("merge", "unmerge", "answer")
def target_ids(ticket_id: int, form: StepForm | None) -> list[int]:
    """The ticket into which this one is to be merged, or is merged now."""
    named = form.target if isinstance(form, MergeForm) else None
    merged = select(Merge.target_id).where(Merge.ticket_id == ticket_id, Merge.undone_at.is_(None))
    return [*([named.id] if named else []), *db.session.scalars(merged)]


def why_not_into(ticket: Ticket, target: Ticket | None, by: Actor) -> str:
    """The sentence that forbids this pair, or nothing."""
    if target is None or (by.kind == "staff" and not is_visible(target, by.staff)):
        return _("Tidak ada tiket dengan nomor ini. Cocokkan dengan daftar tiket.")
    if target.id == ticket.id:
        return _("Tiket tidak dapat digabungkan ke dirinya sendiri.")
    if not target.is_open:
        return _("%(number)s sudah berakhir. Buka kembali dulu, atau pilih tiket lain.", number=target.number)
    if target.procedure != ticket.procedure:
        return _("Hanya tiket prosedur yang sama yang digabungkan. Pengaduan tentang gangguan diikat ke gangguannya.")
    if merged_into(ticket.id):
        return _("Tiket lain sudah digabungkan ke tiket ini. Keluarkan dulu, lalu gabungkan satu per satu.")
    if ticket.procedure != "complaint" and not _same_people(ticket, target):
        return _(
            "Permohonan digabungkan hanya bila unit atau email pemohonnya sama, karena rinciannya dikirim ke sana."
        )
    return ""


def _same_people(ticket: Ticket, target: Ticket) -> bool:
    same_unit = ticket.unit_id is not None and ticket.unit_id == target.unit_id
    return same_unit or bool(ticket.requester_email and ticket.requester_email == target.requester_email)


def _into(adoption: Adoption) -> Leads:
    return (adoption.merges_from, adoption.merged_ones) if adoption.merged else None


def _out_again(adoption: Adoption) -> Leads:
    return (adoption.merged_ones, adoption.merges_from) if adoption.merged else None


def _where_merged(adoption: Adoption) -> Leads:
    return (adoption.open, ()) if adoption.merged else None


@common_move(_l("Gabungkan ke tiket lain"), DESK, _into)
@tells(merge_notices.merged, Who.REQUESTER)
@says(_l("Untuk dua tiket tentang hal yang sama; dibandingkan dulu, dan dapat dibatalkan."))
@also(page="/admin/merge/?id={id}")
def merge(ticket: Ticket, by: Actor, form: MergeForm) -> Outcome:
    """The ticket is merged into another of the same matter; both requesters are told and follow that one."""
    target = form.target
    sentence = why_not_into(ticket, target, by)
    if target is None or sentence:
        raise take_step.StepRefused(sentence, "need", form)
    before = {name: _plain(getattr(ticket, name)) for name in CLOCK}
    row = Merge(ticket_id=ticket.id, target_id=target.id, before={**before, "state": ticket.state})
    row.staff_id = by.staff.id if by.staff else None
    db.session.add(row)
    db.session.flush()
    take_step.take_step(target, "receive", PRODUCT, (ticket.number, by.name))
    return Outcome(text=form.text.data or "", data={"into": target.number, "into_id": target.id})


EMPTIED = _l("Masa simpan tiket ini sudah berakhir dan isinya sudah dihapus, jadi ia tidak dapat dikeluarkan lagi.")


def is_not_emptied(ticket: Ticket, by: Actor) -> bool:
    """Does it still know how it was before the merge?"""
    return ticket.forgotten_at is None


@common_move(_l("Keluarkan dari gabungan"), DESK, _out_again)
@needs(is_not_emptied, EMPTIED)
@tells(merge_notices.unmerged, Who.REQUESTER)
@says(_l("Tiket kembali tepat ke meja, petugas, dan batas waktunya semula."))
def unmerge(ticket: Ticket, by: Actor, form: ReasonForm) -> Outcome:
    """The ticket is taken out again, to the very desk, clock and person it had; what was added since is kept.

    Whoever has left the centre meanwhile gets it back no more.
    """
    row = merge_of(ticket.id)
    if row is None:
        raise take_step.StepRefused(
            _("Tiket ini tidak sedang digabung; mungkin sudah dikeluarkan orang lain. Buka lagi tiketnya."),
            "state",
            form,
        )
    if "state" not in row.before:  # a note was added since retention emptied it
        raise take_step.StepRefused(str(EMPTIED), "need", form)
    row.undone_at = utcnow()
    target = db.session.get_one(Ticket, row.target_id)
    db.session.flush()
    was = {name: _moment(name, row.before.get(name)) for name in CLOCK}
    was["assignee_id"] = _staff_if_active(row.before.get("assignee_id"))
    if target.is_open:
        take_step.take_step(target, "give_back", PRODUCT, (ticket.number, by.name))
    to = type(take_step.state_of(ticket))(row.before["state"])
    return Outcome(to=to, as_it_was=was, data={"out_of": target.number})


def _staff_if_active(staff_id: int | None) -> int | None:
    """The person, or nobody where they have left meanwhile: then anybody of the group may take it."""
    query = select(Staff.id).where(Staff.id == staff_id, Staff.is_active)
    return db.session.scalar(query) if staff_id else None


@common_move(_l("Terima gabungan"), (Who.PRODUCT,), _where_merged)
@tells(merge_notices.received, Who.REQUESTER)
def receive(ticket: Ticket, by: Actor, form: tuple[str, str]) -> Outcome:
    """Another ticket of the same matter was merged into this one; its requester hears of the progress too."""
    number, who = form
    return Outcome(text=_("%(who)s menggabungkan %(number)s ke tiket ini.", who=who, number=number))


@common_move(_l("Lepas gabungan"), (Who.PRODUCT,), _where_merged)
def give_back(ticket: Ticket, by: Actor, form: tuple[str, str]) -> Outcome:
    """A ticket that was merged into this one was taken out again."""
    number, who = form
    return Outcome(text=_("%(who)s mengeluarkan %(number)s dari tiket ini.", who=who, number=number))


def wake_target(ticket: Ticket) -> None:
    """The requester of a merged ticket answered: the other ticket, if it waits for an answer, waits no longer."""
    joined = select(Merge.target_id).where(Merge.ticket_id == ticket.id, Merge.undone_at.is_(None))
    others = select(Ticket.id, Ticket.pause).where(Ticket.id.in_(joined), Ticket.is_open)
    for other, pause in db.session.execute(others).all():
        if pause == Pause.REQUESTER:
            take_step.take_step(other, "hear_answer", PRODUCT, (ticket.number, ticket.requester_name))


@common_move(_l("Jawaban lewat tiket gabungan"), (Who.PRODUCT,), _where_merged)
def hear_answer(ticket: Ticket, by: Actor, form: tuple[str, str]) -> Outcome:
    """The requester of a ticket that was merged into this one answered, and the clock runs again."""
    number, who = form
    take_step.resume(ticket)
    return Outcome(text=_("%(who)s menjawab lewat %(number)s; waktu berjalan lagi.", who=who, number=number))


def _plain(value: Json | datetime) -> Json:
    return value.isoformat() if isinstance(value, datetime) else value


def _moment(name: str, value: Json) -> Json | datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) and value and name.endswith("_at") else value
