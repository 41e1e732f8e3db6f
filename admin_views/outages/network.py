"""The registers of the network: nodes and web services."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select
from wtforms import BooleanField, SelectField

from admin_views.frame.import_pages import IMPORT_ACTS, ImportPages
from admin_views.frame.view import Choice, Column, HouseView, address, person
from admin_views.organisation.units import unit_choices
from admin_views.outages.qr_labels import LabelPages
from gateways.probes.addresses import AddressRefused, check_target, parse_url
from models.base.columns.shown import Shown
from models.base.db import db, utcnow
from models.base.search.terms import TypedWord
from models.base.wording import Words
from models.organisation.qr_label import QrLabel, code_in
from models.organisation.unit import Unit
from models.outages.network import CONDITIONS, MANAGED_BY, NODE_KINDS, Node, WebService, topology
from models.tickets.category import Category
from procedures.base.count_field import CountField
from procedures.base.form_fields import StepForm, TickBoxes, email_field, line_field, phone_field, text_field
from procedures.outages.asked_alone import ask_alone, probe_of
from procedures.outages.forms import node_choices
from procedures.outages.import_nodes import NodeImport, address_faults, allowed
from procedures.outages.probe_words import detail_words
from procedures.outages.probes import finding_words
from web.dates import on_date_at, short_when


def seconds(label: Words, default: int, least: int, most: int) -> CountField:
    return CountField(label, least, most, default=default)


def condition_of(row: Node | WebService) -> Words:
    """The condition in words, with how long it stands."""
    words = str(row.condition_label)
    if row.is_flapping:
        words += ", " + _("hilang timbul")
    if row.since_at is None:
        return words
    return _("%(words)s, sejak %(when)s", words=words, when=short_when(row.since_at, utcnow()))


class ProbePages:
    """A part of both registers' views: whoever may asks the worker for a ping or a visit now."""

    @expose("/probe/", methods=("POST",))
    def probe(self) -> ResponseReturnValue:
        row = self.get_one(request.args.get("id"))  # type: ignore[attr-defined]  # of HouseView
        if not probe_of(row)[1]:
            flash(_("Tanpa alamat perangkat ini tidak dapat diperiksa. Isi alamatnya dulu."), "error")
        elif not ask_alone(row, person(), address()):
            flash(_("Pemeriksaan yang diminta tadi masih berjalan; hasilnya sebentar lagi."), "success")
        return redirect(f"{self.href(row)}#periksa", 303)  # type: ignore[attr-defined]  # of HouseView


class NodeForm(StepForm):
    name = line_field(_l("Nama"), 80)
    kind = SelectField(_l("Jenis"), choices=list(NODE_KINDS.items()))
    address = line_field(_l("Alamat"), 253, needed=False, description=_l("Kosong: dikenal, tetapi tidak dipantau."))
    tcp_port = CountField(_l("Porta TCP, bila tidak lewat ping"), 1, 65535, needed=False)
    uplink_id = SelectField(_l("Perangkat induk"), coerce=int)
    unit_ids = TickBoxes(_l("Unit yang dilayani"), coerce=int)
    building = line_field(_l("Gedung atau kampus"), 160, needed=False)
    floor = line_field(_l("Lantai"), 20, needed=False)
    room = line_field(_l("Ruang"), 80, needed=False)
    interval_seconds = seconds(_l("Diperiksa setiap (detik)"), 30, 10, 3600)
    down_after = seconds(_l("Dianggap putus setelah gagal (kali)"), 3, 1, 20)
    up_after = seconds(_l("Dianggap pulih setelah menjawab (kali)"), 2, 1, 20)
    note = text_field(_l("Catatan"), 2_000, needed=False)
    is_watched = BooleanField(_l("Dipantau"), default=True)

    def prepare(self) -> None:
        super().prepare()
        self.uplink_id.choices = [choice for choice in node_choices() if self.row is None or choice[0] != self.row.id]
        self.unit_ids.choices = unit_choices()
        if self.row is not None and not self.is_sent:
            self.unit_ids.data = [unit.id for unit in self.row.units]


