"""Every paper is a PDF/A-2b that holds its number, total and words as text, and never more than its data."""

import json
import re
import subprocess
import time
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from documents import document, typesetting
from documents.document import Composed
from documents.installation import bill, quality_test, rab, survey
from documents.organisation import disposition
from documents.tickets import case_file, receipt_slip
from models.base.rupiah import Ppn
from tests.documents import sample_documents as sample

NUMBER = "087/PTK/RAB/XI/2026"


def _all_papers():
    filled_rab, rab_sums = sample.rab()
    filled_bill, bill_sums = sample.bill()
    head = sample.LETTERHEAD
    return {
        "slip": lambda who: receipt_slip.compose_receipt_slip(who, head, sample.SLIP),
        "letter": lambda who: receipt_slip.compose_letter_receipt(who, head, sample.LETTER_RECEIPT),
        "disposition": lambda who: disposition.compose_disposition(who, head, sample.DISPOSITION),
        "survey": lambda who: survey.compose_survey(who, head, sample.SURVEY),
        "rab": lambda who: rab.compose_rab(who, head, filled_rab, rab_sums),
        "test": lambda who: quality_test.compose_quality_test(who, head, sample.QUALITY),
        "bill": lambda who: bill.compose_bill(who, head, filled_bill, bill_sums),
        "payment": lambda who: bill.compose_payment_receipt(who, head, sample.PAYMENT),
        "case": lambda who: case_file.compose_case_file(who, head, sample.CASE),
    }


def text_of(pdf: bytes | Composed) -> str:
    """The paper's text on one line of single spaces, as pdftotext reads it."""
    pdf = pdf.pdf() if isinstance(pdf, Composed) else pdf
    run = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(run.stdout.decode().split())


def info_of(pdf: bytes, tmp_path: Path) -> str:
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdfinfo", str(file)], capture_output=True, check=True, text=True).stdout


@pytest.mark.parametrize("kind", _all_papers())
def test_paper_is_pdf_a_2b_with_its_number_and_page_count(kind, tmp_path):
    pdf = _all_papers()[kind](sample.identity("Surat Contoh")).pdf()

    assert re.search(rb"pdfaid:part>2</pdfaid:part>\s*<pdfaid:conformance>B<", pdf)
    assert "Pages:           1" in info_of(pdf, tmp_path)
    text = text_of(pdf)
    assert NUMBER in text
    assert "Halaman 1 dari 1" in text
    assert "Universitas Bung Hatta" in text.replace("UNIVERSITAS BUNG HATTA", "Universitas Bung Hatta")


@pytest.mark.parametrize("kind", _all_papers())
def test_same_data_give_the_same_bytes(kind):
    print_it = _all_papers()[kind]
    assert print_it(sample.identity("Surat")).pdf() == print_it(sample.identity("Surat")).pdf()


def test_rab_holds_total_words_and_each_amount():
    filled, sums = sample.rab(ppn=Ppn(Decimal(12), Fraction(11, 12)))

    text = text_of(rab.compose_rab(sample.identity("Rencana Anggaran Biaya"), sample.LETTERHEAD, filled, sums))

    assert "Rp2.081.250" in text
    assert "PPN 12% dari dasar 11/12 Rp3.531.852" in text
    assert "Jumlah seluruhnya Rp35.639.602" in text
    assert sums.words == "Tiga puluh lima juta enam ratus tiga puluh sembilan ribu enam ratus dua rupiah"
    assert sums.words in text


def test_draft_says_so_and_has_no_address_to_check():
    filled, sums = sample.rab()
    draft = sample.identity("Rencana Anggaran Biaya", number="", code="", status="Draf")

    text = text_of(rab.compose_rab(draft, sample.LETTERHEAD, filled, sums))

    assert "Draf, bukan dokumen resmi" in text
    assert "verifikasi" not in text


def test_bill_of_a_delegate_names_both():
    filled, sums = sample.bill()
    text = text_of(bill.compose_bill(sample.identity("Tagihan"), sample.LETTERHEAD, filled, sums))
    assert "a.n. Pustikom," in text
    assert "Yusuf Rahman" in text and "Budi Santoso" in text
    assert "Kabel UTP Cat6: 3 rol menjadi 2 rol" in text


