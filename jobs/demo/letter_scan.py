"""The scanned letter that comes with every demonstration request."""

from __future__ import annotations

from io import BytesIO

from gateways.files.file_store import StoredFile
from gateways.files.uploads import store

SCAN = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def letter_scan() -> StoredFile:
    return store().store(BytesIO(SCAN), "surat-permohonan.pdf")
