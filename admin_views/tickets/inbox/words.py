"""Why a mail is proposed as it is, and what was noticed about it, in words for the operator."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models.base.wording import Words
from models.tickets.incoming_mail import IncomingMail

ACTS: dict[str, Words] = {
    "open": _l("Usul: buat pengaduan baru"),
    "join": _l("Usul: gabung ke tiket"),
    "discard": _l("Usul: buang, bukan surat orang"),
    "": _l("Tanpa usul"),
}
SHORT: dict[str, Words] = {"open": _l("Pengaduan baru"), "discard": _l("Buang")}
REASONS: dict[str, Words] = {
    "new": _l("Tidak menjawab tiket mana pun."),
    "rule": _l("Menurut aturan untuk pengirim ini."),
    "flood": _l("Alamat ini mengirim banyak surat dalam satu jam, jadi tidak diproses sendiri."),
    "staff": _l("Alamat petugas: petugas bertindak di panel, jadi surat ini tidak digabung sendiri."),
    "other_sender": _l(
        "Menjawab tiket ini dari alamat yang bukan alamat pemohonnya; dicatat sebagai catatan internal."
    ),
    "unverified": _l("Mengaku pemohon tiket ini, tetapi pengirimnya belum terbukti."),
    "forged": _l("Server surat kita menyatakan pengirimnya palsu."),
    "ended": _l("Menjawab tiket ini, tetapi tiketnya sudah berakhir; jawabannya membuka tiket itu kembali."),
    "answer": _l("Jawaban pemohon, pengirim terbukti."),
    "own": _l("Surat kita sendiri yang kembali."),
    "copy": _l("Surat yang sama sudah masuk lewat jalan lain."),
    "bounce": _l("Pemberitahuan server: surat kita tidak sampai."),
    "auto_reply": _l("Jawaban otomatis."),
    "list": _l("Surat milis."),
    "machine": _l("Dikirim mesin."),
}
REMARKS: dict[str, Words] = {
    "winmail": _l("Berisi winmail.dat, bungkusan Outlook yang tidak kami buka."),
    "encrypted": _l("Isinya terenkripsi (PGP); kami tidak dapat membacanya."),
    "smime": _l("Terbungkus S/MIME; isinya mungkin tidak terbaca."),
    "calendar": _l("Berisi undangan kalender."),
    "enclosed": _l("Memuat surat lain; teksnya dilipat di bawah."),
    "cut": _l("Teksnya sangat panjang; sisanya ada di surat mentah."),
    "many_files": _l("Lampirannya terlalu banyak; sisanya ada di surat mentah."),
}
FAULTS: dict[str, Words] = {
    "no From": _l("Surat ini tidak menyebut pengirim."),
    "several From": _l("Surat ini menyebut beberapa pengirim."),
    "From is not clear": _l("Pengirimnya dapat dibaca dengan dua cara."),
    "From is no address": _l("Alamat pengirimnya bukan alamat."),
    "From is too long": _l("Baris pengirimnya terlalu panjang."),
}


UNREADABLE: dict[str, Words] = {  # by a part of the fault that the reader of mails keeps
    "larger than 25 MB": _l("lebih besar dari 25 MB; hanya awalnya yang tersimpan"),
    "parts in more than": _l("terlalu banyak lapisan bagian di dalamnya"),
    "parts with parts": _l("terlalu banyak bagian bersusun di dalamnya"),
    "more than": _l("terlalu banyak bagian di dalamnya"),
    "not read after": _l("membacanya memakan waktu terlalu lama"),
    "died": _l("pembaca surat berhenti karenanya"),
    "FileMissing": _l("isinya hilang dari penyimpanan"),
    "FileDamaged": _l("isinya rusak di penyimpanan"),
}
BOX_FAULTS: dict[str, Words] = {
    "SECRET_KEY": _l("kata sandinya tersandi dengan SECRET_KEY lain; ketik lagi kata sandinya"),
    "OAuth2: invalid_grant": _l(
        "izin OAuth2-nya kedaluwarsa atau dicabut; tekan “Minta izin” di halaman kotak surat ini"
    ),
    "OAuth2: invalid_client": _l("server OAuth2 tidak mengenal client ID atau client secret-nya"),
    "OAuth2: invalid_scope": _l("server OAuth2 tidak memberi lingkup yang diminta"),
    "OAuth2: no https": _l("alamat server token harus dimulai dengan https://"),
    "OAuth2: access_denied": _l("pemiliknya tidak memberi izin di halaman itu; minta lagi bila keliru"),
    "OAuth2: no code": _l("halaman izin tidak membawa kode; minta izin sekali lagi"),
    "OAuth2: another state": _l("jawabannya bukan untuk permintaan terakhir dari jendela ini; minta izin sekali lagi"),
    "OAuth2: another mailbox": _l("kotak surat ini diubah selagi izinnya diminta; minta izin sekali lagi"),
    "OAuth2: no refresh token": _l("servernya tidak memberi refresh token; periksa lingkup (scope) yang diminta"),
    "OAuth2: Connect": _l("server OAuth2 tidak dapat dihubungi"),
    "OAuth2:": _l("server OAuth2 tidak memberi token"),
    "AUTHENTICATIONFAILED": _l("server menolak nama pengguna, kata sandi, atau tokennya"),
    "Timeout": _l("server tidak menjawab pada waktunya"),
    "timed out": _l("server tidak menjawab pada waktunya"),
    "CERTIFICATE": _l("sertifikat server tidak dapat dipercaya"),
    "gaierror": _l("nama server tidak dikenal"),
    "ConnectionRefused": _l("server menolak sambungan"),
    "OSError": _l("server tidak dapat dihubungi"),
}


def reason_of(mail: IncomingMail) -> str:
    """Why this is proposed, with the words that led to a category."""
    said = [str(REASONS.get(mail.reason, ""))]
    for remark in mail.remarks:
        if isinstance(remark, dict):
            words = ", ".join(f"“{word}”" for word in remark["words"])
            said.append(
                _("Kata %(words)s ada di judul %(count)s dari %(of)s pengaduan serupa dengan jenis ini.",
                  words=words, count=remark["count"], of=remark["of"])
            )  # fmt: skip
    return " ".join(part for part in said if part)


def remarks_of(mail: IncomingMail) -> list[str]:
    """What a reader should know beside the words."""
    return [str(REMARKS[remark]) for remark in mail.remarks if isinstance(remark, str) and remark in REMARKS]


def fault_of(mail: IncomingMail) -> str:
    """Why it lies in quarantine."""
    if not mail.fault:
        return ""
    if said := FAULTS.get(mail.fault):
        return str(said)
    return _("Surat ini tidak dapat dibaca: %(why)s.", why=_in_our_words(mail.fault, UNREADABLE, _("isinya rusak")))


def box_fault_of(last_error: str) -> str:
    """Why a mailbox was not read, in our words; what its server itself said stands between marks."""
    if not last_error:
        return ""
    return _in_our_words(last_error, BOX_FAULTS, _("server menjawab “%(what)s”", what=last_error[:200]))


def _in_our_words(fault: str, known: dict[str, Words], otherwise: str) -> str:
    """By the first words that the fault has of what is known."""
    return str(next((words for sign, words in known.items() if sign in fault), otherwise))
