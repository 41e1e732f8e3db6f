"""The demonstration, made once a worker, and the addresses that no page links to."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, current_app
from sqlalchemy import JSON, String, func, inspect, select

from jobs.demo.demo import demonstrate
from models.accounts.account import Account
from models.accounts.directory_change import DirectoryDifference
from models.accounts.one_time_link import OneTimeLink
from models.accounts.people_import import PeopleImport
from models.base.db import db, utcnow, write_transaction
from models.organisation.export import Export
from models.organisation.pending_change import PendingChange
from models.organisation.sessions import StaffToken, hash_token
from models.organisation.staff import Staff
from models.outages.alert import AlertSource
from models.outages.network import Node
from models.tickets.bulk_run import BulkRun
from models.tickets.copied_person import CopiedPerson
from models.tickets.issued_document import IssuedDocument
from models.tickets.mailing.sender_rule import SenderRule
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import link_of
from procedures.organisation.qr_labels import Labelled, labels_for
from tests.databases import Sqlite
from tests.frame.test_rights import REGISTERS

INVITATION = "x" * 43
SENTENCES = re.compile(r"[\n*_`#\[\]]|(?<=[.?!:;])\s|</?\w+[^>]*>")
# One line each: why no page of the site leads there, or why it shows no page. Nothing else is left out.
NO_PAGE = {
    "doors.healthz": "answers monitoring, not people",
    "doors.livez": "as above",
    "doors.service_worker": "a script; tests/browser/test_without_signal.py runs it",
    "doors.manifest": "read by browsers; tests/browser/test_without_signal.py installs by it",
    "doors.without_signal": "laid up on the phone by the worker; tests/browser/test_without_signal.py sees it",
    "doors.agenda_feed": "a calendar file; tests/reports/test_agenda.py reads it",
    "doors.security_txt": "a text for whoever finds a weakness; tests/public/test_routes.py asks it",
    "second_step.second_step": "between password and panel; tests/frame/test_second_factor.py asks it",
    "campus.back": "what the campus answers a sign-in with; tests/organisation/test_campus_sign_in.py walks it",
    "mailbox.consent_back": "what a mailbox's consent is answered with; tests/inbox/test_token.py walks it",
    "campus.by_directory": "where a directory is configured; tests/accounts/directory/test_campus_directory.py walks it",
    "public.my_tickets": "where requesters may sign in; tests/web/test_my_tickets.py reads list and ways in",
    "public.open_mine": "as above; it leads to the page of the ticket",
    "public.from_campus": "as above; what the campus answers with",
    "campus.my_campus": "as the two above; tests/organisation/test_campus_sign_in.py reads it",
    "factor.show_totp": "between two presses, with a secret; tests/frame/test_second_factor.py asks it",
    "staff.reset_factor": "of somebody who has a second factor; tests/frame/test_second_factor.py asks it",
    "requester.index": "leads to the page of the person; tests/tickets/test_pages_of_people.py asks it",
    "contact.details_view": "as above",
    "person.details_view": "as above",
    "scan.index": "leads on at once; tests/organisation/test_qr_labels.py scans",
    "follow.counts": "numbers for the sidebar; tests/tickets/test_follow.py asks them",
    "caller.index": "a part of the entry page; tests/tickets/test_callers.py asks it",
    "doors.show_metrics": "as above",
    "public.download": "a file; tests/public/test_pages.py fetches one",
    "inbox.html": "shown in a frame of the inbox; tests/inbox/test_inbox_desk.py fetches it",
    "export.file": "a file; tests/exports/test_exports.py fetches them",
    "monthly_report.paper": "a PDF; tests/reports/test_monthly_report.py fetches it",
    "article.picture": "a picture; tests/knowledge/test_articles.py fetches one",
    "public.article_picture": "as above",
    "emblem.picture": "a picture where one was set; tests/installation/test_printed_documents.py fetches it",
    **{
        f"{view}.import_sample": "a file; tests/frame/test_import_pages.py fetches them"
        for view in ("unit", "contact", "node", "price_item", "account")
    },
    "people_import.lines": "a file; tests/accounts/people/test_people_import_page.py fetches it",
    "public.address_state": "answers the form's script; tests/accounts/test_address_as_typed.py asks it",
    "public.switch_language": "changes the language and leads back; the crawl speaks one language at a time",
    "first_administrator.first": "shut once there is an administrator; tests/operations/test_setup.py comes in by it",
}
# Flask-Admin's own doors, shut for everybody (tests/frame/test_rights.py).
SHUT_DOORS = re.compile(r"\.(ajax_lookup|export)$")


@pytest.fixture
def demo(app: Flask, cast: dict[str, Staff], house) -> Iterator[Flask]:
    """The application with tickets at every desk; the cast may log in."""
    kept = house[1].file.with_name("demo.db") if isinstance(house[1], Sqlite) else None
    if kept and kept.exists():
        db.session.remove()
        db.engine.dispose()
        shutil.copyfile(kept, house[1].file)
    else:
        demonstrate(cast)
        with write_transaction():
            db.session.add_all(_rarer(cast))
        db.session.remove()
        if kept:
            shutil.copyfile(house[1].file, kept)
    yield app
    db.session.remove()


def _rarer(cast: dict[str, Staff]) -> list[Any]:
    """Rows of which the demonstration has none."""
    ends = utcnow() + timedelta(hours=72)
    return [
        SenderRule(sender="@kampus.example", note="Undangan rapat"),
        AlertSource(name="PRTG", token_hash="y", revoked_at=utcnow()),
        PendingChange(
            kind="roles", staff_id=cast["lina"].id, made_by_id=cast["rudi"].id, facts={"roles": ["head_systems"]}
        ),
        BulkRun(staff_id=cast["budi"].id, words="Terbuka", picks=[[1, 1], [2, 1]]),
        BulkRun(
            staff_id=cast["budi"].id,
            picks=[[1, 1], [2, 1]],
            act="take",
            title="Ambil",
            state="done",
            at=2,
            refused=[[1, "Tiket ini tidak ditemukan."]],
        ),
        DirectoryDifference(login="andi", kind="unknown_in_register"),
        Export(staff_id=cast["budi"].id, view="unit", title="Unit", format="csv", state="ready", rows=3, size=900),
        PeopleImport(name="mahasiswa.csv", file_hash="x", size=9, made_by_id=cast["sari"].id),
        StaffToken(staff_id=cast["tono"].id, token_hash=hash_token(INVITATION), purpose="invite", ends_at=ends),
    ]


def unlinked() -> list[str]:
    """Addresses that come by mail or on paper, or stand behind a sent form."""
    with write_transaction():
        account = db.session.scalars(select(Account)).unique().first()
        secret = OneTimeLink.make(account, "kata sandi", ticket=None, by=None, sent_to="d***@example")
    code = db.session.scalar(select(IssuedDocument.code).limit(1))
    fills = {"survey": "survey", "rab_draft": "rab", "testing": "quality_test"}  # offered on the workbench of one desk
    newest = select(Ticket.state, func.max(Ticket.id)).where(Ticket.state.in_(fills)).group_by(Ticket.state)
    return [
        *(f"/admin/{fills[state]}/fill/{ident}" for state, ident in db.session.execute(newest)),
        "/help",
        f"/admin/invite/{INVITATION}",
        urlsplit(secret).path,
        f"/verifikasi/{code}",
        *_copies(),
        "/verifikasi/0000000000000000",
        f"/label/{_label()}",
        "/tiket/terkirim-ulang",
    ]


def _label() -> str:
    """The code on the label of a device."""
    node = db.session.scalars(select(Node).limit(1)).one()
    with write_transaction():
        return labels_for([Labelled(node.name, "", node_id=node.id)])[0].code


def _copies() -> list[str]:
    """The link of somebody who was asked to be told too, and of somebody who is."""
    ticket = db.session.scalars(select(Ticket).where(Ticket.procedure == "complaint", Ticket.is_open)).unique().first()
    with write_transaction():
        asked, told = (
            CopiedPerson(ticket=ticket, name=name, email=f"{name}@kampus.example") for name in ("dewi", "ani")
        )
        told.confirmed_at = utcnow()
        db.session.add_all([asked, told])
    return [urlsplit(asked.link).path, f"{urlsplit(told.link).path}?berhenti=1"]


def holders() -> list[list[str]]:
    """For one ticket of each procedure and state: the link that its holder got, and where a sent form leads."""
    tickets = {(t.procedure, t.state): t for t in db.session.scalars(select(Ticket).order_by(Ticket.id)).unique()}
    return [
        [urlsplit(link_of(t)).path, f"/tiket/{t.number}", f"/tiket/{t.number}/bukti"]
        for t in tickets.values()
        if t.procedure not in ("network_outage", "server_outage")
    ]


def first_rows() -> list[str]:
    """The first row of every register: some are only reached from papers or by filters."""
    views = {view.name_key: view for view in current_app.extensions["admin"][0]._views if hasattr(view, "name_key")}
    found = []
    for key in REGISTERS:
        row = db.session.scalar(select(views[key].model.id).order_by(views[key].model.id.desc()).limit(1))
        found += [f"/admin/{key}/{act}/?id={row}" for act in ("details", "edit", "delete") if row]
    guarded = db.session.scalars(select(Ticket.id).where(Ticket.procedure == "password_change"))
    return [
        *found,
        *(f"/admin/password/ticket/{ticket}" for ticket in guarded),
        "/admin/bulk/",
        *(f"/admin/bulk/all/{run}" for run in db.session.scalars(select(BulkRun.id))),
        "/admin/ticket/filters/",
    ]


def typed_by_people() -> set[str]:
    """Every text in the database: what people wrote there may stand on a page of any language."""
    found: set[str] = set()
    for mapper in db.Model.registry.mappers:
        for column in inspect(mapper.class_).column_attrs:
            if isinstance(column.columns[0].type, String | JSON):
                for value in db.session.scalars(select(getattr(mapper.class_, column.key))):
                    for text in _strings(value):
                        found |= {" ".join(part.split()) for part in (text, *SENTENCES.split(text))}
    return {text for text in found if len(text) > 2}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (key, *_strings(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
