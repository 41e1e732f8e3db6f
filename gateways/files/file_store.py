"""Stores uploaded files on disk, by the hash of their content.

A file lies at <root>/ab/cdef…, mode 0600, outside the web root, under a name that nobody outside chose. Two
equal files are one. A photo is re-encoded first, so its original with position and device is never on disk.
"""

import errno
import fcntl
import hashlib
import logging
import os
import re
import secrets
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePosixPath
from time import time
from typing import IO, BinaryIO

from flask_babel import gettext as _

from gateways.files.file_kind import IMAGE_EXTENSIONS, FileKind, UploadRefused, kind_of, picture_format, safe_name
from gateways.files.photo import MOST_PAGES, Picture, PictureBroken, PictureTooLarge, TooManyPages, re_encoded
from models.base.whole_file import sync

MEGABYTE = 1024 * 1024
CHUNK = 256 * 1024
WRITERS = 8  # threads that wait for the disk side by side
CHECKED_ON_OPENING = 32 * MEGABYTE
DISK_FAULTS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EACCES, errno.EPERM})
log = logging.getLogger("helpdesk")
_HASH = re.compile(r"[0-9a-f]{64}")
_ENDING = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "PDF": "pdf"}
_TYPE = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "PDF": "application/pdf"}

__all__ = ["FileDamaged", "FileMissing", "FileStore", "StoredFile", "UploadRefused"]


class FileMissing(LookupError):
    """No file of this hash is on disk."""


class FileDamaged(LookupError):
    """A file is there, but its content is not what its hash says."""


@dataclass(frozen=True)
class StoredFile:
    """A file as kept: `size` in bytes after re-encoding; only an `inline` one may be shown inside a page."""

    sha256: str
    size: int
    name: str
    content_type: str
    inline: bool


