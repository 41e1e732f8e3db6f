"""What phones, scanners and Windows make of a photo or a letter is taken, and kept as every browser can show it."""

import io
import re
import struct
import subprocess
import sys

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from gateways.files.file_store import FileStore, UploadRefused

register_heif_opener(thumbnails=False)


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path / "files")


def keep(store, data, name):
    return store.store(io.BytesIO(data), name)


def kept_bytes(store, kept):
    with store.open(kept.sha256) as file:
        return file.read()


def refusal(store, data, name):
    with pytest.raises(UploadRefused) as refused:
        keep(store, data, name)
    return refused.value.sentence


def picture(picture_format, size=(60, 40), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, 200 if mode == "L" else "teal" if mode == "RGB" else None).save(
        out, picture_format, **options
    )
    return out.getvalue()


@pytest.mark.parametrize("size", [(8064, 6048), (8160, 6120), (12000, 9000)], ids=["48", "50", "108"])
def test_a_photo_of_many_megapixels_is_read_smaller_and_kept_at_4000_pixels(store, size):
    kept = keep(store, picture("JPEG", size, "L"), "IMG_0001.JPG")
    with store.open(kept.sha256) as file, Image.open(file) as shown:
        assert (max(shown.size), kept.inline, kept.name) == (4000, True, "IMG_0001.JPG")


