"""The page of rights shows what permissions.py and the catalogue say, cell by cell; nobody changes anything there."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape

from admin_views.frame.permissions import LENT, RIGHTS
from models.base.db import db, utcnow, write_transaction
from models.base.wording import today
from models.organisation.delegation import Delegation
from models.organisation.roles import MEMBER_ROLES, Role
from procedures.engine import catalog
from procedures.engine.declaration import Who
from tests.browse import Person

CELL = re.compile(r"<td>(.*?)</td>", re.S)


def bodies(html, prefix):
    found = re.findall(rf'<tbody id="{prefix}-(\w+)">(.*?)</tbody>', html, re.S)
    return dict(found)


def test_head_reads_every_role_view_and_act_as_permissions_say(app, cast):
    html = Person(app, "budi").get("/admin/access/").text
    shown = {
        (view, act, role): "pk-may" in cell
        for view, body in bodies(html, "v").items()
        for act, row in re.findall(r'<tr data-act="(\w+)">(.*?)</tr>', body, re.S)
        for role, cell in zip(Role, CELL.findall(row), strict=True)
    }
    assert shown == {
        (view, act, role): role in roles
        for view, acts in RIGHTS.items()
        for act, roles in acts.items()
        for role in Role
    }
    lent = {view for view, body in bodies(html, "v").items() if "penerima pendelegasian" in body}
    assert lent == LENT


def test_viewer_reads_every_step_as_the_catalogue_says(app, cast):
    html = Person(app, "ketua").get("/admin/access/?part=steps").text
    for procedure in catalog.PROCEDURES.values():
        steps = [s for s in procedure.steps.values() if not s.is_common]
        rows = re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", bodies(html, "p")[procedure.key], re.S)
        assert len(rows) == len(steps)
        for step, row in zip(steps, rows, strict=True):
            assert str(step.label) in unescape(row) and (step.number or "") in row
            member = bool({Who.MEMBER, Who.ASSIGNEE} & set(step.by))
            for role, cell in zip(Role, CELL.findall(row), strict=True):
                mark = "●" if role in step.by else "○" if member and role in MEMBER_ROLES else ""
                assert mark in cell if mark else "pk-may" not in cell, (procedure.key, step.name, role)


def test_administrator_sees_who_holds_each_role_and_todays_delegations_alone(app, cast):
    day, people = today(), {name: staff.id for name, staff in cast.items()}
    with write_transaction():
        for first, last, to in ((day, day, "tono"), (day - timedelta(days=9), day - timedelta(days=1), "lina")):
            db.session.add(Delegation(from_staff_id=people["rina"], to_staff_id=people[to], role="head_networking",
                                      steps=["N3"], starts_on=first, ends_on=last))  # fmt: skip
    rudi = Person(app, "rudi")
    text = rudi.get("/admin/access/?part=people").text
    table = text.partition('id="h-lent"')[2]
    assert ("Tono" in table, "Lina" in table, "N3" in table) == (True, False, True)
    with write_transaction():
        db.session.query(Delegation).update({"revoked_at": utcnow()})
    assert "Tono" not in rudi.get("/admin/access/?part=people").text.partition('id="h-lent"')[2]


def test_filter_search_and_export_show_one_role(app, cast):
    rina = Person(app, "rina")
    html = rina.get("/admin/access/?role=viewer&search=mengekspor").text
    views = {view for view, acts in RIGHTS.items() if Role.VIEWER in acts.get("export", ())}
    assert set(bodies(html, "v")) == views
    answer = rina.get("/admin/access/export/?role=viewer&format=csv")
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))[1:]
    assert len(lines) == sum(Role.VIEWER in roles for acts in RIGHTS.values() for roles in acts.values())
    assert {line[0] for line in lines} == {"Peninjau"}
    for bad in ("part=x", "role=king", "search=%00", "format=exe"):
        path = "/admin/access/export/?" if bad.startswith("format") else "/admin/access/?"
        assert rina.get(path + bad, check=False).status_code == 400, bad