def test_public_case_file_never_holds_an_internal_note():
    head, who = sample.LETTERHEAD, sample.identity("Berkas Tiket")
    inside = text_of(case_file.compose_case_file(who, head, sample.CASE))
    outside = text_of(case_file.compose_case_file(who, head, replace(sample.CASE, internal=False)))
    assert "Stok switch tinggal satu." in inside
    assert "Stok switch tinggal satu." not in outside
    assert "Edisi untuk pemohon." in outside


def test_settled_payment_says_lunas_and_an_open_one_does_not():
    head, who = sample.LETTERHEAD, sample.identity("Kuitansi")
    settled = replace(sample.PAYMENT, paid_before_rp=22_107_750)
    assert "LUNAS" in text_of(bill.compose_payment_receipt(who, head, settled))
    assert "LUNAS" not in text_of(bill.compose_payment_receipt(who, head, sample.PAYMENT))


HOSTILE = (
    '#read("/etc/passwd")',
    "*tebal* _miring_ $x^2$ #pagebreak()",
    '<link rel="attachment" href="file:///etc/passwd">',
    "@import url(http://10.0.0.1)",
    "{{7*7}} {{config}}",
    "\\u{41} // /* */ `#raw`",
    '#import "@preview/x:1.0.0"',
)


@pytest.mark.parametrize("typed", HOSTILE)
def test_u8_typed_markup_is_printed_letter_by_letter(typed):
    filled, sums = sample.rab(1)
    text = text_of(rab.compose_rab(sample.identity("RAB"), sample.LETTERHEAD, replace(filled, notes=typed), sums))
    assert text.replace(" ", "").count(typed.replace(" ", "")) == 1
    assert "root:x:0" not in text


def test_u8_template_cannot_read_outside_its_folder(tmp_path, monkeypatch):
    (tmp_path / "inside.typ").write_text('#read("/../secret.txt")')
    (tmp_path.parent / "secret.txt").write_text("rahasia")
    monkeypatch.setattr(typesetting, "TEMPLATE_FOLDER", tmp_path)
    with pytest.raises(typesetting.DocumentNotPrinted):
        document.compose("inside", sample.identity("x"), sample.LETTERHEAD, sample.PAYMENT).pdf()


def test_u8_no_template_asks_for_a_package_or_a_file():
    for template in typesetting.TEMPLATE_FOLDER.glob("*.typ"):
        source = template.read_text()
        assert "@preview" not in source, template.name
        assert not re.search(r"\b(read|csv|yaml|toml|xml|cbor|plugin|eval)\(", source), template.name


@pytest.mark.parametrize(
    "typed", ["Bu \U0001f600 Sari", "日本語", "\u202eterbalik", "nol\x00byte \x07", "\ue000", "\ud800"]
)
def test_character_without_a_glyph_never_stops_a_paper(typed):
    filled, sums = sample.rab(1)
    pdf = rab.compose_rab(sample.identity("RAB"), sample.LETTERHEAD, replace(filled, unit=typed), sums)
    assert NUMBER in text_of(pdf)


def test_thousand_rab_lines_fit_and_the_header_stands_on_each_page(tmp_path):
    filled, sums = sample.rab(1_000)
    pdf = rab.compose_rab(sample.identity("Rencana Anggaran Biaya"), sample.LETTERHEAD, filled, sums).pdf()
    pages = int(re.search(r"Pages:\s+(\d+)", info_of(pdf, tmp_path))[1])
    text = text_of(pdf)
    assert pages > 20
    assert text.count("Harga satuan") == pages or text.count("Harga satuan") == pages - 1
    assert f"Halaman {pages} dari {pages}" in text
    assert sums.words in text


def test_thirty_rab_lines_render_well_under_a_second():
    filled, sums = sample.rab(30)
    fastest = min(
        _seconds(lambda: rab.compose_rab(sample.identity("RAB"), sample.LETTERHEAD, filled, sums).pdf())
        for _ in range(5)
    )
    assert fastest < 0.5


def _seconds(act) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def test_money_is_worded_by_its_name_and_nothing_else_is():
    plain = document._plain(
        {"total_rp": 27000000, "count": 24, "parts": [{"price_rp": 0}], "volume": Decimal("112.500")}
    )
    assert json.dumps(plain) == (
        '{"total_rp": "Rp27.000.000", "count": 24, "parts": [{"price_rp": "Rp0"}], "volume": "112,5"}'
    )
