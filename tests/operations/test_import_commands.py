"""The import commands: one form for all, `--dry-run` shows and writes nothing, every line is counted."""

from __future__ import annotations

import pytest

from models.base.db import db
from models.installation.rab import PriceItem
from models.organisation.audit import AuditEntry
from models.organisation.unit import Contact, Unit
from models.outages.network import Node
from tests.databases import once

pytestmark = once

FILES = {
    "import-units": ("Unit", Unit, "code,name\nAA,Unit A\n,Tanpa kode\n\n"),
    "import-contacts": ("Contact", Contact, "unit,nama\nFEB,Joni\nZZ,Siapa\n\n"),
    "import-nodes": ("Node", Node, "nama,alamat\nInti,10.1.0.1\nLain,127.0.0.1\n\n"),
    "import-prices": (
        "PriceItem",
        PriceItem,
        "kode,uraian,satuan,harga\nK1,Kabel,meter,9500\nK2,Kabel,meter,gratis\n\n",
    ),
}


@pytest.mark.parametrize("command", FILES)
def test_command_shows_first_then_writes_the_good_lines_and_names_the_others(app, tmp_path, command):
    model_name, model, content = FILES[command]
    file, runner = tmp_path / "berkas.csv", app.test_cli_runner()
    file.write_text(content, encoding="utf-16")
    before = db.session.query(model).count()
    said = runner.invoke(args=[command, str(file), "--dry-run"])
    sums = "4 baris di berkas: 1 diambil, 1 ditolak, 1 kosong, 1 judul, 0 sambungan sel.\n1 baru, 0 berubah, 0 sama, 1 ditolak.\n"
    assert (said.exit_code, said.stdout.endswith(sums + "Belum ada yang disimpan.\n")) == (0, True)
    assert (said.stdout.startswith("2: baru "), said.stderr.startswith("3: ")) == (True, True)
    assert db.session.query(model).count() == before
    said = runner.invoke(args=[command, str(file)])
    assert (said.exit_code, said.stdout, said.stderr.startswith("3: ")) == (0, sums, True)
    assert db.session.query(model).count() == before + 1
    entry = db.session.query(AuditEntry).filter_by(act="import", object_kind=model_name).one()
    assert (entry.actor_name, entry.diff["file"], entry.diff["refused"]) == (command, "berkas.csv", 1)
    assert "0 baru, 0 berubah, 1 sama, 1 ditolak." in runner.invoke(args=[command, str(file)]).stdout


def test_command_that_could_take_nothing_ends_with_one(app, tmp_path):
    file = tmp_path / "akun.csv"
    file.write_text("Alamat,Jenis,NIM\nandi@kampus.example,akun internet,999\n")
    said = app.test_cli_runner().invoke(args=["import-accounts", str(file)])
    assert (said.exit_code, "tidak ada di register orang" in said.stderr) == (1, True)
    file.write_text("Kota\nPadang\n")
    said = app.test_cli_runner().invoke(args=["import-accounts", str(file)])
    assert (said.exit_code, "Kolom ini tidak ada: Alamat, Jenis." in said.stderr) == (1, True)
