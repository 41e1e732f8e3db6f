"""Takes every step that tells somebody, in every procedure, with the same words typed everywhere.

What each step put into the outbox is listened to, so that tests can compare it with what a screen would say. Words
that are alike at every step show where a mail says nothing of its own step.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import TextAreaField

from jobs.demo.cast import MEMBERS
from mails.queue import Collected, collected
from mails.render import render
from models.base.db import db, utcnow, write_transaction
from models.base.wording import local, today
from models.installation.bill import Payment
from models.organisation.delegation import Delegation
from models.organisation.staff import Group
from models.organisation.unit import Contact
from models.outages.network import Node, WebService
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from procedures.engine import catalog, take_step
from procedures.engine.declaration import MONITOR, PRODUCT, Actor
from procedures.engine.telling import Telling, telling_of
from procedures.outages.records import Sighting
from procedures.tickets.routine.due_work import DueWork
from tests.accounts import stories
from tests.installation import installation_walk as building
from tests.outages import walk as outage
from tests.walk import REQUESTER, as_staff, category_id, complaint_fields, file_complaint

WORDS = "Kalimat yang sama di setiap langkah."
SCAN = building.SCAN
LINES = ("text", "reason", "estimate_reason", "source", "payer", "over_note")
STAFF = {"unit_email": "sari", "password_change": "sari", "server_outage": "lina"}  # who may do the common moves


@dataclass(frozen=True)
class Written:
    """A row of the outbox, and its words as they are sent."""

    recipient: str
    notice: str
    to_staff: bool
    subject: str
    text: str


@dataclass(frozen=True)
class Taken:
    """A step that was taken, with the mails that it wrote into the outbox and what a screen says of it."""

    procedure: str
    step: str
    words: str
    is_public: bool
    mails: list[Written]
    telling: Telling


@contextmanager
def listening(monkeypatch: Any) -> Iterator[list[Taken]]:
    """Every step taken in the block, in order; each with the outbox rows since the one before."""
    heard: list[Taken] = []
    really = take_step.record
    with collected() as all_found:
        mark = [0, 0, 0]

        def record(ticket: Ticket, move: Any, files: Any, **more: Any) -> Event:
            event = really(ticket, move, files, **more)
            db.session.flush()
            rows = list(db.session.scalars(select(Mail).where(Mail.id > mark[0]).order_by(Mail.id)))
            found = Collected(all_found.queued[mark[1] :], all_found.silent[mark[2] :])
            mark[:] = [max([mark[0], *(row.id for row in rows)]), len(all_found.queued), len(all_found.silent)]
            mails, told = [_written(row) for row in rows], telling_of(found, as_staff("budi"))
            heard.append(Taken(ticket.procedure, move.step.name, event.text, event.is_public, mails, told))
            return event

        monkeypatch.setattr(take_step, "record", record)
        yield heard


def _written(row: Mail) -> Written:
    words = render(row)
    return Written(row.recipient, row.notice, bool(row.facts["to_staff"]), words.subject, words.kept_body)


def go(ticket: Ticket, step: str, by: str | Actor, files: Any = (), **given: Any) -> Event:
    """Take a step; every text field that is not given gets the same words."""
    asks = catalog.get(ticket.procedure).steps[step].asks
    form = None
    if asks is not None:
        words = {f.name: WORDS for f in asks() if isinstance(f, TextAreaField) or f.name in LINES}
        form = asks(MultiDict({k: v for k, v in {**words, **given}.items() if v is not None}))
    return take_step.take_step(ticket, step, as_staff(by) if isinstance(by, str) else by, form, files=files)


def every_step() -> None:
    """All procedures, one after the other."""
    complaints()
    installations()
    unit_emails()
    password_changes()
    network_outages()
    server_outages()
    common_moves()


def complaints() -> None:
    ticket = file_complaint()
    go(ticket, "resolve", "tono")
    go(ticket, "warn_of_closing", PRODUCT)
    go(ticket, "rate", REQUESTER, rating=4)
    go(ticket, "reopen", REQUESTER)
    go(ticket, "resolve", "tono")
    go(ticket, "confirm", REQUESTER)
    for step, by in (("close", "tono"), ("close_silent", PRODUCT)):
        ticket = file_complaint(subject=f"Akan ditutup: {step}")
        go(ticket, "resolve", "tono")
        with write_transaction():
            ticket.resolved_at = utcnow() - timedelta(days=30)
        go(ticket, step, by)
    networking = db.session.scalars(select(Group).where(Group.division == "networking")).first()
    with write_transaction():
        take_step.open_ticket(
            "complaint", "open_routine", PRODUCT, DueWork("Uji UPS", "", networking, None, today(), 0)
        )


def with_letter() -> Ticket:
    fields = building.letter_fields(received_at=_wib(days=-1))
    form = catalog.get(building.N).steps["enter_letter"].asks(MultiDict(fields))
    return take_step.open_ticket(building.N, "enter_letter", as_staff("sari"), form, files=(SCAN,))


def installations() -> None:
    ticket = building.send_letter()
    week = (today() + timedelta(days=7)).isoformat()
    go(ticket, "dispose", "budi", target_on=week)
    go(ticket, "pass_on", "rina", people=[building.staff_id("tono")])
    go(ticket, "name_surveyors", "rina", people=[building.staff_id("tono")], starts_at=_wib(days=1))
    building.fill_survey(ticket, "conditional", WORDS)
    go(ticket, "send_survey", "tono")
    building.fill_rab(ticket)
    go(ticket, "submit_rab", "tono")
    go(ticket, "return_rab", "budi")
    for after in ("revise_rab", ""):
        building.fill_rab(ticket)
        go(ticket, "submit_rab", "tono")
        go(ticket, "approve_rab", "budi")
        go(ticket, "remind_unit", PRODUCT)
        if after:
            go(ticket, after, "tono")
    go(ticket, "answer_rab", building.DEWI, answer="agree", decided_by="Pak Dekan", decided_as="Dekan")
    go(
        ticket,
        "name_installers",
        "rina",
        people=[building.staff_id("tono")],
        starts_on=today().isoformat(),
        ends_on=week,
    )
    go(ticket, "report_installed", "tono", points=3)
    building.fill_test(ticket, good=False)
    go(ticket, "send_test", "tono")
    go(ticket, "recheck", "tono")
    building.fill_test(ticket)
    go(ticket, "send_test", "tono")
    go(ticket, "issue_bill", "budi", basis="rab", due_on=week, both_sign="y")
    with write_transaction():
        lent = Delegation(from_staff_id=building.staff_id("budi"), to_staff_id=building.staff_id("yusuf"))
        lent.role, lent.starts_on, lent.ends_on = "head_of_centre", today(), today()
        lent.reason, lent.steps = "Tugas luar.", "N8c"
        db.session.add(lent)
    go(ticket, "cosign_bill", "yusuf")
    go(ticket, "remind_payment", PRODUCT)
    go(ticket, "cancel_bill", "budi")
    go(ticket, "issue_bill", "budi", basis="rab", due_on=week)
    paid = {"paid_on": today().isoformat(), "method": "transfer", "over_use": "return"}
    go(ticket, "record_payment", "sari", files=(SCAN,), amount="1000000", **paid)
    go(ticket, "record_payment", "sari", files=(SCAN,), amount="3600000", **paid)
    go(ticket, "return_overpayment", "nita", files=(SCAN,), returned_on=today().isoformat())
    first = db.session.scalar(select(Payment.id).order_by(Payment.id))
    go(ticket, "reverse_payment", "nita", payment=str(first))
    ticket = with_letter()
    go(ticket, "return_letter", "budi")
    go(ticket, "complete_letter", building.DEWI, files=(SCAN,))
    go(ticket, "enter_disposition", "sari", files=(SCAN,), target_on=week)
    building.name_surveyors(ticket)
    building.fill_survey(ticket, "infeasible", WORDS)
    go(ticket, "send_survey", "tono")
    go(ticket, "propose_end", "rina")
    go(ticket, "keep_going", "budi")
    go(ticket, "propose_end", "rina")
    go(ticket, "end_infeasible", "budi")
    go(with_letter(), "refuse_letter", "budi")
    go(building.installation_at("rab_approval"), "refuse_rab", "budi")


def with_email_letter() -> Ticket:
    form = catalog.get("unit_email").steps["enter_request"].asks(MultiDict(stories.entry_fields()))
    return take_step.open_ticket("unit_email", "enter_request", as_staff("sari"), form, files=(SCAN,))


def unit_emails() -> None:
    ticket = stories.request_email(address="prodi.satu")
    go(ticket, "dispose", "budi", target_on=None)
    go(ticket, "find_feasible", "rina")
    go(ticket, "create_account", "wati", told_by="mail", is_done_by_hand="y", **stories.TYPED)
    for answer, name in (("accept_adjustment", "dua"), ("decline_adjustment", "tiga")):
        ticket = with_email_letter()
        go(ticket, "dispose", "budi", target_on=None)
        go(ticket, "propose_adjustment", "rina", address=f"{name}.feb")
        go(ticket, answer, REQUESTER, name="Pak Dekan")
    ticket = with_email_letter()
    go(ticket, "dispose", "budi", target_on=None)
    go(ticket, "advise_refusal", "rina")
    go(ticket, "overrule_refusal", "budi")
    go(ticket, "advise_refusal", "rina")
    go(ticket, "refuse_request", "budi")


def password_changes() -> None:
    ticket = stories.change_at("second", stories.unit_account(), contact=stories.dewi())
    go(ticket, "reject_second", "budi")
    who = stories.person()
    ticket = stories.change_at("change", stories.account(who), who)
    stories.change(ticket, told_by="link" if ticket.requester_email else "spot")


def _tied(to: Ticket) -> None:
    complaint = file_complaint(subject="Terikat", email="mega@mhs.example", name="Mega")
    go(complaint, "tie", "tono", incident=str(to.id))


def network_outages() -> None:
    nodes = outage.small_network()
    with write_transaction():
        nodes["Sakelar FEB"].building = nodes["Sakelar FTI"].building = "Gedung B"
    hands = {"nodes": nodes}
    ticket = outage.network_outage_at("answered", **hands)
    _tied(ticket)
    go(ticket, "end_unconfirmed", "tono")
    ticket = outage.confirmed(nodes)
    _tied(ticket)
    dewi = db.session.scalars(select(Contact.id).where(Contact.name == "Dewi Anggraini")).first()
    call = {"contact": str(dewi), "way": "email", "recovers_at": _wib(hours=3)}
    go(ticket, "contact_manager", "tono", finding="supporting", **call)
    go(ticket, "log_call", "tono", **call)
    go(ticket, "ask_duration", "tono", recovers_at=_wib(hours=3))
    go(ticket, "report_supporting", "tono")
    go(ticket, "send_update", "tono", recovers_at=None, estimate_reason=None)
    go(ticket, "dispatch_meanwhile", "rina", crew=str(outage.staff_id("tono")))
    ticket = outage.network_outage_at("it", **hands)
    _tied(ticket)
    go(ticket, "report_it", "tono")
    go(ticket, "dispatch", "rina", crew=str(outage.staff_id("tono")))
    go(ticket, "take_inventory", "tono", recovers_at=_wib(hours=3))
    go(ticket, "report_from_site", "tono", recovers_at=_wib(hours=3))
    go(ticket, "pass_on", "rina", recovers_at=_wib(hours=3))
    go(ticket, "report_again", "tono", recovers_at=_wib(hours=3))
    go(ticket, "pass_on", "rina", recovers_at=_wib(hours=3))
    go(ticket, "end", "tono", ended_at=None)
    asks = catalog.get("network_outage").steps["report_outage"].asks
    form = asks(MultiDict({"node": str(nodes["Sakelar FEB"].id), "subject": "Mati", "description": WORDS, "unit": "0"}))
    take_step.open_ticket("network_outage", "report_outage", as_staff("rina"), form)
    fault = {"node": str(nodes["Sakelar FTI"].id), "unit": "0", "subject": "Mati", "description": WORDS}
    go(file_complaint(subject="Membuka"), "open_outage", "rina", began_at=None, **fault)


def server_outages() -> None:
    services = outage.small_services()
    with write_transaction():
        for service in services.values():
            service.public_name, service.manager_phone = f"Layanan {service.name}", "0751-445566"
            if not as_staff("hadi").staff.email:
                service.manager_email = ""
    ticket = outage.server_outage_at("answering", services)
    _tied(ticket)
    go(ticket, "end_false_alarm", "lina")
    ticket = outage.server_outage_at("confirmed", services)
    _tied(ticket)
    go(ticket, "report_to_head", "lina")
    go(ticket, "order_staff", "hadi", crew=str(outage.staff_id("lina")))
    go(ticket, "find_and_fix", "lina")
    go(ticket, "report_cause", "lina")
    go(ticket, "end", "lina", ended_at=None)
    ticket = outage.server_outage_at("to_order", services, "Jurnal")
    asked = {"name": "NOC", "way": "email", "follow_up_at": _wib(days=2)}
    go(ticket, "contact_outside", "hadi", **asked)
    go(ticket, "follow_up_outside", "hadi", **asked)
    go(ticket, "remind_follow_up", PRODUCT)
    asks = catalog.get("server_outage").steps["report_outage"].asks
    fields = {"service": str(services["Portal akademik"].id), "subject": "Mati", "description": WORDS}
    take_step.open_ticket("server_outage", "report_outage", as_staff("hadi"), asks(MultiDict(fields)))


def common_moves() -> None:
    """The moves that every procedure has, in each."""
    for procedure, make in _one_of_each().items():
        steps, by = catalog.get(procedure).steps, STAFF.get(procedure, "tono")
        ticket = make()
        other = db.session.scalars(select(Group).where(Group.id != ticket.group_id).order_by(Group.id)).first()
        go(
            ticket,
            "assign",
            by,
            assignee=building.staff_id("nita" if by == "sari" else "rina" if by == "tono" else "hadi"),
        )
        go(ticket, "mend", by, fact="phone", was=ticket.requester_phone, value="0813-9999-0000")
        go(ticket, "reply", by)
        go(ticket, "ask_requester", by)
        go(ticket, "answer", REQUESTER)
        if "split" in steps:
            go(ticket, "split", by, category=category_id(), subject="Hal kedua", description=WORDS)
        if "merge" in steps:
            into = make()
            go(ticket, "merge", by, into=into.number)
            go(ticket, "unmerge", by)
        for end in {"cancel", "refuse"} & {name for name, step in steps.items() if step.is_common}:
            go(make(), end, by)
        go(ticket, "hand_over", by, group=other.id)
        assert MEMBERS[other.name]


def _one_of_each() -> dict[str, Any]:
    nodes = {node.name: node for node in db.session.scalars(select(Node))}
    services = {service.name: service for service in db.session.scalars(select(WebService))}
    number = iter(range(100))

    def reported(procedure: str, **seen: Any) -> Ticket:
        return take_step.open_ticket(
            procedure, "open_by_monitor", MONITOR, Sighting("Mati", "x", reporter=reporter, **seen)
        )

    reporter = ("Andi Saputra", "andi@mhs.example", "0812-1111-2222")
    node, service = nodes["Sakelar FEB"].id, services["Portal akademik"].id
    return {
        "complaint": lambda: file_complaint(**complaint_fields(subject=f"Lain {next(number)}")),
        "network_installation": lambda: _disposed(building.send_letter()),
        "unit_email": lambda: stories.request_email(address=f"prodi.lain{next(number)}"),
        "password_change": lambda: _change(next(number)),
        "network_outage": lambda: reported("network_outage", node_id=node),
        "server_outage": lambda: reported("server_outage", service_id=service),
    }


def _disposed(ticket: Ticket) -> Ticket:
    building.dispose(ticket)
    return ticket


def _change(n: int) -> Ticket:
    who = stories.person(f"20100111100{n}", f"Orang {n}", email=f"orang{n}@surat.example")
    return stories.change_at("proof", stories.account(who, f"orang{n}@bunghatta.ac.id"), who)


def _wib(**ahead: int) -> str:
    return f"{local(utcnow() + timedelta(**ahead)):%Y-%m-%dT%H:%M}"
