"""Puts a fact of a ticket right: who may, with the reason, and what it was before stays on the ticket.

A mended address or telephone number ends the old code and link, which somebody else may hold; the requester gets new
ones at the address that stands now, and every later mail goes there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Generic, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from wtforms import HiddenField, SelectField, StringField

from mails.tickets import notices
from models.base.db import db, utcnow
from models.base.mail_address import BadMail, read_mail
from models.base.phone import BadPhone, read_phone
from models.base.typed_date import BadDate, day_as_typed, moment_as_typed, read_day, read_moment
from models.base.wording import WIB, Words, on_date, on_date_at, today
from models.organisation.unit import Unit
from models.tickets.category import Category
from models.tickets.letter import RequestLetter
from models.tickets.letter_number import LONGEST as LONGEST_NUMBER
from models.tickets.letter_number import read_letter_number
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import CHANNELS, NOT_BY_HAND, PRIORITIES, Ticket, TicketText
from procedures.base.date_fields import A_YEAR, CLOCKS_DIFFER, SAYS_NOT_YET
from procedures.base.form_fields import SAYS_REQUIRED, Fault, StepForm, line_field, required, stripped
from procedures.engine import spans
from procedures.engine.declaration import Actor, Outcome, Who
from procedures.engine.questions import StepRefused
from procedures.engine.step_facts import also, says, tells
from procedures.tickets.common_declaration import DESK, common_move

LANGUAGES = {"id": "Indonesia", "en": "English"}
OLDEST_LETTER = timedelta(days=3650)
PERSONAL = ("name", "email", "phone")  # what these were is forgotten with who it was
REACHES = ("email", "phone")  # where the code and link were handed to


class BadFact(ValueError):
    """What was typed cannot be this fact; the text says why, to a person."""


V = TypeVar("V")
C = TypeVar("C", str, int)


@dataclass(frozen=True)
class Fact(Generic[V]):
    """One fact: how it stands as typed and in words, what it may become, and how it is written."""

    label: Words
    typed: Callable[[Ticket], str]
    words: Callable[[Ticket], str]
    read: Callable[[str, Ticket], V]  # raises BadFact
    write: Callable[[Ticket, V], None]
    choices: Callable[[], Mapping[V, Words]] | None = None
    kind: str = "text"  # of the box
    is_of: Callable[[Ticket], bool] = lambda ticket: True

    def put(self, ticket: Ticket, typed: str) -> None:
        """What was typed becomes the fact. Raises BadFact."""
        self.write(ticket, self.read(typed, ticket))


def _line(longest: int, may_be_empty: bool = False) -> Callable[[str, Ticket], str]:
    def read(value: str, _ticket: Ticket) -> str:
        if not value and not may_be_empty:
            raise BadFact(str(SAYS_REQUIRED))
        if len(value) > longest:
            raise BadFact(_("Paling panjang %(n)s huruf.", n=longest))
        if any(ord(c) < 32 or ord(c) == 127 for c in value):
            raise BadFact(_("Tulis dalam satu baris, tanpa karakter khusus."))
        return value

    return read


def _mail(value: str, ticket: Ticket) -> str:
    if not value:
        if ticket.requester_phone:
            return ""
        raise BadFact(_("Tanpa email dan telepon pemohon tidak dapat dikabari. Isi telepon dahulu."))
    try:
        return read_mail(value)
    except BadMail as bad:
        raise BadFact(str(bad)) from None


def _phone(value: str, ticket: Ticket) -> str:
    if not value:
        if ticket.requester_email:
            return ""
        raise BadFact(_("Tanpa email dan telepon pemohon tidak dapat dikabari. Isi email dahulu."))
    try:
        return read_phone(value).text
    except BadPhone as bad:
        raise BadFact(str(bad)) from None


def _one_of(choices: Callable[[], Mapping[V, Words]]) -> Callable[[str, Ticket], V]:
    def read(value: str, _ticket: Ticket) -> V:
        found = {str(key): key for key in choices()}
        if value not in found:
            raise BadFact(_("Pilih salah satu."))
        return found[value]

    return read


def _unit(value: str, _ticket: Ticket) -> Unit | None:
    """By its name or code as they stand in the register; nothing typed is no unit."""
    if not value:
        return None
    units = db.session.scalars(select(Unit).where((Unit.name == value) | (Unit.code == value)).limit(2)).unique().all()
    if len(units) != 1:
        raise BadFact(_("Tidak ada satu unit dengan nama atau kode itu. Tulis persis seperti di daftar unit."))
    return units[0]


def _moment(value: str, _ticket: Ticket) -> datetime:
    try:
        moment = read_moment(value).astimezone(UTC)
    except BadDate as bad:
        raise BadFact(str(bad)) from None
    if moment > utcnow() + CLOCKS_DIFFER:
        raise BadFact(_("Waktu penerimaan belum terjadi. Periksa tanggal dan jamnya."))
    if moment < utcnow() - A_YEAR:
        raise BadFact(_("Waktu penerimaan lebih dari setahun yang lalu. Periksa tahunnya."))
    return min(moment, utcnow())


def _letter_of(ticket: Ticket) -> RequestLetter | None:
    return db.session.scalars(select(RequestLetter).where(RequestLetter.ticket_id == ticket.id)).one_or_none()


def _letter(ticket: Ticket) -> RequestLetter:
    """The ticket's letter; asked only of tickets that have one. Its entry in the agenda is no fact that is mended."""
    found = _letter_of(ticket)
    if found is None:
        raise LookupError(f"ticket {ticket.id} has no letter")
    return found


