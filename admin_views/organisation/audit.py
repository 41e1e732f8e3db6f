"""What was done and what was mailed: the audit, and the outbox with its release and sending again."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from admin_views.frame.view import Choice, Column, HouseView, address, person
from admin_views.organisation.audit_words import ACTS, act_name, kind_name, row_name
from mails.notice_names import NOTICE_NAMES, name_of
from models.base.db import db, utcnow, write_transaction
from models.organisation import audit
from models.organisation.audit import AuditEntry
from models.organisation.roles import SEES_ALL
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Ticket, visible_to
from web.dates import on_date_at

MAIL_STATES = {
    MailState.QUEUED: _l("Menunggu dikirim"),
    MailState.CLAIMED: _l("Sedang dikirim"),
    MailState.SENT: _l("Terkirim"),
    MailState.DEAD: _l("Gagal"),
    MailState.HELD: _l("Ditahan"),
}


def in_words(names: dict[str, Any]) -> list[tuple[str, str]]:
    """The values of a filter in the order of their words."""
    return sorted(((value, str(words)) for value, words in names.items()), key=lambda pair: pair[1].lower())


class AuditView(HouseView):
    name_key = "audit"
    title = _l("Jejak audit")
    intro = _l("Hanya bertambah; rahasia tidak pernah masuk.")
    empty = _l("Setiap perbuatan petugas dicatat di sini.")
    columns = [
        Column("at", _l("Waktu"), cell=lambda a: on_date_at(a.at), is_link=True),
        Column("actor_name", _l("Siapa")),
        Column("act", _l("Perbuatan"), cell=lambda a: act_name(a.act)),
        Column("object_kind", _l("Pada"), cell=lambda a: kind_name(a.object_kind)),
        Column("object_id", _l("Nomor baris"), cell=lambda a: row_name(a.act, a.object_id)),
        Column("ip", _l("Dari")),
    ]
    searched = (AuditEntry.actor_name, AuditEntry.act, AuditEntry.object_kind, AuditEntry.object_id)
    filters = [Choice("act", _l("Perbuatan"), AuditEntry.act, lambda: in_words(ACTS))]
    newest_first = True
    order = ()

    def __init__(self) -> None:
        super().__init__(AuditEntry)

    def heading(self, row: AuditEntry) -> str:
        on = kind_name(row.object_kind)
        if row.object_id and row.act != "denied":
            on = _("%(kind)s, baris %(number)s", kind=on, number=row.object_id)
        return f"{act_name(row.act)} · {on}"

    def facts(self, row: AuditEntry) -> list[tuple[Any, Any]]:
        """What changed, but for whom may not read tickets: without the texts."""
        texts = list(row.diff.items()) if person().has(*SEES_ALL) or row.object_kind != "Ticket" else []
        return [*super().facts(row), *texts]

    def row_allowed(self, row: AuditEntry, act: str) -> bool:
        return act == "details" and super().row_allowed(row, act)


class OutboxView(HouseView):
    """Mails: who may not read a ticket sees that a mail went, not what it says; the access link is never in here."""

    name_key = "outbox"
    title = _l("Email keluar")
    empty = _l("Email yang dikirim sistem tercatat di sini, satu baris untuk setiap penerima.")
    columns = [
        Column("created_at", _l("Dibuat"), cell=lambda m: on_date_at(m.created_at), is_link=True),
        Column("recipient", _l("Kepada")),
        Column("notice", _l("Kabar"), cell=lambda m: name_of(m.notice)),
        Column("state", _l("Keadaan"), cell=lambda m: MAIL_STATES[m.state]),
        Column("attempts", _l("Percobaan"), css="pk-right"),
        Column("last_error", _l("Sebab terakhir")),
    ]
    searched = (Mail.recipient, Mail.notice)
    filters = [
        Choice("state", _l("Keadaan"), Mail.state, lambda: [(k.value, v) for k, v in MAIL_STATES.items()]),
        Choice("notice", _l("Kabar"), Mail.notice, lambda: in_words(NOTICE_NAMES)),
    ]
    newest_first = True
    order = ()
    details_template = "admin/organisation/mail.html"
    list_template = "admin/organisation/outbox.html"
    more_acts = {"resend": "resend", "release": "release"}

    def __init__(self) -> None:
        super().__init__(Mail)

    def row_allowed(self, row: Mail, act: str) -> bool:
        return act == "details" and super().row_allowed(row, act)

    def heading(self, row: Mail) -> str:
        return f"{name_of(row.notice)} → {row.recipient}"

    def facts(self, row: Mail) -> list[tuple[Any, Any]]:
        return [
            *super().facts(row),
            (_l("Terkirim"), on_date_at(row.sent_at) if row.sent_at else ""),
            ("Message-ID", row.message_id),
        ]

    def details_extras(self, row: Mail) -> dict[str, Any]:
        seen = (
            db.session.scalar(select(Ticket.id).where(Ticket.id == row.ticket_id, visible_to(person())))
            if row.ticket_id
            else None
        )
        return {"may_read": seen is not None, "State": MailState}

    @expose("/resend/", methods=("POST",))
    def resend(self) -> Any:
        """A mail that was refused for good goes out once more, under the same Message-ID."""
        row_id = self.get_one(request.args.get("id")).id
        with write_transaction():
            done: Any = db.session.execute(
                update(Mail)
                .where(Mail.id == row_id, Mail.state == MailState.DEAD)
                .values(state=MailState.QUEUED, not_before=utcnow(), attempts=0, last_error="")
            )
            audit.record("resend", "Mail", row_id, staff=person(), ip=address())
        flash(_("Masuk antrean lagi.") if done.rowcount else _("Email ini tidak dalam keadaan gagal."), "success")
        return redirect(f"/admin/outbox/details/?id={row_id}", 303)

    @expose("/release/", methods=("POST",))
    def release(self) -> Any:
        """After a restore all mails are held; the administrator lets them go."""
        with write_transaction():
            done: Any = db.session.execute(
                update(Mail).where(Mail.state == MailState.HELD).values(state=MailState.QUEUED)
            )
            audit.record("release", "Mail", "", staff=person(), ip=address(), diff={"mails": done.rowcount})
        flash(_("%(n)s email dilepas ke antrean.", n=done.rowcount), "success")
        return redirect("/admin/outbox/", 303)
