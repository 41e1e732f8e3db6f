"""The evidence of a period: every line of the paper, every stay and every hash, for who may see the tickets."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs.organisation.write_exports import write_exports
from models.base import calendar
from models.base.db import db, write_transaction
from models.organisation.export import Export
from models.organisation.staff import Staff
from models.tickets.issued_document import IssuedDocument
from models.tickets.span import spans_of
from models.tickets.step_number import line_of
from models.tickets.ticket import Event, Ticket, visible_to
from procedures.engine import catalog
from procedures.tickets.reports import evidence_bundle
from tests.browse import Person
from tests.databases import once
from tests.installation.installation_walk import installation_at
from tests.tickets.test_service_report import PAGE, day_of
from tests.tickets.test_service_report import month as month  # the story that both read
from tests.walk import take


def bundle_of(app, who, first, last, more=""):
    person = Person(app, who)
    assert person.post(f"{PAGE}evidence/?first={first}&last={last}{more}").location == "/admin/export/"
    assert write_exports() == 1
    db.session.rollback()
    export = db.session.scalars(select(Export).order_by(Export.id.desc())).first()
    answer = person.get(f"/admin/export/file/{export.id}")
    assert answer.mimetype == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.data))


def rows(bundle, name):
    return list(csv.DictReader(io.StringIO(bundle.read(name).decode("utf-8-sig")), delimiter=";"))


def ended(first, last, *conditions):
    tickets = db.session.scalars(select(Ticket).where(*conditions).order_by(Ticket.id)).unique().all()
    return [ticket for ticket in tickets if ticket.closed_at and first <= day_of(ticket.closed_at) <= last]


def test_the_bundle_tells_every_line_of_every_paper_as_a_plain_loop_does(app, month):
    first, last = month
    bundle = bundle_of(app, "budi", first, last)
    plain = []
    for ticket in ended(first, last):
        events = db.session.scalars(select(Event).where(Event.ticket_id == ticket.id, Event.kind == "step")).all()
        taken = {line_of(event.number) for event in events if event.number}
        for line in catalog.get(ticket.procedure).lines:
            state = "dilakukan" if line.number in taken else f"bersama baris {line.comes_with}"
            if line.number not in taken and line.comes_with not in taken:
                state = "cabang yang tidak ditempuh" if line.is_branch else "dilewati"
            plain.append((ticket.number, line.number, state))
    told = rows(bundle, "kesesuaian.csv")
    assert [(row["Tiket"], row["Baris"], row["Keadaan"]) for row in told] == plain
    assert {state for _number, _line, state in plain} >= {"dilakukan", "dilewati", "cabang yang tidak ditempuh"}
    assert "Tono" in {name for row in told for name in row["Oleh"].split(", ")}


def test_the_stays_the_papers_and_their_hashes_are_those_of_the_tickets(app, month):
    first, last = month
    bundle, tickets = bundle_of(app, "budi", first, last), ended(first, last)
    stays = rows(bundle, "waktu.csv")
    ours = sum(float(row["Jam di tangan kami"].replace(",", ".")) for row in stays)
    plain = 0.0
    for ticket in tickets:
        for span in spans_of(ticket.id):
            if span.counts_for_us:
                within = catalog.get(ticket.procedure).within(catalog.get(ticket.procedure).state(span.state))
                clock = (span.ended_at - span.began_at) / timedelta(hours=1)
                by_clock = within and within.round_the_clock
                plain += clock if by_clock else calendar.hours_between(span.began_at, span.ended_at)
    assert ours == pytest.approx(plain, abs=0.01 * len(stays)) and stays
    ids = [ticket.id for ticket in tickets]
    papers = db.session.scalars(
        select(IssuedDocument).where(IssuedDocument.ticket_id.in_(ids)).order_by(IssuedDocument.id)
    ).all()
    told = rows(bundle, "dokumen.csv")
    assert [(row["Nomor"], row["SHA-256"]) for row in told] == [(p.number, p.sha256 or "") for p in papers] and told


def test_the_bundle_says_what_it_holds_and_its_sums_are_right(app, month):
    bundle = bundle_of(app, "budi", *month, "&procedure=complaint")
    readme = bundle.read("BACA-DULU.txt").decode()
    count = len(ended(*month, Ticket.procedure == "complaint"))
    assert f"Isinya {count} tiket" in readme and "Layanan: Pengaduan TIK" in readme
    sums = dict(line.split("  ")[::-1] for line in bundle.read("SHA256SUMS").decode().splitlines())
    assert set(sums) == set(bundle.namelist()) - {"SHA256SUMS"}
    assert all(hashlib.sha256(bundle.read(name)).hexdigest() == value for name, value in sums.items())
    assert {row["Prosedur"] for row in rows(bundle, "kesesuaian.csv")} == {"complaint"}


@once
def test_a_cancelled_request_says_why_its_lines_were_skipped(app, cast):
    ticket = installation_at("disposition")
    take(ticket, "cancel", "sari", reason="Unit mencabut suratnya.")
    day = day_of(db.session.get(Ticket, ticket.id).closed_at)
    told = rows(bundle_of(app, "budi", day, day), "kesesuaian.csv")
    skipped = [row for row in told if row["Keadaan"] == "dilewati"]
    assert skipped and {row["Alasan bila dilewati"] for row in skipped} == {"Unit mencabut suratnya."}


@once
def test_the_bundle_holds_what_its_reader_may_see(app, month, monkeypatch):
    monkeypatch.setattr(evidence_bundle, "BATCH", 1)
    first, last = month
    hadi = db.session.scalars(select(Staff).where(Staff.username == "hadi")).unique().one()
    own = {ticket.number for ticket in ended(first, last, visible_to(hadi))}
    assert own < {ticket.number for ticket in ended(first, last)}
    told = rows(bundle_of(app, "hadi", first, last), "kesesuaian.csv")
    assert {row["Tiket"] for row in told} == own


@once
def test_a_right_taken_away_in_the_middle_leaves_no_bundle(app, month):
    Person(app, "rina").post(f"{PAGE}evidence/?first={month[0]}&last={month[1]}")
    with write_transaction():
        db.session.scalars(select(Staff).where(Staff.username == "rina")).unique().one().roles = frozenset()
    assert write_exports() == 0
    db.session.rollback()
    assert db.session.scalars(select(Export.state)).one() == "refused"


@once
def test_a_period_without_an_end_says_so_in_an_empty_bundle(app, cast):
    bundle = bundle_of(app, "budi", "2026-01-01", "2026-01-31")
    assert rows(bundle, "kesesuaian.csv") == [] and "Isinya 0 tiket" in bundle.read("BACA-DULU.txt").decode()
