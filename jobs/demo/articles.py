"""The articles of the demonstration: for everybody and for staff, published, waiting, and one that is due."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from models.base.db import db, write_transaction
from models.base.wording import today
from models.organisation.staff import Staff
from models.tickets.category import Category
from models.tickets.knowledge.article import Article
from procedures.tickets.knowledge.articles import publish, save_version


class Told(NamedTuple):
    """One article: who owns it, its kind of problem, its words, who published it, whom it helped."""

    owner: str
    category: str
    title: str
    text: str
    publisher: str = ""
    is_public: bool = True
    is_due: bool = False
    language: str = "id"
    helped: tuple[int, int] = (0, 0)


ARTICLES = [
    Told(
        "tono",
        "Wi-Fi dan internet",
        "Wi-Fi tersambung tetapi tidak ada internet",
        "Biasanya perangkat masih menyimpan sambungan lama.\n\n## Yang dilakukan\n1. Buka pengaturan Wi-Fi, pilih "
        "**eduroam**, lalu **Lupakan jaringan**.\n2. Matikan VPN dan DNS pribadi.\n3. Sambungkan lagi dengan alamat "
        "email kampus lengkap sebagai nama pengguna.\n\nMasih sama di beberapa perangkat? Kemungkinan titik aksesnya "
        "mati: [lihat gangguan](/gangguan), atau kirim pengaduan dengan nama gedung dan ruangnya.",
        publisher="sari",
        helped=(41, 6),
        is_due=True,
    ),
    Told(
        "sari",
        "Akun dan password",
        "Lupa password akun kampus",
        "Password hanya diganti di meja layanan, supaya tidak ada orang lain yang mengambil akun Anda.\n\n"
        "## Yang dibawa\n- kartu mahasiswa, kartu pegawai, atau KTP\n- ponsel dengan nomor yang terdaftar\n\n"
        "Akun terkunci karena salah berkali-kali terbuka sendiri setelah satu jam.",
        publisher="sari",
        helped=(63, 11),
    ),
    Told(
        "lina",
        "Portal dan aplikasi",
        "KRS atau nilai tidak tampil di portal",
        "1. Keluar dari portal, tutup peramban, lalu masuk lagi.\n2. Periksa semester yang dipilih di kanan atas.\n"
        "3. Nilai tampil setelah kuesioner dosen diisi.\n\nBila sesudah itu masih kosong, kirim pengaduan dengan nama "
        "mata kuliah dan kelasnya.",
        publisher="sari",
        helped=(18, 2),
    ),
    Told(
        "sari",
        "Akun dan password",
        "I forgot my campus password",
        "Passwords are changed at the service desk only. Please bring your student card, staff card or national "
        "identity card, and the phone with your registered number.",
        publisher="sari",
        language="en",
        helped=(4, 0),
    ),
    Told(
        "tono",
        "Wi-Fi dan internet",
        "Titik akses yang hilang dari pemantauan",
        "1. Cabut dan pasang lagi PoE di sakelar lantai.\n2. Periksa VLAN 210 di portnya.\n3. Catat nomor seri bila "
        "harus diganti.",
        publisher="rina",
        is_public=False,
        helped=(0, 9),
    ),
    Told(
        "lina", "Komputer laboratorium", "Memasang perangkat lunak praktikum", "Minta paling lambat dua pekan sebelum."
    ),
]


def seed_articles(people: dict[str, Staff]) -> int:
    """Write them, and publish those that have a publisher; says how many."""
    with write_transaction():
        kinds = {name: ident for ident, name in db.session.execute(select(Category.id, Category.name)).tuples()}
        for told in ARTICLES:
            article = Article(
                title=told.title,
                text=told.text,
                language=told.language,
                is_public=told.is_public,
                owner_id=people[told.owner].id,
                category_id=kinds.get(told.category),
                helped_public=told.helped[0],
                helped_staff=told.helped[1],
            )
            db.session.add(article)
            save_version(article, people[told.owner])
            db.session.flush()
            if told.publisher:
                publish(article, people[told.publisher])
            if told.is_due:
                article.review_on = today()
    return len(ARTICLES)
