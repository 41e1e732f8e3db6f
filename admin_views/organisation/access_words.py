"""What views, acts and row rules of the panel are called on the page of rights."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from admin_views.frame import menu
from models.base.wording import Words

ACTS: dict[str, Words] = {
    "list": _l("Melihat daftar"),
    "details": _l("Membuka satu"),
    "export": _l("Mengekspor"),
    "create": _l("Menambah"),
    "edit": _l("Mengubah"),
    "delete": _l("Menghapus"),
    "do": _l("Mengambil langkah"),
    "file": _l("Membuka berkas"),
    "slip": _l("Menyerahkan nomor dan kode"),
    "change": _l("Mengganti password akun"),
    "erase": _l("Menghapus data pribadi"),
    "copy": _l("Menyerahkan salinan data pribadi"),
    "ask": _l("Mencatat permintaan koreksi atau keberatan"),
    "answer": _l("Menjawab permintaan data pribadi"),
    "import": _l("Memasukkan dari berkas"),
    "invite": _l("Membuat tautan kata sandi"),
    "reset_factor": _l("Meminta faktor kedua diatur ulang"),
    "revoke": _l("Mencabut"),
    "decide": _l("Menyetujui atau menolak"),
    "try": _l("Mencoba"),
    "cancel": _l("Membatalkan"),
    "resend": _l("Mengirim ulang"),
    "hold": _l("menahan dan melepas"),
    "release": _l("Melepas yang ditahan"),
    "paper": _l("Membuka surat dan berkas"),
    "reports": _l("Membaca laporan"),
    "fill": _l("Mengisi"),
    "keep": _l("Menyimpan draf"),
    "mend": _l("Membetulkan data"),
    "split": _l("Memecah tiket"),
    "publish": _l("Menerbitkan dan menarik"),
    "count": _l("Menautkan dan mencatat yang menolong"),
    "probe": _l("Memeriksa sekarang"),
    "label": _l("Mencetak label"),
    "state": _l("Mengubah keadaan akun"),
    "review": _l("Meninjau berkala"),
    "plan": _l("Menyusun jadwal"),
    "feed": _l("Membuat alamat kalender"),
    "swap": _l("Menukar giliran"),
}
TITLES: dict[str, Words] = {  # of views that stand in no line of the sidebar
    "me": _l("Akun saya"),
    "search": _l("Cari di mana saja"),
    "people_import": _l("Impor register orang"),
    "bulk": _l("Banyak tiket sekaligus"),
    "merge": _l("Penggabungan tiket"),
    "split": _l("Pemecahan tiket"),
    "assign": _l("Memilih petugas tiket"),
    "mend": _l("Membetulkan data tiket"),
    "article_help": _l("Panduan di samping tiket"),
    "times": _l("Waktu sebuah tiket"),
    "caller": _l("Penelepon"),
    "follow": _l("Yang baru di halaman yang terbuka"),
    "requester": _l("Halaman pemohon"),
    "profile": _l("Halaman orang"),
    "scan": _l("Label yang dipindai"),
}
EVERYTHING = _l("Semua baris.")
SEEN_TICKETS = _l("Hanya milik tiket yang boleh dilihat orang itu.")
ROW_RULES: dict[str, Words] = {
    "desk": _l("Tiket yang boleh dilihat orang itu, dan yang menunggu dirinya."),
    "me": _l("Dirinya sendiri."),
    "search": _l("Setiap jenis menurut hak dan aturan baris daftarnya sendiri."),
    "export": _l("Ekspornya sendiri; hak atas daftarnya ditanyakan lagi saat berkas dibuat dan saat diunduh."),
    "ticket": _l(
        "Kepala Pustikom, Operator, dan Peninjau: semua tiket. Anggota dan kepala divisi: tiket kelompok divisinya. "
        "Petugas Layanan: tiket email unit dan tiket kelompoknya. Siapa pun yang ditugasi atau pernah menangani: "
        "tiket itu. Langkahnya diatur prosedur (lihat bagian Langkah prosedur)."
    ),
    **dict.fromkeys(
        ("bulk", "merge", "split", "assign", "mend", "times", "caller", "follow"),
        _l("Tiket yang boleh dilihat orang itu; setiap tiket diperiksa tersendiri."),
    ),
    "article": _l("Yang terbit, dan miliknya sendiri; yang boleh menerbitkan: semua. Diubah pemiliknya atau penerbit."),
    "article_help": SEEN_TICKETS,
    "requester": SEEN_TICKETS,
    "scan": _l("Perangkat dan tiket yang boleh dibuka orang itu; selain itu halaman umumnya."),
    "profile": _l("Baris register yang boleh dibuka orang itu, dan pemohon tiket yang boleh dilihatnya."),
    "password": _l("Tiket ganti password yang boleh dilihat orang itu."),
    "person": EVERYTHING,
    "people_import": EVERYTHING,
    "identity_check": _l("Yang ikut memeriksa, Kepala Pustikom, dan Peninjau; setiap pembukaan dicatat."),
    "one_time_link": _l("Semua baris, tanpa isinya."),
    "absence": _l("Administrator dan para kepala: semua. Petugas lain: ketidakhadirannya sendiri."),
    "delegation": _l("Semua baris; diubah dan dicabut hanya oleh yang mendelegasikan atau Administrator."),
    "pending_change": _l("Semua baris; diputuskan orang kedua: bukan peminta, bukan yang bersangkutan."),
    "staff": _l("Semua baris; peran kepala dan administrator menunggu orang kedua."),
    "shift": _l("Gangguan yang boleh dilihat orang itu; keadaan perangkat dan layanan semuanya."),
    "outbox": _l("Semua baris; isi email hanya bila tiketnya boleh dilihat, tautan akses tidak pernah."),
    "audit": _l("Semua baris; isi perubahan hanya bagi yang boleh membaca catatan itu di tempatnya."),
    "retention": _l("Seluruh halaman; masanya diubah di pengaturan."),
    "planned_work": _l("Semua baris; yang sudah lewat atau dibatalkan tidak diubah lagi."),
    "access": _l("Seluruh halaman; tidak ada yang diubah di sini."),
    **dict.fromkeys(
        (
            "service_report",
            "installation",
            "request_letter",
            "disposition",
            "survey",
            "rab",
            "quality_test",
            "bill",
            "payment",
        ),
        SEEN_TICKETS,
    ),
}


def title_of(view: str) -> Words:
    """As the sidebar calls it."""
    named = {item.view: item.label for _title, items in menu.SECTIONS for item in items}
    return named.get(view) or TITLES.get(view, view)


def act_word(act: str) -> Words:
    return ACTS.get(act, act)


def row_rule(view: str) -> Words:
    """Which rows, in words."""
    return ROW_RULES.get(view, EVERYTHING)
