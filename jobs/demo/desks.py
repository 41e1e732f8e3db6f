"""What the cast keeps around its tickets in the demonstration: labels, ready replies, filters, drafts, exports."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import select

from models.base.db import db, write_transaction
from models.base.wording import today
from models.organisation.delegation import Absence
from models.organisation.export import Export
from models.organisation.sessions import hash_token
from models.organisation.staff import Group, Staff
from models.outages.alert import AlertRule, AlertSource
from models.outages.network import Node
from models.tickets.canned_reply import CannedReply
from models.tickets.category import Category
from models.tickets.draft import Draft
from models.tickets.label import Label, Tone, set_labels
from models.tickets.routine.routine import Routine
from models.tickets.saved_filter import SavedFilter
from models.tickets.ticket import Ticket
from procedures.outages.alerts import receive

# title, checklist, group, period, weekdays, ordinal
ROUTINES = [
    (
        "Periksa cadangan bulanan",
        "Pulihkan satu berkas ke tempat lain\nCocokkan jumlah barisnya\nCatat lamanya",
        "Sistem Informasi",
        "month",
        "0",
        1,
    ),
    (
        "Uji UPS ruang server",
        "Cabut listrik lima menit\nCatat sisa baterai\nPasang kembali",
        "Jaringan",
        "week",
        "4",
        0,
    ),
]
LABELS = [
    ("Menunggu suku cadang", Tone.WAIT),
    ("Perlu kunjungan", Tone.RUN),
    ("Berulang", Tone.STOP),
    ("Masa ujian", Tone.STOP),
    ("Pertanyaan", Tone.REST),
    ("Sudah diuji", Tone.GO),
]
# the beginning of a ticket's subject -> its labels
LABELLED = {
    "Kabel LAN ruang sidang": ["Masa ujian", "Perlu kunjungan"],
    "Jaringan Kampus III lambat": ["Berulang"],
    "Titik akses aula sering putus": ["Berulang", "Menunggu suku cadang"],
    "Enam komputer laboratorium": ["Menunggu suku cadang"],
    "VPN dosen gagal": ["Pertanyaan"],
    "Wi-Fi studio arsitektur": ["Perlu kunjungan"],
}
# title, Indonesian, English, procedure, category, group
REPLIES = [
    (
        "Sudah kami terima",
        "Yth. {nama},\n\nLaporan Anda dengan nomor {nomor} sedang kami periksa. Kemajuannya tampil di {tautan}.\n\n"
        "{petugas}, {kelompok}",
        "Dear {nama},\n\nWe are looking into your report {nomor}. You can follow it at {tautan}.\n\n"
        "{petugas}, {kelompok}",
        "complaint",
        "",
        "",
    ),
    (
        "Minta data perangkat",
        "Yth. {nama},\n\nAgar dapat kami periksa, tuliskan jenis perangkat Anda, tempat dan jam kejadiannya, dan pesan "
        "kesalahan yang muncul. Jangan kirim kata sandi.\n\n{petugas}",
        "Dear {nama},\n\nSo that we can check, please tell us your device, the place and time, and the error message. "
        "Do not send your password.\n\n{petugas}",
        "",
        "Wi-Fi dan internet",
        "",
    ),
    (
        "Lupakan jaringan, lalu sambungkan lagi",
        "Yth. {nama},\n\nHapus jaringan eduroam dari perangkat Anda, lalu sambungkan lagi dengan alamat email kampus "
        "lengkap sebagai nama pengguna.\n\n{petugas}",
        "Dear {nama},\n\nRemove the eduroam network from your device and connect again with your full campus e-mail "
        "address as the user name.\n\n{petugas}",
        "",
        "Wi-Fi dan internet",
        "Jaringan",
    ),
    (
        "Datang dengan kartu identitas",
        "Yth. {nama},\n\nPassword hanya diganti di meja layanan. Bawa kartu mahasiswa, kartu pegawai, atau KTP.\n\n"
        "{petugas}",
        "Dear {nama},\n\nPasswords are changed at the service desk only. Bring your student card, staff card or "
        "national identity card.\n\n{petugas}",
        "",
        "Akun dan password",
        "Meja Layanan",
    ),
]
# who, name, filter; a label's name stands for its id
FILTERS: list[tuple[str, str, dict[str, str]]] = [
    ("budi", "Lewat target", {"state": "overdue"}),
    ("budi", "Pemasangan berjalan", {"state": "open", "procedure": "network_installation"}),
    ("sari", "Belum diambil", {"state": "unassigned", "procedure": "complaint"}),
    ("sari", "Menunggu suku cadang", {"state": "open", "label": "Menunggu suku cadang"}),
    ("tono", "Punya saya", {"state": "open", "assignee": "me"}),
    ("tono", "Perlu kunjungan", {"state": "open", "label": "Perlu kunjungan"}),
]
DRAFTS = [
    ("sari", "Tingkatkan pengunjung", "note", "Mirip kiriman iklan minggu lalu; tanyakan ke Pak Hadi sebelum ditolak."),
    ("tono", "Titik akses aula", "reply", "Titik akses pengganti sudah kami pesan. Pemasangannya kami jadwalkan hari"),
]
SOURCES = [("Zabbix pusat data", "zabbix"), ("Uptime Kuma", "uptime_kuma")]
UNKNOWN = [("printer-fti-2.bunghatta.ac.id", "Tidak menjawab selama 5 menit"), ("10.92.7.40:9100", "Suhu tinggi")]


RULE_NOTE = "Ruang server yang panas atau tanpa UPS ditangani seperti gangguan."


def seed_desks(people: dict[str, Staff]) -> None:
    """Everything of this module; no export is written here, the worker does it as for anybody."""
    with write_transaction():
        _labels()
        _replies()
        _filters(people)
        _routines()
        for username, subject, step, text in DRAFTS:
            Draft.keep(people[username].id, f"/admin/ticket/{_ticket(subject).id}/do/{step}", {"text": [text]})
        for first, last, reason in ((0, 1, "Pelatihan di Padang"), (12, 16, "Cuti tahunan")):
            day = today()
            db.session.add(
                Absence(
                    staff_id=people["lina"].id,
                    first_day=day + timedelta(days=first),
                    last_day=day + timedelta(days=last),
                    reason=reason,
                )
            )
        for view, title, words, kind, args in (
            ("ticket", "Tiket", "Lewat target", "xlsx", {"state": "overdue"}),
            ("unit", "Unit", "", "csv", {}),
        ):
            db.session.add(
                Export(staff_id=people["budi"].id, view=view, title=title, words=words, format=kind, args=args)
            )
    _alerts()


def _labels() -> None:
    db.session.add_all(Label(name=name, tone=tone.value) for name, tone in LABELS)
    db.session.flush()
    for subject, names in LABELLED.items():
        set_labels(_ticket(subject).id, [_label(name) for name in names])


def _routines() -> None:
    """Work that comes again from today on; the worker makes its tickets as their days come."""
    for title, checklist, group, period, weekdays, ordinal in ROUTINES:
        group_id = db.session.scalars(select(Group.id).where(Group.name == group)).one()
        rule = {"period": period, "weekdays": weekdays, "ordinal": ordinal, "first_day": today(), "skips_closed": True}
        db.session.add(Routine(title=title, checklist=checklist, group_id=group_id, **rule))


def _replies() -> None:
    for title, text, english, procedure, category, group in REPLIES:
        db.session.add(
            CannedReply(
                title=title,
                text=text,
                text_en=english,
                procedure=procedure,
                category_id=db.session.scalar(select(Category.id).where(Category.name == category)),
                group_id=db.session.scalar(select(Group.id).where(Group.name == group)),
            )
        )


def _filters(people: dict[str, Staff]) -> None:
    for username, name, asked in FILTERS:
        if "label" in asked:
            asked = {**asked, "label": str(_label(asked["label"]))}
        db.session.add(SavedFilter(staff_id=people[username].id, name=name, address=urlencode(asked)))


def _alerts() -> None:
    """Two other monitors; one told of hosts that are no nodes of ours. Nobody knows their tokens."""
    with write_transaction():
        sources = [
            AlertSource(name=name, kind=kind, token_hash=hash_token(secrets.token_urlsafe(32)))
            for name, kind in SOURCES
        ]
        db.session.add_all(sources)
        db.session.add(AlertRule(position=5, names="suhu\nups", severities="critical", act="outage", note=RULE_NOTE))
    alerts = [{"status": "firing", "labels": {"host": h}, "annotations": {"summary": text}} for h, text in UNKNOWN]
    router = db.session.scalars(select(Node).where(Node.address.is_not(None)).order_by(Node.id)).first()
    if router is not None:
        labels = {"alertname": "HostHighCpuLoad", "severity": "warning", "instance": f"{router.address}:9100"}
        alerts.append({"status": "firing", "labels": labels, "annotations": {"summary": "CPU 93% selama 10 menit"}})
    receive(sources[0], json.dumps({"alerts": alerts}))


def _label(name: str) -> int:
    return db.session.scalars(select(Label.id).where(Label.name == name)).one()


def _ticket(subject: str) -> Ticket:
    return db.session.scalars(select(Ticket).where(Ticket.subject.startswith(subject))).unique().one()
