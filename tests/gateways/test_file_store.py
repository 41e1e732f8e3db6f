"""Uploads: what is taken, what is refused with which sentence, and that what was taken stays whole."""

import hashlib
import io
import os
import stat
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from datetime import timedelta

import pytest
from PIL import Image, PngImagePlugin

from gateways.files.file_kind import safe_name
from gateways.files.file_store import FileDamaged, FileMissing, FileStore, UploadRefused

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path / "files")


def keep(store, data, name):
    return store.store(io.BytesIO(data), name)


def refusal(store, data, name):
    with pytest.raises(UploadRefused) as refused:
        keep(store, data, name)
    return refused.value.sentence


def picture(picture_format="JPEG", size=(60, 40), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, 200 if mode == "L" else "teal").save(out, picture_format, **options)
    return out.getvalue()


def archive(members, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as written:
        for name, content in members:
            written.writestr(name, content)
    return out.getvalue()


DOCX = archive([("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>")])
XLSX = archive([("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<w/>")])
ODT = archive([("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "<o/>")])
ODS = archive([("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<o/>")])


# What is taken


@pytest.mark.parametrize(
    ("data", "name", "content_type"),
    [
        (PDF, "surat.pdf", "application/pdf"),
        ("Sinyal hilang pukul 14.05 — gedung A\n".encode(), "catatan.txt", "text/plain"),
        ("Catatan dari Notepad".encode("utf-16"), "catatan.txt", "text/plain"),
        (b"caf\xe9 \x1b[31mmerah\x1b[0m\r\n", "router.LOG", "text/plain"),
        (b"titik;mbps\n1;940\n", "uji.csv", "text/csv"),
        (b'{"end": {}}', "iperf3.json", "application/json"),
        (DOCX, "surat.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (XLSX, "rab.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (ODT, "surat.odt", "application/vnd.oasis.opendocument.text"),
        (ODS, "rab.ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ],
)
def test_a_document_is_kept_byte_by_byte_and_never_inline(store, data, name, content_type):
    kept = keep(store, data, name)
    assert (kept.name, kept.content_type, kept.inline) == (name, content_type, False)
    assert (kept.sha256, kept.size) == (hashlib.sha256(data).hexdigest(), len(data))
    with store.open(kept.sha256) as file:
        assert file.read() == data


@pytest.mark.parametrize(
    ("picture_format", "name", "content_type"),
    [
        ("JPEG", "foto.jpg", "image/jpeg"),
        ("PNG", "layar.png", "image/png"),
        ("WEBP", "wa.webp", "image/webp"),
    ],
)
def test_a_picture_is_re_encoded_and_may_be_shown_inline(store, picture_format, name, content_type):
    kept = keep(store, picture(picture_format), name)
    assert (kept.name, kept.content_type, kept.inline) == (name, content_type, True)
    with store.open(kept.sha256) as file, Image.open(file) as shown:
        assert (shown.format, shown.size) == (picture_format, (60, 40))


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK"])
def test_a_picture_of_any_colour_mode_is_taken(store, mode):
    out = io.BytesIO()
    Image.new(mode, (30, 20)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert keep(store, out.getvalue(), "gambar.jpg").inline


def test_a_picture_named_as_another_format_gets_its_true_ending(store):
    assert keep(store, picture("WEBP"), "foto WhatsApp.jpg").name == "foto WhatsApp.webp"
    assert keep(store, picture("JPEG"), "foto.jpeg").name == "foto.jpeg"


def test_a_large_photo_is_kept_at_4000_pixels_a_side(store):
    kept = keep(store, picture("JPEG", (6000, 3000)), "foto.jpg")
    with store.open(kept.sha256) as file, Image.open(file) as shown:
        assert shown.size == (4000, 2000)


# Abuse cases


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<html><script>alert(1)</script></html>", "a.html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.svg"),
        (b"<?xml version='1.0'?><a/>", "a.xml"),
        (b"<html><script>alert(1)</script></html>", "a.jpg"),
        (b"<svg onload='alert(1)'/>", "a.png"),
        (b"<html></html>", "a.pdf"),
        (b"GIF89a\x01\x00\x01\x00\x80\x00\x00;", "a.gif"),
        (b"GIF89a\x01\x00\x01\x00\x80\x00\x00;", "a.png"),
    ],
)
def test_u1_active_content_is_refused(store, data, name):
    assert f"“{name}”" in refusal(store, data, name)
    assert store.root.exists() is False


def test_u1_markup_inside_text_is_never_inline(store):
    kept = keep(store, b"<script>alert(1)</script>", "catatan.txt")
    assert (kept.content_type, kept.inline) == ("text/plain", False)


def test_u1_a_script_hidden_behind_a_picture_does_not_survive(store):
    kept = keep(store, picture("PNG") + b"<script>alert(1)</script>", "a.png")
    with store.open(kept.sha256) as file:
        assert b"script" not in file.read()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\dewi\\surat.txt", "surat.txt"),
        ('"><svg onload=alert(1)>.txt', "svg onload=alert(1).txt"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie x=1.txt"),
        ("laporan\u202etxt.exe.txt", "laporantxt.exe.txt"),
        ("nol\x00byte\u200b.txt", "nolbyte.txt"),
        ("n" * 300 + ".txt", "n" * 116 + ".txt"),
        ("  spasi   banyak .txt ", "spasi banyak .txt"),
    ],
)
def test_u2_a_hostile_name_is_made_safe_and_never_reaches_the_disk(store, name, shown):
    kept = keep(store, b"isi", name)
    assert kept.name == shown
    on_disk = [path for path in store.root.rglob("*") if path.is_file() and path.name != ".lock"]
    assert on_disk == [store.root / kept.sha256[:2] / kept.sha256[2:]]
    assert stat.S_IMODE(on_disk[0].stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["", ".", "..", "/", "\u202e", ".htaccess", "shell.php", "a.pdf.exe", "a.jpg.phar"])
def test_u2_a_name_without_an_allowed_ending_is_refused(store, name):
    assert "tidak diterima" in refusal(store, b"isi", name)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (PDF, "foto.jpg"),
        (PDF, "surat.txt"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "surat.pdf"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "surat.txt"),
        (picture("JPEG"), "surat.pdf"),
        (picture("JPEG"), "surat.txt"),
        (DOCX, "rab.xlsx"),
        (XLSX, "surat.docx"),
        (ODT, "rab.ods"),
        (archive([("a.txt", "a")]), "surat.docx"),
        (DOCX[: len(DOCX) // 2], "surat.docx"),
        (
            archive([("[Content_Types].xml", ""), ("word/document.xml", ""), ("word/vbaProject.bin", "")]),
            "a.docx",
        ),
        (b"PK\x03\x04" + b"\xff" * 400, "a.odt"),
    ],
)
def test_u2_content_that_disagrees_with_the_ending_is_refused(store, data, name):
    assert "tidak sesuai dengan akhiran namanya" in refusal(store, data, name)


def test_u3_two_files_of_one_name_both_stay(store):
    one, two = keep(store, b"satu", "surat.txt"), keep(store, b"dua", "surat.txt")
    assert one.sha256 != two.sha256
    assert [store.open(kept.sha256).read() for kept in (one, two)] == [b"satu", b"dua"]


def png_bomb(width, height):
    """A tiny PNG whose header promises width × height pixels."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000 * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def webp_bomb():
    """A WEBP header (VP8X) that promises 16,384 × 16,384 pixels."""
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x00" * 4 + b"\xff\x3f\x00" * 2
    return b"RIFF" + struct.pack("<I", len(body)) + body


def text_bomb():
    """A PNG with a compressed comment of 200 MB."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "x" * 200_000_000, zip=True)
    return picture("PNG", pnginfo=info)


def office_bomb(members, size):
    parts = [("[Content_Types].xml", b""), ("word/document.xml", b"")]
    return archive(parts + [(f"word/{n}.xml", bytes(size)) for n in range(members)])


def eps_as_picture():
    return b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99999 99999\n"


BOMBS = {
    "png_25_gigapixels": (lambda: png_bomb(160_000, 160_000), "a.png", "40 juta piksel"),
    "png_just_over": (lambda: png_bomb(8000, 5001), "a.png", "40 juta piksel"),
    "png_100_megapixels": (lambda: png_bomb(10_000, 10_000), "a.png", "40 juta piksel"),
    "webp": (webp_bomb, "a.webp", "Gambar"),
    "png_text": (text_bomb, "a.png", "rusak"),
    "zip_201_mb": (lambda: office_bomb(3, 67 * 1024 * 1024), "a.docx", "terlalu banyak isi"),
    "zip_1001_members": (lambda: office_bomb(1001, 1), "a.docx", "terlalu banyak isi"),
    "zip_60000_members": (lambda: office_bomb(60_000, 0), "a.xlsx", "terlalu banyak isi"),
    "eps": (eps_as_picture, "a.jpg", "tidak sesuai"),
    "fits": (lambda: b"SIMPLE  =                    T" + b" " * 3000, "a.png", "tidak sesuai"),
}

MEASURE = """
import io, resource, sys, time
from gateways.files.file_store import FileStore, UploadRefused
from pathlib import Path
data, name = Path(sys.argv[1]).read_bytes(), sys.argv[2]
import PIL.PngImagePlugin, PIL.WebPImagePlugin, PIL.JpegImagePlugin
before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    FileStore(Path(sys.argv[1]).parent / "files", most_bytes=30 * 2**20).store(io.BytesIO(data), name)
except UploadRefused as refused:
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"{time.process_time() - began:.3f} {grown // 1024} {refused.sentence}")
"""


@pytest.mark.slow
@pytest.mark.parametrize("bomb", BOMBS)
def test_u4_a_bomb_is_refused_within_a_second_and_100_mb(tmp_path, bomb):
    make, name, sentence = BOMBS[bomb]
    (tmp_path / "bomb").write_bytes(make())
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, tmp_path / "bomb", name],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    seconds, megabytes, told = run.stdout.split(" ", 2)
    assert sentence in told
    assert float(seconds) < 1.0
    assert int(megabytes) < 100


def test_u4_a_picture_cut_short_is_refused(store):
    whole = picture("JPEG", (600, 400))
    assert "rusak atau tidak lengkap" in refusal(store, whole[: len(whole) // 2], "foto.jpg")


def gps_photo(picture_format):
    exif = Image.Exif()
    exif[0x010F] = "RahasiaPhone"
    exif[0x0112] = 6  # lies on its side: turn a quarter clockwise
    exif[0x8825] = {1: "S", 2: (0.0, 54.0, 25.0), 3: "E", 4: (100.0, 20.0, 44.0)}
    extra = {"comment": b"RahasiaPhone"} if picture_format == "JPEG" else {}
    return picture(picture_format, exif=exif, **extra)


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP"])
def test_u5_position_and_device_are_gone_and_the_original_is_not_kept(store, picture_format):
    original = gps_photo(picture_format)
    with Image.open(io.BytesIO(original)) as taken:
        assert taken.getexif().get_ifd(0x8825)[1] == "S"
    kept = keep(store, original, f"foto.{picture_format.lower()}")
    everything = b"".join(path.read_bytes() for path in store.root.rglob("*") if path.is_file())
    assert b"Rahasia" not in everything
    assert b"Exif" not in everything and b"eXIf" not in everything and b"EXIF" not in everything
    with store.open(kept.sha256) as file, Image.open(file) as shown:
        assert len(shown.getexif()) == 0
        assert shown.size == (40, 60)  # stands upright as the camera said


def test_u6_files_that_no_row_names_go_after_a_day_but_not_a_fresh_one(store):
    named, orphan, fresh = (keep(store, text, "a.txt") for text in (b"satu", b"dua", b"tiga"))
    two_days_ago = time.time() - 2 * 86400
    for kept in (named, orphan):
        os.utime(store.root / kept.sha256[:2] / kept.sha256[2:], (two_days_ago, two_days_ago))
    half = store.root / ".0123.part"
    half.write_bytes(b"half")
    os.utime(half, (two_days_ago, two_days_ago))
    assert store.remove_unnamed({named.sha256}, timedelta(days=1)) == 2
    assert store.verify({named.sha256, orphan.sha256, fresh.sha256}) == [orphan.sha256]
    assert not half.exists()


def test_u6_a_file_sent_again_is_fresh_again(store):
    kept = keep(store, b"satu", "a.txt")
    os.utime(store.root / kept.sha256[:2] / kept.sha256[2:], (0, 0))
    keep(store, b"satu", "b.txt")
    assert store.remove_unnamed([], timedelta(hours=24)) == 0


# Limits and damage


def test_the_limit_is_told_with_the_files_name(store):
    small = FileStore(store.root, most_bytes=1024 * 1024)
    sentence = refusal(small, b"x" * (1024 * 1024 + 1), "besar.txt")
    assert sentence.startswith("Berkas “besar.txt” lebih besar dari batas 1 MB.")
    assert keep(small, b"x" * 1024 * 1024, "pas.txt").size == 1024 * 1024


def test_an_empty_file_is_refused(store):
    assert "kosong" in refusal(store, b"", "kosong.pdf")


def test_a_form_keeps_all_files_or_none(store):
    good, bad = (io.BytesIO(b"isi"), "a.txt"), (io.BytesIO(b"MZ\x00"), "b.exe")
    with pytest.raises(UploadRefused):
        store.store_form([good, bad])
    assert not store.root.exists()
    kept = store.store_form([(io.BytesIO(b"isi"), "a.txt"), (io.BytesIO(PDF), "b.pdf")])
    assert [one.name for one in kept] == ["a.txt", "b.pdf"]


def test_a_form_with_too_many_files_or_bytes_is_refused(store):
    with pytest.raises(UploadRefused, match="Anda memilih 6 berkas; paling banyak 5"):
        store.store_form([(io.BytesIO(b"x"), "a.txt")] * 6)
    tight = FileStore(store.root, most_form_bytes=2 * 1024 * 1024)
    with pytest.raises(UploadRefused, match="lebih dari 2 MB"):
        tight.store_form([(io.BytesIO(b"x" * 1024 * 1024), f"{n}.txt") for n in range(3)])


def test_equal_files_are_one_on_disk(store):
    assert keep(store, PDF, "a.pdf").sha256 == keep(store, PDF, "b.pdf").sha256
    assert len(list(store.root.glob("??/*"))) == 1


def test_a_damaged_or_missing_file_is_found_and_mended_by_sending_it_again(store):
    damaged, missing, whole = (keep(store, text, "a.txt") for text in (b"satu", b"dua", b"tiga"))
    (store.root / damaged.sha256[:2] / damaged.sha256[2:]).write_bytes(b"satV")
    (store.root / missing.sha256[:2] / missing.sha256[2:]).unlink()
    in_use = [damaged.sha256, missing.sha256, whole.sha256]
    assert store.verify(in_use) == sorted([damaged.sha256, missing.sha256])
    with pytest.raises(FileDamaged):
        store.open(damaged.sha256)
    with pytest.raises(FileMissing):
        store.open(missing.sha256)
    keep(store, b"satu", "a.txt")
    assert store.verify([damaged.sha256]) == []


@pytest.mark.parametrize("sha256", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_hash_opens_a_file(store, sha256):
    with pytest.raises(FileMissing):
        store.open(sha256)


def test_a_failed_write_leaves_nothing_behind(store, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(UploadRefused, match="“a.txt” tidak dapat disimpan karena penyimpanan kami sedang penuh"):
        keep(store, b"isi", "a.txt")
    assert [path.name for path in store.root.rglob("*") if path.is_file()] == [".lock"]


def test_a_published_download_may_be_of_any_kind_but_never_inline(store):
    kept = store.store_published(io.BytesIO(b"MZ" + bytes(3_000_000)), "../pasang.exe", 5_000_000)
    assert (kept.name, kept.content_type, kept.inline) == ("pasang.exe", "application/octet-stream", False)
    assert store.verify([kept.sha256]) == []
    with pytest.raises(UploadRefused, match="batas 5 MB"):
        store.store_published(io.BytesIO(bytes(6_000_000)), "besar.iso", 5 * 1024 * 1024)


def test_a_name_of_only_rubbish_still_has_a_name():
    assert [safe_name(name) for name in ("", "...", "\x00/\x07")] == ["berkas"] * 3


def test_reading_stops_at_the_limit():
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size=-1):
            assert size > 0
            self.taken += size
            return b"x" * size

    endless = Endless()
    with pytest.raises(UploadRefused):
        FileStore(None, most_bytes=1000).store(endless, "a.txt")
    assert endless.taken <= 2000
