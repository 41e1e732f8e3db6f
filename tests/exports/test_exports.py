"""Lists as files: what is in them, who gets them, and what becomes of a long one; files are read back as Excel would."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from datetime import date, datetime, timedelta
from itertools import cycle

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

import models.base.db
from admin_views.frame.list_export import ExportPages
from gateways.files import export_files
from jobs.operation.tidy import tidy
from jobs.organisation.write_exports import ExportLeaseLost, _end, _hold, claim, write_exports
from models.accounts.directory_change import DirectoryChange, DirectoryDifference
from models.base.db import db, utcnow, write_transaction
from models.organisation.audit import AuditEntry
from models.organisation.export import Export, ExportState
from models.organisation.staff import Staff
from models.organisation.unit import Unit
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from procedures.base import export_lists
from tests.accounts import stories
from tests.browse import Person
from tests.frame.test_rights import ACTORS, REGISTERS
from tests.installation.installation_walk import installation_at
from tests.processes import Process
from tests.walk import category_id, file_complaint

WHEN, A_DAY = datetime.fromisoformat("2026-11-22 14:30"), datetime.fromisoformat("2026-01-02")
EVIL = ('=HYPERLINK("http://evil","x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "＝1＋1")


def csv_of(answer, separator=";"):
    assert answer.status_code == 200, answer.text[:300]
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=separator))


def sheet_of(data):
    return load_workbook(io.BytesIO(data)).active


@pytest.fixture(autouse=True)
def no_files_yet(app):
    shutil.rmtree(export_files.folder(), ignore_errors=True)


@pytest.fixture
def short_lists(monkeypatch):
    """Three rows are already long, and a batch is two: the same road as with thousands."""
    monkeypatch.setattr("admin_views.frame.list_export.AT_ONCE", 3)
    monkeypatch.setattr(export_lists, "BATCH", 2)


def test_viewer_downloads_a_filtered_list_of_tickets_with_real_times_in_wib(app, cast):
    ticket = file_complaint(subject="Wi-Fi aula mati")
    file_complaint(subject="Printer macet")
    ticket_id, number = ticket.id, ticket.number
    with write_transaction():
        received = datetime.fromisoformat("2026-11-22T07:30:00+00:00")
        db.session.execute(update(Ticket).where(Ticket.id == ticket_id).values(received_at=received))
    viewer = Person(app, "ketua")
    found = sheet_of(viewer.get("/admin/ticket/export/?format=xlsx&search=aula").data)
    heads = [cell.value for cell in found[1]]
    assert found.max_row == 2
    assert found.cell(2, heads.index("Nomor") + 1).value == number
    when = found.cell(2, heads.index("Diterima (WIB)") + 1)
    assert (when.value, when.is_date) == (WHEN, True)
    lines = csv_of(viewer.get("/admin/ticket/export/?format=csv&search=aula"))
    assert [line[heads.index("Diterima (WIB)")] for line in lines[1:]] == ["2026-11-22 14:30"]
    assert 'href="/admin/ticket/export/?' in viewer.get("/admin/ticket/?search=aula").text


def test_price_list_has_money_as_numbers_and_days_as_days(app, cast):
    from models.installation.rab import PriceItem

    with write_transaction():
        db.session.add(PriceItem(code="KBL-X", section="material", description="Kabel", measure="m",
                                 price_rp=27_000_000, valid_from=date(2026, 1, 2)))  # fmt: skip
    found = sheet_of(Person(app, "rina").get("/admin/price_item/export/?format=xlsx&search=KBL-X").data)
    heads = [cell.value for cell in found[1]]
    price = found.cell(2, heads.index("Harga satuan") + 1)
    assert (price.value, price.data_type, price.number_format) == (27_000_000, "n", '"Rp"#,##0')
    assert found.cell(2, heads.index("Berlaku sejak") + 1).value == A_DAY


@pytest.mark.slow
def test_u7_no_text_of_any_list_runs_as_a_formula(app, rows):  # noqa: F811  # pytest's fixture
    """Every text column of every table is filled with what a spreadsheet would run, then every list is exported."""
    with write_transaction():
        who = stories.account()
        db.session.flush()
        db.session.add(DirectoryDifference(login="x", kind="missing_in_directory", account_id=who.id))
        db.session.add(DirectoryChange(account_id=who.id, kind="create", state="done"))
    ticket = installation_at("unit_agreement")
    assert ticket is not None
    people = {name: Person(app, name) for name in ("budi", "rina", "sari", "rudi", "ketua", "wati")}
    for listed, payload in zip(export_lists.LISTS.values(), cycle(EVIL)):  # noqa: B905  # the second never ends
        poison(listed.model, payload)
    checked = 0
    for view in export_lists.LISTS:
        allowed = REGISTERS[view].get("export", REGISTERS[view]["list"])
        person = people[next(name for name in people if name in allowed)]
        where = "?state=all&format=" if view == "ticket" else "?format="
        lines = csv_of(person.get(f"/admin/{view}/export/{where}csv"))
        assert not [cell for line in lines for cell in line if cell.startswith(tuple("=+-@\t\r＝"))], view
        sheet = sheet_of(person.get(f"/admin/{view}/export/{where}xlsx").data)
        cells = [cell for line in sheet.iter_rows() for cell in line]
        assert {cell.data_type for cell in cells} <= {"s", "n", "d"}, view
        checked += sum(str(cell.value).lstrip().startswith(("=", "+", "-", "@", "＝")) for cell in cells)
    assert checked >= 20, "the poison was in the files"


WORDS_OF_THE_PROGRAM = """procedure state kind channel role step division managed_by section method basis result notice
    line pause proof_kind condition cable grounding language status slug decision to_division
    weekdays hours""".split()  # noqa: SIM905  # read better so


def poison(model, payload):
    """Write the payload into every text column of the table's rows, but short ones, whose words the program knows."""
    texts = [c for c in model.__table__.columns if c.type.python_type is str and not c.foreign_keys
             and not c.primary_key and c.key not in WORDS_OF_THE_PROGRAM and (c.type.length or 99) > 20]  # fmt: skip
    with write_transaction():
        for row in db.session.execute(select(model.id)).all():
            values = {c.key: f"{payload[: (c.type.length or 99) - 4]}{row.id}" for c in texts}
            if values:
                db.session.execute(update(model).where(model.id == row.id).values(values))