def _letter_number(value: str, _ticket: Ticket) -> str:
    number = read_letter_number(value)
    if not any(character.isalnum() for character in number):
        raise BadFact(_("Tulis nomor suratnya, misalnya 012/FT-UBH/XI/2026."))
    if len(number) > LONGEST_NUMBER:
        raise BadFact(_("Paling panjang %(n)s huruf.", n=LONGEST_NUMBER))
    return number


def _letter_day(value: str, _ticket: Ticket) -> date:
    try:
        day = read_day(value)
    except BadDate as bad:
        raise BadFact(str(bad)) from None
    if day > today():
        raise BadFact(str(SAYS_NOT_YET))
    if day < today() - OLDEST_LETTER:
        raise BadFact(_("Tanggal ini terlalu lama. Periksa tahunnya."))
    return day


def _categories() -> dict[int, Words]:
    query = select(Category.id, Category.name).where(Category.is_active).order_by(Category.position, Category.name)
    return {row.id: row.name for row in db.session.execute(query)}


def _channels() -> dict[str, Words]:
    return {key: label for key, label in CHANNELS.items() if key not in NOT_BY_HAND}


def _put(name: str) -> Callable[[Ticket, str | int], None]:
    return lambda ticket, value: setattr(ticket, name, value)


def _put_row(name: str) -> Callable[[Ticket, Unit | Category | None], None]:
    def write(ticket: Ticket, row: Unit | Category | None) -> None:
        setattr(ticket, name, row)
        setattr(ticket, f"{name}_id", row.id if row else None)

    return write


def _put_category(ticket: Ticket, ident: int) -> None:
    _put_row("category")(ticket, db.session.get_one(Category, ident))


def _put_received(ticket: Ticket, moment: datetime) -> None:
    ticket.received_at = moment
    spans.received_at(ticket)


def _plain(name: str, label: Words, read: Callable[[str, Ticket], str], kind: str = "text") -> Fact[str]:
    return Fact(label, lambda t: getattr(t, name) or "", lambda t: getattr(t, name) or "", read, _put(name), kind=kind)


def _chosen(
    name: str,
    label: Words,
    choices: Callable[[], Mapping[C, Words]],
    is_of: Callable[[Ticket], bool] = lambda ticket: True,
) -> Fact[C]:
    return Fact(
        label,
        lambda t: str(getattr(t, name)),
        lambda t: str(choices().get(getattr(t, name), getattr(t, name))),
        _one_of(choices),
        _put(name),
        choices,
        is_of=is_of,
    )


