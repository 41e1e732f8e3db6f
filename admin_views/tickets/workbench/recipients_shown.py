"""Says beside a step's button who will hear of it, and who cannot be told."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from admin_views.frame.after_step import MOST_NAMED, listed, not_told
from mails.recipients import WIDER, AddressBook, recipients
from models.organisation.roles import Role
from models.tickets.ticket import Ticket
from procedures.engine.declaration import Actor, Step, Who
from procedures.engine.telling import silent_readers

TOLD_WORDS = {
    Who.REQUESTER: _l("pemohon"),
    Who.UNIT: _l("unit pemohon"),
    Who.MEMBER: _l("anggota kelompok"),
    Who.ASSIGNEE: _l("petugas tiket"),
    Who.CONTACT: _l("kontak unit"),
    Who.IT_MANAGERS: _l("pengelola IT"),
}


def who_hears(step: Step, ticket: Ticket, by: Actor, book: AddressBook, merged: int = 0) -> Markup:
    """Beside a step's button: by name who will be told by mail, and who cannot be, with the number to call.

    Where the step's form decides who it is, its words say so. `merged` is the number of tickets merged into this one.
    """
    if step.previews:
        return Markup(escape(_("Nama penerima dan isinya tampil dulu; belum ada yang terkirim.")))
    if not step.tells:
        return Markup("") if step.is_public else Markup(escape(_("Tidak ada yang dikabari lewat email.")))
    names: list[str] = []
    people = []
    for audience in step.tells:
        if audience in step.told_as:
            names.append(str(step.told_as[audience]))
        elif ticket.procedure in WIDER and not isinstance(audience, Role):
            names.append(str(TOLD_WORDS[Who(audience)]))
        else:
            people += recipients(ticket, audience.value, by.staff, is_new=True, book=book, with_silent=True)
            people += book.copied(ticket.id) if audience in (Who.REQUESTER, Who.UNIT) else []
    known = {to.email.lower(): to.name or to.email for to in people if to.email}
    names = [*known.values(), *names]
    if merged and Who.REQUESTER in step.tells:
        names.append(_("pemohon dari %(n)s tiket yang digabung", n=merged))
    said = [escape(_("Dikabari lewat email: %(who)s.", who=listed(names)))] if names else []
    said += [not_told(reader) for reader in silent_readers([to for to in people if not to.email], by)[:MOST_NAMED]]
    return Markup(" ").join(said) if said else Markup(escape(_("Tidak ada yang dikabari lewat email.")))


def recorded(step: Step) -> str:
    """The first words after a step."""
    return _("%(what)s: tercatat.", what=str(step.label))
