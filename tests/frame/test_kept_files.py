"""A file that came with a first press is there at the second, and nobody else's word reaches it."""

from __future__ import annotations

import io

import pytest

from admin_views.tickets.workbench.mail_preview import recalled, reference
from gateways.files.file_store import StoredFile, UploadRefused
from gateways.files.uploads import store
from models.organisation.staff import Staff


@pytest.fixture
def kept(app) -> StoredFile:
    return store().store(
        io.BytesIO(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"), "foto.pdf"
    )


def test_tono_finds_his_file_again_after_the_secret_key_was_changed(app, kept, monkeypatch):
    word = reference(kept, Staff(id=7))
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [app.config["SECRET_KEY"]])
    monkeypatch.setitem(app.config, "SECRET_KEY", "another-secret-key-of-the-house")
    assert recalled([word], Staff(id=7)) == [kept]


def test_the_word_of_tonos_file_opens_nothing_for_lina(app, kept):
    with pytest.raises(UploadRefused):
        recalled([reference(kept, Staff(id=7))], Staff(id=8))


def test_a_file_that_the_purge_took_is_refused_with_its_sentence(app, kept):
    gone = StoredFile("0" * 64, kept.size, kept.name, kept.content_type, kept.inline)
    with pytest.raises(UploadRefused, match="sudah tidak disimpan"):
        recalled([reference(gone, Staff(id=7))], Staff(id=7))
