"""The register of incoming letters, and the dispositions on them (N1, N2)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from admin_views.frame.columns import period_of
from admin_views.frame.view import Column
from admin_views.tickets.related_view import OnTicket, TicketRelatedView, unit_of_ticket
from models.tickets.letter import Disposition, RequestLetter
from models.tickets.ticket import Ticket
from web.dates import on_date, on_date_at


class LetterView(TicketRelatedView[RequestLetter]):
    """/admin/request_letter/"""

    name_key = "request_letter"
    title = _l("Surat masuk")
    empty = _l("Surat permohonan dari unit muncul di sini.")
    columns = [
        Column("agenda_number", _l("Agenda"), is_whole=True),
        Column("number", _l("Nomor surat"), is_link=True),
        Column("dated_on", _l("Tanggal surat"), cell=lambda row: on_date(row.dated_on)),
        Column("unit", _l("Unit"), cell=lambda row: row.ticket.unit.name if row.ticket.unit else ""),
        Column("subject", _l("Perihal")),
        Column("signed_by", _l("Penanda tangan"), cell=lambda row: f"{row.signed_by}, {row.signed_as}"),
        Column("received_at", _l("Diterima"), cell=lambda row: on_date_at(row.received_at)),
    ]
    searched = (RequestLetter.agenda_number, RequestLetter.number, RequestLetter.subject, RequestLetter.signed_by)
    filters = (unit_of_ticket(RequestLetter), *period_of(RequestLetter.received_at))
    order = (RequestLetter.received_at,)
    shows = ((RequestLetter.ticket, Ticket.unit),)

    def __init__(self) -> None:
        super().__init__(RequestLetter)

    def href(self, row: Any) -> str:
        return f"/admin/ticket/details/?id={row.ticket_id}"


class DispositionView(TicketRelatedView[Disposition]):
    """/admin/disposition/"""

    name_key = "disposition"
    title = _l("Disposisi")
    empty = _l("Disposisi Kepala Pustikom dan terusannya muncul di sini.")
    columns = [
        Column("agenda_number", _l("Nomor"), is_whole=True),
        Column("letter", _l("Surat"), cell=lambda row: row.letter.number, is_link=True),
        Column("addressee", _l("Kepada")),
        Column("instruction", _l("Isi")),
        Column("target_on", _l("Batas"), cell=lambda row: on_date(row.target_on) if row.target_on else ""),
        Column("made_by", _l("Dari"), cell=lambda row: row.made_by.name),
        Column("is_confirmed", _l("Dikonfirmasi")),
        Column("made_at", _l("Tanggal"), cell=lambda row: on_date_at(row.made_at)),
    ]
    searched = (Disposition.agenda_number, Disposition.instruction)
    on_ticket = OnTicket(RequestLetter.ticket_id, RequestLetter, RequestLetter.id == Disposition.letter_id)
    filters = (unit_of_ticket(Disposition, on_ticket), *period_of(Disposition.made_at))
    order = (Disposition.made_at,)
    shows = (Disposition.letter, Disposition.made_by)

    def __init__(self) -> None:
        super().__init__(Disposition)

    def href(self, row: Any) -> str:
        return f"/admin/ticket/details/?id={row.letter.ticket_id}"
