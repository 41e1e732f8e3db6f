"""Says what kind of file some bytes are, by content and extension."""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from flask_babel import gettext as _

from models.base.text_encoding import NotText, decode

MOST_UNPACKED_BYTES = 200 * 1024 * 1024
MOST_MEMBERS = 1000
LONGEST_NAME = 120

# What a phone, a scanner or Windows calls a picture, and the decoder that reads it.
IMAGE_EXTENSIONS = {
    **dict.fromkeys(("jpg", "jpeg", "jfif", "jpe"), "JPEG"),
    "png": "PNG",
    "webp": "WEBP",
    **dict.fromkeys(("heic", "heif", "hif"), "HEIF"),
    **dict.fromkeys(("tif", "tiff"), "TIFF"),
    **dict.fromkeys(("bmp", "dib"), "BMP"),
}
TEXT_TYPES = {"txt": "text/plain", "log": "text/plain", "csv": "text/csv", "json": "application/json"}
_OOXML = "application/vnd.openxmlformats-officedocument."
OFFICE_TYPES = {
    "docx": _OOXML + "wordprocessingml.document",
    "xlsx": _OOXML + "spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
ALLOWED_EXTENSIONS = (*IMAGE_EXTENSIONS, "pdf", *TEXT_TYPES, *OFFICE_TYPES)
_OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
# For the `accept` of a file field: a phone offers its camera and gallery for "image/*".
ACCEPTED_FILES = ",".join(("image/*", *(f".{ending}" for ending in ALLOWED_EXTENSIONS)))
# C0 controls but tab, line feed, form feed, carriage return and escape (terminal colours in logs).
_BINARY = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_PDF_WITHIN = 1024  # bytes; scanners and printers write a few of their own before the first "%PDF-"
_OTHER_BEGINNINGS = (b"MZ", b"\x7fELF", b"PK\x03\x04", b"#!", b"{\\rtf", b"GIF8", b"%!PS")
_UNSAFE_IN_NAME = re.compile(
    r"[\x00-\x1f\x7f-\x9f<>:\"/\\|?*\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


class UploadRefused(ValueError):
    """A file that is not taken; `sentence` names file, limit and what to do, translated."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class FileKind:
    """What a file is: its media type, or for a picture the decoder that reads it; it is kept as `photo` writes it."""

    content_type: str
    picture_format: str | None = None


def safe_name(name: str) -> str:
    """A name fit to be shown and offered for download: no path, control or direction mark, 120 characters."""
    last = re.split(r"[/\\]", name)[-1]
    clean = " ".join(_UNSAFE_IN_NAME.sub("", last).split()).strip(" .")
    stem, dot, extension = clean.rpartition(".")
    if not dot or not stem:
        return clean[:LONGEST_NAME] or "berkas"
    extension = extension[:10]
    return f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}"


def kind_of(data: bytes, name: str) -> FileKind:
    """The kind that content and extension agree on; UploadRefused when they do not or none is allowed."""
    extension = PurePosixPath(name).suffix.lower().lstrip(".")
    if not data:
        raise UploadRefused(_("Berkas “%(name)s” kosong. Pilih lagi berkas yang berisi.", name=name))
    if extension not in ALLOWED_EXTENSIONS:
        raise UploadRefused(
            _(
                "Jenis berkas “%(name)s” tidak diterima. Kirim gambar (JPG, PNG, WEBP, HEIC, TIFF, BMP), PDF, teks "
                "(TXT, LOG, CSV, JSON), atau dokumen kantor (DOCX, XLSX, ODT, ODS).",
                name=name,
            )
        )
    kind = _kind_by_content(data, extension, name)
    if kind is None:
        raise UploadRefused(
            _(
                "Isi berkas “%(name)s” tidak sesuai dengan akhiran namanya (.%(extension)s). "
                "Simpan ulang berkas itu dari aplikasi asalnya, lalu kirim lagi.",
                name=name,
                extension=extension,
            )
        )
    return kind


def _kind_by_content(data: bytes, extension: str, name: str) -> FileKind | None:
    picture = picture_format(data)
    if picture and extension in IMAGE_EXTENSIONS:
        return FileKind("image", picture)
    if extension == "pdf" and _is_pdf(data):
        return FileKind("application/pdf")
    if extension in TEXT_TYPES and _is_text(data):
        return FileKind(TEXT_TYPES[extension])
    if extension in OFFICE_TYPES and data.startswith(b"PK\x03\x04"):
        return FileKind(OFFICE_TYPES[extension]) if _is_office(data, extension, name) else None
    return None


def picture_format(data: bytes) -> str | None:
    """The picture format that the first bytes promise; another format's picture is none."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and (data[8:12] in _HEIF_BRANDS or _HEIF_BRANDS[0] in data[16:64]):
        return "HEIF"
    if data.startswith((b"II*\0", b"MM\0*")):
        return "TIFF"
    if data.startswith(b"BM") and len(data) > 26 and data[6:10] == bytes(4):
        return "BMP"
    return None


def _is_pdf(data: bytes) -> bool:
    """A PDF may begin within its first kilobyte, as readers allow; what begins as another kind of file is none."""
    before, found, _rest = data[: _PDF_WITHIN + 5].partition(b"%PDF-")
    return bool(found) and not before.startswith(_OTHER_BEGINNINGS) and b"<" not in before


def _is_text(data: bytes) -> bool:
    if data.startswith((b"%PDF-", b"{\\rtf")):
        return False
    try:
        text = decode(data).text
    except NotText:
        return False
    return not _BINARY.search(text)


def _is_office(data: bytes, extension: str, name: str) -> bool:
    """Is the archive the office document it claims to be? Nothing in it is unpacked but one short member."""
    if data.count(b"PK\x01\x02") > MOST_MEMBERS:  # before zipfile builds an object for each of them
        raise _too_much_inside(name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_UNPACKED_BYTES:
                raise _too_much_inside(name)
            return _has_office_parts(archive, extension)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError, ValueError) as broken:
        if isinstance(broken, UploadRefused):
            raise
        return False


def _has_office_parts(archive: zipfile.ZipFile, extension: str) -> bool:
    names = set(archive.namelist())
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return False
    if extension in _OFFICE_PARTS:
        return {"[Content_Types].xml", _OFFICE_PARTS[extension]} <= names
    with archive.open("mimetype") as member:
        return member.read(200) == OFFICE_TYPES[extension].encode()


def _too_much_inside(name: str) -> UploadRefused:
    return UploadRefused(
        _(
            "Dokumen “%(name)s” memuat terlalu banyak isi (batasnya 200 MB dan 1.000 bagian setelah "
            "dibuka). Bagi dokumen itu, atau kirim sebagai PDF.",
            name=name,
        )
    )
