"""The compiled pages in the instance: taken from there, and never trusted without their seal."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment

from tests.databases import once
from web import compiled_pages
from web.compiled_pages import PREFIX, keep_pages

pytestmark = once
PAGE = "error.html"


@pytest.fixture
def started(app, monkeypatch, tmp_path):
    """A start of the program over this instance: the folder, and how often a page was compiled."""
    compiled = []
    original = Environment.compile

    def counted(self, source, name=None, *more, **options):
        compiled.append(name)
        return original(self, source, name, *more, **options)

    monkeypatch.setattr(Environment, "compile", counted)

    def start(key: str | None = None) -> tuple[Path | None, list[str]]:
        compiled.clear()
        again = Flask("app", root_path=app.root_path)
        again.config.update(INSTANCE_PATH=str(tmp_path), SECRET_KEY=key or app.config["SECRET_KEY"])
        again.jinja_env.extensions.update(app.jinja_env.extensions)
        again.jinja_env.filters.update(app.jinja_env.filters)
        folder = keep_pages(again)
        again.jinja_env.get_template(PAGE)
        return folder, list(compiled)

    return start


def kept(folder: Path | None) -> Path:
    assert folder is not None
    (file,) = folder.iterdir()
    return file


def test_a_second_start_compiles_no_page(started):
    folder, first = started()
    assert (first, started()) == ([PAGE], (folder, []))
    assert folder is not None and folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("harm", ["cut", "other code", "nothing"])
def test_a_page_without_its_seal_is_compiled_anew_and_kept_again(started, harm):
    folder, _first = started()
    file = kept(folder)
    whole = file.read_bytes()
    file.write_bytes(
        {"cut": whole[:-9], "other code": whole[:32] + whole[32:].replace(b"title", b"tetle"), "nothing": b""}[harm]
    )
    assert started()[1] == [PAGE]
    assert started()[1] == []


def test_a_page_sealed_under_another_key_is_compiled_anew(started):
    started()
    assert started("another-key")[1] == [PAGE]


def test_a_folder_that_others_may_enter_is_not_trusted(started):
    folder, _first = started()
    folder.chmod(0o750)
    assert started() == (None, [PAGE])


def test_an_older_versions_pages_go_and_a_full_disk_stops_no_start(started, monkeypatch):
    folder, _first = started()
    older = folder.parent / f"{PREFIX}0.0.1-0123456789ab"
    older.mkdir()
    kept(folder).unlink()

    def full(**_of: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(compiled_pages.tempfile, "NamedTemporaryFile", full)
    assert started() == (folder, [PAGE])
    assert not older.exists() and list(folder.iterdir()) == []
