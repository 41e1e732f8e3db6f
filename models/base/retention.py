"""How long personal data is kept: the table from which the jobs forget and the privacy page is made (security.md D16).

A period is a setting or fixed; what is forgotten stands in words of the public page.
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
        _l("Identitas pemohon dihapus setelah tiket ditutup (hari)"),
        PRIVACY,
        _l("Nama, email, telepon; nomor, langkah, dan isi tiket tetap."),
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
}.items():
    setting.declare(_key, _spec)


@dataclass(frozen=True)
class Period:
    """What is forgotten, and after which setting's days, or after so many."""

    what: Words
    days_of: str | int

    @property
    def days(self) -> int:
        return int(setting.get(self.days_of)) if isinstance(self.days_of, str) else self.days_of


PERIODS: dict[str, Period] = {
    "identity": Period(_l("Nama, email, dan telepon pemohon, sejak tiketnya ditutup"), "identity_kept_days"),
    "addresses": Period(
        _l("Alamat jaringan dalam catatan perbuatan, dan alamat yang dikabari tentang gangguan"), "addresses_kept_days"
    ),
    "mails": Period(_l("Surat elektronik yang masuk, dengan lampirannya, sejak diputuskan"), "raw_mail_days"),
    "proof": Period(_l("Catatan bukti diri di meja layanan"), "proof_days"),
    "contact": Period(_l("Catatan bahwa data kontak diubah"), 30),
    "presence": Period(_l("Petugas mana yang sedang membuka sebuah tiket"), 1),
    "copies": Period(_l("Alamat yang diminta ikut dikabari dan tidak menjawab"), 14),
    "drafts": Period(_l("Draf jawaban yang tidak dikirim"), 30),
    "counters": Period(_l("Hitungan percobaan menurut alamat jaringan atau email"), 2),
}


def forgotten_before(key: str) -> datetime:
    """What is older than this moment is forgotten."""
    return utcnow() - timedelta(days=PERIODS[key].days)
