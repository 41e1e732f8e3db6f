"""The pages that a stranger reads: checked, small, in two languages, and what leads where."""

from __future__ import annotations

import re

import pytest

from documents.markdown_text import as_html
from models.base.db import db, write_transaction
from models.base.page import Download, Page
from tests.databases import once
from tests.pages import page

pytestmark = once

PATHS = (
    "/",
    "/pengaduan",
    "/tiket",
    "/tiket/kirim-ulang",
    "/tiket/terkirim-ulang",
    "/prosedur",
    "/prosedur/pengaduan",
    "/unduhan",
    "/akun-internet",
    "/privasi",
    "/aksesibilitas",
)


@pytest.mark.parametrize("path", PATHS)
def test_every_public_page_is_well_formed(app, path):
    assert 'lang="id"' in page(app.test_client(), path)


def test_a_reader_switches_to_english_and_back(app):
    client = app.test_client()
    assert client.get("/bahasa/en?next=/privasi").location == "/privasi"
    assert '<html lang="en">' in page(client, "/privasi")
    assert "What we keep" in page(client, "/privasi")
    client.get("/bahasa/id")
    assert "Apa yang kami simpan" in page(client, "/privasi")


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nb"])
def test_d13_language_switch_leads_only_to_own_paths(app, path):
    assert app.test_client().get("/bahasa/en", query_string={"next": path}).location == "/"


def test_the_printed_address_leads_to_the_front_page(app):
    answer = app.test_client().get("/help")
    assert (answer.status_code, answer.location) == (301, "/")


def test_the_front_page_weighs_less_than_100_kb_in_all(app):
    client = app.test_client()
    files = ("/", "/static/css/pk.css", "/static/css/pk-public.css", "/static/img/icons.svg", "/static/img/mark.svg")
    assert sum(len(client.get(path).data) for path in files) < 100_000


def test_a_text_of_the_panel_replaces_the_shipped_one_and_is_sanitised(app):
    with write_transaction():
        db.session.add(
            Page(slug="privasi", title="Privasi kami", text="# Baru\n\n<script>alert(1)</script> [x](javascript:a())")
        )
    html = page(app.test_client(), "/privasi")
    assert "<h2>Baru</h2>" in html
    assert "alert(1)" not in html
    assert "javascript:" not in html


@pytest.mark.parametrize(
    ("text", "levels"),
    [("# A\n\n## B", "23"), ("## A\n\n### B", "23"), ("### A", "2"), ("# A\n\n###### B", "24"), ("teks", "")],
)
def test_headings_of_a_text_begin_below_the_title_of_the_page(app, text, levels):
    with app.app_context():
        assert "".join(re.findall(r"<h([1-6])>", as_html(text))) == levels


def test_a_download_shows_its_checksum_and_comes_as_a_file(app):
    from io import BytesIO

    from gateways.files.uploads import store

    kept = store().store_published(BytesIO(b"isi panduan"), "panduan.pdf", 1000)
    with write_transaction():
        db.session.add(Download(title="Panduan", sha256=kept.sha256, file_name=kept.name, size=kept.size, version="3"))
        db.session.add(Download(title="Rahasia", link="http://x.example", is_published=False))
    client = app.test_client()
    html = page(client, "/unduhan")
    assert kept.sha256 in html
    assert "Rahasia" not in html
    answer = client.get("/unduhan/1/panduan.pdf")
    assert (answer.data, answer.headers["Content-Disposition"]) == (b"isi panduan", "attachment; filename=panduan.pdf")
    assert client.get("/unduhan/1/lain.pdf").status_code == 404


def test_shipped_pages_and_downloads_are_seeded_once(app):
    from jobs.demo.pages import build_pages

    counts = []
    for _again in range(2):
        with write_transaction():
            counts.append(build_pages())
    assert counts == [4, 0]
    assert "http://os.bunghatta.ac.id" in page(app.test_client(), "/unduhan")
