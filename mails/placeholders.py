"""The placeholders of mails that staff word: what each is for people, and how it is read from a mail's facts.

Most stand for a fact. Some stand for a sentence that depends on what happened (who decided what, whether an estimate is
known): those are the blocks of the shipped templates under templates/mail/, filled as the product fills them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from flask_babel import lazy_gettext as _l

from models.base.columns.shown import Shown
from models.base.rupiah import rupiah
from models.base.wording import Words

MailFacts: TypeAlias = Mapping[str, Shown]  # by the names that a mail's template reads
WhenEmpty = Literal["shipped", "line", "nothing"]


@dataclass(frozen=True)
class Placeholder:
    """`value` reads it from a mail's facts; None for a block of the shipped template. `is_needed`: without it the mail
    would be of no use. `when_empty`: what a mail that has none does: it is made of the shipped words, it leaves out
    the line, or nothing stands there."""

    label: Words
    fact: str = ""
    value: Callable[[MailFacts], Shown] | None = None
    is_needed: bool = False
    when_empty: WhenEmpty = "shipped"


def _fact(label: Words, name: str, is_needed: bool = False, when_empty: WhenEmpty = "shipped") -> Placeholder:
    return Placeholder(label, name, lambda facts: facts.get(name), is_needed, when_empty)


def _needed(label: Words, name: str, when_empty: WhenEmpty = "shipped") -> Placeholder:
    return _fact(label, name, True, when_empty)


def _sum(label: Words, name: str) -> Placeholder:
    def written(facts: MailFacts) -> str:
        amount = facts.get(name)
        return rupiah(amount) if isinstance(amount, int) and amount else ""

    return Placeholder(label, name, written, True)


def _names(label: Words, name: str) -> Placeholder:
    def written(facts: MailFacts) -> str:
        people = facts.get(name)
        return ", ".join(str(one) for one in people) if isinstance(people, list) else ""

    return Placeholder(label, name, written, True)


def _block(label: Words, is_needed: bool = False) -> Placeholder:
    return Placeholder(label, is_needed=is_needed, when_empty="nothing")


def _number(facts: MailFacts) -> str:
    return str(getattr(facts.get("ticket"), "number", ""))


def _code(facts: MailFacts) -> str:
    """Of the one ticket that the mail is about."""
    tickets = facts.get("tickets")
    only = tickets[0] if isinstance(tickets, list) and len(tickets) == 1 else None
    return str(only["code"]) if isinstance(only, dict) else ""


GAPS: dict[str, Placeholder] = {
    "nomor": Placeholder(_l("nomor tiket"), "ticket", _number),
    "kode": Placeholder(_l("kode akses"), "tickets", _code, is_needed=True),
    "tautan": _needed(_l("tautan ke halaman tiket"), "page"),
    "pesan": _needed(_l("kata-kata petugas"), "text"),
    "catatan": _needed(_l("kata-kata yang menyertai, bila ada"), "text", "line"),
    "kelompok": _fact(_l("kelompok yang menangani"), "group"),
    "oleh": _needed(_l("siapa yang melakukannya"), "by"),
    "perihal": _fact(_l("perihal tiket"), "subject"),
    "unit": _needed(_l("unit"), "unit"),
    "sampai": _fact(_l("sampai kapan dapat dibuka kembali"), "until"),
    "ditutup": _needed(_l("kapan ditutup"), "closes_at"),
    "hari": _needed(_l("berapa hari"), "days"),
    "tiket_utama": _needed(_l("nomor tiket gabungan"), "into"),
    "tiket_kedua": _needed(_l("nomor tiket kedua"), "second"),
    "batas": _needed(_l("batas waktu"), "due_at"),
    "langkah": _fact(_l("nomor langkah"), "line"),
    "meja": _fact(_l("di meja siapa"), "desk"),
    "dari": _needed(_l("kelompok yang menyerahkan"), "from_group"),
    "ke": _needed(_l("kelompok yang menerima"), "to_group"),
    "nilai": _needed(_l("nilai dari 1 sampai 5"), "rating"),
    "penerima": _needed(_l("alamat yang tidak terjangkau"), "who"),
    "tempat": _needed(_l("lokasi"), "place"),
    "waktu": _needed(_l("kapan surveyor datang"), "starts_at"),
    "mulai": _needed(_l("hari mulai"), "starts_day"),
    "selesai": _needed(_l("hari selesai"), "ends_day"),
    "petugas": _names(_l("siapa yang datang"), "people"),
    "titik": _needed(_l("berapa titik terpasang"), "points"),
    "putaran": _needed(_l("putaran uji"), "round"),
    "versi": _needed(_l("versi RAB"), "version"),
    "diputuskan_oleh": _needed(_l("siapa di unit yang memutuskan"), "decided_by"),
    "nomor_tagihan": _needed(_l("nomor tagihan"), "number"),
    "jumlah": _sum(_l("jumlah"), "total_rp"),
    "sisa": _sum(_l("sisa tagihan"), "outstanding_rp"),
    "lebih": _sum(_l("kelebihan bayar"), "over_rp"),
    "jatuh_tempo": _needed(_l("jatuh tempo"), "due_day"),
    "berlaku": _needed(_l("sampai kapan berlaku"), "valid_day"),
    "rekening": _needed(_l("rekening"), "account", "line"),
    "berita": _needed(_l("berita transfer"), "reference", "line"),
    "cara_bayar": _needed(_l("petunjuk pembayaran"), "instruction", "line"),
    "alamat": _needed(_l("alamat email yang dimaksud"), "address"),
    "permintaan": _fact(_l("alamat yang semula diminta"), "wish"),
    "tautan_password": _needed(_l("tautan sekali pakai ke password"), "one_time_link"),
    "alasan": _needed(_l("alasan"), "reason"),
    "jawaban": _needed(_l("jawaban kepada orangnya"), "answer"),
    "tenggat": _needed(_l("harus dijawab sebelum"), "due"),
    "banyaknya": _needed(_l("berapa yang menunggu"), "count"),
    "bulan": _needed(_l("bulan laporan"), "month"),
    "keterangan": _needed(_l("keterangan pemeriksaan"), "sentence"),
    "nomor_gangguan": _needed(_l("nomor gangguan"), "number"),
    "mulai_gangguan": _needed(_l("sejak kapan terganggu"), "began_at"),
    "penyebab": _needed(_l("penyebab gangguan"), "cause"),
    "penyelesaian": _needed(_l("penyelesaian gangguan"), "action"),
    "lama": _needed(_l("lama gangguan dalam menit"), "minutes"),
    "sejak": _needed(_l("sejak kapan"), "since_at"),
    "mulai_pekerjaan": _needed(_l("kapan pekerjaan mulai"), "starts_at"),
    "selesai_pekerjaan": _needed(_l("kapan pekerjaan selesai"), "ends_at"),
    "pusat": _fact(_l("nama pusat"), "centre"),
    "universitas": _fact(_l("nama universitas"), "university"),
    "judul": _block(_l("judul menurut yang terjadi")),
    "kabar": _block(_l("kalimat tentang yang terjadi"), is_needed=True),
    "putusan": _block(_l("kalimat tentang putusannya"), is_needed=True),
    "hasil": _block(_l("hasilnya"), is_needed=True),
    "akibat": _block(_l("apa akibatnya, bila ada"), is_needed=True),
    "batas_waktu": _block(_l("kalimat tentang batas waktu, bila ada"), is_needed=True),
    "unit_pelapor": _block(_l("unit pelapor, bila disebut")),
    "tertinggal": _block(_l("tiket yang tidak sempat dikerjakan, bila ada"), is_needed=True),
    "nomor_dan_kode": _block(_l("nomor, kode akses, dan tautan setiap tiket"), is_needed=True),
    "jalan_lain": _block(_l("telepon orangnya, atau cara lain"), is_needed=True),
    "penandatangan": _block(_l("siapa yang menandatangani")),
    "pesan_petugas": _block(_l("pesan untuk petugas, bila ada"), is_needed=True),
    "yang_ditulis": _block(_l("kata-kata yang ditulis, bila ada"), is_needed=True),
    "surat_kembar": _block(_l("surat yang sama sebelumnya, bila ada"), is_needed=True),
    "kelebihan": _block(_l("kalimat tentang kelebihan bayar, bila ada"), is_needed=True),
    "hubungi": _block(_l("ke mana bertanya"), is_needed=True),
    "belum_disampaikan": _block(_l("peringatan bila password belum disampaikan"), is_needed=True),
    "petunjuk": _block(_l("apa yang dapat dilakukan")),
    "daftar": _block(_l("daftarnya, satu baris satu hal"), is_needed=True),
    "masalah": _block(_l("masalah yang ditemukan, bila ada"), is_needed=True),
    "perkiraan": _block(_l("perkiraan pulih, bila ada"), is_needed=True),
    "sebab": _block(_l("di mana sebabnya"), is_needed=True),
    "semula": _block(_l("waktu semula, bila dipindah"), is_needed=True),
    "unit_terdampak": _block(_l("unit yang terdampak, bila ada"), is_needed=True),
    "halaman": _block(_l("tautan ke tempat kabarnya dibaca"), is_needed=True),
    "alamat_panel": _block(_l("tautan ke halamannya di panel, dengan kalimatnya"), is_needed=True),
}
# What opens something, and whole paragraphs.
NOT_IN_SUBJECT = frozenset({"kode", "tautan", "tautan_password", "pesan", "catatan", "cara_bayar", "keterangan",
                            "jawaban", "penyebab", "penyelesaian"})  # fmt: skip
