"""The sidebar: which desks, registers and papers a person finds, in which order; rights are asked, not decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from admin_views.frame.permissions import may
from models.organisation.delegation import roles_of
from models.organisation.roles import Role
from models.organisation.staff import Staff
from procedures.engine import catalog


@dataclass(frozen=True)
class Item:
    """One line of the sidebar. `view` is asked in permissions.py."""

    view: str
    href: str
    label: Any
    icon: str


@dataclass(frozen=True)
class Line:
    """An item as the template joins it: address, icon and words."""

    item: Item
    href: str
    words: Markup


ICON = Markup('<svg class="pk-icon" aria-hidden="true"><use href="/static/img/icons.svg#i-{}"/></svg>')
_DRAWN: dict[tuple[frozenset[Role], frozenset[Role], str], list[tuple[str, list[Line]]]] = {}
_HTML: dict[tuple[frozenset[Role], frozenset[Role], str, frozenset[str]], Markup] = {}
ALWAYS_OPEN = 2  # sections of daily work; of the others the one that holds the page being shown
# Other parts of the house add their lines here.
SECTIONS: list[tuple[Any, list[Item]]] = [
    (
        _l("Meja"),
        [
            Item("desk", "/admin/", _l("Meja saya"), "home"),
            Item("ticket", "/admin/ticket/", _l("Semua tiket"), "list"),
            Item("draft", "/admin/draft/", _l("Draf saya"), "clip"),
            Item("password", "/admin/password/", _l("Ganti password"), "lock"),
            Item("unit_email", "/admin/unit_email/", _l("Catat surat email unit"), "mail"),
        ],
    ),
    (_l("Layanan"), []),
    (
        _l("Jaringan"),
        [
            Item("shift", "/admin/shift/", _l("Giliran saya"), "alert"),
            Item("node", "/admin/node/", _l("Perangkat"), "net"),
            Item("web_service", "/admin/web_service/", _l("Layanan web"), "server"),
            Item("planned_work", "/admin/planned_work/", _l("Pekerjaan terencana"), "cal"),
            Item("alert_source", "/admin/alert_source/", _l("Pemantau lain"), "link"),
            Item("unknown_alert", "/admin/unknown_alert/", _l("Peringatan tak dikenal"), "flag"),
        ],
    ),
    (
        _l("Pemasangan"),
        [
            Item("installation", "/admin/installation/", _l("Papan pemasangan"), "net"),
            Item("request_letter", "/admin/request_letter/", _l("Surat masuk"), "mail"),
            Item("disposition", "/admin/disposition/", _l("Disposisi"), "right"),
            Item("survey", "/admin/survey/", _l("Survey"), "pin"),
            Item("rab", "/admin/rab/", _l("RAB"), "coin"),
            Item("price_item", "/admin/price_item/", _l("Daftar harga"), "tag"),
            Item("quality_test", "/admin/quality_test/", _l("Uji kualitas"), "wifi"),
            Item("bill", "/admin/bill/", _l("Tagihan"), "file"),
            Item("payment", "/admin/payment/", _l("Pembayaran"), "check"),
        ],
    ),
    (
        _l("Data"),
        [
            Item("unit", "/admin/unit/", _l("Unit"), "people"),
            Item("contact", "/admin/contact/", _l("Kontak unit"), "phone"),
            Item("person", "/admin/person/", _l("Register orang"), "people"),
            Item("account", "/admin/account/", _l("Register akun"), "mail"),
            Item("account_review", "/admin/account_review/", _l("Tinjauan akun"), "check"),
            Item("export", "/admin/export/", _l("Ekspor saya"), "file"),
            Item("page", "/admin/page/", _l("Halaman publik"), "book"),
            Item("download", "/admin/download/", _l("Unduhan"), "file"),
        ],
    ),
    (
        _l("Organisasi"),
        [
            Item("staff", "/admin/staff/", _l("Petugas"), "user"),
            Item("group", "/admin/group/", _l("Kelompok"), "people"),
            Item("category", "/admin/category/", _l("Jenis masalah"), "tag"),
            Item("label", "/admin/label/", _l("Label"), "flag"),
            Item("canned_reply", "/admin/canned_reply/", _l("Balasan siap pakai"), "reply"),
            Item("absence", "/admin/absence/", _l("Ketidakhadiran"), "cal"),
            Item("delegation", "/admin/delegation/", _l("Pendelegasian"), "right"),
            Item("holiday", "/admin/holiday/", _l("Hari libur"), "cal"),
        ],
    ),
    (
        _l("Pengawasan"),
        [
            Item("identity_check", "/admin/identity_check/", _l("Bukti diri"), "user"),
            Item("identity_report", "/admin/identity_report/", _l("Laporan password"), "chart"),
            Item("one_time_link", "/admin/one_time_link/", _l("Tautan sekali pakai"), "lock"),
            Item("directory_change", "/admin/directory_change/", _l("Perubahan direktori"), "list"),
            Item("directory_difference", "/admin/directory_difference/", _l("Beda direktori"), "flag"),
            Item("outbox", "/admin/outbox/", _l("Email keluar"), "mail"),
            Item("audit", "/admin/audit/", _l("Jejak audit"), "lock"),
            Item("access", "/admin/access/", _l("Hak akses"), "lock"),
            Item("setting", "/admin/setting/", _l("Pengaturan"), "gear"),
        ],
    ),
]


def sections(staff: Staff) -> list[tuple[str, list[Line]]]:
    """The sidebar of this person; the services come from the catalogue. Drawn once for each set of roles."""
    key = (staff.roles, roles_of(staff), str(get_locale() or "id"))
    if key not in _DRAWN:
        services = [
            Item("ticket", f"/admin/ticket/?procedure={p.key}", p.title, p.icon) for p in catalog.PROCEDURES.values()
        ]
        filled = [(title, services + items if index == 1 else items) for index, (title, items) in enumerate(SECTIONS)]
        shown = [(title, [_line(item) for item in items if may(staff, item.view, "list")]) for title, items in filled]
        _DRAWN[key] = [(str(title), lines) for title, lines in shown if lines]
    return _DRAWN[key]


def drawn(staff: Staff) -> Markup:
    """The sidebar's HTML, kept for each set of roles, language and place: every page shows it."""
    sidebar = sections(staff)
    there = here(sidebar)
    key = (staff.roles, roles_of(staff), str(get_locale() or "id"), there)
    if key not in _HTML:
        template = current_app.jinja_env.get_template("admin/frame/sidebar.html")
        html = template.render(sidebar=sidebar, here=there, always_open=ALWAYS_OPEN)
        _HTML[key] = Markup(html)  # noqa: S704  # the template has escaped its values
    return _HTML[key]


def _line(item: Item) -> Line:
    return Line(item, item.href, ICON.format(item.icon) + Markup("{}").format(str(item.label)))


def here(drawn: list[tuple[str, list[Line]]]) -> frozenset[str]:
    """The addresses of the lines that lead to the page being shown."""
    path, procedure = request.path, request.args.get("procedure")
    return frozenset(line.href for _title, lines in drawn for line in lines if _is_here(line.item, path, procedure))


def _is_here(item: Item, at: str, procedure: str | None) -> bool:
    path, _mark, query = item.href.partition("?")
    if item.view == "desk":
        return at == path
    if query:
        return at == path and procedure == query.partition("=")[2]
    if item.view == "ticket":
        return at.startswith(path) and not procedure
    return at.startswith(path)


def may_record(staff: Staff) -> bool:
    """May this person record a complaint for somebody (C2)?"""
    return may(staff, "ticket", "create")
