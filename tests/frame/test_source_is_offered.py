"""The foot of every page: which version runs and, where it is offered, its source (AGPL, section 13)."""

import tomllib
from pathlib import Path

from tests.browse import Person
from tests.databases import once

pytestmark = once

PROJECT = tomllib.loads((Path(__file__).parent.parent.parent / "pyproject.toml").read_text())["project"]
SOURCE = "https://git.kampus.example/pustikom/helpdesk"


def test_the_panel_says_its_version_and_every_page_leads_to_the_source_where_it_is_offered(app, monkeypatch):
    sari = Person(app, "sari")

    assert f"Versi {PROJECT['version']}" in sari.get("/admin/").text
    assert "Kode sumber" not in app.test_client().get("/").text
    monkeypatch.setitem(app.jinja_env.globals, "source_url", SOURCE)
    for answer in (sari.get("/admin/me/"), app.test_client().get("/privasi")):
        assert f'<a href="{SOURCE}" rel="noopener">Kode sumber</a>' in answer.text
