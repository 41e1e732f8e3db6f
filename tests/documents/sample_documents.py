"""Filled papers for the tests of `documents`: one realistic example of every kind."""

from datetime import UTC, date, datetime
from decimal import Decimal

from documents.document import Identity, Letterhead, Signature
from documents.installation.bill import PaymentReceipt, PrintedBill
from documents.installation.quality_test import PrintedMeasure, QualityReport
from documents.installation.rab import PrintedLine, PrintedRab, PrintedSection
from documents.installation.survey import PrintedMaterial, PrintedPoint, SurveyReport
from documents.organisation.disposition import DispositionSheet, PrintedInstruction
from documents.tickets.case_file import CaseEvent, CaseFact, CaseFile, CasePart, ListedDocument
from documents.tickets.receipt_slip import LetterReceipt, ReceiptSlip
from models.base.rupiah import Ppn, line_amount, totals

LETTERHEAD = Letterhead(
    university="Universitas Bung Hatta",
    centre="Pusat Teknologi Informasi dan Komunikasi (Pustikom)",
    address="Jalan Sumatera, Ulak Karang, Padang 25133",
    phone="Telepon (0751) 705 1678",
    email="pustikom@bunghatta.example",
    mark="P",
)
BASE_URL = "https://helpdesk.bunghatta.example"
ISSUED = datetime(2026, 11, 17, 7, 5, tzinfo=UTC)
HEAD = Signature("Kepala Pustikom", "Budi Santoso", "19720315 199803 1 002")
DELEGATE = Signature("Wakil Kepala", "Yusuf Rahman", "19751120 200112 1 004", on_behalf="a.n. Pustikom")


def identity(title: str, number: str = "087/PTK/RAB/XI/2026", code: str = "7K3M9QXD2MC4", status: str = "") -> Identity:
    return Identity(title, number, ISSUED, "Padang", code, BASE_URL if code else "", status)


def rab_lines(count: int) -> tuple[tuple[str, str, str, int], ...]:
    goods = (
        ("Kabel UTP Cat6, rol 305 m", "2", "rol", 1_850_000),
        ("Switch 24 port PoE, rack mount", "1", "unit", 7_450_000),
        ("Kabel fiber optik single mode 4 core", "112,5", "m", 18_500),
        ("Stopkontak data dinding dua lubang", "12", "buah", 87_500),
        ("Pipa PVC conduit 20 mm beserta klem", "86", "m", 12_750),
        ("Patch cord Cat6 2 meter", "24", "buah", 45_000),
    )
    return tuple(goods[at % len(goods)] for at in range(count))


def rab(count: int = 8, ppn: Ppn | None = None) -> tuple[PrintedRab, object]:
    def printed(rows):
        return tuple(
            PrintedLine(text, volume := Decimal(amount.replace(",", ".")), measure, price, line_amount(volume, price))
            for text, amount, measure, price in rows
        )

    material = printed(rab_lines(count))
    work = printed(
        (
            ("Penarikan dan terminasi kabel", "24", "titik", 150_000),
            ("Pembumian rak ruang panel", "1", "paket", 900_000),
        )
    )
    sums = totals([(line.volume, line.price_rp) for line in material + work], ppn)
    return PrintedRab(
        work_title="Jaringan Laboratorium Manajemen",
        unit="Fakultas Ekonomi dan Bisnis",
        place="Gedung B lantai 3, ruang B.3.07",
        letter="214/FEB/XI/2026, 30 Oktober 2026",
        ticket_number="PTK-4H7TM-9ZQ2C-K",
        version=2,
        working_days=8,
        valid_until=date(2026, 12, 17),
        sections=(PrintedSection("Bahan", material), PrintedSection("Pekerjaan", work)),
        ppn_label="PPN 12% dari dasar 11/12" if ppn else "",
        notes="Harga termasuk pengujian setiap titik. Garansi pemasangan satu tahun.",
        signatures=(HEAD,),
    ), sums


