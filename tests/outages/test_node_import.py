"""Nodes from a file: looked at line by line first, imported by the second press, each refused line with its reason."""

from __future__ import annotations

import pytest

from models.base.db import db
from models.outages.network import Node
from procedures.outages.import_nodes import NodeImport
from tests.browse import Person
from tests.databases import both, once
from tests.imports import agrees, confirm, load, outcomes, plan, refusals, upload
from tests.outages.walk import small_network

pytestmark = once

HEAD = "name,kind,address,uplink,units,building,floor,room\n"
FILE = HEAD + (
    "Router inti,router,10.10.0.1,,,Kampus I,,\n"
    "Sakelar FEB,switch,10.10.1.2,Router inti,FEB,Gedung B,2,\n"
    "AP baru,titik akses,10.10.1.30,Sakelar FEB,FEB|MN-FEB,,,\n"
)


def node(name):
    return db.session.query(Node).filter_by(name=name).one_or_none()


@both
def test_head_sees_what_each_line_will_do_and_the_second_press_does_it(app):
    small_network()
    rina = Person(app, "rina")
    page = upload(rina, "node", FILE)
    assert (page.status_code, db.session.query(Node).count()) == (200, 4)
    for words in ("<del>10.10.1.1</del> → <ins>10.10.1.2</ins>", "AP baru", "Gedung B", "Impor 2 baris"):
        assert words in page.text, words
    assert confirm(rina, "node", page).location == "/admin/node/"
    new = node("AP baru")
    assert (node("Sakelar FEB").address, new.kind, new.uplink.name) == ("10.10.1.2", "access_point", "Sakelar FEB")
    assert sorted(unit.code for unit in new.units) == ["FEB", "MN-FEB"]
    assert load(NodeImport, FILE).counts["same"] == 3


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("A,switch,127.0.0.1,,", "di luar jaringan"),
        ("A,switch,10.1.0.9,Tidak ada,", "Perangkat induk “Tidak ada” tidak dikenal."),
        ("A,switch,10.1.0.9,,XYZ", "Unit “XYZ” tidak ada di daftar unit."),
        ("A,kulkas,10.1.0.9,,", "Jenis “kulkas” tidak dikenal."),
        (",switch,10.1.0.9,,", "Nama harus diisi."),
        ("A,switch,10.1.0.9,A,", "induk dari induknya"),
        ("B,switch,10.1.0.8,,\nA,switch,10.1.0.8,,", "“10.1.0.8” sudah ada di baris 2."),
        ("Router inti,router,10.10.0.1,AP FEB lantai 2,", "induk dari induknya"),
        ("A,switch,10.10.1.1,,", "Alamat itu sudah dipakai Sakelar FEB."),
        ("Z,kulkas,,,\nA,switch,10.1.0.9,Z,", "Perangkat induk Z ditolak di baris 2."),
    ],
)
def test_line_that_is_wrong_is_refused_with_its_reason(app, row, words):
    small_network()
    found = plan(NodeImport, f"name,kind,address,uplink,units\n{row}\n")
    assert (words in refusals(found)[-1][1], agrees(found)) == (True, True), refusals(found)


def test_what_a_file_has_no_column_for_is_left_alone(app):
    small_network()
    done = load(NodeImport, "Nama,Ruang\nSakelar FEB,B.201\n")
    kept = node("Sakelar FEB")
    assert outcomes(done) == [(2, "changed", "Sakelar FEB")]
    assert (kept.room, kept.address, kept.uplink.name, [u.code for u in kept.units]) == (
        "B.201", "10.10.1.1", "Router inti", ["FEB"],
    )  # fmt: skip


def test_address_that_was_taken_between_the_presses_saves_nothing(app):
    nodes = small_network()
    rina = Person(app, "rina")
    page = upload(rina, "node", FILE)
    db.session.get(Node, nodes["Sakelar FTI"].id).address = "10.10.1.30"
    db.session.commit()
    again = confirm(rina, "node", page)
    assert (again.status_code, "sudah dipakai Sakelar FTI" in again.text, node("AP baru")) == (409, True, None)