class NodeView(LabelPages, ProbePages, ImportPages, HouseView[Node]):
    name_key = "node"
    title = _l("Perangkat")
    empty = _l("Perangkat yang ditambahkan atau diimpor tampil di sini, lalu dipantau.")
    create_label = _l("Tambah perangkat")
    columns = [
        Column("name", _l("Nama"), is_link=True),
        Column("kind_label", _l("Jenis")),
        Column("condition", _l("Keadaan"), cell=condition_of),
        Column("address", _l("Alamat")),
        Column("uplink", _l("Induk")),
        Column("building", _l("Gedung atau kampus")),
    ]
    export_columns = [
        *columns,
        Column("floor", _l("Lantai")),
        Column("room", _l("Ruang")),
        Column("units", _l("Unit yang dilayani"), cell=lambda row: " ".join(sorted(u.code for u in row.units))),
    ]
    searched = (Node.name, Node.address, Node.building)
    filters = [
        Choice("kind", _l("Jenis"), Node.kind, lambda: list(NODE_KINDS.items())),
        Choice("condition", _l("Keadaan"), Node.condition, lambda: list(CONDITIONS.items())),
    ]
    order = (Node.name,)
    shows = (Node.uplink, Node.units)  # an export names the units
    form = NodeForm
    list_template = "admin/outages/nodes.html"
    details_template = "admin/outages/node.html"
    more_acts = {**IMPORT_ACTS, "probe": "probe", "label": "label"}
    imports, import_title = NodeImport, _l("Impor perangkat")

    def __init__(self) -> None:
        super().__init__(Node)

    def word_rule(self, word: TypedWord) -> ColumnElement[bool]:
        """A device is found by what stands on its label too."""
        code = code_in(word.text)
        labelled = Node.id.in_(select(QrLabel.node_id).where(QrLabel.code == code))
        return or_(super().word_rule(word), labelled) if code else super().word_rule(word)

    def facts(self, row: Node) -> list[tuple[Words, Shown]]:
        return [
            *super().facts(row),
            (_l("Lantai, ruang"), ", ".join(filter(None, (row.floor, row.room)))),
            (_l("Unit yang dilayani"), ", ".join(unit.name for unit in row.units)),
            (_l("Pemeriksaan terakhir"), on_date_at(row.checked_at) if row.checked_at else ""),
            (_l("Hasilnya"), detail_words(row.last_detail) or (f"{row.last_ms} ms" if row.last_ms is not None else "")),
            (_l("Catatan"), row.note),
        ]

    def checked(self, form: NodeForm, row: Node | None) -> bool:
        if not form.validate():
            return False
        text = (form.address.data or "").lower()
        if text:
            if faults := list(address_faults(text)):
                form.address.errors = faults
                return False
            taken = db.session.scalars(select(Node).where(Node.address == text)).first()
            if taken is not None and (row is None or taken.id != row.id):
                form.address.errors = [_("Alamat itu sudah dipakai %(name)s.", name=taken.name)]
                return False
        if form.tcp_port.data and form.tcp_port.data not in allowed().ports:
            form.tcp_port.errors = [_("Porta itu tidak ada dalam daftar porta yang boleh dipantau.")]
            return False
        if row is not None and topology().loop_with(row.id, form.uplink_id.data or None):
            form.uplink_id.errors = [_("Perangkat ini akan menjadi induk dari induknya sendiri. Pilih yang lain.")]
            return False
        return True

    def fill(self, row: Node, form: NodeForm) -> None:
        units = form.unit_ids.data or []
        del form.unit_ids
        form.populate_obj(row)
        row.address = (row.address or "").lower() or None
        row.uplink_id = row.uplink_id or None
        row.units = list(db.session.scalars(select(Unit).where(Unit.id.in_(units))))


