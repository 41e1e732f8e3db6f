"""What a service asks of people, costs and promises: the card on its public page, worded in the settings.

An empty setting means the words below, which say what the written procedure says; a typed one is shown in both
languages as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models.base import setting
from models.base.setting import Spec
from models.base.wording import Words
from models.base.written import clean_line
from procedures.engine.declaration import HOURS_A_DAY
from procedures.engine.procedure import Procedure

CARDS = _l("Kartu layanan")
PARTS = ("needs", "cost", "promise")
# procedure -> (its short name in the settings, what is needed, what it costs); needs are parted by semicolons
SHIPPED: dict[str, tuple[Words, Words, Words]] = {
    "network_installation": (
        _l("Pemasangan jaringan"),
        _l(
            "Surat permohonan yang ditandatangani atau diketahui kepala unit; pindaian suratnya; "
            "tempat, jumlah titik, dan keperluan; nama orang yang dapat dihubungi"
        ),
        _l("Menurut RAB yang disetujui unit sebelum dipasang."),
    ),
    "unit_email": (
        _l("Email unit"),
        _l("Surat permohonan yang ditandatangani atau diketahui kepala unit; alamat email yang diinginkan"),
        _l("Tanpa biaya."),
    ),
    "password_change": (
        _l("Perubahan password"),
        _l("Datang sendiri ke meja layanan; kartu mahasiswa, kartu pegawai, atau KTP"),
        _l("Tanpa biaya."),
    ),
    "network_outage": (
        _l("Gangguan jaringan"),
        _l("Tidak ada: gangguan kami pantau, dan dapat dilaporkan lewat pengaduan"),
        _l("Tanpa biaya."),
    ),
    "server_outage": (
        _l("Gangguan server"),
        _l("Tidak ada: layanan kami pantau, dan dapat dilaporkan lewat pengaduan"),
        _l("Tanpa biaya."),
    ),
    "complaint": (
        _l("Pengaduan"),
        _l("Nama; email atau telepon; apa yang terjadi, di mana, dan sejak kapan"),
        _l("Tanpa biaya."),
    ),
}
LABELS: dict[str, Words] = {"needs": _l("syarat"), "cost": _l("biaya"), "promise": _l("waktu yang dijanjikan")}


def key_of(procedure: str, part: str) -> str:
    return f"card_{procedure}_{part}"


for _procedure, (_name, _needs, _cost) in SHIPPED.items():
    for _part in PARTS:
        setting.declare(
            key_of(_procedure, _part),
            Spec(
                "",
                _l("%(service)s: %(part)s", service=_name, part=LABELS[_part]),
                CARDS,
                _l("Kosong berarti kalimat bawaan. Beberapa syarat dipisah titik koma."),
                may_be_empty=True,
            ),
        )


@dataclass(frozen=True)
class ServiceCard:
    """What the public page says above the steps; `promise` may be "" where no step has a target."""

    needs: list[str]
    cost: str
    promise: str


def card_of(procedure: Procedure) -> ServiceCard:
    """The card in the reader's language; no statement: settings are kept."""
    _name, needs, cost = SHIPPED[procedure.key]
    said = {part: str(setting.get(key_of(procedure.key, part))) for part in PARTS}
    parts = [clean_line(part) or "" for part in (said["needs"] or str(needs)).split(";")]
    return ServiceCard(
        [part for part in parts if part], said["cost"] or str(cost), said["promise"] or promised(procedure)
    )


def promised(procedure: Procedure) -> str:
    """What the targets of the paper's ordinary lines make together, each by its first timed step."""
    hours = 0.0
    for line in procedure.lines:
        steps = [step for step in procedure.steps.values() if step.number and step.line == line.number]
        steps.sort(key=lambda step: step.number != line.number)
        within = next((step.within for step in steps if step.within), None)
        if within is not None and not line.is_branch and not within.round_the_clock:
            hours += within.hours
    if not hours:
        return ""
    if hours >= HOURS_A_DAY:
        days = int(-(-hours // HOURS_A_DAY))
        return _("Paling lama %(n)s hari kerja langkah kami, di luar waktu menunggu Anda atau unit.", n=days)
    return _("Paling lama %(n)s jam kerja langkah kami, di luar waktu menunggu Anda atau unit.", n=f"{hours:g}")
