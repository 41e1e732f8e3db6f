"""The list of tickets names the units that an outage reaches, and finds the outage by each of them."""

from __future__ import annotations

import pytest

from models.base.db import db
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.outages.walk import opened, small_network, unit
from tests.tickets.test_workbench import Statements
from tests.walk import file_complaint


@pytest.fixture
def outages(app) -> tuple[str, str]:
    """The numbers of an outage of one faculty's access point, and of one behind which three units lie."""
    nodes = small_network()
    one, many = opened(nodes, "AP FEB lantai 2"), opened(nodes, "Router inti")
    return one.number, many.number


def row_of(page: str, number: str) -> str:
    return next(row for row in page.split("<tr") if number in row)


def test_an_outage_names_its_unit_and_of_many_their_number(app, outages):
    one, many = outages
    page = Person(app, "tono").get("/admin/ticket/?procedure=network_outage").text
    assert unit("MN-FEB").name in row_of(page, one)
    row = row_of(page, many)
    assert ">3 unit<" in row and unit("FTI").name in row, "which ones is said where one points at it"


def test_an_outage_is_found_by_each_unit_that_it_reaches_and_once(app, outages):
    one, many = outages
    for who in ("tono", "sari", "budi"):
        person = Person(app, who)
        page = person.get(f"/admin/ticket/?unit={unit('FTI').id}").text
        assert many in page and one not in page, who
        page = person.get("/admin/ticket/?unit=Ekonomi").text
        assert page.count(many) == 1 and page.count(one) == 1, who
    assert many not in Person(app, "tono").get(f"/admin/ticket/?unit={unit('FTI').id}&state=closed").text


def test_the_filter_by_unit_shows_nobody_an_outage_of_another_division(app, outages):
    assert not any(n in Person(app, "lina").get(f"/admin/ticket/?unit={unit('FEB').id}").text for n in outages)


def test_complaints_of_the_unit_are_found_beside_its_outages(app, outages):
    own = file_complaint(unit=unit("FTI").id)
    other = file_complaint(unit=unit("FEB").id)
    page = Person(app, "sari").get(f"/admin/ticket/?unit={unit('FTI').id}").text
    assert own.number in page and outages[1] in page and other.number not in page


def test_units_and_their_filter_cost_no_statement_more(app, outages):
    sari = Person(app, "sari")
    sari.get("/admin/ticket/")
    for address in ("?procedure=network_outage", f"?unit={unit('FEB').id}", "?unit=Ekonomi&search=gangguan"):
        with Statements(app) as asked:
            sari.client.get(f"/admin/ticket/{address}")
        assert len(asked.found) <= 6, (address, asked.found)


def test_an_exported_line_names_the_units(app, outages):
    from admin_views.tickets.list.export import TicketExport
    from models.organisation.staff import Staff

    ids = [row.id for row in db.session.query(Ticket).filter_by(number=outages[1])]
    sari = db.session.query(Staff).filter_by(username="sari").one()
    (line,) = TicketExport.export_lines(None, sari, ids)
    assert unit("FTI").name in str(line) and unit("FEB").name in str(line)


def test_who_asks_is_said_whole_where_the_column_may_cut_it(app):
    name = "Muhammad Faturrahman Al Ghifari"
    number = file_complaint(name=name, unit=unit("FTI").id).number
    short = file_complaint(name="Andi", unit=unit("FTI").id, email="andi@mhs.example").number
    page = Person(app, "tono").get("/admin/ticket/").text
    assert f'title="{name}, {unit("FTI").name}"' in row_of(page, number)
    assert f'title="{unit("FTI").name}"' in row_of(page, short)