def test_d2_d3_each_actor_exports_the_rows_of_their_scope_and_no_other(app, cast):
    network = file_complaint(subject="Jaringan").number
    systems = file_complaint(subject="Portal", category=category_id("Portal dan aplikasi")).number
    everything, net, sys = {network, systems}, {network}, {systems}
    scope = {"budi": everything, "sari": everything, "ketua": everything, "rina": net, "tono": net, "hadi": sys,
             "lina": sys, "wati": set(), "rudi": 403, "stranger": 302, "holder": 302}  # fmt: skip
    assert set(scope) == set(ACTORS)
    for name, expected in scope.items():
        person = Person(app, None if name in ("stranger", "holder") else name)
        answer = person.get("/admin/ticket/export/?state=all", check=False)
        if isinstance(expected, int):
            assert answer.status_code == expected, name
            continue
        assert {line[0] for line in csv_of(answer)[1:]} == expected, name
        foreign = csv_of(person.get(f"/admin/ticket/export/?search={network}"))[1:]
        assert len(foreign) == (network in expected), (name, "by exact number")


def test_operator_asks_for_a_long_list_and_gets_it_by_mail_and_download(app, cast, short_lists):
    with write_transaction():
        for n in range(5):
            db.session.add(Unit(code=f"Z{n}", name=f"Unit Z {n}", kind="bureau"))
    sari = Person(app, "sari")
    path = "/admin/unit/export/?format=csv&search=Unit+Z"
    offer = sari.get(path)
    assert (offer.status_code, "5 baris" in offer.text) == (200, True)
    assert db.session.query(Export).count() == 0, "looking leaves nothing behind"
    assert sari.post(path).headers["Location"] == "/admin/export/"
    assert "<progress" in sari.get("/admin/export/").text
    assert write_exports() == 1
    export = db.session.query(Export).one()
    pk, file, seen = export.id, export_files.folder() / export.file, (export.state, export.rows, export.words)
    assert seen == ("ready", 5, "“Unit Z”")
    assert (file.stat().st_mode & 0o777, re.fullmatch("[0-9a-f]{32}", file.name) is not None) == (0o600, True)
    lines = csv_of(sari.get(f"/admin/export/file/{pk}"))
    assert [line[0] for line in lines[1:]] == ["Z0", "Z1", "Z2", "Z3", "Z4"]
    mail = db.session.query(Mail).filter(Mail.notice == "export_ended").one()
    assert (mail.recipient, mail.facts["state"]) == (cast["sari"].email, "ready")
    acts = {a.act: a.diff for a in db.session.query(AuditEntry).filter(AuditEntry.act.startswith("export"))}
    assert set(acts) == {"export", "export_ready", "export_download"}
    assert acts["export_download"] == {"view": "unit", "rows": 5}


