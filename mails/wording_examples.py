"""The facts of an example mail, by which the preview of a wording is filled as a real mail is."""

from __future__ import annotations

from dataclasses import dataclass

from models.base import setting
from models.base.columns.shown import Shown


@dataclass(frozen=True)
class _ExampleTicket:
    number: str = "PTK-2026-000123"


_SITE = "https://helpdesk.example"
_TICKET = {"number": "PTK-2026-000123", "code": "K7QM-4TXB", "link": f"{_SITE}/t/…", "page": f"{_SITE}/tiket/…"}
_TOLD = {"subject": "Penugasan tiket", "at": "1 Desember 2026, 09.00 WIB", "link": f"{_SITE}/admin/"}
_FACTS: dict[str, Shown] = {
    "ticket": _ExampleTicket(), "tickets": [_TICKET], "page": f"{_SITE}/t/…", "base_url": _SITE,
    "text": "Adaptornya sudah kami ganti.", "group": "Jaringan", "by": "Pak Budi",
    "subject": "Jaringan Laboratorium Manajemen", "unit": "Fakultas Ekonomi dan Bisnis",
    "until": "14 Desember 2026, 16.00 WIB", "closes_at": "14 Desember 2026, 16.00 WIB", "days": 14,
    "into": "PTK-2026-000120", "second": "PTK-2026-000124", "due_at": "7 Desember 2026, 16.00 WIB", "line": "N3",
    "desk": "Kepala Divisi Networking", "from_group": "Meja Layanan", "to_group": "Jaringan", "rating": 4,
    "who": "andi@mhs.example", "what": "Balasan petugas", "why": "550 mailbox unavailable",
    "means": "Kotak suratnya tidak ada.", "phone": "0812-1111-2222", "place": "Gedung III, lantai 2",
    "starts_at": "7 Desember 2026, 09.00 WIB", "ends_at": "7 Desember 2026, 12.00 WIB", "starts_day": "7 Desember 2026",
    "ends_day": "9 Desember 2026", "people": ["Tono", "Lina"], "points": 3, "round": 1, "passed": True, "version": 1,
    "agreed": True, "decided_by": "Pak Dekan", "number": "012/TAG/2026", "receipt": "034/KW/2026",
    "letter": "214/FEB/XI/2026", "total_rp": 27_000_000, "outstanding_rp": 12_000_000, "amount_rp": 15_000_000,
    "over_rp": 100_000, "signers": ["Pak Budi"], "due_day": "30 Desember 2026", "valid_day": "30 Desember 2026",
    "account": "Bank Nagari 1234567890", "reference": "012TAG2026", "instruction": "Kirim bukti lewat halaman tiket.",
    "address": "fti@kampus.example", "wish": "fakultas@kampus.example", "one_time_link": f"{_SITE}/password/…",
    "reason": "Menunggu perbaikan kabel.", "answer": "Nomor telepon Anda sudah dibetulkan.",
    "asked": "1 Desember 2026, 09.00 WIB", "due": "4 Desember 2026, 09.00 WIB", "row": 1, "count": 12,
    "month": "November 2026", "received": 120, "ended": 114, "still_open": 17, "share": "92%", "check": "worker",
    "sentence": "no heartbeat for 12 minutes", "since_at": "1 Desember 2026, 09.00 WIB",
    "began_at": "1 Desember 2026, 09.00 WIB", "recovers_at": "1 Desember 2026, 14.00 WIB", "cause": "Adaptor rusak.",
    "action": "Adaptor diganti.", "minutes": 95, "units": ["Fakultas Ekonomi dan Bisnis"], "service": "Portal akademik",
    "problems": ["Tidak ada listrik"], "name_asked": "NOC", "said": "Akan diperiksa sore ini.",
    "was_starts_at": "6 Desember 2026, 09.00 WIB", "was_ends_at": "6 Desember 2026, 12.00 WIB",
    "gained": "7 Desember 2026", "lost": "9 Desember 2026", "title": "Serahkan", "done": 18, "refused": 2, "left": 0,
    "run": 1, "rows": 120, "told": [_TOLD],
    "is_silent": True,
}  # fmt: skip


def example_facts(to_staff: bool) -> dict[str, Shown]:
    """As the template of a mail gets them; the names of the house are its own."""
    own = {"centre": str(setting.get("centre_name")), "university": str(setting.get("university_name"))}
    link = f"{_SITE}/admin/" if to_staff else _TICKET["link"]
    tickets = [] if to_staff else [_TICKET]
    return {**_FACTS, "panel_url": link, "page": link, "tickets": tickets, "to_staff": to_staff, **own}
