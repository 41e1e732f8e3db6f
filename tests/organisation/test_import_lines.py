"""Lines in are lines taken, refused, blank and headings, whatever the file holds, for every register of the frame."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.files.import_table import TableRefused
from procedures.installation.import_prices import PriceImport
from procedures.organisation.import_contacts import ContactImport
from procedures.organisation.import_units import UnitImport
from procedures.outages.import_nodes import NodeImport
from tests.databases import once
from tests.imports import agrees, plan

pytestmark = once

HEADS = {
    UnitImport: "Kode,Nama,Jenis,Kode induk",
    ContactImport: "Unit,Nama,Peran,Email",
    NodeImport: "Nama,Jenis,Alamat,Induk",
    PriceImport: "Kode,Uraian,Satuan,Harga satuan",
}
cells = st.one_of(
    st.sampled_from(["FEB", "A1", "B2", "A1", "", "-", "switch", "dosen", "10.1.0.1", "127.0.0.1", "1.500", "Rp 2.000,-", "a@b.id",
                     '"FEB"', '"x, y"', '"open', '="0110"', "é", "\u200e", "2026-11-20"]),
    st.text(st.sampled_from('ab1"; ,='), max_size=6),
)  # fmt: skip
lines = st.lists(st.lists(cells, max_size=5).map(",".join), max_size=12)


@pytest.mark.parametrize("register", HEADS)
@given(lines=lines, end=st.sampled_from(["\n", "\r\n"]))
def test_every_line_is_counted_once_and_has_its_number(app, register, lines, end):
    written = ["DAFTAR", HEADS[register], *lines]
    text = "".join(f"{line}{end}" for line in written)
    try:
        found = plan(register, text)
    except TableRefused as refused:
        assert "satu baris data" in refused.sentence
        return
    assert agrees(found)
    numbers = [line.number for line in found.lines]
    assert numbers == sorted(set(numbers))
    assert found.tally.sent == len(written)
    assert sum(found.counts.values()) == len(numbers)
    assert all(line.problems or line.name for line in found.lines)
