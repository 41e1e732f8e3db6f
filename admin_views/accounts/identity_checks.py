"""The register of identity checks; the list shows no evidence, and each opening of one is on record (I3)."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from admin_views.frame.view import Column, HouseView, address, person
from admin_views.tickets.workbench.workbench_parts import SIDE
from models.accounts.identity_check import COMPARED, IdentityCheck, checks_visible_to
from models.base.columns.shown import Shown
from models.base.db import db, write_transaction
from models.base.wording import Words
from models.organisation import audit
from models.tickets.ticket import Ticket
from web.dates import on_date_at


def _compared(row: IdentityCheck, key: str) -> str:
    """Yes or no; of the number also that the register held none to compare with."""
    if key == "number" and row.lacks_number:
        return _("Register tidak menyimpan nomor untuk dibandingkan")
    return row.compared.get(key, "")


EVIDENCE = (
    Column("proof_label", _l("Bukti diri")),
    Column("proof_number", _l("Nomor")),
    Column("number_seen", _l("Nomor dari bukti lain"), cell=lambda row: row.compared.get("number_seen", "")),
    *(
        Column(key, label, cell=lambda row, key=key: _compared(row, key))  # type: ignore[misc]  # bound early
        for key, label in COMPARED.items()
    ),
    Column("reason", _l("Alasan")),
    Column("purged_at", _l("Data bukti dihapus"), cell=lambda row: on_date_at(row.purged_at) if row.purged_at else ""),
)


class IdentityCheckView(HouseView[IdentityCheck]):
    """Read by those who took part or are asked to, the head of the centre and the audit."""

    name_key = "identity_check"
    title = _l("Pemeriksaan bukti diri")
    intro = _l("Buktinya tampil bila satu pemeriksaan dibuka, dan setiap pembukaan tercatat di audit.")
    empty = _l("Pemeriksaan yang Anda ikuti tampil di sini.")
    columns = [
        Column("checked_at", _l("Kapan"), cell=lambda row: on_date_at(row.checked_at), is_link=True),
        Column("ticket", _l("Tiket")),
        Column("account", _l("Akun")),
        Column("is_match", _l("Cocok")),
        Column("checked_by", _l("Diperiksa")),
        Column("second_by", _l("Orang kedua")),
        Column("changed_by", _l("Diganti")),
    ]
    order = (IdentityCheck.checked_at,)
    shows = (
        IdentityCheck.ticket,
        IdentityCheck.account,
        IdentityCheck.checked_by,
        IdentityCheck.second_by,
        IdentityCheck.changed_by,
    )
    newest_first = True

    def __init__(self) -> None:
        super().__init__(IdentityCheck)

    def row_rule(self, query: Select[IdentityCheck]) -> Select[IdentityCheck]:
        return query.where(checks_visible_to(person()))

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """The evidence of one check; who reads it stands in the audit first."""
        check_id, reader = self.get_one(request.args.get("id")).id, person()
        with write_transaction():
            audit.record("read", "IdentityCheck", check_id, staff=reader, ip=address())
        return super().details_view()

    def facts(self, row: IdentityCheck) -> list[tuple[Words, Shown]]:
        return [*super().facts(row), *((column.label, column.text(row)) for column in EVIDENCE)]


def side(ticket: Ticket) -> dict[str, Shown] | None:
    """The check of a password change, for those who may read it: the way to the evidence, not the evidence."""
    query = select(IdentityCheck).where(IdentityCheck.ticket_id == ticket.id, checks_visible_to(person()))
    check = db.session.scalars(query).one_or_none()
    return None if check is None else {"check": check}


SIDE["password_change"] = ("admin/accounts/workbench_identity.html", side)