def test_nobody_else_downloads_it_and_after_seven_days_it_is_gone(app, cast, short_lists, monkeypatch):
    for n in range(4):
        file_complaint(subject=f"Keluhan {n}")
    tono = Person(app, "tono")
    tono.post("/admin/ticket/export/?format=xlsx")
    write_exports()
    export = db.session.query(Export).one()
    pk, file = export.id, export_files.folder() / export.file
    for other in ("rina", "budi", "rudi"):
        assert Person(app, other).get(f"/admin/export/file/{pk}", check=False).status_code == 404, other
    assert sheet_of(tono.get(f"/admin/export/file/{pk}").data).max_row == 5
    later = utcnow() + timedelta(days=7, minutes=1)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    tidy()
    assert (db.session.query(Export).count(), file.exists()) == (0, False)


@pytest.mark.parametrize("moment", ["before the worker", "in the middle", "before the download"])
def test_right_revoked_meanwhile_stops_the_export(app, cast, short_lists, moment):
    for n in range(4):
        file_complaint(subject=f"Keluhan {n}")
    tono_id = cast["tono"].id
    tono = Person(app, "tono")
    tono.post("/admin/ticket/export/?format=csv")
    if moment == "before the worker":
        demote(tono_id)
        assert write_exports() == 0
    elif moment == "in the middle":
        listed = export_lists.LISTS["ticket"]
        whole = listed.export_lines

        def read_then_demote(staff, *rest):
            found = whole(staff, *rest)
            db.session.rollback()
            demote(tono_id)
            return found

        listed.export_lines = read_then_demote
        try:
            assert write_exports() == 0
        finally:
            del listed.export_lines
    else:
        assert write_exports() == 1
        demote(tono_id)
        pk = db.session.query(Export).one().id
        assert Person(app, "tono").get(f"/admin/export/file/{pk}", check=False).status_code == 403
        return
    export = db.session.query(Export).one()
    assert (export.state, export.file) == ("refused", "")
    assert list(export_files.folder().glob("*")) + list(export_files.folder().glob(".*")) == []


def demote(staff_id):
    """An administrator takes all roles but the administrator's own, which exports no ticket."""
    from models.organisation.roles import Role

    with write_transaction():
        db.session.get_one(Staff, staff_id).roles = {Role.ADMINISTRATOR}


def test_row_rule_is_that_of_the_run_and_not_of_the_press(app, cast, short_lists):
    for n in range(4):
        file_complaint(subject=f"Keluhan {n}")
    tono = Person(app, "tono")
    tono.post("/admin/ticket/export/?format=csv&state=all")
    first = db.session.scalars(select(Ticket).order_by(Ticket.id)).first()
    systems = file_complaint(category=category_id("Portal dan aplikasi")).group_id
    first_id = first.id
    with write_transaction():
        db.session.execute(update(Ticket).where(Ticket.id == first_id).values(group_id=systems))
    write_exports()
    pk = db.session.query(Export).one().id
    assert len(csv_of(tono.get(f"/admin/export/file/{pk}"))) == 1 + 3


KILLED = """
import os, signal
from app import create_app
from jobs.organisation import write_exports
from procedures.base import export_lists
app = create_app({overrides})
export_lists.BATCH = 2
hold = write_exports._hold
def die_at_four(export_id, lease, rows):
    hold(export_id, lease, rows)
    if rows == 4:
        os.kill(os.getpid(), signal.SIGKILL)
write_exports._hold = die_at_four
with app.app_context():
    write_exports.write_exports()
"""


