"""How long personal data is kept: the table from which the jobs forget and the privacy page is made (security.md D16).

A period is a setting or fixed; what is forgotten, whose it is and by which rule stand in words of the public page.
Which column of which table belongs to which period stands in models/base/periods/personal_columns.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from models.base import setting
from models.base.db import utcnow
from models.base.setting import Spec
from models.base.wording import Words

PRIVACY = _l("Data pribadi")
for _key, _spec in {
    "identity_kept_days": Spec(
        730,
        _l("Identitas, isi, dan berkas tiket dihapus setelah ditutup (hari)"),
        PRIVACY,
        _l("Nama, email, telepon, percakapan, dan berkas hilang; nomor tiket dan langkahnya tetap."),
        least=90,
        most=3_650,
    ),
    "addresses_kept_days": Spec(90, _l("Catatan alamat jaringan dihapus setelah (hari)"), PRIVACY, least=7, most=3_650),
    "raw_mail_days": Spec(
        90,
        _l("Isi surat masuk dihapus setelah diputuskan (hari)"),
        PRIVACY,
        _l("Teks, lampiran, dan surat mentahnya hilang dari kotak masuk; tiketnya tetap."),
        least=7,
        most=3_650,
    ),
    "register_kept_days": Spec(
        730,
        _l("Baris register orang dihapus setelah keluar atau lulus (hari)"),
        PRIVACY,
        _l("Hanya bila akunnya sudah dibekukan atau ditutup dan tidak ada tiketnya yang terbuka."),
        least=90,
        most=3_650,
    ),
    "bills_kept_days": Spec(
        3_650,
        _l("Tagihan, RAB, dan pembayaran dihapus setelah diterbitkan (hari)"),
        PRIVACY,
        _l("Masa simpan dokumen keuangan; tidak boleh lebih singkat dari sepuluh tahun."),
        least=3_650,
        most=10_950,
    ),
}.items():
    setting.declare(_key, _spec)


PDP = _l("UU 27/2022 pasal 16 ayat (2) huruf g: dihapus setelah masa simpannya berakhir")
FINANCE = _l("UU 8/1997 pasal 11: dokumen keuangan disimpan sepuluh tahun")
OFFICE = _l("UU 43/2009 tentang kearsipan: siapa yang bertindak atas nama lembaga")
REQUESTERS, STAFF = _l("Pemohon"), _l("Petugas")


@dataclass(frozen=True)
class Period:
    """What is forgotten, and after which setting's days, or after so many; whose data it is, and by which rule.

    Without days it is kept while something lasts, which `lasts` says.
    """

    what: Words
    days_of: str | int | None
    whose: Words = REQUESTERS
    rule: Words = PDP
    lasts: Words = ""

    @property
    def days(self) -> int:
        return int(setting.get(self.days_of)) if isinstance(self.days_of, str) else self.days_of or 0

    @property
    def ends(self) -> bool:
        return self.days_of is not None


PERIODS: dict[str, Period] = {
    "identity": Period(_l("Nama, email, dan telepon pemohon, sejak tiketnya ditutup"), "identity_kept_days"),
    "texts": Period(
        _l("Isi tiket, percakapan, surat keluar, berkas, dan tanda tangan serah terimanya, sejak ditutup"),
        "identity_kept_days",
    ),
    "acts": Period(_l("Nama pemohon dan isi perubahan dalam catatan perbuatan, sejak dicatat"), "identity_kept_days"),
    "addresses": Period(
        _l("Alamat jaringan dalam catatan perbuatan, dan alamat yang dikabari tentang gangguan"), "addresses_kept_days"
    ),
    "mails": Period(_l("Surat elektronik yang masuk, dengan lampirannya, sejak diputuskan"), "raw_mail_days"),
    "sent_mails": Period(
        _l("Surat keluar yang tidak menyangkut tiket, dan alamat tujuan tautan password"), 90, _l("Pemohon dan petugas")
    ),
    "bills": Period(
        _l("Tagihan, RAB, dan pembayaran dengan dokumennya, sejak diterbitkan"), "bills_kept_days", rule=FINANCE
    ),
    "register": Period(
        _l("Baris register orang yang sudah keluar atau lulus"), "register_kept_days", _l("Mahasiswa, dosen, pegawai")
    ),
    "proof": Period(_l("Catatan bukti diri di meja layanan"), "proof_days"),
    "contact": Period(_l("Catatan bahwa data kontak diubah"), 30),
    "data_requests": Period(
        _l("Permintaan koreksi data dan keberatan, sejak dijawab"), "identity_kept_days", _l("Yang memintanya")
    ),
    "presence": Period(_l("Petugas mana yang sedang membuka sebuah tiket"), 1, STAFF),
    "copies": Period(_l("Alamat yang diminta ikut dikabari dan tidak menjawab"), 14),
    "drafts": Period(_l("Draf jawaban yang tidak dikirim"), 30, STAFF),
    "counters": Period(_l("Hitungan percobaan menurut alamat jaringan atau email"), 2),
    "sessions": Period(_l("Sesi masuk petugas dan tautan kata sandinya, sejak berakhir"), 1, STAFF),
    "files_made": Period(_l("Berkas ekspor dan laporan tindakan untuk banyak tiket"), 7, _l("Pemohon dan petugas")),
    "imports": Period(_l("Berkas impor register orang, sejak selesai"), 30, _l("Mahasiswa, dosen, pegawai")),
    "alerts": Period(_l("Peringatan dari pemantau lain"), 90, _l("Siapa pun yang tersebut di dalamnya")),
    "leave": Period(_l("Ketidakhadiran dan alasan pendelegasian, sejak berakhir"), 730, STAFF),
    "accounts": Period(
        _l("Alamat akun kampus"), None, _l("Pemegang akun"), lasts=_l("selamanya, agar tidak menjadi milik orang lain")
    ),
    "contacts": Period(
        _l("Nama dan kontak unit, pengelola layanan"), None, _l("Kontak unit"), lasts=_l("selama ia kontak unit itu")
    ),
    "office": Period(
        _l("Nama petugas dalam catatan yang dibuatnya, dan akun petugas"),
        None,
        STAFF,
        OFFICE,
        _l("selama catatan lembaga disimpan"),
    ),
    "logs": Period(
        _l("Catatan teknis server, dengan alamat jaringan"),
        None,
        _l("Pengunjung"),
        lasts=_l("menurut pengaturan server: 30 hari"),
    ),
    "backups": Period(
        _l("Cadangan, yang memuat data sampai saat dibuat"),
        None,
        _l("Semua"),
        lasts=_l("menurut jumlah hari dan bulan dalam pengaturan cadangan"),
    ),
}


def forgotten_before(key: str) -> datetime:
    """What is older than this moment is forgotten."""
    return utcnow() - timedelta(days=PERIODS[key].days)
