"""Which mails to people outside may be worded by staff, with which placeholders, and how those are filled.

A text from the panel is never a template: its placeholders in braces are looked up in a fixed map, once, and what
stands there is never read again (security.md U9). Where a text says something that a mail does not have (no date up to
which a ticket may be opened again), or cannot be filled at all, that mail is made of the shipped words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models.base import setting
from models.base.columns.shown import Shown
from models.base.rupiah import rupiah
from models.base.wording import Words
from models.tickets.ticket import Ticket

GAP = re.compile(r"\{([a-z_]{1,30})\}")
BRACE = re.compile(r"\{[^{}]{0,40}\}?|\}")
MailFacts: TypeAlias = Mapping[str, Shown]
FIGURE = 987_654_321  # stands for a sum while the shipped words are taken down


@dataclass(frozen=True)
class Placeholder:
    """A placeholder: what it is for people, an example for the preview, and how it is read from a mail's facts."""

    label: Words
    example: str
    value: Callable[[MailFacts], Shown]
    is_needed: bool = False  # without it the mail would be of no use


def _fact(name: str) -> Callable[[MailFacts], Shown]:
    return lambda facts: facts.get(name)


def _sum(name: str) -> Callable[[MailFacts], Shown]:
    return lambda facts: rupiah(amount) if isinstance(amount := facts.get(name), int) and amount else ""


def _names(name: str) -> Callable[[MailFacts], Shown]:
    return lambda facts: ", ".join(map(str, people)) if isinstance(people := facts.get(name), Sequence) else ""


def _of_ticket(name: str) -> Callable[[MailFacts], Shown]:
    def value(facts: MailFacts) -> Shown:
        only = _only_ticket(facts)
        return only[name] if only is not None else ""

    return value


def _only_ticket(facts: MailFacts) -> MailFacts | None:
    """What this receiver may know of the ticket, where the mail is about one alone."""
    tickets = facts.get("tickets")
    if not isinstance(tickets, Sequence) or len(tickets) != 1 or not isinstance(tickets[0], dict):
        return None
    only: MailFacts = tickets[0]
    return only


def _number(facts: MailFacts) -> str:
    ticket = facts.get("ticket")
    return ticket.number if isinstance(ticket, Ticket) else ""


