"""Reads a backup from its first byte to its last and proves it whole, whatever somebody gives as one.

It holds one block in memory, never a table, and unpacks nothing to a path that the archive names.
"""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from flask import current_app

from gateways.files.age import NotDecrypted, decrypt, is_encrypted
from jobs.operation.archive import FILE, MANIFEST, TABLE, BackupRefused, Manifest

BLOCK = 1024 * 1024
LONGEST_MANIFEST = 64 * BLOCK
GZIP = b"\x1f\x8b"


@contextmanager
def opened(source: Path, secret_key: Path | None) -> Iterator[IO[bytes]]:
    """The gzipped tar, decrypted if it must be; the decrypted copy has no name and is gone with the process."""
    with source.open("rb") as file:
        if not file.read(1):
            raise BackupRefused(f"{source.name} is empty: take another archive.")
        file.seek(0)
        if not is_encrypted(file):
            yield file
            return
        if secret_key is None:
            raise BackupRefused("The archive is encrypted: name the file with its secret key by --key.")
        with tempfile.TemporaryFile(dir=current_app.config["INSTANCE_PATH"]) as plain:
            try:
                decrypt(file, plain, secret_key)
            except NotDecrypted as refused:
                raise BackupRefused(str(refused)) from None
            yield plain


def members(archive: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    """Every member with its stream, in order, then the end of the packing, whose checksum is compared.

    A stream is to be read before the next member is asked for, inside `damage_in_words`.
    """
    archive.seek(0)
    if archive.read(len(GZIP)) != GZIP:
        raise BackupRefused("This is no backup of this helpdesk: it is not packed as one (.tar.gz).")
    archive.seek(0)
    with gzip.GzipFile(fileobj=archive) as unpacked, tarfile.open(fileobj=unpacked, mode="r|") as tar:
        for member in tar:
            stream = tar.extractfile(member) if member.isreg() else None
            if stream is None:
                raise BackupRefused(f"This is no backup of this helpdesk: {member.name[:80]} is no plain file.")
            yield member.name, stream
            tar.members = []  # type: ignore[attr-defined]  # the list of what was read would grow with the archive
        while unpacked.read(BLOCK):
            pass


@contextmanager
def damage_in_words() -> Iterator[None]:
    """What reading a damaged, cut or foreign archive raises becomes BackupRefused."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError, UnicodeError) as fault:
        raise BackupRefused(f"The archive is damaged or cut off ({type(fault).__name__}): take another one.") from None


@damage_in_words()
def prove(archive: IO[bytes], tell: Callable[[str], None]) -> Manifest:
    """Read the whole archive and return its manifest; BackupRefused unless every member is there as it was written."""
    raw, tables, lines, files = b"", dict[str, str](), dict[str, int](), set[str]()
    for name, stream in members(archive):
        table, file = TABLE.fullmatch(name), FILE.fullmatch(name)
        tell(f"proving {name}")
        if raw or (table and table[1] in tables) or (file and file[1] in files):
            raise BackupRefused(f"The archive is damaged: {name} comes twice or after the end.")
        if name == MANIFEST:
            raw = stream.read(LONGEST_MANIFEST)
        elif table:
            tables[table[1]], lines[table[1]] = _digest(stream)
        elif file and _digest(stream)[0] == file[1]:
            files.add(file[1])
        elif file:
            raise BackupRefused(f"The archive is damaged: file {file[1]} does not match its hash.")
        else:
            raise BackupRefused(f"This is no backup of this helpdesk: it holds {name[:80]}.")
    if not raw:
        raise BackupRefused("The archive is incomplete: manifest.json, its list, is missing; take another one.")
    manifest = Manifest.parse(raw)
    _compare(manifest, tables, lines, files)
    return manifest


def _compare(manifest: Manifest, tables: dict[str, str], lines: dict[str, int], files: set[str]) -> None:
    for kind, listed, found in (("table", set(manifest.hashes), set(tables)), ("file", set(manifest.files), files)):
        for name in sorted(listed - found):
            raise BackupRefused(f"The archive is incomplete: {kind} {name} is missing.")
        for name in sorted(found - listed):
            raise BackupRefused(f"The archive is damaged: {kind} {name} is not on its list.")
    for name, sha256 in tables.items():
        if manifest.hashes[name] != sha256:
            raise BackupRefused(f"The archive is damaged: table {name} does not match its hash.")
        if manifest.counts[name] != lines[name]:
            raise BackupRefused(
                f"The archive is damaged: table {name} has {lines[name]} rows, not {manifest.counts[name]}."
            )


def _digest(stream: IO[bytes]) -> tuple[str, int]:
    """SHA-256 of a stream and its lines."""
    digest, lines = hashlib.sha256(), 0
    while block := stream.read(BLOCK):
        digest.update(block)
        lines += block.count(b"\n")
    return digest.hexdigest(), lines