def test_worker_killed_in_the_middle_begins_afresh_and_no_half_file_is_seen(
    app, cast, short_lists, monkeypatch, tmp_path
):
    for n in range(5):
        file_complaint(subject=f"Keluhan {n}")
    tono = Person(app, "tono")
    tono.post("/admin/ticket/export/?format=csv")
    keys = ("SQLALCHEMY_DATABASE_URI", "INSTANCE_PATH", "BASE_URL", "MAIL_AS_FILES", "SECRET_KEY", "LINK_KEY")
    overrides = repr({key: app.config[key] for key in keys})
    assert Process(KILLED.format(overrides=overrides), tmp_path).end().returncode == -9
    halves = list(export_files.folder().glob(".*.part"))
    export = db.session.query(Export).one()
    export_id, first = export.id, export.lease
    assert (export.state, export.rows, export.file, len(halves)) == ("running", 4, "", 1)
    assert list(export_files.folder().glob("*")) == halves, "nothing under a name that could be fetched"
    assert write_exports() == 0, "the dead worker's lease still holds"
    assert tono.get(f"/admin/export/file/{export_id}", check=False).status_code == 404
    later = utcnow() + timedelta(minutes=3)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    assert write_exports() == 1
    assert len(csv_of(tono.get(f"/admin/export/file/{export_id}"))) == 6
    with pytest.raises(ExportLeaseLost):
        _hold(export_id, first, 2)  # had the first worker only slept: it may neither go on nor name its file
    assert not _end(export_id, first, ExportState.READY, "0" * 32, 2, 10)
    export = db.session.get_one(Export, export_id)
    assert export.rows == 5
    os.utime(halves[0], (0, 0))
    tidy()
    assert [path.name for path in export_files.folder().glob("*")] == [export.file]


def test_export_on_which_three_workers_died_is_given_up_and_told(app, cast, short_lists, monkeypatch):
    for n in range(4):
        file_complaint(subject=f"Keluhan {n}")
    Person(app, "tono").post("/admin/ticket/export/?format=csv")
    now = utcnow()
    for turn in range(3):
        monkeypatch.setattr(models.base.db, "clock", lambda moment=now + timedelta(minutes=3 * turn): moment)
        assert claim() is not None
    monkeypatch.setattr(models.base.db, "clock", lambda: now + timedelta(minutes=12))
    assert (write_exports(), db.session.query(Export).one().state) == (0, "failed")
    assert [m.facts["state"] for m in db.session.query(Mail).filter(Mail.notice == "export_ended")] == ["failed"]
    assert "Gagal" in Person(app, "tono").get("/admin/export/").text


def test_d10_file_is_cut_at_its_most_rows_and_says_so(app, cast, short_lists, monkeypatch):
    assert (ExportPages.most_exported, export_lists.LISTS["unit"].most_exported) == (50_000, 50_000)
    monkeypatch.setattr(ExportPages, "most_exported", 5)
    with write_transaction():
        for n in range(7):
            db.session.add(Unit(code=f"Z{n}", name=f"Unit Z {n}", kind="bureau"))
    sari = Person(app, "sari")
    path = "/admin/unit/export/?format=csv&search=Unit+Z"
    assert "lebih dari 5 baris" in sari.get(path).text
    sari.post(path)
    write_exports()
    export = db.session.query(Export).one()
    assert (export.rows, export.is_cut, "sebagian" in export.file_name) == (5, True, True)
    assert "Sebagian" in sari.get("/admin/export/").text


def test_d10_bad_values_in_an_export_address_are_refused(app, cast):
    budi = Person(app, "budi")
    for query in ("format=exe", "state=nonsense", "group=1,2", "search=%00", "procedure=x", "sort=number"):
        assert budi.get(f"/admin/ticket/export/?{query}", check=False).status_code == 400, query
        assert budi.post(f"/admin/ticket/export/?{query}").status_code == 400, query
    assert budi.get("/admin/outbox/export/?state=nonsense", check=False).status_code == 400
    assert budi.get("/admin/export/file/99999999999999999999", check=False).status_code == 404


def test_one_person_cannot_fill_the_queue(app, cast, short_lists):
    for n in range(4):
        file_complaint(subject=f"Keluhan {n}")
    tono = Person(app, "tono")
    for _ in range(7):
        tono.post("/admin/ticket/export/?format=csv")
    assert db.session.query(Export).count() == 5
    assert "masih disiapkan" in tono.get("/admin/export/").text


def test_english_reader_gets_english_heads_from_the_worker(app, cast, short_lists):
    for n in range(4):
        file_complaint(subject=f"Keluhan {n}")
    tono = Person(app, "tono")
    tono.post("/admin/language", {"language": "en", "next": "/admin/"})
    tono.post("/admin/ticket/export/?format=csv")
    write_exports()
    export = db.session.query(Export).one()
    assert export.words == "Open"
    assert csv_of(tono.get(f"/admin/export/file/{export.id}"), ",")[0][:2] == ["Number", "Subject"]