GAPS: dict[str, Placeholder] = {
    "nomor": Placeholder(_l("nomor tiket"), "PTK-2026-000123", _number),
    "tautan": Placeholder(_l("tautan ke halaman tiket"), "https://helpdesk.example/t/…", _fact("page"), is_needed=True),
    "kode": Placeholder(_l("kode akses"), "K7QM-4TXB", _of_ticket("code"), is_needed=True),
    "pesan": Placeholder(_l("kata-kata petugas"), "Adaptornya sudah kami ganti.", _fact("text"), is_needed=True),
    "kelompok": Placeholder(_l("kelompok yang menangani"), "Jaringan", _fact("group")),
    "oleh": Placeholder(_l("siapa yang memutuskan"), "Kepala Pustikom", _fact("by")),
    "sampai": Placeholder(_l("sampai kapan dapat dibuka kembali"), "14 Desember 2026, 16.00 WIB", _fact("until")),
    "ditutup": Placeholder(_l("kapan ditutup"), "14 Desember 2026, 16.00 WIB", _fact("closes_at")),
    "hari": Placeholder(_l("berapa hari"), "14", _fact("days")),
    "tiket_utama": Placeholder(_l("nomor tiket gabungan"), "PTK-2026-000120", _fact("into")),
    "tiket_kedua": Placeholder(_l("nomor tiket kedua"), "PTK-2026-000124", _fact("second"), is_needed=True),
    "tempat": Placeholder(_l("lokasi"), "Gedung III, lantai 2", _fact("place")),
    "waktu": Placeholder(_l("kapan surveyor datang"), "7 Desember 2026, 09.00 WIB", _fact("starts_at"), is_needed=True),
    "mulai": Placeholder(_l("hari mulai"), "7 Desember 2026", _fact("starts_day"), is_needed=True),
    "selesai": Placeholder(_l("hari selesai"), "9 Desember 2026", _fact("ends_day")),
    "petugas": Placeholder(_l("siapa yang datang"), "Tono, Lina", _names("people")),
    "nomor_tagihan": Placeholder(_l("nomor tagihan"), "012/TAG/2026", _fact("number")),
    "jumlah": Placeholder(_l("jumlah"), "Rp27.000.000", _sum("total_rp"), is_needed=True),
    "sisa": Placeholder(_l("sisa tagihan"), "Rp12.000.000", _sum("outstanding_rp"), is_needed=True),
    "jatuh_tempo": Placeholder(_l("jatuh tempo"), "30 Desember 2026", _fact("due_day"), is_needed=True),
    "berlaku": Placeholder(_l("sampai kapan berlaku"), "30 Desember 2026", _fact("valid_day")),
    "rekening": Placeholder(_l("rekening"), "Bank Nagari 1234567890", _fact("account"), is_needed=True),
    "berita": Placeholder(_l("berita transfer"), "PTK-2026-000123", _fact("reference")),
    "cara_bayar": Placeholder(_l("petunjuk pembayaran"), "Kirim bukti lewat halaman tiket.", _fact("instruction")),
    "alamat": Placeholder(_l("alamat email yang dimohon"), "fti@kampus.example", _fact("address"), is_needed=True),
    "permintaan": Placeholder(_l("alamat yang semula diminta"), "fakultas@kampus.example", _fact("wish")),
    "pusat": Placeholder(_l("nama pusat"), "Pustikom", _fact("centre")),
    "universitas": Placeholder(_l("nama universitas"), "Universitas Bung Hatta", _fact("university")),
}
NOT_IN_SUBJECT = frozenset({"kode", "tautan", "pesan", "cara_bayar"})  # what opens a ticket, and whole paragraphs
ALWAYS = ("nomor", "tautan", "pusat", "universitas")


@dataclass(frozen=True)
class Editable:
    """A notice that may be worded: its placeholders beside those of every mail, facts that its shipped words take for
    granted, and for which mails of the notice a wording holds."""

    gaps: tuple[str, ...]
    given: MailFacts = field(default_factory=dict)
    holds: Callable[[MailFacts], bool] = lambda facts: True

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.gaps, *ALWAYS)))


def _is_by_form(facts: MailFacts) -> bool:
    return facts.get("channel") != "letter"


EDITABLE: dict[str, Editable] = {
    "complaint_received": Editable(("nomor", "kode", "tautan"), holds=lambda f: _only_ticket(f) is not None),
    "replied": Editable(("kelompok", "pesan")),
    "asked": Editable(("kelompok", "pesan")),
    "resolved": Editable(("pesan", "sampai", "hari"), holds=lambda f: not f.get("outage")),
    "closing_soon": Editable(("ditutup",)),
    "closed": Editable(("hari", "sampai"), {"is_silent": True}, lambda f: bool(f.get("is_silent"))),
    "cancelled": Editable(("pesan", "oleh")),
    "refused": Editable(("pesan", "oleh")),
    "merged": Editable(("tiket_utama",)),
    "unmerged": Editable(()),
    "received": Editable(()),
    "split": Editable(("tiket_kedua", "pesan")),
    "letter_received": Editable(("kode",), {"channel": "form"}, _is_by_form),
    "letter_returned": Editable(("oleh", "pesan", "tempat")),
    "survey_planned": Editable(("waktu", "tempat", "petugas")),
    "installation_planned": Editable(("tempat", "mulai", "selesai", "petugas")),
    "unit_reminded": Editable(("jumlah", "berlaku", "tempat")),
    "payment_due": Editable(("sisa", "jatuh_tempo", "rekening", "berita", "cara_bayar", "nomor_tagihan", "tempat")),
    "bill_cancelled": Editable(("oleh", "nomor_tagihan", "pesan", "tempat")),
    "email_requested": Editable(("kode",), {"channel": "form"}, _is_by_form),
    "email_refused": Editable(("oleh", "alamat", "pesan")),
    "address_adjusted": Editable(("oleh", "alamat", "permintaan", "pesan")),
}
# Facts of the shipped words, by the placeholder that stands for them.
_FACTS = {
    "page": "tautan", "text": "pesan", "group": "kelompok", "by": "oleh", "until": "sampai", "closes_at": "ditutup",
    "days": "hari", "into": "tiket_utama", "second": "tiket_kedua", "place": "tempat", "starts_at": "waktu",
    "starts_day": "mulai", "ends_day": "selesai", "number": "nomor_tagihan", "due_day": "jatuh_tempo",
    "valid_day": "berlaku", "account": "rekening", "reference": "berita", "instruction": "cara_bayar",
    "address": "alamat", "wish": "permintaan", "centre": "pusat", "university": "universitas",
}  # fmt: skip


