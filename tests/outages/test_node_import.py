"""The CSV of nodes in the browser: looked at line by line first, imported whole by the second press or not at all."""

import base64
import io
import re
import tracemalloc
import zlib

import pytest

from admin_views.outages import node_import
from models.base.db import db
from models.outages.network import Node
from procedures.organisation.import_units import ImportRefused
from tests.browse import Person
from tests.databases import both, once
from tests.outages.walk import small_network

pytestmark = once

HEAD = "name,kind,address,uplink,units,building,floor,room\n"
PACKED = re.compile(r'name="packed" value="([^"]+)"')
FILE = HEAD + (
    "Router inti,router,10.10.0.1,,,Kampus I,,\n"
    "Sakelar FEB,switch,10.10.1.2,Router inti,FEB,Gedung B,2,\n"
    "AP baru,access_point,10.10.1.30,Sakelar FEB,FEB MN-FEB,,,\n"
)


def send(person, text):
    return person.post("/admin/node/import/", {"file": (io.BytesIO(text.encode()), "nodes.csv")})


@both
def test_head_sees_what_each_line_will_do_and_the_second_press_does_it(app):
    small_network()
    rina = Person(app, "rina")
    page = send(rina, FILE)
    assert (page.status_code, "1 perangkat baru, 1 berubah, 1 tetap." in page.text) == (200, True)
    for words in ("10.10.1.1 → 10.10.1.2", "AP baru", "ditambahkan", "Gedung B"):
        assert words in page.text
    assert db.session.query(Node).count() == 4
    fields = {"packed": PACKED.search(page.text)[1], "confirm": "1"}
    assert rina.post("/admin/node/import/", fields).location == "/admin/node/"
    assert db.session.query(Node).filter_by(name="Sakelar FEB").one().address == "10.10.1.2"
    assert db.session.query(Node).filter_by(name="AP baru").one().uplink.name == "Sakelar FEB"


def test_wrong_lines_are_named_and_nothing_is_offered_to_import(app):
    small_network()
    loop = HEAD + "Router inti,router,10.10.0.1,AP FEB lantai 2,,,,\nX,switch,127.0.0.1,,,,,\n"
    page = send(Person(app, "rina"), loop)
    assert (page.status_code, "confirm" in page.text) == (422, False)
    for words in ("Baris 2: perangkat ini menjadi induk dari induknya sendiri.", "Baris 3:"):
        assert words in page.text


def test_nothing_chosen_a_broken_second_press_and_an_unpacking_bomb_are_refused_with_what_to_do(app):
    rina = Person(app, "rina")
    bomb = base64.b64encode(zlib.compress(b"a" * 30_000_000)).decode()
    for fields in ({}, {"packed": "%%%", "confirm": "1"}, {"packed": bomb, "confirm": "1"}):
        answer = rina.post("/admin/node/import/", fields)
        assert (answer.status_code, "Tidak ada yang diimpor" in answer.text) == (422, True)


def test_an_unpacking_bomb_stays_small(app):
    bomb = base64.b64encode(zlib.compress(b"a" * 60_000_000)).decode()
    with app.test_request_context(method="POST", data={"packed": bomb}):
        tracemalloc.start()
        with pytest.raises(ImportRefused):
            node_import._sent()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 15_000_000


@both
def test_lines_that_became_wrong_between_the_presses_are_refused_whole(app):
    nodes = small_network()
    rina = Person(app, "rina")
    packed = PACKED.search(send(rina, FILE).text)[1]
    db.session.get(Node, nodes["Sakelar FTI"].id).address = "10.10.1.30"
    db.session.commit()
    page = rina.post("/admin/node/import/", {"packed": packed, "confirm": "1"})
    assert (page.status_code, "sudah dipakai Sakelar FTI" in page.text) == (422, True)
    assert db.session.query(Node).filter_by(name="AP baru").count() == 0
