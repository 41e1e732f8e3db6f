"""scripts/translations: gathers from source and templates, merges the parts, compiles, and tells what is missing."""

import subprocess
import sys
from gettext import GNUTranslations
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "translations"
SOURCE = """
from flask_babel import gettext as _, lazy_gettext as _l, ngettext
label = _l("Simpan")
def told(n):
    return _("Halo %(name)s", name=n), ngettext("%(num)d berkas", "%(num)d berkas", n)
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "babel.cfg").write_text("[python: public/**.py]\n[jinja2: templates/**.html]\n")
    for folder in ("public", "templates", "translations/en/parts", "translations/id/LC_MESSAGES"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "public" / "a.py").write_text(SOURCE)
    (tmp_path / "templates" / "a.html").write_text("<h1>{{ _('Beranda') }}</h1>")
    part(tmp_path, "one", {"Simpan": "Save", "Beranda": "Home", "Halo %(name)s": "Hello %(name)s"})
    (tmp_path / "translations/id/LC_MESSAGES/admin.po").write_text('msgid "Save"\nmsgstr "Simpan"\n')
    return tmp_path


def part(project, name, pairs):
    text = "\n".join(f'msgid "{source}"\nmsgstr "{target}"\n' for source, target in pairs.items())
    (project / f"translations/en/parts/{name}.po").write_text(text)


def run(project, *options):
    return subprocess.run(
        [sys.executable, SCRIPT, "--root", project, *options], capture_output=True, text=True, timeout=60
    )


def english(project, text):
    with (project / "translations/en/LC_MESSAGES/messages.mo").open("rb") as file:
        return GNUTranslations(file).gettext(text)


def test_the_check_lists_what_has_no_english_and_writes_nothing(project):
    checked = run(project, "--check")
    assert checked.returncode == 1
    assert checked.stdout.splitlines() == ["no English for '%(num)d berkas'", "4 texts, 1 to mend."]
    assert not (project / "translations/en/LC_MESSAGES").exists()


def test_the_check_passes_when_all_is_there(project):
    (project / "translations/en/parts/two.po").write_text(
        'msgid "%(num)d berkas"\nmsgid_plural "%(num)d berkas"\nmsgstr[0] "%(num)d file"\nmsgstr[1] "%(num)d files"\n'
    )
    checked = run(project, "--check")
    assert (checked.returncode, checked.stdout) == (0, "4 texts, 0 to mend.\n")
    assert run(project).returncode == 0
    with (project / "translations/en/LC_MESSAGES/messages.mo").open("rb") as file:
        catalogue = GNUTranslations(file)
    assert [catalogue.ngettext("%(num)d berkas", "%(num)d berkas", n) for n in (1, 2)] == [
        "%(num)d file",
        "%(num)d files",
    ]


def test_the_check_tells_of_a_catalogue_that_was_not_written_anew(project):
    run(project)
    part(project, "one", {"Simpan": "Keep", "Beranda": "Home", "Halo %(name)s": "Hello %(name)s"})
    checked = run(project, "--check")
    assert checked.returncode == 1
    assert "messages.po is not what source and parts say: run `make translations`" in checked.stdout


def test_parts_reach_the_compiled_catalogues_of_every_language(project):
    run(project)
    assert english(project, "Simpan") == "Save"
    assert english(project, "Beranda") == "Home"
    with (project / "translations/id/LC_MESSAGES/admin.mo").open("rb") as file:
        assert GNUTranslations(file).gettext("Save") == "Simpan"


def test_a_part_mends_the_catalogue_and_a_lost_part_loses_nothing(project):
    run(project)
    part(project, "one", {"Simpan": "Keep"})
    run(project)
    assert (english(project, "Simpan"), english(project, "Beranda")) == ("Keep", "Home")


def test_other_placeholders_and_quarrelling_parts_are_told(project):
    part(project, "one", {"Halo %(name)s": "Hello %(nama)s"})
    part(project, "two", {"Simpan": "Save"})
    part(project, "zwei", {"Simpan": "Store"})
    told = run(project, "--check").stdout
    assert "other placeholders in the English of 'Halo %(name)s'" in told
    assert "two parts differ on 'Simpan': 'Save', in zwei.po 'Store'" in told


def test_texts_that_left_the_source_leave_the_catalogue_and_two_runs_write_the_same(project):
    run(project)
    catalogue = project / "translations/en/LC_MESSAGES/messages.po"
    (project / "templates" / "a.html").write_text("<h1></h1>")
    run(project)
    once = catalogue.read_bytes()
    run(project)
    assert catalogue.read_bytes() == once
    assert b"Beranda" not in once


def test_compile_alone_leaves_the_catalogue_as_it_is(project):
    run(project)
    catalogue = project / "translations/en/LC_MESSAGES/messages.po"
    before = catalogue.read_bytes()
    part(project, "one", {"Simpan": "Keep"})
    catalogue.with_suffix(".mo").unlink()
    assert run(project, "--compile").returncode == 0
    assert catalogue.read_bytes() == before
    assert english(project, "Simpan") == "Save"


def test_the_check_wants_the_singular_of_what_is_counted_and_the_catalogue_keeps_it(project):
    (project / "public" / "b.py").write_text('from flask_babel import gettext as _\ntold = _("%(n)s tiket", n=1)\n')
    part(project, "two", {"%(num)d berkas": "%(num)d files", "%(n)s tiket": "%(n)s tickets"})
    assert run(project, "--check").stdout.splitlines()[0] == (
        "no English for a count of one (n=1, see parts/one.po) of '%(n)s tiket'"
    )
    (project / "translations/en/parts/ones.po").write_text(
        'msgctxt "n=1"\nmsgid "%(n)s tiket"\nmsgstr "%(n)s ticket"\n'
    )
    assert run(project).stdout == "6 texts, 0 to mend.\n"
    with (project / "translations/en/LC_MESSAGES/messages.mo").open("rb") as file:
        assert GNUTranslations(file).pgettext("n=1", "%(n)s tiket") == "%(n)s ticket"
