"""What acts and records are called where the audit is read."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.organisation.access_words import act_word, title_of
from models.base.wording import Words
from procedures.engine import catalog

ACTS: dict[str, Words] = {
    "activate": _l("Mengaktifkan akun lagi"),
    "bulk": _l("Memulai satu tindakan untuk banyak tiket"),
    "bulk_ended": _l("Tindakan untuk banyak tiket selesai"),
    "cancel": _l("Membatalkan"),
    "close": _l("Menutup akun"),
    "confirm": _l("Menyetujui impor"),
    "ask_change": _l("Meminta perubahan yang menunggu orang kedua"),
    "confirm_change": _l("Menyetujui sebagai orang kedua"),
    "refuse_change": _l("Menolak sebagai orang kedua"),
    "create": _l("Menambah"),
    "data_asked": _l("Meminta koreksi atau berkeberatan"),
    "data_answered": _l("Menjawab permintaan data pribadi"),
    "delete": _l("Menghapus"),
    "denied": _l("Ditolak masuk"),
    "edit": _l("Mengubah"),
    "end_session": _l("Mengakhiri sesi masuk"),
    "erase": _l("Menghapus data pribadi"),
    "export": _l("Mengekspor"),
    "export_download": _l("Mengunduh ekspor"),
    "export_failed": _l("Ekspor gagal dibuat"),
    "export_ready": _l("Ekspor selesai dibuat"),
    "export_refused": _l("Ekspor ditolak"),
    "factor": _l("Mengubah faktor kedua"),
    "hold": _l("Menahan email"),
    "due_recounted": _l("Menghitung ulang batas waktu"),
    "import": _l("Memasukkan dari berkas"),
    "invitation": _l("Memakai tautan kata sandi"),
    "invite": _l("Membuat tautan kata sandi"),
    "campus_invitation": _l("Menerima undangan dengan akun kampus"),
    "login": _l("Masuk"),
    "login:alert": _l("Banyak percobaan masuk gagal"),
    "password": _l("Mengganti kata sandi sendiri"),
    "personal_copy": _l("Menyerahkan salinan data pribadi"),
    "publish": _l("Menerbitkan"),
    "withdraw": _l("Menarik"),
    "reviewed": _l("Menyatakan masih benar"),
    "purge": _l("Menghapus bukti yang habis masa simpannya"),
    "read": _l("Membuka bukti diri"),
    "reconcile": _l("Mencocokkan perubahan dengan direktori"),
    "release": _l("Melepas email yang ditahan"),
    "remove_photo": _l("Membuang foto survey"),
    "resend": _l("Mengirim ulang email"),
    "reveal": _l("Tautan sekali pakai dibuka"),
    "review": _l("Meninjau akun"),
    "revoke": _l("Mencabut"),
    "roles": _l("Mengubah peran"),
    "seed-bulk": _l("Mengisi tiket contoh"),
    "setting": _l("Mengubah pengaturan"),
    "emblem": _l("Mengganti lambang"),
    "make": _l("Membuat alamat rahasia"),
    "mail_opened": _l("Membuat pengaduan dari surat"),
    "mail_joined": _l("Menggabung surat ke tiket"),
    "mail_discarded": _l("Membuang surat masuk"),
    "mail_brought_back": _l("Mengembalikan surat ke kotak masuk"),
    "mail_read_again": _l("Membaca lagi surat dari karantina"),
    "mail_text": _l("Mengubah kata-kata email"),
    "mailbox_consented": _l("Menyimpan izin kotak surat"),
    "mail_text_shipped": _l("Mengembalikan kata-kata email bawaan"),
    "mailbox_tried": _l("Memeriksa kotak surat"),
    "office_number": _l("Mengubah nomor berikutnya"),
    "slip": _l("Menyerahkan nomor dan kode"),
    "swap": _l("Menukar giliran"),
    "suspend": _l("Membekukan akun"),
    "upload": _l("Mengunggah berkas impor"),
}
KINDS: dict[str, Words] = {
    "Absence": _l("Ketidakhadiran"),
    "Account": _l("Akun"),
    "AlertRule": _l("Aturan peringatan"),
    "AlertSource": _l("Pemantau lain"),
    "Routine": _l("Jadwal pekerjaan rutin"),
    "CalendarFeed": _l("Alamat kalender"),
    "PushDevice": _l("Perangkat notifikasi"),
    "Article": _l("Panduan"),
    "BulkRun": _l("Banyak tiket sekaligus"),
    "CannedReply": _l("Balasan siap pakai"),
    "Category": _l("Jenis masalah"),
    "Contact": _l("Kontak unit"),
    "Delegation": _l("Pendelegasian"),
    "DirectoryChange": _l("Perubahan direktori"),
    "Download": _l("Unduhan"),
    "DutyTurn": _l("Giliran jaga"),
    "SpecialHours": _l("Jam kerja"),
    "Export": _l("Ekspor"),
    "Group": _l("Kelompok"),
    "Holiday": _l("Hari libur"),
    "IdentityCheck": _l("Bukti diri"),
    "IncomingMail": _l("Surat masuk lewat email"),
    "Label": _l("Label"),
    "Mail": _l("Email keluar"),
    "MailWording": _l("Kata-kata email"),
    "Mailbox": _l("Kotak surat"),
    "Node": _l("Perangkat"),
    "OneTimeLink": _l("Tautan sekali pakai"),
    "Page": _l("Halaman publik"),
    "PendingChange": _l("Menunggu orang kedua"),
    "PeopleImport": _l("Impor register orang"),
    "Person": _l("Orang"),
    "PlannedWork": _l("Pekerjaan terencana"),
    "PriceItem": _l("Daftar harga"),
    "Setting": _l("Pengaturan"),
    "Staff": _l("Petugas"),
    "Ticket": _l("Tiket"),
    "Unit": _l("Unit"),
    "WebService": _l("Layanan web"),
}


def act_name(act: str) -> str:
    """In the reader's language; a step by the words of its button."""
    kind, _colon, step = act.partition(":")
    if kind != "step":
        return str(ACTS.get(act, act))
    steps = (procedure.steps.get(step) for procedure in catalog.PROCEDURES.values())
    return _("Langkah: %(label)s", label=next((str(found.label) for found in steps if found), step))


def kind_name(kind: str) -> str:
    """A record by its kind; a door of the panel by its title there."""
    return str(KINDS.get(kind) or title_of(kind))


def row_name(act: str, object_id: str) -> str:
    """The number of the record; what was wanted where a door stayed shut."""
    return str(act_word(object_id)) if act == "denied" else object_id
