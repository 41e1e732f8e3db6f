"""Which mails staff may word in the panel, to whom, and with which placeholders.

A notice that goes to people outside and to staff has two wordings: `disposed` and `disposed:staff`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from mails.placeholders import MailFacts
from models.base.columns.json_value import Json

STAFF = ":staff"
WORDS = Path(__file__).resolve().parent.parent / "templates" / "mail"
OF_TICKET = ("nomor", "tautan")  # what a mail about a ticket can name
ALWAYS = ("pusat", "universitas")
# What watches over those who may edit mails: who is watched does not word the warning.
NOT_WORDED = frozenset(
    {
        "change_asked", "change_decided", "contact_changed", "delegation_made", "factor_changed", "limit_passed",
        "login_alert", "password_link_made", "roles_changed", "seal_of_the_day",
    }
)  # fmt: skip


def _always(_facts: MailFacts) -> bool:
    return True


@dataclass(frozen=True)
class Editable:
    """A notice that may be worded: its placeholders beside those of every mail, facts that its shipped words take for
    granted, for which mails of the notice a wording holds, and facts of the example in the preview."""

    gaps: tuple[str, ...]
    given: Mapping[str, Json] = field(default_factory=dict)
    holds: Callable[[MailFacts], bool] = _always
    is_of_ticket: bool = True
    like: Mapping[str, Json] = field(default_factory=dict)

    @property
    def words(self) -> tuple[str, ...]:
        own = OF_TICKET if self.is_of_ticket else ()
        return tuple(dict.fromkeys((*self.gaps, *own, *ALWAYS)))


def _is_by_form(facts: MailFacts) -> bool:
    return facts.get("channel") != "letter"


def _of_one_ticket(facts: MailFacts) -> bool:
    tickets = facts.get("tickets")
    return isinstance(tickets, list) and len(tickets) == 1


def _is_silent(facts: MailFacts) -> bool:
    return bool(facts.get("is_silent"))


def _is_no_outage(facts: MailFacts) -> bool:
    return not facts.get("outage")


def _letter(*gaps: str) -> Editable:
    """To staff, about a request of a unit."""
    return Editable((*gaps, "unit", "tempat", "perihal"))


def _outside(*gaps: str, **like: Json) -> Editable:
    """To people who have no ticket of it, or none of their own."""
    return Editable(gaps, is_of_ticket=False, like=like)


_NUMBER = ("nomor_tagihan", "tempat")
_PAYING = ("rekening", "berita", "cara_bayar")
_WORK = ("mulai_pekerjaan", "selesai_pekerjaan", "unit_terdampak", "halaman")
_AFFECTED = ("unit_terdampak", "halaman", "tempat")
_TO_OTHERS: dict[str, Editable] = {
    "complaint_received": Editable(("nomor", "kode", "tautan"), holds=_of_one_ticket),
    "replied": Editable(("kelompok", "pesan")),
    "asked": Editable(("kelompok", "pesan")),
    "resolved": Editable(("pesan", "sampai", "hari"), holds=_is_no_outage),
    "closing_soon": Editable(("ditutup",)),
    "closed": Editable(("hari", "sampai"), {"is_silent": True}, _is_silent),
    "cancelled": Editable(("pesan", "oleh")),
    "refused": Editable(("pesan", "oleh")),
    "merged": Editable(("tiket_utama",)),
    "unmerged": Editable(()),
    "received": Editable(()),
    "split": Editable(("tiket_kedua", "pesan")),
    "contact_mended": _outside("nomor_dan_kode"),
    "numbers_sent_again": _outside("nomor_dan_kode"),
    "copy_asked": Editable(()),
    "letter_received": Editable(("kode",), {"channel": "form"}, _is_by_form),
    "letter_returned": Editable(("oleh", "pesan", "tempat")),
    "disposed": Editable(("kabar", "tempat")),
    "request_refused": Editable(("kabar", "pesan", "tempat")),
    "survey_planned": Editable(("waktu", "tempat", "petugas")),
    "installation_planned": Editable(("tempat", "mulai", "selesai", "petugas")),
    "rab_approved": Editable(("oleh", "jumlah", "hari", "berlaku", "catatan", "tempat")),
    "rab_revised": Editable(("oleh", "pesan", "tempat")),
    "unit_reminded": Editable(("jumlah", "berlaku", "tempat")),
    "bill_issued": Editable(("jumlah", "jatuh_tempo", "penandatangan", *_PAYING, *_NUMBER)),
    "payment_due": Editable(("judul", "sisa", "jatuh_tempo", *_PAYING, *_NUMBER)),
    "payment_received": Editable(("judul", "kabar", "kelebihan", *_NUMBER)),
    "payment_reversed": Editable(("kabar", "pesan", "sisa", *_NUMBER)),
    "overpayment_returned": Editable(("lebih", "catatan", *_NUMBER)),
    "bill_cancelled": Editable(("oleh", "nomor_tagihan", "pesan", "tempat")),
    "email_requested": Editable(("kode",), {"channel": "form"}, _is_by_form),
    "email_refused": Editable(("oleh", "alamat", "pesan")),
    "email_step": Editable(("judul", "kabar", "catatan", "alamat", "oleh"), like={"decision": "dispose"}),
    "address_adjusted": Editable(("oleh", "alamat", "permintaan", "pesan")),
    "account_ready": _outside("alamat", "hari", "tautan_password"),
    "password_by_link": _outside("alamat", "hari", "tautan_password"),
    "password_changed": _outside("alamat", "belum_disampaikan"),
    "account_state": _outside("judul", "kabar", "alasan", "hubungi", "alamat", kind="suspend"),
    "data_answered": _outside("kabar", "putusan", "jawaban", "akibat", "hubungi", kind="objection", outcome="granted"),
    "manager_contacted": _outside("kabar", "yang_ditulis", "nomor_gangguan", *_AFFECTED),
    "manager_asked": _outside("judul", "kabar", "oleh", "pesan", "nomor_gangguan"),
    "outage_reported": _outside("mulai_gangguan", "sebab", "oleh", "pesan", "perkiraan", "nomor_gangguan", *_AFFECTED,
                                step="report_supporting"),
    "outage_update": _outside("judul", "kabar", "oleh", "pesan", "perkiraan", "nomor_gangguan", *_AFFECTED),
    "outage_ended": _outside("mulai_gangguan", "oleh", "penyelesaian", "lama", "nomor_gangguan", *_AFFECTED),
    "work_announced": _outside("perihal", "catatan", *_WORK),
    "work_changed": _outside("judul", "perihal", "catatan", "semula", *_WORK, is_moved=True),
    "work_cancelled": _outside("perihal", "alasan", *_WORK),
}  # fmt: skip
_TO_STAFF: dict[str, Editable] = {
    "distributed": Editable(("kelompok", "perihal", "unit_pelapor", "batas_waktu")),
    "assigned": Editable(("oleh", "perihal", "catatan", "batas_waktu")),
    "handed_over": Editable(("oleh", "dari", "ke", "perihal", "pesan")),
    "answered": Editable(("perihal", "pesan")),
    "confirmed": Editable(("perihal",)),
    "reopened": Editable(("oleh", "perihal", "pesan")),
    "rated": Editable(("nilai", "perihal", "catatan")),
    "cancelled": Editable(("oleh", "perihal", "pesan")),
    "refused": Editable(("oleh", "perihal", "pesan")),
    "due_soon": Editable(("batas", "perihal", "langkah", "meja")),
    "overdue": Editable(("batas", "perihal", "langkah", "meja")),
    "overdue_again": Editable(("batas", "perihal", "langkah", "meja")),
    "mail_dead": Editable(("penerima", "kabar", "jalan_lain")),
    "bulk_ended": _outside("judul", "kabar", "tertinggal", "alamat_panel"),
    "letter_arrived": _letter("kabar", "surat_kembar"),
    "letter_completed": _letter("yang_ditulis"),
    "disposed": _letter("kabar", "catatan"),
    "passed_on": _letter("oleh", "pesan"),
    "request_refused": _letter("kabar", "pesan"),
    "survey_assigned": _letter("waktu", "pesan_petugas"),
    "survey_sent": _letter("hasil", "catatan", "oleh"),
    "end_proposed": _letter("oleh", "pesan"),
    "sent_back": _letter("oleh", "pesan"),
    "rab_submitted": _letter("versi", "jumlah", "hari", "oleh"),
    "rab_returned": _letter("oleh", "pesan"),
    "rab_approved": _letter("oleh", "jumlah", "hari", "berlaku", "catatan"),
    "unit_answered": _letter("putusan", "diputuskan_oleh", "catatan"),
    "installation_assigned": _letter("mulai", "selesai", "pesan_petugas"),
    "installed": _letter("oleh", "titik", "catatan"),
    "tested": _letter("putusan", "putaran", "oleh", "catatan"),
    "rechecked": _letter("oleh", "catatan"),
    "signature_wanted": _letter("nomor_tagihan", "jumlah", "oleh"),
    "email_requested": Editable(("kabar", "surat_kembar", "alamat")),
    "email_step": Editable(("judul", "kabar", "catatan", "alamat", "oleh"), like={"decision": "advise_refusal"}),
    "second_asked": Editable(("oleh", "alamat", "kabar")),
    "account_review": _outside("banyaknya", "alamat_panel"),
    "article_review": _outside("banyaknya", "daftar", "alamat_panel", titles=["Wi-Fi di telepon tidak tersambung"]),
    "data_requested": _outside("judul", "kabar", "tenggat", "alamat_panel", kind="objection"),
    "outage_opened": Editable(("kabar", "catatan", "mulai_gangguan", "unit_terdampak", "perihal", "tempat")),
    "outage_reported": Editable(("mulai_gangguan", "sebab", "oleh", "pesan", "perkiraan", "perihal", *_AFFECTED),
                                like={"step": "report_it"}),
    "outage_update": Editable(("judul", "kabar", "oleh", "pesan", "perkiraan", *_AFFECTED)),
    "outage_ended": Editable(("mulai_gangguan", "oleh", "penyelesaian", "penyebab", "lama", *_AFFECTED)),
    "crew_sent": Editable(("kabar", "tempat", "pesan", "perihal")),
    "field_reported": Editable(("judul", "oleh", "pesan", "masalah", "perkiraan", "tempat")),
    "service_down": Editable(("oleh", "pesan", "mulai_gangguan", "perihal", "tempat")),
    "cause_found": Editable(("oleh", "penyebab", "penyelesaian", "perihal", "tempat")),
    "follow_up_due": Editable(("kabar", "perihal", "tempat")),
    "duty_changed": _outside("oleh", "kabar", "alamat_panel"),
    "monitor_blind": _outside("sejak"),
    "month_reported": _outside("bulan", "kabar", "alamat_panel"),
    "export_ended": _outside("judul", "kabar", state="ready"),
    "staff_digest": _outside("judul", "daftar", "alamat_panel"),
    "address_muted": _outside("alamat", "alamat_panel"),
    "check_turned": _outside("judul", "kabar", "keterangan", "petunjuk"),
}  # fmt: skip
EDITABLE: dict[str, Editable] = {**_TO_OTHERS, **{f"{notice}{STAFF}": made for notice, made in _TO_STAFF.items()}}


def wording_key(notice: str, to_staff: bool) -> str:
    """Under which name the wording of such a mail is kept."""
    return f"{notice}{STAFF}" if to_staff else notice


def is_to_staff(key: str) -> bool:
    return key.endswith(STAFF)


def notice_of(key: str) -> str:
    return key.removesuffix(STAFF)


@cache
def folders() -> dict[str, str]:
    """Where each notice's words are: templates/mail/<room>/<notice>; a notice has one folder in all rooms."""
    return {path.name: f"mail/{path.parent.name}/{path.name}" for path in WORDS.glob("*/*")}