@dataclass(frozen=True)
class FileStore:
    """The folder of files and its limits (bytes and files a form).

    A picture may be larger when it is sent than other files: what is kept of it is smaller.
    """

    root: Path
    most_bytes: int = 10 * MEGABYTE
    most_picture_bytes: int = 40 * MEGABYTE
    most_files: int = 5
    most_form_bytes: int = 25 * MEGABYTE

    def store_form(self, uploads: Sequence[tuple[IO[bytes], str]]) -> list[StoredFile]:
        """Check all files of one form, then keep them, in order; UploadRefused keeps none of them."""
        if len(uploads) > self.most_files:
            raise UploadRefused(
                _(
                    "Anda memilih %(count)s berkas; paling banyak %(limit)s berkas sekali kirim. "
                    "Kurangi, lalu susulkan sisanya setelah nomor tiket terbit.",
                    count=len(uploads),
                    limit=self.most_files,
                )
            )
        checked = []
        total = 0
        for stream, name in uploads:
            one = _checked(self._read(stream, safe_name(name)), safe_name(name))
            total += len(one[0])
            if total > self.most_form_bytes:
                raise UploadRefused(
                    _(
                        "Berkas-berkas itu bersama-sama lebih dari %(limit)s MB. "
                        "Kurangi, lalu susulkan sisanya setelah nomor tiket terbit.",
                        limit=self.most_form_bytes // MEGABYTE,
                    )
                )
            checked.append(one)
        return [self._keep(*one) for one in checked]

    def store(self, stream: IO[bytes], name: str) -> StoredFile:
        """Check one file and keep it; UploadRefused says why not."""
        return self._keep(*_checked(self._read(stream, safe_name(name)), safe_name(name)))

    def store_published(self, stream: IO[bytes], name: str, most_bytes: int) -> StoredFile:
        """Keep a file of any kind that staff publish as a download; it is streamed and never shown inline."""
        name = safe_name(name)
        digest, size = hashlib.sha256(), 0
        with _told_if_full(name), self._temporary() as file:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > most_bytes:
                    raise _too_large(name, most_bytes)
                digest.update(chunk)
                file.write(chunk)
            if not size:
                raise UploadRefused(_("Berkas “%(name)s” kosong. Pilih lagi berkas yang berisi.", name=name))
            self._place(file, digest.hexdigest())
        return StoredFile(digest.hexdigest(), size, name, "application/octet-stream", inline=False)

    def store_raw(self, datas: Sequence[bytes], name: str) -> list[str]:
        """Keep many files of one kind (`name` for the sentence of a full disk) that nobody shows; says their hashes.

        They are written side by side and the folders synced once, so that many cost little more than one.
        """
        with _told_if_full(name), ExitStack() as files, ThreadPoolExecutor(WRITERS) as writers:
            written = [files.enter_context(self._temporary()) for _data in datas]
            list(writers.map(_write_whole, written, datas))
            hashes = [hashlib.sha256(data).hexdigest() for data in datas]
            with self._lock():
                for file, sha256 in zip(written, hashes, strict=True):
                    self._path(sha256).parent.mkdir(mode=0o700, exist_ok=True)
                    os.replace(file.name, self._path(sha256))
                list(writers.map(sync, {self._path(sha256).parent for sha256 in hashes}))
                sync(self.root)
        return hashes

    def put_back(self, sha256: str, data: IO[bytes]) -> int:
        """Keep a file of a backup under its hash, streamed; FileDamaged when the content is not what the hash says.

        Returns the number by which `take_back` knows it again, or 0 when the file was here already.
        """
        digest, was_here = hashlib.sha256(), self._path(sha256).exists()
        with self._temporary() as file:
            while chunk := data.read(CHUNK):
                digest.update(chunk)
                file.write(chunk)
            if digest.hexdigest() != sha256:
                raise FileDamaged(sha256)
            self._place(file, sha256)
            return 0 if was_here else os.fstat(file.fileno()).st_ino

    def take_back(self, sha256: str, number: int) -> None:
        """Remove what `put_back` added, unless somebody has stored the same file since."""
        path = self._path(sha256)
        with self._lock():
            if path.exists() and path.stat().st_ino == number:
                path.unlink()

    def open(self, sha256: str, whatever_size: bool = False) -> BinaryIO:
        """The file, ready to read from its start. FileMissing or FileDamaged (checked up to 32 MB unless asked)."""
        try:
            file = self._path(sha256).open("rb")
        except FileNotFoundError as missing:
            raise FileMissing(sha256) from missing
        if whatever_size or os.fstat(file.fileno()).st_size <= CHECKED_ON_OPENING:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                file.close()
                raise FileDamaged(sha256)
            file.seek(0)
        return file

    def verify(self, hashes_in_use: Collection[str]) -> list[str]:
        """The hashes, of those that rows name, whose file is missing or damaged, in order."""
        return sorted(sha256 for sha256 in set(hashes_in_use) if not self._is_whole(sha256))

    def remove_unnamed(self, hashes_in_use: Collection[str], older_than: timedelta) -> int:
        """Delete files that no row names and nobody stored again within `older_than`; returns how many.

        A file stored again gets a new time, under the same lock, so that an upload whose row is still to be
        committed keeps its file. Halves left by a crash go too.
        """
        kept, newest = set(hashes_in_use), time() - older_than.total_seconds()
        unnamed = [path for path in self.root.glob("??/*") if path.parent.name + path.name not in kept]
        return sum(self._removed(path, newest) for path in (*unnamed, *self.root.glob(".*.part")))

    def _removed(self, path: Path, newest: float) -> bool:
        with self._lock():
            old = path.exists() and path.stat().st_mtime < newest
            if old:
                path.unlink()
            return old

    def _read(self, stream: IO[bytes], name: str) -> bytes:
        data = stream.read(self.most_bytes + 1)
        most = self.most_of(data)
        if self.most_bytes < len(data) <= most:
            data += stream.read(most + 1 - len(data))
        if len(data) > most:
            raise _too_large(name, most)
        return data

    def most_of(self, begins: bytes) -> int:
        """The limit in bytes of a file that begins so."""
        return max(self.most_bytes, self.most_picture_bytes) if picture_format(begins) else self.most_bytes

    def _keep(self, data: bytes, name: str, kind: FileKind) -> StoredFile:
        sha256 = hashlib.sha256(data).hexdigest()
        with _told_if_full(name), self._temporary() as file:
            file.write(data)
            self._place(file, sha256)
        return StoredFile(sha256, len(data), name, kind.content_type, kind.content_type.startswith("image/"))

    @contextmanager
    def _temporary(self) -> Iterator[BinaryIO]:
        """A new file of mode 0600 beside the others; it is gone at the end unless `_place` moved it."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.root / f".{secrets.token_hex(8)}.part"
        try:
            with path.open("xb") as file:
                os.fchmod(file.fileno(), 0o600)
                yield file
        finally:
            path.unlink(missing_ok=True)

    def _place(self, file: BinaryIO, sha256: str) -> None:
        """Put a whole temporary file in its place so that neither crash nor power cut leaves half of it."""
        path = self._path(sha256)
        file.flush()
        os.fsync(file.fileno())
        with self._lock():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            os.replace(file.name, path)
            sync(path.parent)
            sync(self.root)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.root / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _path(self, sha256: str) -> Path:
        if not _HASH.fullmatch(sha256):
            raise FileMissing(sha256)
        return self.root / sha256[:2] / sha256[2:]

    def _is_whole(self, sha256: str) -> bool:
        try:
            with self._path(sha256).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except (FileNotFoundError, FileMissing):
            return False


def _write_whole(file: BinaryIO, data: bytes) -> None:
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _told_if_full(name: str) -> Iterator[None]:
    """A disk that is full or may not be written refuses the file in a sentence; the rest of the form stays."""
    try:
        yield
    except OSError as fault:
        if fault.errno not in DISK_FAULTS:
            raise
        log.error("a file could not be stored: %s", os.strerror(fault.errno))
        raise UploadRefused(
            _(
                "Berkas “%(name)s” tidak dapat disimpan karena penyimpanan kami sedang penuh. "
                "Kirim dulu tanpa berkas, lalu susulkan setelah nomor tiket terbit.",
                name=name,
            )
        ) from fault


def _checked(data: bytes, name: str) -> tuple[bytes, str, FileKind]:
    """What will be kept of an upload: its bytes (a picture's re-encoded), its shown name, its kind."""
    kind = kind_of(data, name)
    if kind.picture_format is None:
        return data, name, kind
    picture = _picture(data, name, kind.picture_format)
    return picture.data, _picture_name(name, picture.format), FileKind(_TYPE[picture.format], picture.format)


def _picture(data: bytes, name: str, read_as: str) -> Picture:
    try:
        return re_encoded(data, read_as)
    except PictureTooLarge as refused:
        raise UploadRefused(
            _(
                "Gambar “%(name)s” lebih dari %(most)s juta piksel. Perkecil gambarnya, lalu kirim lagi.",
                name=name,
                most=refused.most // 1_000_000,
            )
        ) from refused
    except TooManyPages as refused:
        raise UploadRefused(
            _("Pindaian “%(name)s” lebih dari %(most)s halaman. Kirim sebagai PDF.", name=name, most=MOST_PAGES)
        ) from refused
    except PictureBroken as refused:
        raise UploadRefused(
            _(
                "Gambar “%(name)s” rusak atau tidak lengkap. Ambil atau simpan ulang, lalu kirim lagi.",
                name=name,
            )
        ) from refused


def _picture_name(name: str, kept_as: str) -> str:
    """The picture's name with the ending of what it now is: phones call many a WEBP ".jpg"."""
    path = PurePosixPath(name)
    if (
        path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp")
        and IMAGE_EXTENSIONS[path.suffix.lower()[1:]] == kept_as
    ):
        return name
    return f"{path.stem}.{_ENDING[kept_as]}"


def _too_large(name: str, most_bytes: int) -> UploadRefused:
    return UploadRefused(
        _(
            "Berkas “%(name)s” lebih besar dari batas %(limit)s MB. Perkecil berkas itu, atau kirim lewat "
            "tautan di uraian.",
            name=name,
            limit=most_bytes // MEGABYTE,
        )
    )
