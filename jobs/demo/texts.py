"""The words of the demonstration: holidays, and complaints with their steps."""

from __future__ import annotations

from typing import TypedDict

HOLIDAYS = [
    ("2026-12-25", "Hari Raya Natal"),
    ("2027-01-01", "Tahun Baru Masehi"),
    ("2027-05-01", "Hari Buruh Internasional"),
    ("2027-06-01", "Hari Lahir Pancasila"),
    ("2027-08-17", "Hari Kemerdekaan Republik Indonesia"),
    ("2027-12-25", "Hari Raya Natal"),
]
NET, ACCOUNT, PORTAL, LAB, OTHER = (
    "Wi-Fi dan internet",
    "Akun dan password",
    "Portal dan aplikasi",
    "Komputer laboratorium",
    "Lainnya",
)

# One complaint each: when it came (hours ago), who, what, and the steps taken (working hours after the one before).
StepFields = dict[str, str | int | list[int]]  # what a step's form is filled with


class Story(TypedDict, total=False):
    """One complaint; what it came without is left out."""

    hours_ago: float
    name: str
    email: str
    phone: str
    unit: str
    category: str
    channel: str
    subject: str
    description: str
    suspicion: str
    steps: list[tuple[float, str, str, StepFields]]


COMPLAINTS: list[Story] = [
    {
        "hours_ago": 1,
        "name": "Andi Saputra",
        "email": "andi@mhs.example",
        "unit": "FTI",
        "category": NET,
        "subject": "Wi-Fi tersambung tetapi tidak dapat membuka portal",
        "description": "Sejak pagi Wi-Fi di perpustakaan lantai 2 tersambung, tetapi portal tidak terbuka. Muncul pesan DNS_PROBE_FINISHED_NXDOMAIN.",
    },
    {
        "hours_ago": 3,
        "name": "Mega Sari",
        "phone": "0812-6600-0003",
        "unit": "FH",
        "category": NET,
        "channel": "phone",
        "subject": "Kabel LAN ruang sidang tidak menyala",
        "description": "Lampu di soket ruang sidang mati sejak kemarin. Ada ujian besok pukul 09.00.",
    },
    {
        "hours_ago": 75,
        "name": "Rani Oktavia",
        "email": "rani@mhs.example",
        "unit": "FEB",
        "category": NET,
        "subject": "Tidak dapat masuk eduroam di Kampus II",
        "description": "Kata sandi benar di portal, tetapi eduroam selalu menolak.",
        "steps": [
            (2, "tono", "follow_up", {"text": "Saya cek log RADIUS."}),
            (1, "tono", "ask_requester", {"text": "Tipe ponsel Anda apa, dan apakah jaringan lain dapat dipakai?"}),
        ],
    },
    {
        "hours_ago": 50,
        "name": "Fajar Pratama",
        "email": "fajar@fti.example",
        "unit": "TE-FTI",
        "category": NET,
        "subject": "Jaringan Kampus III lambat tiap siang",
        "description": "Antara pukul 11.00 dan 13.30 kecepatan turun di bawah 1 Mbps di semua laboratorium.",
        "steps": [
            (3, "rina", "assign", {"assignee": "tono", "text": "Tolong ukur di titik utama saat siang."}),
            (1, "tono", "follow_up", {"text": "Grafik uplink penuh sejak 11.05."}),
            (
                2,
                "tono",
                "reply",
                {
                    "text": "Kami menemukan uplink gedung penuh pada jam itu. Pembatasan unduhan besar sedang kami pasang."
                },
            ),
        ],
    },
    {
        "hours_ago": 120,
        "name": "Dewi Anggraini",
        "email": "dewi@feb.example",
        "phone": "0812-6600-0001",
        "unit": "FEB",
        "category": NET,
        "subject": "Titik akses aula sering putus saat kuliah umum",
        "description": "Putus setiap kira-kira sepuluh menit bila hadirin lebih dari seratus orang.",
        "steps": [
            (4, "tono", "follow_up", {"text": "Kapasitas satu titik akses terlampaui."}),
            (6, "tono", "hold", {"reason": "Menunggu titik akses kedua dari gudang, tiba pekan ini."}),
        ],
    },
    {
        "hours_ago": 200,
        "name": "Ilham Putra",
        "email": "ilham@perpus.example",
        "unit": "PERPUS",
        "category": PORTAL,
        "subject": "Katalog perpustakaan tidak dapat dicari",
        "description": "Setiap pencarian menampilkan halaman kosong sejak pembaruan hari Jumat.",
        "steps": [
            (2, "lina", "follow_up", {"text": "Indeks pencarian rusak setelah pembaruan."}),
            (
                5,
                "lina",
                "resolve",
                {
                    "cause": "Indeks pencarian tidak dibangun ulang setelah pembaruan.",
                    "solution": "Indeks sudah dibangun ulang; pencarian kembali normal.",
                },
            ),
            (3, "requester", "confirm", {}),
            (0.5, "requester", "rate", {"rating": "5", "text": "Cepat dan jelas."}),
        ],
    },
    {
        "hours_ago": 100,
        "name": "Hendra Wijaya",
        "email": "hendra@ftsp.example",
        "unit": "TS-FTSP",
        "category": PORTAL,
        "subject": "Nilai tidak tersimpan di portal dosen",
        "description": "Setelah tombol Simpan ditekan, nilai kelas A kembali kosong.",
        "steps": [
            (1, "lina", "follow_up", {"text": "Sesi habis saat mengisi; cek batas waktu."}),
            (
                6,
                "lina",
                "resolve",
                {
                    "cause": "Sesi portal berakhir setelah 15 menit.",
                    "solution": "Batas sesi dinaikkan menjadi 60 menit.",
                },
            ),
            (4, "requester", "reopen", {"reason": "Masih terjadi pada kelas dengan lebih dari 60 mahasiswa."}),
        ],
    },
    {
        "hours_ago": 26,
        "name": "Sinta Maharani",
        "email": "sinta@mhs.example",
        "unit": "FKIP",
        "category": ACCOUNT,
        "subject": "Lupa kata sandi akun internet",
        "description": "Saya sudah ganti nomor telepon sehingga kode tidak sampai.",
        "steps": [
            (2, "sari", "follow_up", {"text": ""}),
            (
                0.5,
                "sari",
                "reply",
                {"text": "Silakan datang ke meja layanan dengan kartu mahasiswa; kata sandi diganti saat itu juga."},
            ),
            (
                0.2,
                "sari",
                "resolve",
                {"cause": "Lupa kata sandi.", "solution": "Diarahkan ke layanan perubahan kata sandi di meja layanan."},
            ),
        ],
    },
    {
        "hours_ago": 30,
        "name": "Yoga Firmansyah",
        "email": "yoga@mhs.example",
        "unit": "TI-FTI",
        "category": LAB,
        "subject": "Enam komputer laboratorium simulasi tidak menyala",
        "description": "Meja 11 sampai 16 mati seluruhnya setelah hujan petir tadi malam.",
    },
    {
        "hours_ago": 8,
        "name": "Maya Lestari",
        "phone": "0813-7700-1122",
        "unit": "BAAK",
        "category": PORTAL,
        "channel": "walk_in",
        "subject": "Cetak transkrip menampilkan nama ganda",
        "description": "Nama mahasiswa tercetak dua kali pada transkrip angkatan 2022.",
        "steps": [(0.5, "hadi", "assign", {"assignee": "lina", "text": ""})],
    },
    {
        "hours_ago": 52,
        "name": "Bayu Ramadhan",
        "email": "bayu@mhs.example",
        "unit": "BEM",
        "category": OTHER,
        "subject": "Permintaan proyektor untuk seminar",
        "description": "Apakah Pustikom dapat meminjamkan proyektor untuk 5 Desember?",
        "steps": [
            (
                3,
                "sari",
                "refuse",
                {"reason": "Peminjaman proyektor dilayani Biro Administrasi Umum. Silakan hubungi mereka."},
            )
        ],
    },
    {
        "hours_ago": 28,
        "name": "Nurul Aini",
        "email": "nurul@lppm.example",
        "unit": "LPPM",
        "category": NET,
        "subject": "VPN dosen gagal tersambung dari rumah",
        "description": "Pesan galat 809 di Windows setelah pembaruan.",
        "steps": [
            (1, "tono", "take", {}),
            (1, "tono", "note", {"text": "Galat 809 biasanya UDP 4500 tertutup di router rumah."}),
        ],
    },
    {
        "hours_ago": 5,
        "name": "Promo Murah",
        "email": "promo@iklan.example",
        "category": OTHER,
        "suspicion": "honeypot",
        "subject": "Tingkatkan pengunjung situs Anda",
        "description": "Hubungi kami untuk paket promosi terbaik bulan ini.",
    },
    {
        "hours_ago": 40,
        "name": "Taufik Hidayat",
        "email": "taufik@fpik.example",
        "unit": "FPIK",
        "category": LAB,
        "channel": "letter",
        "subject": "Perangkat lunak statistik di laboratorium kedaluwarsa",
        "description": "Lisensi habis pada 20 November; dipakai praktikum tiap Rabu.",
        "steps": [
            (4, "lina", "follow_up", {"text": "Lisensi baru sudah diminta."}),
            (
                2,
                "lina",
                "hand_over",
                {"group": "Meja Layanan", "reason": "Pembelian lisensi diproses lewat meja layanan."},
            ),
        ],
    },
    {
        "hours_ago": 33,
        "name": "Citra Dewi",
        "email": "citra@mhs.example",
        "unit": "FIB",
        "category": ACCOUNT,
        "subject": "Akun himpunan tidak menerima email",
        "description": "Email dari luar kampus tidak masuk sejak Senin.",
        "steps": [
            (5, "nita", "take", {}),
            (1, "nita", "ask_requester", {"text": "Mohon teruskan pesan galat yang diterima pengirimnya."}),
        ],
    },
    {
        "hours_ago": 2,
        "name": "Rizky Maulana",
        "phone": "0852-1234-5678",
        "unit": "AR-FTSP",
        "category": NET,
        "channel": "whatsapp",
        "subject": "Wi-Fi studio arsitektur hilang",
        "description": "Nama jaringan tidak muncul sejak pukul 10.00 di studio lantai 3.",
    },
]
