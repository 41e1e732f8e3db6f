"""Demonstration installations, one at every desk, walked there by the procedure's own steps as the cast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from gateways.files.file_store import StoredFile
from gateways.files.uploads import store
from jobs.demo.clock import at
from jobs.demo.letter_scan import letter_scan
from models.base import setting
from models.base.db import db, utcnow, write_transaction
from models.base.wording import today
from models.installation.quality_test import latest_test
from models.installation.rab import PriceItem, RabLine, latest_rab
from models.installation.survey import SurveyMaterial, SurveyPhoto, SurveyPoint, survey_of
from models.organisation.staff import Staff
from models.organisation.unit import Unit
from models.tickets.ticket import Attachment, Ticket
from procedures.engine import catalog
from procedures.engine.declaration import Actor
from procedures.engine.take_step import open_ticket, take_step
from procedures.installation.rabs import draft_rab

KEY = "network_installation"
PRICES = [
    ("KBL-UTP6", "Kabel UTP Cat6, rol 305 m", "material", "rol", 1_850_000),
    ("SW-24P", "Switch 24 port PoE, rak", "material", "unit", 7_450_000),
    ("FO-4C", "Kabel fiber optik 4 core", "material", "m", 18_500),
    ("SKT-2", "Stopkontak data dinding dua lubang", "material", "buah", 87_500),
    ("AP-AX", "Titik akses Wi-Fi 6", "material", "unit", 3_150_000),
    ("JS-TRK", "Penarikan dan terminasi kabel", "work", "titik", 150_000),
    ("JS-GND", "Pembumian rak", "work", "paket", 900_000),
]
STAFF_NUMBERS = {
    "budi": ("NIP", "19720315 199803 1 002"),
    "yusuf": ("NIP", "19751120 200112 1 004"),
    "rina": ("NIK", "2009.02.117"),
    "tono": ("NIK", "2015.08.214"),
    "sari": ("NIK", "2018.01.233"),
}
ACCOUNT = {"bank_name": "Bank Contoh", "bank_account": "1001 2002 3003", "bank_holder": "Universitas Bung Hatta"}
PHOTOS = (("Rak di ruang panel, belum dibumikan", (52, 73, 94)), ("Jalur plafon koridor lantai 3", (120, 110, 96)))
# where the folder lies, unit, subject, building, floor, room
STORIES = [
    ("disposition", "FTI", "Jaringan ruang dosen Teknik Informatika", "Gedung F", "2", "F.2.11"),
    ("completion", "FH", "Titik jaringan ruang sidang semu", "Gedung D", "1", "D.1.02"),
    ("surveyors", "PERPUS", "Wi-Fi ruang baca lantai 2", "Perpustakaan", "2", "Ruang baca"),
    ("survey", "FEB", "Jaringan Laboratorium Manajemen", "Gedung B", "3", "B.3.07"),
    ("infeasible", "FTI", "Jaringan gudang alat lapangan", "Gudang timur", "", ""),
    ("end_proposed", "FH", "Sambungan pos jaga belakang", "Pos jaga", "", ""),
    ("rab_draft", "FEB", "Titik tambahan ruang kelas B.2", "Gedung B", "2", "B.2.01"),
    ("rab_approval", "FEB", "Jaringan ruang ujian komputer", "Gedung B", "3", "B.3.09"),
    ("unit_agreement", "PERPUS", "Jaringan ruang arsip digital", "Perpustakaan", "1", "Arsip"),
    ("installers", "FTI", "Jaringan Laboratorium Elektro", "Gedung F", "1", "F.1.04"),
    ("installation", "FH", "Jaringan ruang klinik hukum", "Gedung D", "2", "D.2.05"),
    ("testing", "FEB", "Jaringan sekretariat program magister", "Gedung B", "1", "B.1.03"),
    ("recheck", "FTI", "Jaringan bengkel mesin", "Gedung F", "1", "Bengkel"),
    ("billing", "PERPUS", "Titik akses ruang diskusi", "Perpustakaan", "3", "Diskusi 1"),
    ("bill_signature", "FH", "Jaringan ruang dekanat", "Gedung D", "3", "D.3.01"),
    ("payment", "FEB", "Jaringan aula fakultas", "Gedung B", "4", "Aula"),
    ("closed", "FTI", "Jaringan ruang server fakultas", "Gedung F", "1", "F.1.01"),
    ("rab_returned", "PERPUS", "Titik akses ruang koleksi", "Perpustakaan", "2", "Koleksi"),
]


def seed_installations() -> int:
    """Add the price list and one installation for each story; says how many."""
    with write_transaction():
        if db.session.scalar(select(PriceItem.id).limit(1)) is None:
            begins = date(today().year, 1, 1)
            db.session.add_all(
                PriceItem(
                    code=code, description=what, section=section, measure=measure, price_rp=price, valid_from=begins
                )
                for code, what, section, measure, price in PRICES
            )
        for username, (kind, number) in STAFF_NUMBERS.items():
            person = db.session.scalars(select(Staff).where(Staff.username == username)).unique().one()
            person.number_kind, person.staff_number = kind, number
        for key, value in ACCOUNT.items():
            setting.put(key, value)
    scan = letter_scan()
    for place, (desk, *facts) in enumerate(STORIES):
        with at(_began(place)):
            ticket = _letter(scan, *facts)
        _walk_to(desk, ticket, scan, place)
    return len(STORIES)


def _began(place: int) -> datetime:
    """When the letter came: in office hours (02.10 UTC is 09.10 WIB), each story a day before the one above it."""
    return (utcnow() - timedelta(days=3 + place)).replace(hour=2, minute=10 + place)


def _moment(place: int, move: int) -> datetime:
    """When the folder's next move was made: the next day at another hour of the office, never in the future."""
    return min(
        _began(place) + timedelta(days=move + 1, minutes=43 * (move % 8)), utcnow() - timedelta(minutes=30 - move)
    )