class WebServiceForm(StepForm):
    name = line_field(_l("Nama"), 80)
    public_name = line_field(_l("Nama yang boleh dibaca umum"), 120, needed=False)
    url = line_field(_l("Alamat web"), 500)
    expected_status = CountField(_l("Status yang diharapkan"), 100, 599, default=200)
    expected_text = line_field(_l("Teks yang harus ada"), 200, needed=False)
    slow_after_ms = seconds(_l("Lambat setelah (milidetik)"), 5000, 100, 10_000)
    host_node_id = SelectField(_l("Server tempatnya"), coerce=int)
    unit_id = SelectField(_l("Unit pemilik"), coerce=int)
    category_id = SelectField(_l("Jenis masalah di formulir pengaduan"), coerce=int)
    managed_by = SelectField(_l("Dikelola oleh"), choices=list(MANAGED_BY.items()))
    manager_name = line_field(_l("Nama pengelola luar"), 120, needed=False)
    manager_email = email_field(_l("Email pengelola luar"), needed=False)
    manager_phone = phone_field(_l("Telepon pengelola luar"), needed=False)
    interval_seconds = seconds(_l("Diperiksa setiap (detik)"), 60, 10, 3600)
    down_after = seconds(_l("Dianggap putus setelah gagal (kali)"), 3, 1, 20)
    up_after = seconds(_l("Dianggap pulih setelah menjawab (kali)"), 2, 1, 20)
    note = text_field(_l("Catatan"), 2_000, needed=False)
    is_watched = BooleanField(_l("Dipantau"), default=True)

    def prepare(self) -> None:
        super().prepare()
        categories = db.session.execute(select(Category.id, Category.name).order_by(Category.position))
        self.host_node_id.choices = node_choices()
        self.unit_id.choices = [(0, "—"), *unit_choices()]
        self.category_id.choices = [(0, "—"), *((i, n) for i, n in categories)]


class WebServiceView(ProbePages, HouseView[WebService]):
    name_key = "web_service"
    more_acts = {"probe": "probe"}
    title = _l("Layanan web")
    empty = _l("Situs dan portal yang ditambahkan tampil di sini, lalu dipantau.")
    create_label = _l("Tambah layanan")
    columns = [
        Column("name", _l("Nama"), is_link=True),
        Column("condition", _l("Keadaan"), cell=condition_of),
        Column("url", _l("Alamat web")),
        Column("managed_by", _l("Dikelola oleh"), cell=lambda s: MANAGED_BY.get(s.managed_by, s.managed_by)),
        Column(
            "certificate_ends_at",
            _l("Sertifikat berakhir"),
            cell=lambda s: on_date_at(s.certificate_ends_at) if s.certificate_ends_at else "",
        ),
    ]
    searched = (WebService.name, WebService.url)
    filters = [
        Choice("condition", _l("Keadaan"), WebService.condition, lambda: list(CONDITIONS.items())),
        Choice("managed_by", _l("Dikelola oleh"), WebService.managed_by, lambda: list(MANAGED_BY.items())),
    ]
    order = (WebService.name,)
    form = WebServiceForm

    def __init__(self) -> None:
        super().__init__(WebService)

    def facts(self, row: WebService) -> list[tuple[Words, Shown]]:
        manager = filter(None, (row.manager_name, row.manager_email, row.manager_phone))
        finding, detail = finding_words(row.last_finding), detail_words(row.last_detail)
        took = f"{row.last_ms:.0f} ms" if row.last_ms is not None else ""
        return [
            *super().facts(row),
            (_l("Pengelola luar"), ", ".join(manager)),
            (_l("Nama yang boleh dibaca umum"), row.public_name),
            (_l("Status yang diharapkan"), row.expected_status),
            (_l("Teks yang harus ada"), row.expected_text),
            (_l("Server tempatnya"), row.host_node or ""),
            (_l("Unit pemilik"), row.unit or ""),
            (_l("Pemeriksaan terakhir"), on_date_at(row.checked_at) if row.checked_at else ""),
            (_l("Hasilnya"), ", ".join(filter(None, (finding, took, detail)))),
            (_l("Catatan"), row.note),
        ]

    def checked(self, form: WebServiceForm, row: WebService | None) -> bool:
        if not form.validate():
            return False
        try:
            parts = parse_url(form.url.data)
            check_target(parts.host, allowed(), parts.port)
        except AddressRefused as refused:
            form.url.errors = [str(refused)]
            return False
        if form.managed_by.data == "other" and not form.manager_name.data:
            form.manager_name.errors = [_("Isi nama pengelola luar yang dapat dihubungi.")]
            return False
        if form.managed_by.data == "other" and form.is_blank("manager_email", "manager_phone"):
            form.manager_email.errors = [_("Isi email atau telepon pengelola luar, agar ia dapat dihubungi.")]
            return False
        return True

    def fill(self, row: WebService, form: WebServiceForm) -> None:
        form.populate_obj(row)
        for key in ("host_node_id", "unit_id", "category_id"):
            setattr(row, key, getattr(row, key) or None)
        row.manager_email, row.manager_phone = row.manager_email or "", row.manager_phone or ""
