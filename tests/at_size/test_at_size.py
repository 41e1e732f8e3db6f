"""What every page asks of a large database (issue: the panel): few statements and few rows, at any depth; not timed.

`SIZE_TICKETS=200000` makes it as large as the house is promised to be. A small part of that is enough for every change,
because a page that reads a relation in full is caught by its 600 rows.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from admin_views.tickets.list.desk_sections import DESK_SECTIONS
from admin_views.tickets.list.filter import SORTS, STATES
from models.base.db import db, utcnow
from models.organisation.staff import Staff
from models.organisation.unit import Unit
from models.tickets.label import Label
from models.tickets.ticket import CHANNELS, Ticket, visible_to
from procedures.engine import catalog
from tests.at_size.asked import Asked
from tests.at_size.conftest import TICKETS, URL
from tests.browse import Person
from tests.conftest import DATABASES
from tests.frame.test_rights import ACTORS, REGISTERS

# The statements are the same on both; their plans differ, and a small PostgreSQL scans whatever it is asked.
# A large one is given by SIZE_URL.
pytestmark = pytest.mark.only(*(DATABASES if URL else ("sqlite",)))
MOST_LIST, MOST_BENCH, MOST_DESK, MOST_STATUS = 6, 12, 10, 4  # statements
MOST_ROWS = 400  # handed over for one page; a filled register has 600
NEXT = re.compile(r'href="([^"]+)" rel="next"')
PREVIOUS = re.compile(r'href="([^"]+)" rel="prev"')
STAFF = [name for name in ACTORS if name not in ("stranger", "holder")]
READERS = [name for name in STAFF if name != "rudi"]  # the administrator sees no ticket by that role alone
SHARE = (
    1 if TICKETS >= 20_000 else 4
)  # of a small house the readers share every fourth list; of a large one each walks all


def narrowed() -> list[str]:
    """Every kind of filter, as the part of an address; what is chosen is what most tickets hold."""
    first = Ticket.id.in_(select(Ticket.id).order_by(Ticket.id.desc()).limit(2_000))
    usual = {
        key: db.session.scalar(
            select(column).where(first, column.is_not(None)).group_by(column).order_by(func.count().desc()).limit(1)
        )
        for key, column in (
            ("group", Ticket.group_id),
            ("assignee", Ticket.assignee_id),
            ("category", Ticket.category_id),
        )
    }
    units = dict(db.session.execute(select(Unit.code, Unit.id).where(Unit.code.in_(("FEB", "Z0")))).tuples().all())
    label = db.session.scalar(select(Label.id).where(Label.name == "Suku cadang"))
    number = db.session.scalar(select(Ticket.number).order_by(Ticket.id.desc()).limit(1))
    day = (utcnow() - timedelta(days=40)).date()
    db.session.remove()
    return [
        *(f"state={state}" for state in STATES),
        *(f"pile={pile}" for pile in DESK_SECTIONS),
        *(f"procedure={key}&state=all" for key in catalog.PROCEDURES),
        *(f"channel={key}&state=all" for key in CHANNELS),
        *(f"{key}={value}&state=all" for key, value in usual.items()),
        *(f"unit={unit}&state=all" for unit in (*units.values(), "Fakultas", "tidak-ada")),
        f"label={label}&state=all", "step=C5&state=all", "assignee=me", f"since={day}", f"until={day}&state=all",
        f"since={day}&until={day}&state=all", f"ended_since={day}&ended_until={day}&state=closed", "search=jaringan&state=all", "search=zzz+tiada&state=all",
        f"search={number}&state=all", f"search=jaringan&group={usual['group']}&unit={units['FEB']}&since={day}",
    ]  # fmt: skip


def walked(app: Flask, person: Person, address: str, is_descending: bool) -> list[str]:
    """What is too much on the first page of a list, the second, one far in, the last, and the one before it."""
    found: list[str] = []

    def link(pattern: re.Pattern[str], path: str) -> str | None:
        told, page = asked_of(app, person, path, MOST_LIST)
        found.extend(told)
        match = pattern.search(page)
        return match[1].replace("&amp;", "&") if match else None

    middle, end = utcnow() - timedelta(days=25), datetime(2001 if is_descending else 2096, 1, 1, tzinfo=UTC)
    neighbours = [link(NEXT, address), link(PREVIOUS, f"{address}&before={_cursor(end)}")]
    for path in (f"{address}&after={_cursor(middle)}", *filter(None, neighbours)):
        link(NEXT, path)
    return found


def _cursor(moment: datetime) -> str:
    return f"{round(moment.timestamp()) * 1_000_000}_{2**30}"


def too_much(app: Flask, person: Person, address: str, most: int) -> list[str]:
    """Why this page asks too much, in words; nothing where it does not."""
    return asked_of(app, person, address, most)[0]


def asked_of(app: Flask, person: Person, address: str, most: int) -> tuple[list[str], str]:
    with Asked(app) as asked:
        answer = person.client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    said = f"{address}: {len(asked.statements)} statements, {asked.rows} rows"
    return [said] if len(asked.statements) > most or asked.rows > MOST_ROWS else [], answer.text


@pytest.mark.parametrize("name", READERS)
def test_every_list_asks_six_statements_at_most_in_every_sort_depth_and_filter(large, name):
    with large.app_context():
        lists = [(chosen, sort) for chosen in narrowed() for sort in SORTS]
    person, found = Person(large, name), []
    mine = lists if SHARE == 1 else lists[READERS.index(name) * SHARE :: len(READERS) * SHARE]
    for chosen, sort in mine:
        found += walked(large, person, f"/admin/ticket/?{chosen}&sort={sort}", SORTS[sort][1])
    found += too_much(large, person, "/admin/ticket/?panel=1", MOST_LIST)
    assert found == [], "\n".join(["", *found])


@pytest.mark.parametrize("name", STAFF)
def test_every_desk_and_search_asks_few_statements(large, name):
    person = Person(large, name)
    found = too_much(large, person, "/admin/", MOST_DESK)
    for words in ("jaringan", "unit besar", "zz tiada", "10.77"):
        found += too_much(large, person, f"/admin/search/?q={words}", MOST_LIST)
    assert found == [], "\n".join(["", *found])


@pytest.mark.parametrize("name", STAFF if SHARE == 1 else ["budi", "sari", "rudi", "lina"])
def test_every_register_asks_six_statements_at_most_and_reads_a_page(large, name):
    person, found = Person(large, name), []
    person.client.get("/admin/")
    views = {getattr(view, "name_key", ""): view for view in large.extensions["admin"][0]._views}
    for view, rights in REGISTERS.items():
        if name in rights["list"] and view != "ticket":
            for query in ("", "?search=a") if views[view].searched else ("",):
                found += too_much(large, person, f"/admin/{view}/{query}", MOST_LIST)
    if name in REGISTERS["bill"]["list"]:
        found += too_much(large, person, "/admin/installation/reports/", MOST_LIST)
    assert found == [], "\n".join(["", *found])


@pytest.mark.parametrize("name", ["budi", "sari", "tono"])
def test_every_workbench_asks_twelve_statements_at_most(large, name):
    person, found = Person(large, name), []
    with large.app_context():
        cast = db.session.scalars(select(Staff).where(Staff.username == name)).unique().one()
        tickets = {
            (procedure, state): ticket
            for procedure, state, ticket in db.session.execute(
                select(Ticket.procedure, Ticket.state, func.max(Ticket.id))
                .where(visible_to(cast))
                .group_by(Ticket.procedure, Ticket.state)
            )
        }
        db.session.remove()
    person.client.get("/admin/")
    for place, ticket in tickets.items():
        found += [
            f"{place} {said}" for said in too_much(large, person, f"/admin/ticket/details/?id={ticket}", MOST_BENCH)
        ]
    assert found == [], "\n".join(["", *found])


def test_every_status_page_asks_four_statements_at_most(large):
    with large.app_context():
        newest = select(func.max(Ticket.id)).group_by(Ticket.procedure, Ticket.state)
        numbers = list(db.session.scalars(select(Ticket.number).where(Ticket.id.in_(newest))))
        db.session.remove()
    stranger, found = Person(large), []
    stranger.client.get("/tiket")
    for number in numbers:
        found += too_much(large, stranger, f"/tiket/{number}", MOST_STATUS)
    assert found == [], "\n".join(["", *found])
    assert len(numbers) > 30
