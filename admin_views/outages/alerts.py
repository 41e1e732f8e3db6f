"""The registers of other monitors: who may send alerts and what to paste there, what came, and unknown hosts."""

from __future__ import annotations

import secrets

from flask import current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from admin_views.frame.permissions import may
from admin_views.frame.view import Choice, Column, HouseView, address, person
from admin_views.outages.alert_setup import Setup, setup_of
from models.base.columns.shown import Shown
from models.base.db import utcnow, write_transaction
from models.base.wording import Words
from models.organisation import audit
from models.organisation.sessions import hash_token
from models.outages.alert import ACTS, SENDERS, AlertSource, ReceivedAlert, UnknownAlert
from procedures.base.form_fields import StepForm, line_field
from web.dates import on_date_at

FATES: dict[str, Words] = {
    "opened": _l("membuka gangguan"),
    "known": _l("bagian dari gangguan"),
    "waiting": _l("menunggu"),
    "muted": _l("pekerjaan terencana"),
    "recovered": _l("pulih, terbukti"),
    "noted": _l("dicatat"),
    "ignored": _l("tidak mengubah apa pun"),
    "unknown": _l("host tidak dikenal"),
}


class AlertSourceForm(StepForm):
    name = line_field(_l("Nama pemantau"), 80)
    kind = SelectField(_l("Jenis"), choices=list(SENDERS.items()), default="alertmanager")


class AlertSourceView(HouseView[AlertSource]):
    name_key = "alert_source"
    title = _l("Pemantau lain")
    intro = _l("Peringatannya diputuskan dengan aturan yang sama seperti pemantau kita.")
    empty = _l("Tambahkan pemantau yang sudah ada, misalnya Zabbix atau Uptime Kuma; tokennya tampil sekali.")
    create_label = _l("Tambah pemantau")
    columns = [
        Column("name", _l("Nama"), is_link=True),
        Column("kind_label", _l("Jenis")),
        Column("created_at", _l("Dibuat"), cell=lambda s: on_date_at(s.created_at)),
        Column("used_at", _l("Terakhir mengirim"), cell=lambda s: on_date_at(s.used_at) if s.used_at else ""),
        Column("revoked_at", _l("Dicabut"), cell=lambda s: on_date_at(s.revoked_at) if s.revoked_at else ""),
    ]
    searched = (AlertSource.name,)
    order = (AlertSource.name,)
    form = AlertSourceForm
    details_template = "admin/outages/alert_source.html"
    more_acts = {"revoke_view": "revoke"}

    def __init__(self) -> None:
        super().__init__(AlertSource)

    @property
    def post_to(self) -> str:
        """The address to which monitors send."""
        return f"{current_app.config['BASE_URL']}/api/alerts"

    @property
    def may_try(self) -> bool:
        return may(person(), "alert_rule", "try")

    def setup(self, row: AlertSource) -> Setup:
        """What is pasted into this monitor."""
        return setup_of(row.kind, self.post_to)

    def fill(self, row: AlertSource, form: AlertSourceForm) -> None:
        """The token is shown once, when the source is made; its hash alone is kept."""
        row.name, row.kind = form.name.data, form.kind.data
        if row.token_hash is None:
            token = secrets.token_urlsafe(32)
            row.token_hash = hash_token(token)
            flash(_("Token pemantau ini, hanya tampil sekali: %(token)s", token=token), "success")

    @expose("/revoke/", methods=("POST",))
    def revoke_view(self) -> ResponseReturnValue:
        row = self.get_one(request.form.get("id"))
        with write_transaction():
            row = self.get_one(row.id)
            row.revoked_at = row.revoked_at or utcnow()
            audit.record("revoke", "AlertSource", row.id, staff=person(), ip=address())
        flash(_("Token dicabut."), "success")
        return redirect(self.href(row), 303)


def _stands(row: ReceivedAlert) -> Words:
    if row.resolved_at is not None:
        return _("pulih %(when)s", when=on_date_at(row.resolved_at))
    return _("menyala sejak %(when)s", when=on_date_at(row.fired_at))


class ReceivedAlertView(HouseView[ReceivedAlert]):
    name_key = "received_alert"
    title = _l("Peringatan masuk")
    intro = _l("Yang terakhir dikatakan pemantau lain tentang perangkat dan layanan kita.")
    empty = _l("Peringatan pemantau lain tentang perangkat dan layanan kita tampil di sini, juga yang hanya dicatat.")
    columns = [
        Column("name", _l("Peringatan"), cell=lambda a: a.name or a.text or "—", is_link=True),
        Column("target", _l("Tentang")),
        Column("severity", _l("Tingkat")),
        Column("source", _l("Pemantau")),
        Column("resolved_at", _l("Keadaan"), cell=_stands),
        Column("fate", _l("Akibatnya"), cell=lambda a: FATES.get(a.fate, a.fate)),
        Column("last_at", _l("Terakhir"), cell=lambda a: on_date_at(a.last_at)),
    ]
    searched = (ReceivedAlert.name, ReceivedAlert.text)
    filters = [
        Choice("act", _l("Menurut aturan"), ReceivedAlert.act, lambda: list(ACTS.items())),
        Choice("fate", _l("Akibatnya"), ReceivedAlert.fate, lambda: [f for f in FATES.items() if f[0] != "unknown"]),
    ]
    order = (ReceivedAlert.last_at,)
    shows = (ReceivedAlert.source, ReceivedAlert.node, ReceivedAlert.service, ReceivedAlert.ticket)
    newest_first = True

    def __init__(self) -> None:
        super().__init__(ReceivedAlert)

    def facts(self, row: ReceivedAlert) -> list[tuple[Words, Shown]]:
        return [
            *super().facts(row),
            (_l("Menurut aturan"), ACTS.get(row.act, row.act)),
            (_l("Isi"), row.text),
            (_l("Kali"), row.times),
            (_l("Gangguan"), row.ticket.number if row.ticket else ""),
        ]


class UnknownAlertView(HouseView[UnknownAlert]):
    name_key = "unknown_alert"
    title = _l("Peringatan tak dikenal")
    intro = _l("Host yang bukan perangkat atau layanan kita; tidak ada gangguan yang dibuka.")
    empty = _l("Peringatan pemantau lain tentang host yang bukan perangkat atau layanan kita muncul di sini.")
    columns = [
        Column("host", _l("Host"), is_link=True),
        Column("source", _l("Pemantau")),
        Column("text", _l("Isi")),
        Column("times", _l("Kali")),
        Column("last_at", _l("Terakhir"), cell=lambda a: on_date_at(a.last_at)),
    ]
    searched = (UnknownAlert.host, UnknownAlert.text)
    order = (UnknownAlert.last_at,)
    shows = (UnknownAlert.source,)
    newest_first = True

    def __init__(self) -> None:
        super().__init__(UnknownAlert)
