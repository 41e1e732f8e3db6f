"""What waits for a second person: roles of heads, password links and delegations, to be confirmed or refused."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.frame.view import Column, HouseView, address, person
from models.base.db import write_transaction
from models.organisation.pending_change import PendingChange
from procedures.organisation.second_person import DecisionRefused, decide, may_decide, may_refuse
from web.dates import on_date_at


def waits(change: PendingChange) -> str:
    """What who asked is told: nothing has changed yet, and what is awaited."""
    if change.alone_at is not None:
        return _(
            "Belum berlaku: belum ada orang kedua. Anda dapat melanjutkannya sendiri mulai %(when)s.",
            when=on_date_at(change.alone_at),
        )
    return _("Belum berlaku: menunggu persetujuan orang kedua. Yang bersangkutan dan Kepala Pustikom sudah dikabari.")


def state_of(change: PendingChange) -> str:
    if change.decided_at is None:
        return _("Menunggu orang kedua") if change.is_open else _("Kedaluwarsa")
    return _("Disetujui") if change.is_accepted else _("Ditolak")


class PendingChangeView(HouseView[PendingChange]):
    """/admin/pending_change/"""

    name_key = "pending_change"
    title = _l("Menunggu orang kedua")
    intro = _l("Tidak seorang pun mengangkat dirinya sendiri: perubahan ini berlaku setelah orang kedua menyetujuinya.")
    empty = _l("Peran kepala, tautan kata sandi kepala, pendelegasian, dan faktor kedua yang hilang menunggu di sini.")
    columns = [
        Column("kind", _l("Perubahan"), is_link=True, cell=lambda c: c.kind_words),
        Column("staff", _l("Untuk"), cell=lambda c: c.staff.name),
        Column("facts", _l("Isi"), cell=lambda c: c.what),
        Column("made_by", _l("Diminta oleh"), cell=lambda c: c.made_by.name),
        Column("made_at", _l("Diminta"), cell=lambda c: on_date_at(c.made_at)),
        Column("decided_at", _l("Keadaan"), cell=state_of),
        Column("decided_by", _l("Diputuskan oleh"), cell=lambda c: c.decided_by.name if c.decided_by else ""),
    ]
    order = (PendingChange.made_at,)
    newest_first = True
    shows = (PendingChange.staff, PendingChange.made_by, PendingChange.decided_by)
    details_template = "admin/organisation/pending_change.html"
    more_acts = {"confirm": "decide", "refuse": "decide"}

    def __init__(self) -> None:
        super().__init__(PendingChange)

    def may_confirm(self, row: PendingChange) -> bool:
        return may_decide(row, person())

    def may_refuse(self, row: PendingChange) -> bool:
        return may_refuse(row, person())

    @expose("/confirm/", methods=("POST",))
    def confirm(self) -> ResponseReturnValue:
        """The second person agrees, and the change takes effect."""
        return self._decided(True)

    @expose("/refuse/", methods=("POST",))
    def refuse(self) -> ResponseReturnValue:
        """Nothing changes."""
        return self._decided(False)

    def _decided(self, accept: bool) -> ResponseReturnValue:
        row_id = self.get_one(request.args.get("id")).id
        try:
            with write_transaction():
                decide(row_id, person(), accept, address())
        except DecisionRefused as refused:
            flash(str(refused), "error")
        else:
            flash(_("Disetujui dan berlaku.") if accept else _("Ditolak; tidak ada yang berubah."), "success")
        return redirect(f"/admin/pending_change/details/?id={row_id}", 303)
