"""The queue of mails that go out: what waits, what the server said, holding back, letting go, sending again."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import not_, select, update

from admin_views.frame.view import Choice, Column, HouseView, address, person
from mails.notice_names import NOTICE_NAMES, name_of
from mails.queue import OBJECTED
from mails.server_answers import explained
from models.base.columns.json_value import Held
from models.base.columns.shown import Shown
from models.base.db import db, rows_changed, utcnow, write_transaction
from models.base.wording import Words
from models.organisation import audit
from models.tickets.outbox import Mail, MailState, Sending, sending_now
from models.tickets.ticket import Ticket, visible_to
from web.dates import on_date_at

MAIL_STATES = {
    MailState.QUEUED: _l("Menunggu dikirim"),
    MailState.CLAIMED: _l("Sedang dikirim"),
    MailState.SENT: _l("Terkirim"),
    MailState.DEAD: _l("Gagal"),
    MailState.HELD: _l("Ditahan"),
    MailState.COLLECTED: _l("Menunggu ringkasan harian"),
    MailState.TOLD: _l("Dalam ringkasan harian"),
    MailState.PUSHED: _l("Lewat notifikasi"),
}


def in_words(names: dict[str, Words]) -> list[tuple[str, str]]:
    """The values of a filter in the order of their words."""
    return sorted(((value, str(words)) for value, words in names.items()), key=lambda pair: pair[1].lower())


def next_try(mail: Mail) -> str:
    """When the worker takes it in hand; nothing for one that does not wait."""
    if mail.state != MailState.QUEUED:
        return ""
    return on_date_at(mail.not_before) if mail.not_before > utcnow() else _("segera")


class OutboxView(HouseView[Mail]):
    """Mails: who may not read a ticket sees that a mail went, not what it says; the access link is never in here."""

    name_key = "outbox"
    title = _l("Email keluar")
    empty = _l("Email yang dikirim sistem tercatat di sini, satu baris untuk setiap penerima.")
    columns = [
        Column("created_at", _l("Dibuat"), cell=lambda m: on_date_at(m.created_at), is_link=True, is_whole=True),
        Column("recipient", _l("Kepada")),
        Column("notice", _l("Kabar"), cell=lambda m: name_of(m.notice)),
        Column("state", _l("Keadaan"), cell=lambda m: MAIL_STATES[m.state], is_whole=True),
        Column("attempts", _l("Percobaan"), css="pk-right"),
        Column("next_try", _l("Percobaan berikut"), cell=next_try),
        Column("last_error", _l("Jawaban server"), cell=lambda m: explained(m.last_error)),
    ]
    searched = (Mail.recipient, Mail.notice, Mail.last_error)
    filters = [
        Choice("state", _l("Keadaan"), Mail.state, lambda: [(k.value, v) for k, v in MAIL_STATES.items()]),
        Choice("notice", _l("Kabar"), Mail.notice, lambda: in_words(NOTICE_NAMES)),
    ]
    newest_first = True
    order = ()
    details_template = "admin/organisation/mail.html"
    list_template = "admin/organisation/outbox.html"
    more_acts = {"resend": "resend", "hold": "hold", "release": "release", "release_one": "hold"}

    def __init__(self) -> None:
        super().__init__(Mail)

    def row_allowed(self, row: Mail, act: str) -> bool:
        return act == "details" and super().row_allowed(row, act)

    def heading(self, row: Mail) -> str:
        return f"{name_of(row.notice)} → {row.recipient}"

    def facts(self, row: Mail) -> list[tuple[Words, Shown]]:
        return [
            *super().facts(row),
            (_l("Terkirim"), on_date_at(row.sent_at) if row.sent_at else ""),
            ("Message-ID", row.message_id),
            *(
                [(_l("Kata-kata"), _("versi %(n)s", n=row.wording.number) if row.wording else _("bawaan"))]
                if row.sent_at
                else []
            ),
        ]

    def standing(self) -> Sending:
        """How sending stands, above the list."""
        return sending_now()

    def details_extras(self, row: Mail) -> dict[str, Shown]:
        seen = (
            db.session.scalar(select(Ticket.id).where(Ticket.id == row.ticket_id, visible_to(person())))
            if row.ticket_id
            else None
        )
        is_put_off = row.state == MailState.QUEUED and row.not_before > utcnow()
        return {"may_read": seen is not None, "State": MailState, "is_put_off": is_put_off}

    @expose("/resend/", methods=("POST",))
    def resend(self) -> ResponseReturnValue:
        """What was given up goes out once more, what waits for its next try goes now; the Message-ID stays."""
        again: dict[str, Held] = {
            "state": MailState.QUEUED,
            "not_before": utcnow(),
            "attempts": 0,
            "unsure": 0,
            "last_error": "",
        }
        return self._moved("resend", (MailState.DEAD, MailState.QUEUED), again, _("Masuk antrean lagi."),
                           _("Email ini sudah terkirim, sedang dikirim, atau ditahan."))  # fmt: skip

    @expose("/hold/", methods=("POST",))
    def hold(self) -> ResponseReturnValue:
        """It stays in the queue and does not leave."""
        return self._moved("hold", (MailState.QUEUED,), {"state": MailState.HELD}, _("Email ditahan."),
                           _("Email ini tidak menunggu lagi, jadi tidak dapat ditahan."))  # fmt: skip

    @expose("/release_one/", methods=("POST",))
    def release_one(self) -> ResponseReturnValue:
        return self._moved("release", (MailState.HELD,), {"state": MailState.QUEUED, "last_error": ""},
                           _("Email dilepas ke antrean."), _("Email ini tidak ditahan."))  # fmt: skip

    @expose("/release/", methods=("POST",))
    def release(self) -> ResponseReturnValue:
        """After a restore all mails are held; the administrator lets them go."""
        with write_transaction():
            done = rows_changed(
                update(Mail)
                .where(Mail.state == MailState.HELD, not_(Mail.last_error.startswith(OBJECTED)))
                .values(state=MailState.QUEUED)
            )
            audit.record("release", "Mail", "", staff=person(), ip=address(), diff={"mails": done})
        flash(_("%(n)s email dilepas ke antrean.", n=done), "success")
        return redirect("/admin/outbox/", 303)

    def _moved(
        self, act: str, states: tuple[MailState, ...], values: Mapping[str, Held], done: str, refused: str
    ) -> ResponseReturnValue:
        """The row goes on from one of these states, unless the worker or somebody else was first."""
        row_id = self.get_one(request.args.get("id")).id
        with write_transaction():
            moved = rows_changed(update(Mail).where(Mail.id == row_id, Mail.state.in_(states)).values(**values))
            if moved:
                audit.record(act, "Mail", row_id, staff=person(), ip=address())
        flash(done if moved else refused, "success" if moved else "error")
        return redirect(f"/admin/outbox/details/?id={row_id}", 303)