MEASURE = """
import io, resource, sys
from pathlib import Path
from gateways.files.photo import re_encoded
data = Path(sys.argv[1]).read_bytes()

import PIL.JpegImagePlugin
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
re_encoded(data, "JPEG")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_u4_a_photo_of_108_megapixels_is_never_in_memory_whole(tmp_path):
    (tmp_path / "photo").write_bytes(picture("JPEG", (12000, 9000), "L"))
    run = [sys.executable, "-c", MEASURE, tmp_path / "photo"]
    assert int(subprocess.run(run, capture_output=True, text=True, check=True).stdout) < 90


@pytest.mark.parametrize("ending", ["heic", "HEIC", "heif", "hif", "jpg"])
def test_a_heic_photo_becomes_a_jpeg_without_its_place(store, ending):
    exif = Image.Exif()
    exif[0x010F] = "RahasiaPhone"
    exif[0x8825] = {1: "S", 2: (0.0, 54.0, 25.0)}
    kept = keep(store, picture("HEIF", (120, 80), exif=exif), f"IMG_0001.{ending}")
    assert (kept.name, kept.content_type, kept.inline) == ("IMG_0001.jpg", "image/jpeg", True)
    assert b"Rahasia" not in kept_bytes(store, kept)
    with store.open(kept.sha256) as file, Image.open(file) as shown:
        assert (shown.format, shown.size, len(shown.getexif())) == ("JPEG", (120, 80), 0)


@pytest.mark.parametrize(
    ("data", "name", "shown_as", "content_type"),
    [
        (picture("JPEG"), "foto.jfif", "foto.jpg", "image/jpeg"),
        (picture("JPEG"), "foto.JPE", "foto.jpg", "image/jpeg"),
        (picture("TIFF"), "surat.tif", "surat.jpg", "image/jpeg"),
        (picture("TIFF", mode="1", compression="group4"), "surat.tiff", "surat.png", "image/png"),
        (picture("TIFF", mode="L", compression="tiff_lzw"), "surat.TIF", "surat.png", "image/png"),
        (picture("TIFF", mode="CMYK"), "surat.tif", "surat.jpg", "image/jpeg"),
        (picture("BMP"), "layar.bmp", "layar.jpg", "image/jpeg"),
        (picture("BMP", mode="1"), "layar.dib", "layar.png", "image/png"),
        (picture("TIFF"), "surat.jpg", "surat.jpg", "image/jpeg"),
        (picture("PNG"), "layar.bmp", "layar.png", "image/png"),
    ],
)
def test_what_scanners_and_windows_save_is_kept_as_browsers_show_it(store, data, name, shown_as, content_type):
    kept = keep(store, data, name)
    assert (kept.name, kept.content_type, kept.inline) == (shown_as, content_type, True)
    with store.open(kept.sha256) as file, Image.open(file) as shown:
        assert shown.size == (60, 40)


def scan(pages):
    out = io.BytesIO()
    sheets = [Image.new("1", (200, 280), at % 2) for at in range(pages)]
    sheets[0].save(out, "TIFF", save_all=True, append_images=sheets[1:], compression="group4", dpi=(200, 200))
    return out.getvalue()


def test_a_scan_of_three_pages_keeps_all_three_as_a_pdf(store):
    kept = keep(store, scan(3), "surat.tif")
    assert (kept.name, kept.content_type, kept.inline) == ("surat.pdf", "application/pdf", False)
    told = subprocess.run(["pdfinfo", "-"], input=kept_bytes(store, kept), capture_output=True, check=True).stdout
    assert re.search(rb"Pages:\s+3\b", told)
    assert keep(store, scan(3), "surat.tif").sha256 == kept.sha256, "the same scan is the same file"


def test_a_scan_of_101_pages_is_refused_with_what_to_do(store):
    assert refusal(store, scan(101), "buku.tif") == "Pindaian “buku.tif” lebih dari 100 halaman. Kirim sebagai PDF."


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.mark.parametrize(
    "before",
    [b"\r\n", b"\xef\xbb\xbf", b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n", b"\0" * 128, b" " * 1019],
)
def test_a_scanners_pdf_with_bytes_before_its_beginning_is_kept_as_it_is(store, before):
    kept = keep(store, before + PDF, "pindaian.pdf")
    assert (kept.content_type, kept.inline) == ("application/pdf", False)
    assert kept_bytes(store, kept) == before + PDF


@pytest.mark.parametrize("before", [b"MZ\x90\0", b"<html><script>1</script>", b"PK\x03\x04", b"GIF89a", b" " * 1025])
def test_u1_what_begins_as_something_else_is_no_pdf(store, before):
    assert "tidak sesuai dengan akhiran namanya" in refusal(store, before + PDF, "surat.pdf")


def heif_of(width, height):
    """A small HEIC whose header promises more."""
    small = picture("HEIF", (64, 64))
    return re.sub(rb"(?s)(ispe.{4}).{8}", lambda m: m[1] + struct.pack(">II", width, height), small)


def tiff_of(width, height):
    data = picture("TIFF", (60, 40))
    for tag, small, large in ((256, 60, width), (257, 40, height)):
        data = data.replace(struct.pack("<HHII", tag, 4, 1, small), struct.pack("<HHII", tag, 4, 1, large))
    return data


def bmp_of(width, height):
    return (small := picture("BMP"))[:18] + struct.pack("<ii", width, height) + small[26:]


def progressive_of(width, height):
    small = picture("JPEG", progressive=True)
    at = small.index(b"\xff\xc2") + 5
    return small[:at] + struct.pack(">HH", height, width) + small[at + 4 :]


@pytest.mark.parametrize(
    ("data", "name", "most"),
    [
        (heif_of(20_000, 20_000), "a.heic", 64),
        (tiff_of(20_000, 20_000), "a.tif", 40),
        (bmp_of(20_000, 20_000), "a.bmp", 40),
        (progressive_of(10_000, 9_000), "a.jpg", 64),
        (progressive_of(60_000, 60_000), "a.jpg", 220),
    ],
)
def test_u4_a_picture_that_promises_too_many_pixels_is_refused_by_its_header(store, data, name, most):
    assert f"lebih dari {most} juta piksel" in refusal(store, data, name)


@pytest.mark.parametrize("picture_format", ["HEIF", "TIFF", "BMP"])
def test_u4_a_broken_picture_is_refused_with_a_sentence(store, picture_format):
    whole = picture(picture_format, (600, 400))
    assert "rusak atau tidak lengkap" in refusal(store, whole[: len(whole) // 2], f"foto.{picture_format.lower()}")


def test_a_photo_may_be_larger_than_other_files_because_less_is_kept_of_it(tmp_path):
    store = FileStore(tmp_path / "files", most_bytes=10_000, most_picture_bytes=400_000)
    scanned = picture("BMP", (300, 300))
    assert len(scanned) > 200_000
    assert keep(store, scanned, "surat.bmp").size < 10_000
    assert "lebih besar dari batas" in refusal(store, b"x" * 10_001, "catatan.txt")
    assert "lebih besar dari batas" in refusal(store, picture("BMP", (400, 400)), "surat.bmp")