def _photos() -> list[tuple[StoredFile, str]]:
    """Two drawn pictures that stand for photos of the place."""
    from PIL import Image, ImageDraw  # noqa: PLC0415  # 10 MB, for the demonstration's photos alone

    taken = []
    for caption, colour in PHOTOS:
        picture = Image.new("RGB", (1200, 900), colour)
        draw = ImageDraw.Draw(picture)
        for step in range(0, 1200, 150):
            draw.line((step, 0, 600 + step // 4, 900), fill=tuple(c + 40 for c in colour), width=14)
        draw.rectangle((420, 240, 780, 700), outline=(230, 230, 220), width=16)
        out = BytesIO()
        picture.save(out, "JPEG")
        out.seek(0)
        taken.append((store().store(out, f"{caption}.jpg"), caption))
    return taken


def _letter(scan: StoredFile, unit: str, subject: str, building: str, floor: str, room: str) -> Ticket:
    unit_id = db.session.scalars(select(Unit.id).where(Unit.code == unit)).one()
    fields = {
        "name": "Dewi Anggraini", "email": "dewi@feb.example", "phone": "0812-6600-0001", "unit": unit_id,
        "letter_number": f"{200 + len(subject)}/{unit}/{today().year}",
        "letter_date": _day(-4),
        "subject": subject, "signed_by": "Pak Dekan", "signed_as": "Dekan", "building": building, "floor": floor,
        "room": room, "points": 3, "purpose": "Diperlukan untuk kegiatan belajar semester ini.",
    }  # fmt: skip
    form = catalog.get(KEY).steps["send_letter"].asks(MultiDict(fields))  # type: ignore[misc]  # this step has a form
    return open_ticket(KEY, "send_letter", Actor("requester", "Dewi Anggraini"), form, files=[scan])


def _take_installation_step(
    ticket: Ticket, step: str, who: str, files: list[StoredFile] | None = None, **fields: str | int
) -> None:
    asks = catalog.get(KEY).steps[step].asks
    take_step(ticket.id, step, _actor(who), asks(MultiDict(fields)) if asks else None, files=files or [])


def _actor(username: str) -> Actor:
    if username == "unit":
        return Actor("requester", "Dewi Anggraini")
    person = db.session.scalars(select(Staff).where(Staff.username == username)).unique().one()
    return Actor("staff", person.name, person)


def _day(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


def _name_surveyors(ticket: Ticket) -> None:
    starts = datetime.combine(today() + timedelta(days=1), time(14)).isoformat(timespec="minutes")
    _take_installation_step(ticket, "name_surveyors", "rina", people=_tono(), starts_at=starts)


def _tono() -> int:
    return db.session.scalars(select(Staff.id).where(Staff.username == "tono")).one()


def _survey(ticket: Ticket, result: str = "conditional") -> None:
    photos = _photos() if result == "conditional" else []
    with write_transaction():
        survey = survey_of(ticket)
        if survey is None:
            return
        for file, caption in photos:
            kept = Attachment(ticket_id=ticket.id, sha256=file.sha256, name=file.name, size=file.size,
                              content_type=file.content_type, is_inline=True, is_public=False)  # fmt: skip
            db.session.add(kept)
            survey.photos.append(SurveyPhoto(attachment=kept, caption=caption))
        survey.distribution_point, survey.distance_m, survey.floors = (
            "SW-B2-01, lantai 2, ruang panel",
            Decimal("112.5"),
            1,
        )
        survey.cable, survey.grounding, survey.result = "fo", "no", result
        survey.condition = (
            "Rak ruang panel dibumikan lebih dahulu." if result == "conditional" else "Tidak ada jalur kabel yang aman."
        )
        survey.points = [
            SurveyPoint(position=1, location="Meja mahasiswa", count=2),
            SurveyPoint(position=2, location="Meja dosen", count=1),
        ]
        survey.materials = [
            SurveyMaterial(
                position=1, code="KBL-UTP6", description="Kabel UTP Cat6, rol 305 m", volume=Decimal(2), measure="rol"
            ),
            SurveyMaterial(
                position=2, code="FO-4C", description="Kabel fiber optik 4 core", volume=Decimal("112.5"), measure="m"
            ),
            SurveyMaterial(
                position=3,
                code="SKT-2",
                description="Stopkontak data dinding dua lubang",
                volume=Decimal(2),
                measure="buah",
            ),
        ]
    _take_installation_step(ticket, "send_survey", "tono")


def _rab(ticket: Ticket) -> None:
    with write_transaction():
        rab = latest_rab(ticket)
        if rab is not None:
            rab.lines.append(
                RabLine(position=9, section="work", code="JS-TRK", description="Penarikan dan terminasi kabel",
                        volume=Decimal(3), measure="titik", price_rp=150_000)
            )  # fmt: skip
            rab.working_days, rab.notes = 8, "Harga termasuk pengujian setiap titik."
            rab.add_up()
    _take_installation_step(ticket, "submit_rab", "tono")


def _return_rab(ticket: Ticket) -> None:
    """The head sends the budget plan back; the next version is a draft with less cable."""
    _take_installation_step(ticket, "return_rab", "budi", reason="Gunakan sisa kabel pekerjaan Gedung B.")
    with write_transaction():
        rab = draft_rab(db.session.get_one(Ticket, ticket.id), db.session.get_one(Staff, _tono()))
        db.session.flush()
        for line in rab.lines:
            if line.code == "FO-4C":
                line.volume = Decimal(60)
        rab.add_up()


def _test(ticket: Ticket, good: bool = True) -> None:
    with write_transaction():
        test = latest_test(ticket)
        for point in test.points if test else []:
            point.negotiated_mbps, point.wire_map_good, point.length_m = 1000, True, Decimal("64.5")
            point.sent, point.received = 1000, 1000 if good or point.position > 1 else 981
            point.rtt_ms, point.jitter_ms, point.throughput_mbps = Decimal("1.2"), Decimal("0.3"), Decimal(941)
    _take_installation_step(ticket, "send_test", "tono")


def _pay(ticket: Ticket, scan: StoredFile) -> None:
    """By a transfer with a unique code: Rp321 above the bill."""
    rab = latest_rab(ticket)
    total = str((rab.total_rp if rab else 0) + 321)
    _take_installation_step(
        ticket,
        "record_payment",
        "sari",
        [scan],
        amount=total,
        paid_on=_day(0),
        method="transfer",
        payer="Bendahara fakultas",
        over_use="return",
        over_note="Rekening asal transfer",
    )


def _moves(scan: StoredFile) -> dict[str, Callable[[Ticket], None]]:
    """The main line: desk -> the move that leads there from the desk before."""
    agreed: dict[str, Any] = {"answer": "agree", "decided_by": "Pak Dekan", "decided_as": "Dekan"}
    return {
        "surveyors": lambda t: _take_installation_step(
            t, "dispose", "budi", text="Mohon disurvey minggu ini.", target_on=_day(7)
        ),
        "survey": _name_surveyors,
        "rab_draft": _survey,
        "rab_approval": _rab,
        "unit_agreement": lambda t: _take_installation_step(t, "approve_rab", "budi"),
        "installers": lambda t: _take_installation_step(t, "answer_rab", "unit", **agreed),
        "installation": lambda t: _take_installation_step(
            t, "name_installers", "rina", people=_tono(), starts_on=_day(0), ends_on=_day(6)
        ),
        "testing": lambda t: _take_installation_step(
            t, "report_installed", "tono", points=3, text="Semua titik terpasang dan diberi label."
        ),
        "billing": _test,
        "payment": lambda t: _take_installation_step(t, "issue_bill", "budi", basis="rab", due_on=_day(30)),
        "closed": lambda t: _pay(t, scan),
    }


# desk aside of the main line -> the desk before it, and the move
ASIDE: dict[str, tuple[str, Callable[[Ticket], None]]] = {
    "completion": (
        "disposition",
        lambda t: _take_installation_step(t, "return_letter", "budi", text="Lampirkan denah ruang."),
    ),
    "infeasible": ("survey", lambda t: _survey(t, "infeasible")),
    "end_proposed": (
        "infeasible",
        lambda t: _take_installation_step(t, "propose_end", "rina", reason="Tidak ada jalur kabel yang aman."),
    ),
    "rab_returned": ("rab_approval", lambda t: _return_rab(t)),
    "recheck": ("testing", lambda t: _test(t, good=False)),
    "bill_signature": (
        "billing",
        lambda t: _take_installation_step(t, "issue_bill", "budi", basis="rab", due_on=_day(30), both_sign="y"),
    ),
}


def _walk_to(desk: str, ticket: Ticket, scan: StoredFile, place: int) -> None:
    if desk in ASIDE:
        before, move = ASIDE[desk]
        _walk_to(before, ticket, scan, place)
        with at(_moment(place, 12)):
            move(ticket)
        return
    for number, move in enumerate(_moves(scan).values()):
        if ticket.state == desk:
            return
        with at(_moment(place, number)):
            move(ticket)
        db.session.refresh(ticket)
