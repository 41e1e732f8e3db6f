"""The register of rules for alerts of other monitors, and the box in which one is tried before it comes."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import SelectField, TextAreaField

from admin_views.frame.view import Column, HouseView
from admin_views.outages.alerts import FATES
from gateways.alerts.alert import BodyUnread
from models.base.db import db
from models.base.wording import Words
from models.outages.alert import ACTS, SENDERS, AlertRule, AlertSource
from procedures.base.count_field import CountField
from procedures.base.form_fields import Fault, StepForm, at_most, line_field, required, stripped_text, text_field
from procedures.outages.alert_forecast import Forecast, foresee
from procedures.outages.alert_rules import BARE, BUILT_IN, OTHERS, lines_of, severities_of

LONGEST_BODY = 100_000


def source_choices() -> list[tuple[int, Words]]:
    rows = db.session.execute(select(AlertSource.id, AlertSource.name).order_by(AlertSource.name)).tuples()
    return [(0, _("Semua pemantau")), *((row_id, name) for row_id, name in rows)]


class AlertRuleForm(StepForm):
    position = CountField(
        _l("Urutan"), 1, 9_999, default=10, description=_l("Aturan dengan urutan terkecil yang cocok menentukan.")
    )
    source_id = SelectField(_l("Pemantau"), coerce=int, default=0)
    names = text_field(
        _l("Nama peringatan berisi"),
        2_000,
        needed=False,
        description=_l("Satu kata atau ungkapan sebaris, misalnya cpu atau link down; * mengganti huruf apa pun."),
    )
    severities = line_field(
        _l("Tingkat"), 200, needed=False, description=_l("Dipisah koma, misalnya warning, critical. Kosong: semua.")
    )
    act = SelectField(_l("Yang dilakukan"), choices=list(ACTS.items()), default="note")
    note = line_field(_l("Keterangan"), 200, needed=False)

    def prepare(self) -> None:
        super().prepare()
        self.source_id.choices = source_choices()

    def faults_together(self) -> Iterator[Fault]:
        """A rule for everything from every monitor would hide all the others."""
        yield from super().faults_together()
        if not (self.names.data or self.severities.data or self.source_id.data):
            yield "names", _("Isi nama atau tingkatnya, atau pilih satu pemantau.")


class TrialForm(StepForm):
    source_id = SelectField(_l("Dikirim oleh"), coerce=int, default=0)
    body = TextAreaField(
        _l("Tempel isi peringatan"),
        filters=[stripped_text],
        validators=[required(_l("Tempel isi yang dikirim pemantau itu (JSON).")), at_most(LONGEST_BODY)],
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )

    def prepare(self) -> None:
        super().prepare()
        self.source_id.choices = source_choices()


class AlertRuleView(HouseView[AlertRule]):
    name_key = "alert_rule"
    title = _l("Aturan peringatan")
    intro = _l("Peringatan mana yang membuka gangguan, menurut nama dan tingkatnya.")
    empty = _l("Aturan bawaan di bawah berlaku. Aturan yang ditambahkan didahulukan.")
    create_label = _l("Tambah aturan")
    columns = [
        Column("position", _l("Urutan"), is_link=True),
        Column("names", _l("Nama berisi"), cell=lambda r: ", ".join(lines_of(r.names)) or _("semua")),
        Column("severities", _l("Tingkat"), cell=lambda r: ", ".join(severities_of(r.severities)) or _("semua")),
        Column("source", _l("Pemantau"), cell=lambda r: r.source or _("semua")),
        Column("act_label", _l("Yang dilakukan")),
        Column("note", _l("Keterangan")),
    ]
    searched = (AlertRule.names, AlertRule.note)
    order = (AlertRule.position,)
    shows = (AlertRule.source,)
    form = AlertRuleForm
    list_template = "admin/outages/alert_rules.html"
    more_acts = {"trial_view": "try"}
    built_in = (*BUILT_IN, BARE, OTHERS)
    acts = ACTS

    def __init__(self) -> None:
        super().__init__(AlertRule)

    def fill(self, row: AlertRule, form: AlertRuleForm) -> None:
        form.populate_obj(row)
        row.source_id = row.source_id or None
        row.names, row.severities, row.note = row.names or "", row.severities or "", row.note or ""

    @expose("/try/", methods=("GET", "POST"))
    def trial_view(self) -> ResponseReturnValue:
        """Paste an alert: this would happen. Nothing is kept and nothing is opened."""
        form = TrialForm(request.form if request.method == "POST" else None)
        forecast: Forecast | None = None
        if request.method == "POST" and form.validate():
            try:
                forecast = foresee(form.source_id.data or None, form.body.data)
            except BodyUnread:
                form.body.errors = [
                    _("Ini bukan isi peringatan Alertmanager, Grafana, Uptime Kuma, Zabbix, atau LibreNMS.")
                ]
        status = 422 if request.method == "POST" and forecast is None else 200
        return render_template(
            "admin/outages/alert_trial.html",
            view=self,
            form=form,
            forecast=forecast,
            senders=SENDERS,
            fates=FATES,
        ), status
