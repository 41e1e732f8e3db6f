"""Walks a network installation to any desk by real steps, as the people of the stories."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from gateways.files.file_store import StoredFile
from models.base.db import db, utcnow, write_transaction
from models.base.wording import today
from models.installation.quality_test import latest_test
from models.installation.rab import RabLine, latest_rab
from models.installation.survey import SurveyMaterial, SurveyPoint, survey_of
from models.organisation.staff import Staff
from models.organisation.unit import Unit
from models.tickets.ticket import Ticket
from procedures.engine.declaration import Actor
from procedures.engine.take_step import open_ticket, take_step
from tests.remembered import remembered
from tests.walk import as_staff, form_of

N = "network_installation"
DEWI = Actor("requester", "Dewi Anggraini")
SCAN = StoredFile("a" * 64, 1000, "surat.pdf", "application/pdf", False)
ORDER = (
    "disposition", "surveyors", "survey", "rab_draft", "rab_approval", "unit_agreement", "installers", "installation",
    "testing", "billing", "payment", "closed",
)  # fmt: skip


def staff_id(username: str) -> int:
    return db.session.query(Staff.id).filter_by(username=username).scalar()


def letter_fields(**changes: Any) -> dict[str, Any]:
    fields = {
        "name": "Dewi Anggraini", "email": "dewi@feb.example", "phone": "0812-6600-0001",
        "unit": db.session.query(Unit.id).filter_by(code="FEB").scalar(), "letter_number": "214/FEB/XI/2026",
        "letter_date": (today() - timedelta(days=3)).isoformat(), "subject": "Jaringan Laboratorium Manajemen",
        "signed_by": "Pak Dekan", "signed_as": "Dekan", "building": "Gedung B", "floor": "3", "room": "B.3.07",
        "points": 3, "purpose": "Praktikum mahasiswa mulai semester depan.",
        "again_reason": "Beberapa permohonan dalam satu surat.",  # tests walk as many tickets as they need
    }  # fmt: skip
    return {**fields, **changes}


def send_letter(nonce: str | None = None, files: tuple[StoredFile, ...] = (SCAN,), **changes: Any) -> Ticket:
    form = form_of(N, "send_letter", **letter_fields(**changes))
    return open_ticket(N, "send_letter", DEWI, form, nonce=nonce, files=files)


def take(ticket: Ticket, step: str, by: str | Actor, files: tuple[StoredFile, ...] = (), **fields: Any) -> Any:
    actor = as_staff(by) if isinstance(by, str) else by
    version = fields.pop("version", None)
    return take_step(ticket, step, actor, form_of(N, step, **fields), files=files, version=version)


def dispose(ticket: Ticket, by: str = "budi") -> None:
    take(ticket, "dispose", by, text="Mohon disurvey minggu ini.", target_on=(today() + timedelta(days=7)).isoformat())


def name_surveyors(ticket: Ticket, *people: str) -> None:
    ids = [staff_id(one) for one in people or ("tono",)]
    starts = (utcnow() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    take(ticket, "name_surveyors", "rina", people=ids, starts_at=starts)


def fill_survey(ticket: Ticket, result: str = "feasible", condition: str = "") -> None:
    with write_transaction():
        survey = survey_of(ticket)
        survey.distribution_point, survey.distance_m, survey.cable = "SW-B2-01", Decimal("112.5"), "fo"
        survey.grounding, survey.result, survey.condition = "no", result, condition
        survey.points = [
            SurveyPoint(position=1, location="Meja mahasiswa", count=2),
            SurveyPoint(position=2, location="Meja dosen", count=1),
        ]
        survey.materials = [
            SurveyMaterial(position=1, code="KBL-UTP6", description="Kabel UTP Cat6", volume=Decimal(2), measure="rol"),
            SurveyMaterial(position=2, description="Pipa conduit", volume=Decimal("86.5"), measure="m"),
        ]


def send_survey(ticket: Ticket, by: str = "tono", **result: str) -> None:
    fill_survey(ticket, **result)
    take(ticket, "send_survey", by)


def fill_rab(ticket: Ticket, price_rp: int = 1_000_000) -> None:
    with write_transaction():
        rab = latest_rab(ticket)
        rab.lines = [
            RabLine(
                position=1,
                section="material",
                description="Kabel UTP Cat6",
                volume=Decimal(2),
                measure="rol",
                price_rp=price_rp,
            ),
            RabLine(
                position=2,
                section="work",
                description="Penarikan kabel",
                volume=Decimal("2.5"),
                measure="titik",
                price_rp=price_rp,
            ),
        ]
        rab.add_up()


def submit_rab(ticket: Ticket, by: str = "tono", price_rp: int = 1_000_000) -> None:
    fill_rab(ticket, price_rp)
    take(ticket, "submit_rab", by)


def agree(ticket: Ticket) -> None:
    take(ticket, "answer_rab", DEWI, answer="agree", decided_by="Pak Dekan", decided_as="Dekan")


def name_installers(ticket: Ticket, *people: str) -> None:
    take(ticket, "name_installers", "rina", people=[staff_id(one) for one in people or ("tono",)],
         starts_on=today().isoformat(), ends_on=(today() + timedelta(days=5)).isoformat())  # fmt: skip


def fill_test(ticket: Ticket, good: bool = True) -> None:
    with write_transaction():
        for point in latest_test(ticket).points:
            point.negotiated_mbps, point.wire_map_good, point.length_m = 1000, True, Decimal(60)
            point.sent, point.received = 1000, 1000 if good else 990
            point.rtt_ms, point.jitter_ms, point.throughput_mbps = Decimal(1), Decimal("0.2"), Decimal(940)


def send_test(ticket: Ticket, good: bool = True) -> None:
    fill_test(ticket, good)
    take(ticket, "send_test", "tono")


def issue_bill(ticket: Ticket, by: str = "budi", **changes: Any) -> None:
    fields = {"basis": "rab", "due_on": (today() + timedelta(days=30)).isoformat(), **changes}
    take(ticket, "issue_bill", by, **fields)


def pay(ticket: Ticket, amount: str) -> None:
    take(ticket, "record_payment", "sari", files=(SCAN,), amount=amount, paid_on=today().isoformat(), method="transfer",
         payer="Bendahara FEB")  # fmt: skip


MOVES = {
    "surveyors": dispose,
    "survey": name_surveyors,
    "rab_draft": send_survey,
    "rab_approval": submit_rab,
    "unit_agreement": lambda t: take(t, "approve_rab", "budi"),
    "installers": agree,
    "installation": name_installers,
    "testing": lambda t: take(t, "report_installed", "tono", points=3, text="Semua titik terpasang."),
    "billing": send_test,
    "payment": issue_bill,
    "closed": lambda t: pay(t, "4500000"),
}
ASIDE = {
    "completion": ("disposition", lambda t: take(t, "return_letter", "budi", text="Lampirkan denah ruang.")),
    "infeasible": ("survey", lambda t: send_survey(t, result="infeasible", condition="Tidak ada jalur kabel.")),
    "end_proposed": ("infeasible", lambda t: take(t, "propose_end", "rina", reason="Tidak ada jalur kabel.")),
    "not_feasible": ("end_proposed", lambda t: take(t, "end_infeasible", "budi", reason="Gedung akan dibongkar.")),
    "recheck": ("testing", lambda t: send_test(t, good=False)),
    "bill_signature": ("billing", lambda t: issue_bill(t, both_sign="y")),
    "refused": ("disposition", lambda t: take(t, "refuse_letter", "budi", reason="Di luar kampus.")),
    "declined": ("unit_agreement", lambda t: take(t, "answer_rab", DEWI, answer="decline", decided_by="Pak Dekan",
                                                   decided_as="Dekan", reason="Anggaran habis.")),
    "cancelled": ("survey", lambda t: take(t, "cancel", "rina", reason="Unit menarik permohonannya.")),
}  # fmt: skip


@remembered
def installation_at(state: str) -> Ticket:
    """An installation at the given desk, walked there from Dewi's letter."""
    if state == ORDER[0]:
        return send_letter()
    before, move = ASIDE.get(state) or (ORDER[ORDER.index(state) - 1], MOVES[state])
    ticket = installation_at(before)
    move(ticket)
    return ticket
