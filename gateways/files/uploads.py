"""Accepts uploaded files within the limits of the settings, into the installation's file store."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flask import current_app
from werkzeug.datastructures import FileStorage

from gateways.files.file_store import MEGABYTE, FileStore, StoredFile
from models.base import setting


def store() -> FileStore:
    """The store under INSTANCE_PATH/files with the limits of the settings."""
    return FileStore(
        Path(current_app.config["INSTANCE_PATH"]) / "files",
        most_bytes=int(setting.get("file_megabytes")) * MEGABYTE,
        most_picture_bytes=int(setting.get("photo_megabytes")) * MEGABYTE,
        most_files=int(setting.get("files_per_form")),
        most_form_bytes=int(setting.get("form_megabytes")) * MEGABYTE,
    )


def accept(uploads: Iterable[FileStorage]) -> list[StoredFile]:
    """Store what a form brought, before any transaction; UploadRefused says what to do.

    An empty file field (no name) is no file.
    """
    named = [(upload.stream, upload.filename or "") for upload in uploads if upload and upload.filename]
    return store().store_form(named) if named else []
