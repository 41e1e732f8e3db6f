"""Files of a public form: each accepted or refused by itself; the accepted survive an error elsewhere.

An accepted file lies in the store at once; the page carries a signed reference to it, so that the next try needs
no second upload. A reference that never becomes an attachment is nothing: the purge removes its file after a day.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import timedelta

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from gateways.files.file_store import (
    MEGABYTE,
    FileStore,
    StoredFile,
    UploadRefused,
)
from gateways.files.uploads import store
from models.base import setting
from models.base.counter import count_up
from models.base.db import keep_house
from public.tickets.form_nonce import signer
from web.file_references import KeptFileGone, kept_file, reference_of
from web.reader import network

DAY = timedelta(days=1)


@dataclass(frozen=True)
class KeptFile:
    """An accepted file with the signed reference that the form carries."""

    file: StoredFile
    reference: str


@dataclass(frozen=True)
class RefusedFile:
    """A file that was not kept, and the sentence why."""

    name: str
    size: int
    sentence: str


@dataclass
class Basket:
    """What a form brought: accepted and refused files."""

    kept: list[KeptFile] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)

    @property
    def files(self) -> list[StoredFile]:
        return [one.file for one in self.kept]


def collect(name: str = "attachments") -> Basket:
    """Read the references and the new files of this request; a pressed "Buang" takes its file out."""
    shelf, basket = store(), Basket()
    for reference in request.form.getlist("kept")[: shelf.most_files]:
        _recall(basket, reference)
    for upload in request.files.getlist(name):
        if upload.filename:
            _accept(shelf, basket, upload)
    dropped = request.form.get("drop")
    basket.kept = [one for one in basket.kept if one.file.sha256 != dropped]
    return basket


def _recall(basket: Basket, reference: str) -> None:
    try:
        basket.kept.append(KeptFile(kept_file(reference, signer("file")), reference))
    except KeptFileGone as gone:
        if gone.file is None:
            sentence = _("Berkas yang tadi diunggah sudah tidak disimpan. Pilih berkasnya lagi.")
            basket.refused.append(RefusedFile(_("Berkas sebelumnya"), 0, sentence))
        else:
            sentence = _("Berkas “%(name)s” sudah tidak disimpan. Pilih berkasnya lagi.", name=gone.file.name)
            basket.refused.append(RefusedFile(gone.file.name, gone.file.size, sentence))


def _accept(shelf: FileStore, basket: Basket, upload: FileStorage) -> None:
    size = upload.stream.seek(0, os.SEEK_END)
    upload.stream.seek(0)
    most = shelf.most_of(upload.stream.read(64))
    upload.stream.seek(0)
    name = upload.filename or ""
    try:
        _room(shelf, basket, name, size, most)
        file = shelf.store(upload.stream, name)
    except UploadRefused as refused:
        basket.refused.append(RefusedFile(name[-120:], size, str(refused)))
        return
    if file.sha256 not in {one.file.sha256 for one in basket.kept}:
        basket.kept.append(KeptFile(file, reference_of(file, signer("file"))))


def _room(shelf: FileStore, basket: Basket, name: str, size: int, most: int) -> None:
    """Raise UploadRefused when the form or the network's day is full (U6); `most` bytes may this file have."""
    if len(basket.kept) >= shelf.most_files:
        raise UploadRefused(
            _(
                "Paling banyak %(limit)s berkas sekali kirim; “%(name)s” tidak disimpan. Susulkan nanti.",
                limit=shelf.most_files,
                name=name[-120:],
            )
        )
    if sum(file.size for file in basket.files) + min(size, shelf.most_bytes) > shelf.most_form_bytes:
        raise UploadRefused(
            _(
                "Berkas-berkas itu bersama-sama lebih dari %(limit)s MB; “%(name)s” tidak disimpan. "
                "Susulkan setelah nomor terbit.",
                limit=shelf.most_form_bytes // MEGABYTE,
                name=name[-120:],
            )
        )
    if size <= most and _day_total(size) > int(setting.get("upload_megabytes_per_day")) * 1000:
        raise UploadRefused(
            _(
                "Batas unggahan hari ini dari jaringan Anda sudah tercapai; “%(name)s” tidak disimpan. "
                "Kirim tanpa berkas, lalu susulkan besok di halaman tiket.",
                name=name[-120:],
            )
        )


def _day_total(size: int) -> int:
    """Count these bytes for the network; says how many kB it makes today."""
    return keep_house(lambda: count_up(f"upload:{network()}", DAY, step=-(-size // 1000))) or 0