@dataclass(frozen=True)
class _TicketByWord:
    number: str = "{nomor}"


def shipped_words(notice: str, folder: str, language: str) -> tuple[str, str]:
    """Subject and text as the product ships them, with placeholders where a mail says its own facts."""
    made = EDITABLE[notice]
    holder = {"number": "{nomor}", "code": "{kode}", "link": "{tautan}", "page": "{tautan}"}
    facts = {
        **{fact: f"{{{word}}}" for fact, word in _FACTS.items()},
        "people": ["{petugas}"], "total_rp": FIGURE, "outstanding_rp": FIGURE, "tickets": [holder],
        "ticket": _TicketByWord(), "to_staff": False, "outage": "", **made.given,
    }  # fmt: skip
    sums = next((f"{{{word}}}" for word in ("jumlah", "sisa") if word in made.gaps), "")
    with force_locale(language):
        texts = [render_template(f"{folder}/{part}.txt", **facts) for part in ("subject", "body")]
    subject, body = (text.replace(rupiah(FIGURE), sums) for text in texts)
    return " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", body.strip())


def fault_of(notice: str, text: str, without: frozenset[str] = frozenset()) -> str:
    """Why these words may not stand in a mail of this notice, or nothing; `without` are placeholders that may not."""
    known = [word for word in EDITABLE[notice].words if word not in without]
    left = GAP.sub(lambda gap: "" if gap[1] in known else gap[0], text)
    unknown = sorted({found[0] for found in BRACE.finditer(left)})
    if not unknown:
        return ""
    return _(
        "Tidak dikenal di surat ini: %(unknown)s. Yang dapat dipakai: %(known)s.",
        unknown=", ".join(unknown),
        known=", ".join(f"{{{word}}}" for word in known),
    )


def missing_of(notice: str, text: str, shipped: str) -> str:
    """Which placeholder of the shipped text these words need and do not have, as a sentence, or nothing."""
    used, usual = set(GAP.findall(text)), set(GAP.findall(shipped))
    lacks = [word for word in EDITABLE[notice].words if GAPS[word].is_needed and word in usual - used]
    if not lacks:
        return ""
    return _(
        "Belum ada %(words)s; tanpanya surat ini tidak berguna bagi penerimanya.",
        words=", ".join(f"{{{word}}} ({GAPS[word].label})" for word in lacks),
    )


def filled(notice: str, text: str, facts: MailFacts) -> str | None:
    """The words with what this mail says; None where they ask for something that it does not have."""
    made = EDITABLE[notice]
    if not made.holds(facts):
        return None
    values = {word: str(GAPS[word].value(facts) or "") for word in set(GAP.findall(text)) if word in made.words}
    if not all(values.values()) or len(values) < len(set(GAP.findall(text))):
        return None
    return GAP.sub(lambda gap: values[gap[1]], text)


def example(notice: str, text: str) -> str:
    """The words with examples, for a preview."""
    own = {"pusat": str(setting.get("centre_name")), "universitas": str(setting.get("university_name"))}
    known = {word: own.get(word, GAPS[word].example) for word in EDITABLE[notice].words}
    return GAP.sub(lambda gap: known.get(gap[1], gap[0]), text)