FACTS: dict[str, Fact[str] | Fact[int] | Fact[Unit | None] | Fact[datetime] | Fact[date]] = {
    "name": _plain("requester_name", _l("Nama pemohon"), _line(120)),
    "email": _plain("requester_email", _l("Email pemohon"), _mail, "email"),
    "phone": _plain("requester_phone", _l("Telepon pemohon"), _phone, "tel"),
    "language": _chosen("language", _l("Bahasa pemohon"), lambda: LANGUAGES),
    "unit": Fact(
        _l("Unit"),
        lambda t: t.unit.name if t.unit else "",
        lambda t: t.unit.name if t.unit else "",
        _unit,
        _put_row("unit"),
    ),
    "subject": _plain("subject", _l("Judul"), _line(200)),
    "category": Fact(
        _l("Jenis masalah"),
        lambda t: str(t.category_id or ""),
        lambda t: t.category.name if t.category else "",
        _one_of(_categories),
        _put_category,
        _categories,
        is_of=lambda t: t.procedure == "complaint",
    ),
    "channel": _chosen("channel", _l("Datang melalui"), _channels, is_of=lambda t: t.channel not in NOT_BY_HAND),
    "received": Fact(
        _l("Diterima"),
        lambda t: moment_as_typed(t.received_at.astimezone(WIB)),
        lambda t: on_date_at(t.received_at),
        _moment,
        _put_received,
        kind="moment",
    ),
    "letter_number": Fact(
        _l("Nomor surat"),
        lambda t: _letter(t).number,
        lambda t: _letter(t).number,
        _letter_number,
        lambda t, value: setattr(_letter(t), "number", value),
        is_of=lambda t: _letter_of(t) is not None,
    ),
    "letter_date": Fact(
        _l("Tanggal surat"),
        lambda t: day_as_typed(_letter(t).dated_on),
        lambda t: on_date(_letter(t).dated_on),
        _letter_day,
        lambda t, value: setattr(_letter(t), "dated_on", value),
        kind="day",
        is_of=lambda t: _letter_of(t) is not None,
    ),
    "priority": _chosen("priority", _l("Prioritas"), lambda: PRIORITIES),
}


class MendForm(StepForm):
    """The fact, what it was when the form was opened, what it shall be, and why."""

    fact = SelectField(_l("Fakta"), choices=[(key, fact.label) for key, fact in FACTS.items()], validators=[required()])
    was = HiddenField()
    value = StringField(_l("Yang benar"), filters=[stripped])
    reason = line_field(_l("Alasan"), 300)

    ticket: Ticket | None = None

    def is_about(self, ticket: Ticket) -> None:
        """What is typed is read for this ticket."""
        self.ticket = ticket

    def faults_together(self) -> Iterator[Fault]:
        yield from super().faults_together()
        if self.ticket is None or self.fact.data not in FACTS:
            return
        fact = FACTS[self.fact.data]
        try:
            fact.read(self.value.data or "", self.ticket)
        except BadFact as bad:
            yield "value", str(bad)


@common_move(_l("Betulkan data"), DESK)
@tells(notices.contact_mended, Who.REQUESTER)
@says(_l("Yang lama tetap tercatat bersama alasannya."))
@also(is_quiet=True, kind="system")
def mend(ticket: Ticket, by: Actor, form: MendForm) -> Outcome:
    """A fact of the ticket is put right, with the reason; what it was before stays on record."""
    fact = FACTS[form.fact.data]
    if not fact.is_of(ticket):
        raise StepRefused(
            _("Tiket jenis ini tidak punya data itu. Pilih data yang dibetulkan dari halaman tiketnya."), "need", form
        )
    if form.was.data != fact.typed(ticket):
        raise StepRefused(
            _(
                "%(fact)s sudah diubah orang lain menjadi “%(now)s”. Periksa lagi.",
                fact=fact.label,
                now=fact.words(ticket),
            ),
            "stale",
            form,
        )
    before, was = fact.words(ticket), fact.typed(ticket)
    try:
        fact.put(ticket, form.value.data or "")
    except BadFact as bad:
        form.value.errors = [str(bad)]
        raise StepRefused(str(bad), "form", form) from None
    if form.fact.data == "priority":
        ticket.priority_reason = form.reason.data if ticket.priority else ""
    after = fact.words(ticket)
    if before == after:
        form.value.errors = [_("Isinya masih sama. Tulis yang benar, atau tutup.")]
        raise StepRefused(form.value.errors[0], "form", form)
    if form.fact.data in REACHES:
        ticket.link_generation += 1
    if form.fact.data == "email" and after:  # what still waits goes to the right address
        waiting = update(Mail).where(Mail.ticket_id == ticket.id, Mail.recipient == was, Mail.state == MailState.QUEUED)
        db.session.execute(waiting.values(recipient=after))
    if form.fact.data in ("name", "email", "phone", "subject", "letter_number"):
        TicketText.add(ticket.id, after)
    return Outcome(text=form.reason.data, data={"fact": form.fact.data, "before": before, "after": after})
