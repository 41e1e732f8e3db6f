"""The sidebar: which desks and registers a person finds there, in which order."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from admin_views.frame.permissions import may
from models.base.wording import Words
from models.organisation.delegation import roles_of
from models.organisation.roles import Role
from models.organisation.staff import Staff
from procedures.engine import catalog


@dataclass(frozen=True)
class SidebarItem:
    """One line of the sidebar. `view` and `act` are asked in permissions.py; `count` is filled by follow.js."""

    view: str
    href: str
    label: Words
    icon: str
    act: str = "list"
    count: str = ""  # of admin_views/tickets/follow.py
    is_hot: bool = False  # more than none is shown in red


@dataclass(frozen=True)
class SidebarLine:
    """An item as the template shows it: address, name of the icon (static/css/pk-icons.css) and words."""

    item: SidebarItem
    href: str
    icon: str
    words: str


_DRAWN: dict[tuple[frozenset[Role], frozenset[Role], str], list[tuple[str, list[SidebarLine]]]] = {}
_HTML: dict[tuple[frozenset[Role], frozenset[Role], str, frozenset[str]], Markup] = {}
# On the sidebar's one line; everywhere else a procedure is called by its whole title.
SHORT_TITLES = {
    "network_installation": _l("Jaringan baru"),
    "unit_email": _l("Email unit"),
    "network_outage": _l("Gangguan jaringan"),
    "server_outage": _l("Gangguan server"),
}
OUTAGES = ("network_outage", "server_outage")  # their services show how many are open, in red
ALWAYS_OPEN = 2  # sections of daily work; of the others the one that holds the page being shown


def _pile(pile: str, label: Words, icon: str, is_hot: bool = False) -> SidebarItem:
    """A section of the desk, for those who work on tickets."""
    return SidebarItem("ticket", f"/admin/ticket/?pile={pile}", label, icon, act="do", count=pile, is_hot=is_hot)


# Other parts of the house add their lines here.
SECTIONS: list[tuple[Words, list[SidebarItem]]] = [
    (
        _l("Meja"),
        [
            SidebarItem("desk", "/admin/", _l("Meja saya"), "home"),
            _pile("mine", _l("Milik saya"), "user"),
            _pile("free", _l("Untuk diambil"), "plus"),
            _pile("overdue", _l("Lewat target"), "clock", is_hot=True),
            SidebarItem("ticket", "/admin/ticket/", _l("Semua tiket"), "list"),
            SidebarItem("inbox", "/admin/inbox/", _l("Kotak masuk"), "inbox"),
            SidebarItem("draft", "/admin/draft/", _l("Draf saya"), "clip"),
            SidebarItem("agenda", "/admin/agenda/", _l("Agenda"), "cal"),
            SidebarItem("routine", "/admin/routine/", _l("Pekerjaan rutin"), "check"),
            SidebarItem("field", "/admin/field/", _l("Kerja lapangan"), "pin"),
            SidebarItem("password", "/admin/password/", _l("Ganti password"), "key"),
            SidebarItem("unit_email", "/admin/unit_email/", _l("Catat surat email unit"), "mail"),
        ],
    ),
    (_l("Layanan"), []),
    (
        _l("Jaringan"),
        [
            SidebarItem("shift", "/admin/shift/", _l("Giliran saya"), "alert"),
            SidebarItem("duty", "/admin/duty/", _l("Jadwal jaga"), "cal"),
            SidebarItem("node", "/admin/node/", _l("Perangkat"), "net"),
            SidebarItem("web_service", "/admin/web_service/", _l("Layanan web"), "server"),
            SidebarItem("planned_work", "/admin/planned_work/", _l("Pekerjaan terencana"), "cal"),
            SidebarItem("alert_source", "/admin/alert_source/", _l("Pemantau lain"), "link"),
            SidebarItem("alert_rule", "/admin/alert_rule/", _l("Aturan peringatan"), "check"),
            SidebarItem("received_alert", "/admin/received_alert/", _l("Peringatan masuk"), "inbox"),
            SidebarItem("unknown_alert", "/admin/unknown_alert/", _l("Peringatan tak dikenal"), "flag"),
        ],
    ),
    (
        _l("Pemasangan"),
        [
            SidebarItem("installation", "/admin/installation/", _l("Papan pemasangan"), "net"),
            SidebarItem("request_letter", "/admin/request_letter/", _l("Surat masuk"), "mail"),
            SidebarItem("disposition", "/admin/disposition/", _l("Disposisi"), "right"),
            SidebarItem("survey", "/admin/survey/", _l("Survey"), "pin"),
            SidebarItem("rab", "/admin/rab/", _l("RAB"), "coin"),
            SidebarItem("price_item", "/admin/price_item/", _l("Daftar harga"), "tag"),
            SidebarItem("quality_test", "/admin/quality_test/", _l("Uji kualitas"), "wifi"),
            SidebarItem("bill", "/admin/bill/", _l("Tagihan"), "file"),
            SidebarItem("payment", "/admin/payment/", _l("Pembayaran"), "check"),
        ],
    ),
    (
        _l("Data"),
        [
            SidebarItem("unit", "/admin/unit/", _l("Unit"), "people"),
            SidebarItem("contact", "/admin/contact/", _l("Kontak unit"), "phone"),
            SidebarItem("person", "/admin/person/", _l("Register orang"), "people"),
            SidebarItem("data_request", "/admin/data_request/", _l("Permintaan data pribadi"), "lock"),
            SidebarItem("export", "/admin/export/", _l("Ekspor saya"), "file"),
            SidebarItem("article", "/admin/article/", _l("Panduan"), "book"),
            SidebarItem("page", "/admin/page/", _l("Halaman publik"), "book"),
            SidebarItem("download", "/admin/download/", _l("Unduhan"), "file"),
        ],
    ),
    (
        _l("Akun"),
        [
            SidebarItem("account", "/admin/account/", _l("Register akun"), "mail"),
            SidebarItem("account_review", "/admin/account_review/", _l("Tinjauan akun"), "check"),
            SidebarItem("identity_check", "/admin/identity_check/", _l("Bukti diri"), "user"),
            SidebarItem("one_time_link", "/admin/one_time_link/", _l("Tautan sekali pakai"), "key"),
            SidebarItem("directory_change", "/admin/directory_change/", _l("Perubahan direktori"), "list"),
            SidebarItem("directory_difference", "/admin/directory_difference/", _l("Beda direktori"), "flag"),
        ],
    ),
    (
        _l("Organisasi"),
        [
            SidebarItem("setup", "/admin/setup/", _l("Penyiapan"), "flag"),
            SidebarItem("staff", "/admin/staff/", _l("Petugas"), "user"),
            SidebarItem("group", "/admin/group/", _l("Kelompok"), "people"),
            SidebarItem("category", "/admin/category/", _l("Jenis masalah"), "tag"),
            SidebarItem("label", "/admin/label/", _l("Label"), "flag"),
            SidebarItem("mail_text", "/admin/mail_text/", _l("Kata-kata email"), "mail"),
            SidebarItem("canned_reply", "/admin/canned_reply/", _l("Balasan siap pakai"), "reply"),
            SidebarItem("absence", "/admin/absence/", _l("Ketidakhadiran"), "cal"),
            SidebarItem("delegation", "/admin/delegation/", _l("Pendelegasian"), "right"),
            SidebarItem("pending_change", "/admin/pending_change/", _l("Menunggu orang kedua"), "check"),
            SidebarItem("special_hours", "/admin/special_hours/", _l("Jam kerja"), "clock"),
            SidebarItem("holiday", "/admin/holiday/", _l("Hari libur"), "cal"),
        ],
    ),
    (
        _l("Laporan"),
        [
            SidebarItem("service_report", "/admin/service_report/", _l("Laporan layanan"), "chart"),
            SidebarItem("monthly_report", "/admin/monthly_report/", _l("Laporan bulanan"), "chart"),
            SidebarItem("identity_report", "/admin/identity_report/", _l("Laporan password"), "chart"),
            SidebarItem("audit", "/admin/audit/", _l("Jejak audit"), "lock"),
            SidebarItem("access", "/admin/access/", _l("Hak akses"), "people"),
            SidebarItem("retention", "/admin/retention/", _l("Masa simpan"), "clock"),
        ],
    ),
    (
        _l("Sistem"),
        [
            SidebarItem("outbox", "/admin/outbox/", _l("Email keluar"), "mail"),
            SidebarItem("mailbox", "/admin/mailbox/", _l("Kotak surat"), "inbox"),
            SidebarItem("sender_rule", "/admin/sender_rule/", _l("Aturan pengirim"), "check"),
            SidebarItem("setting", "/admin/setting/", _l("Pengaturan"), "gear"),
        ],
    ),
]


def sections(staff: Staff) -> list[tuple[str, list[SidebarLine]]]:
    """The sidebar of this person; the services come from the catalogue. Drawn once for each set of roles."""
    key = (staff.roles, roles_of(staff), str(get_locale() or "id"))
    if key not in _DRAWN:
        services = [_service(p.key, p.title, p.icon) for p in catalog.PROCEDURES.values()]
        filled = [(title, services + items if index == 1 else items) for index, (title, items) in enumerate(SECTIONS)]
        shown = [(title, [_line(item) for item in items if may(staff, item.view, item.act)]) for title, items in filled]
        _DRAWN[key] = [(str(title), lines) for title, lines in shown if lines]
    return _DRAWN[key]


def _service(procedure: str, title: Words, icon: str) -> SidebarItem:
    is_outage = procedure in OUTAGES
    count = procedure if is_outage else ""
    label = SHORT_TITLES.get(procedure, title)
    return SidebarItem("ticket", f"/admin/ticket/?procedure={procedure}", label, icon, count=count, is_hot=is_outage)


def sidebar_html(staff: Staff) -> Markup:
    """The sidebar's HTML, kept for each set of roles, language and place: every page shows it."""
    sidebar = sections(staff)
    there = current_place(sidebar)
    key = (staff.roles, roles_of(staff), str(get_locale() or "id"), there)
    if key not in _HTML:
        template = current_app.jinja_env.get_template("admin/frame/sidebar.html")
        html = template.render(sidebar=sidebar, here=there, always_open=ALWAYS_OPEN)
        _HTML[key] = Markup(html)  # noqa: S704  # the template has escaped its values
    return _HTML[key]


def _line(item: SidebarItem) -> SidebarLine:
    return SidebarLine(item, item.href, item.icon, str(item.label))


def current_place(sidebar: list[tuple[str, list[SidebarLine]]]) -> frozenset[str]:
    """The addresses of the lines that lead to the page being shown."""
    chosen = next((f"{key}={request.args[key]}" for key in ("pile", "procedure") if request.args.get(key)), "")
    return frozenset(
        line.href for _title, lines in sidebar for line in lines if _is_current(line.item, request.path, chosen)
    )


def _is_current(item: SidebarItem, at: str, chosen: str) -> bool:
    path, _mark, query = item.href.partition("?")
    if item.view == "desk":
        return at == path
    if query:
        return at == path and chosen == query
    if item.view == "ticket":
        return at.startswith(path) and not chosen
    return at.startswith(path)


def may_record(staff: Staff) -> bool:
    """May this person record a complaint for somebody (C2)?"""
    return may(staff, "ticket", "create")