SLIP = ReceiptSlip(
    "PTK-7K3M9-QXD2M-C",
    "H4T9-22KX",
    f"{BASE_URL}/tiket/PTK-7K3M9-QXD2M-C",
    "Pengaduan TIK",
    "Andi Pratama",
    "Fakultas Hukum",
    "Wi-Fi ruang baca sering terputus",
    ISSUED,
    "Datang langsung",
    "Sari, operator",
    datetime(2026, 11, 18, 7, 5, tzinfo=UTC),
)
LETTER_RECEIPT = LetterReceipt(
    "214/FEB/XI/2026",
    date(2026, 10, 30),
    "Permohonan pemasangan jaringan Laboratorium Manajemen",
    "Fakultas Ekonomi dan Bisnis",
    "Dr. Ratna Dewi, Ketua Program Studi Manajemen",
    "Prof. Hasan Basri, Dekan",
    "surat-214.pdf, 412 kB",
    "Gedung B lantai 3, ruang B.3.07",
    24,
    "Praktikum 24 mahasiswa mulai Februari 2027",
    "Dewi Anggraini, dewi@feb.example, 0812 0000 1111",
    "087/PTK/AGD/XI/2026",
    ISSUED,
    "Surat diantar",
    "PTK-4H7TM-9ZQ2C-K",
    f"{BASE_URL}/tiket/PTK-4H7TM-9ZQ2C-K",
    (Signature("Operator", "Sari Wulandari"),),
)
DISPOSITION = DispositionSheet(
    "087/PTK/AGD/XI/2026",
    "Fakultas Ekonomi dan Bisnis",
    "214/FEB/XI/2026",
    date(2026, 10, 30),
    date(2026, 11, 2),
    "Permohonan pemasangan jaringan Laboratorium Manajemen",
    "PTK-4H7TM-9ZQ2C-K",
    (
        PrintedInstruction(
            "Divisi Networking",
            "Mohon disurvey minggu ini. Perhatikan pembumian rak.",
            date(2026, 11, 20),
            "Budi Santoso, Kepala Pustikom",
            ISSUED,
            "Ditandatangani di kertas, dicatat oleh Sari",
        ),
        PrintedInstruction(
            "Tono, staf Divisi Networking",
            "Tolong survey hari Jumat bersama Bu Dewi.",
            date(2026, 11, 6),
            "Rina Marlina, Kepala Divisi Networking",
            ISSUED,
        ),
    ),
    (DELEGATE,),
)
SURVEY = SurveyReport(
    "Fakultas Ekonomi dan Bisnis",
    "Gedung B lantai 3, ruang B.3.07",
    "PTK-4H7TM-9ZQ2C-K",
    date(2026, 11, 6),
    "Dewi Anggraini",
    ("Tono", "Rudi"),
    "Layak dengan syarat",
    True,
    "Rak ruang panel dibumikan lebih dahulu.",
    (
        PrintedPoint("Meja mahasiswa, sisi kiri", 12, "Stopkontak data dinding"),
        PrintedPoint("Meja mahasiswa, sisi kanan", 11),
        PrintedPoint("Meja dosen", 1, "Dekat proyektor"),
    ),
    "SW-B2-01, Gedung B lantai 2, ruang panel",
    "112 m",
    "1 lantai",
    "Fiber",
    "Melalui plafon koridor",
    "Ada, 2 stopkontak",
    "Belum",
    "Plafon koridor terkunci; minta kunci ke TU.",
    (
        PrintedMaterial("KBL-UTP6", "Kabel UTP Cat6, rol 305 m", Decimal(2), "rol"),
        PrintedMaterial("", "Kabel fiber optik 4 core", Decimal("112.5"), "m"),
    ),
    (),
    (Signature("Surveyor", "Tono Hidayat"),),
)
POINTS = (
    PrintedMeasure("B.3.07-01", "Kabel", "1.000", "64", "Baik", "", "0 dari 1.000", "1,2", "0,3", "941", ()),
    PrintedMeasure(
        "B.3.07-02",
        "Kabel",
        "100",
        "96,5",
        "Baik",
        "",
        "3 dari 1.000",
        "1,4",
        "0,3",
        "94",
        (
            "Panjang kabel 96,5 m, batasnya paling panjang 90 m",
            "Kecepatan negosiasi 100 Mbps, harus 1.000 Mbps",
        ),
    ),
    PrintedMeasure("AP-B3-1", "Wi-Fi", "", "", "", "−58", "2 dari 1.000", "6,1", "1,9", "310", ()),
)
QUALITY = QualityReport(
    "Fakultas Ekonomi dan Bisnis",
    "Gedung B lantai 3, ruang B.3.07",
    "PTK-4H7TM-9ZQ2C-K",
    2,
    "Tono Hidayat",
    ISSUED,
    POINTS,
    ("Kabel: panjang paling banyak 90 m", "Wi-Fi: sinyal paling lemah −67 dBm"),
    "Konektor titik 02 longgar; dipasang ulang 16 November 2026.",
    (
        Signature("Staf Divisi Networking", "Tono Hidayat", caption="Diuji oleh"),
        Signature("Kepala Divisi Networking", "Rina Marlina", caption="Diperiksa oleh"),
    ),
)
CASE = CaseFile(
    "PTK-4H7TM-9ZQ2C-K",
    "Pemasangan jaringan baru",
    "Jaringan Laboratorium Manajemen",
    "Menunggu pembayaran",
    "Dewi Anggraini",
    "Fakultas Ekonomi dan Bisnis",
    ISSUED,
    None,
    (
        ListedDocument("Rencana Anggaran Biaya, versi 2", "087/PTK/RAB/XI/2026", date(2026, 11, 17), "Rp27.010.000"),
        ListedDocument("Disposisi", "087/PTK/D/XI/2026", date(2026, 11, 3)),
    ),
    (
        CasePart(
            "Surat permohonan", (CaseFact("Nomor", "214/FEB/XI/2026"), CaseFact("Perihal", "Permohonan pemasangan"))
        ),
    ),
    (
        CaseEvent(ISSUED, "N1", "Surat diterima", "Meja depan"),
        CaseEvent(ISSUED, "N6", "RAB dikembalikan", "Kepala Pustikom", "Cantumkan merek."),
        CaseEvent(ISSUED, "", "Catatan", "Bu Rina", "Stok switch tinggal satu.", internal=True),
    ),
    (HEAD,),
    True,
)
PAYMENT = PaymentReceipt(
    "Bendahara Fakultas Ekonomi dan Bisnis",
    "Fakultas Ekonomi dan Bisnis",
    "Pembayaran sebagian tagihan 012/PTK/TAG/XI/2026",
    "Transfer bank",
    date(2026, 11, 17),
    10_000_000,
    "012/PTK/TAG/XI/2026",
    32_107_750,
    0,
    (Signature("Operator", "Sari Wulandari"),),
)


def bill():
    printed, sums = rab()
    lines = tuple(line for section in printed.sections for line in section.lines)
    return PrintedBill(
        "Dekan",
        "Fakultas Ekonomi dan Bisnis",
        "Gedung B, Kampus I Ulak Karang",
        "PTK-4H7TM-9ZQ2C-K",
        printed.work_title,
        printed.place,
        "RAB 087/PTK/RAB/XI/2026 dan hasil uji kualitas yang lulus",
        "087/PTK/RAB/XI/2026",
        "031/PTK/UJI/XI/2026",
        date(2026, 12, 17),
        lines,
        "",
        ("Kabel UTP Cat6: 3 rol menjadi 2 rol",),
        "Sisa kabel dipakai kembali.",
        "Transfer ke rekening Universitas Bung Hatta pada Bank Contoh 000-111-222, sebutkan nomor tagihan.",
        (DELEGATE, HEAD),
    ), sums
