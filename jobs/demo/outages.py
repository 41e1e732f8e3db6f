"""The network of the campuses and an outage at every desk, for a demonstration.

The demonstration's nodes are not watched: their addresses are nobody's, and their states are set here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from models.base.calendar import SpecialHours
from models.base.columns.json_value import Json
from models.base.db import db, utcnow, write_transaction
from models.base.wording import local
from models.organisation.staff import Staff
from models.organisation.unit import Unit
from models.outages.duty_turn import DutyTurn, night_of
from models.outages.network import CheckHour, Node, PlannedWork, WebService
from models.outages.outage import AskedProbe
from models.outages.watching import Condition
from models.tickets.ticket import Ticket
from procedures.engine import catalog
from procedures.engine.declaration import MONITOR, PRODUCT, Actor
from procedures.engine.take_step import open_ticket, take_step
from procedures.outages import planned_work
from procedures.outages.probes import ProbeDone
from procedures.outages.records import Sighting

CAMPUSES = (
    ("Kampus I Ulak Karang", "10.91"),
    ("Kampus II Aia Pacah", "10.92"),
    ("Kampus III Gunung Pangilun", "10.93"),
)
BUILDINGS = ("Gedung A", "Gedung B", "Gedung C", "Perpustakaan")
# desk -> the node that fails; only the last two serve units, so that few complaints are told "already known"
NETWORK_DESKS = (
    "reported", "answered", "confirmed", "supporting", "estimated", "it", "to_dispatch", "on_site", "inventoried",
    "to_pass_on", "ended", "not_confirmed", "waiting", "repairing",
)  # fmt: skip
SERVER_DESKS = (
    "reported", "answering", "confirmed", "to_order", "checking", "fixed", "solved", "with_manager", "ended",
    "false_alarm",
)  # fmt: skip


def seed_outages() -> None:
    """Nodes, services, planned work, a month of counts, and one outage at each desk, walked by real steps."""
    with write_transaction():
        nodes = _nodes()
        services = _services()
        db.session.flush()
        _counts(nodes, services)
        soon = utcnow() + timedelta(days=2)
        work = PlannedWork(
            title="Penggantian UPS ruang server", note="Layanan dapat terputus singkat.", starts_at=soon,
            ends_at=soon + timedelta(hours=3), nodes=nodes[:1],
        )  # fmt: skip
        db.session.add(work)
        db.session.add(
            SpecialHours(
                name="Ramadan 1448", first_day=date(2027, 2, 8), last_day=date(2027, 3, 9), weekdays="0,1,2,3,4",
                hours="08:00-12:00,12:30-15:00",
            )
        )  # fmt: skip
        db.session.add_all(_turns())
        points = [node for node in nodes if node.kind == "access_point"]
        _serve(points)
        db.session.flush()
        planned_work.announce(work)
    for desk, node in zip(NETWORK_DESKS, points, strict=False):
        _network_at(desk, node.id, node.name)
    for desk, service in zip(SERVER_DESKS, services, strict=False):
        _server_at(desk, service.id, service.name, service.managed_by)


def _turns() -> list[DutyTurn]:
    """Ten nights of both divisions; one is nobody's."""
    people = {one.username: one for one in db.session.scalars(select(Staff)).unique()}
    night = night_of(utcnow())
    pairs = {"networking": ("tono", "rina"), "systems": ("lina", "hadi")}
    return [
        DutyTurn(division=division, day=night + timedelta(days=n), staff_id=people[pair[n % 2]].id)
        for n in range(10)
        for division, pair in pairs.items()
        if (division, n) != ("systems", 2)
    ]


def _nodes() -> list[Node]:
    made = [Node(name="Router inti", kind="router", address="10.90.0.1", building=CAMPUSES[0][0])]
    made[0].is_watched, made[0].condition, made[0].checked_at = False, Condition.UP.value, utcnow()
    for number, (campus, network) in enumerate(CAMPUSES, 1):
        switch = _node(f"Sakelar kampus {number}", "switch", f"{network}.0.1", campus, made[0])
        made.append(switch)
        for floor, building in enumerate(BUILDINGS, 1):
            below = _node(f"Sakelar {building} kampus {number}", "switch", f"{network}.{floor}.1", campus, switch)
            made.append(below)
            for point in (1, 2):
                name = f"AP {building} lantai {point} kampus {number}"
                made.append(_node(name, "access_point", f"{network}.{floor}.{10 + point}", campus, below, str(point)))
    db.session.add_all(made)
    return made


def _node(name: str, kind: str, address: str, building: str, uplink: Node, floor: str = "") -> Node:
    return Node(
        name=name, kind=kind, address=address, building=building, uplink=uplink, floor=floor,
        is_watched=False, condition=Condition.UP.value, since_at=utcnow() - timedelta(days=9), checked_at=utcnow(),
    )  # fmt: skip


def _serve(points: list[Node]) -> None:
    for desk, node in zip(NETWORK_DESKS, points, strict=False):
        codes = {"waiting": ["UKM-ROBOT"], "repairing": ["TI-FTI", "TE-FTI"]}.get(desk, [])
        node.units = list(db.session.scalars(select(Unit).where(Unit.code.in_(codes))))
        if desk not in ("answered", "ended", "not_confirmed"):
            node.condition, node.since_at = Condition.DOWN.value, utcnow() - timedelta(minutes=50)


def _services() -> list[WebService]:
    names = ("Portal akademik", "Perpustakaan digital", "E-learning", "Situs universitas", "Repositori", "Pendaftaran",
             "Kepegawaian", "Jurnal", "Alumni", "Survei")  # fmt: skip
    made = []
    for desk, name in zip(SERVER_DESKS, names, strict=True):
        is_outside = desk == "with_manager"
        made.append(
            WebService(
                name=name, public_name=name, url=f"https://{name.lower().replace(' ', '-')}.kampus.example/",
                managed_by="other" if is_outside else "centre", is_watched=False, checked_at=utcnow(),
                manager_name="Pengelola jurnal" if is_outside else "",
                manager_email="noc@hosting.example" if is_outside else "",
                condition=Condition.UP.value if desk in ("answering", "ended", "false_alarm") else Condition.DOWN.value,
                since_at=utcnow() - timedelta(hours=1),
            )
        )  # fmt: skip
    db.session.add_all(made)
    return made


def _counts(nodes: list[Node], services: list[WebService]) -> None:
    hour = utcnow().replace(minute=0, second=0, microsecond=0)
    for kind, rows in (("node", nodes), ("service", services)):
        for row in rows:
            for day in range(2, 30):  # one row a day is enough for the picture of a month
                failed = 400 if (row.id + day) % 23 == 0 else (row.id * day) % 17 // 15 * 9
                at = hour - timedelta(days=day)
                counted = {"answered": 2_880 - failed, "failed": failed, "unknown": 0}
                db.session.add(CheckHour(kind=kind, target_id=row.id, hour=at, **counted))
            for back in range(1, 25):
                failed = (row.id * 7 + back) % 11 // 9 * 3
                db.session.add(
                    CheckHour(
                        kind=kind, target_id=row.id, hour=hour - timedelta(hours=back),
                        answered=120 - failed, failed=failed, unknown=0,
                    )
                )  # fmt: skip


def _as(username: str) -> Actor:
    person = db.session.scalars(select(Staff).where(Staff.username == username)).unique().one()
    return Actor("staff", person.name, person)


def _take_outage_step(ticket: Ticket, step: str, by: str, **fields: str | int) -> None:
    asks = catalog.get(ticket.procedure).steps[step].asks
    take_step(ticket, step, _as(by), asks(MultiDict(fields)) if asks else None)


def _answer(ticket: Ticket, step: str, answered: bool, facts: Mapping[str, Json]) -> None:
    query = select(AskedProbe).where(AskedProbe.ticket_id == ticket.id, AskedProbe.state == "asked")
    probe = db.session.scalars(query).one()
    take_step(ticket, step, PRODUCT, ProbeDone(probe.id, answered, {"target": probe.target, **facts}))


def _typed(hours: int) -> str:
    return f"{local(utcnow() + timedelta(hours=hours)):%Y-%m-%dT%H:%M}"


def _promise(hours: int, reason: str) -> dict[str, str]:
    return {"recovers_at": _typed(hours), "estimate_reason": reason}


def _network_at(desk: str, node_id: int, name: str) -> None:
    seen = Sighting(
        f"Gangguan jaringan: {name}", f"{name} tidak menjawab 3 kali berturut-turut.", node_id=node_id,
        began_at=utcnow() - timedelta(minutes=50),
    )  # fmt: skip
    ticket = open_ticket("network_outage", "open_by_monitor", MONITOR, seen)
    if desk == "reported":
        return
    _take_outage_step(ticket, "ping", "tono", node="0")
    answered = desk in ("answered", "not_confirmed")
    facts: Mapping[str, Json] = {"sent": 4, "received": 4 if answered else 0, "loss": 0 if answered else 100}
    _answer(ticket, "record_ping", answered, facts)
    if desk == "not_confirmed":
        _take_outage_step(ticket, "end_unconfirmed", "tono", reason="Menjawab terus selama sepuluh menit.")
    if answered or desk == "confirmed":
        return
    branch = "supporting" if desk in ("supporting", "estimated", "waiting") else "it"
    said = "Listrik padam di seluruh gedung." if branch == "supporting" else "Listrik menyala, lampu perangkat mati."
    call = {"contact": "0", "name": "Dewi Anggraini", "way": "phone", "text": said}
    _take_outage_step(ticket, "contact_manager", "tono", finding=branch, **call)
    for step, by, fields in _path(branch):
        if ticket.state == desk:
            return
        _take_outage_step(ticket, step, by, **fields)


def _path(branch: str) -> list[tuple[str, str, dict[str, str]]]:
    if branch == "supporting":
        asked = {**_promise(5, "Gardu sedang diperbaiki."), "source": "PLN", "text": "Petugas sudah di gardu."}
        return [
            ("ask_duration", "tono", asked),
            ("report_supporting", "tono", {"text": "Listrik padam di gedung; kami menunggu PLN."}),
        ]
    tono = str(db.session.scalar(select(Staff.id).where(Staff.username == "tono")))
    return [
        ("report_it", "tono", {"text": "Perangkat di gedung ini mati; petugas segera dikirim."}),
        ("dispatch", "rina", {"crew": tono, "text": "Bawa catu daya cadangan."}),
        ("take_inventory", "tono", {"problems": "Catu daya hangus\nKabel terjepit", **_promise(4, "Ada suku cadang.")}),
        ("report_from_site", "tono", {"text": "Catu daya diganti sore ini.", **_promise(4, "Suku cadang di gudang.")}),
        ("pass_on", "rina", {"text": "Perangkat sedang diganti.", **_promise(4, "Suku cadang di gudang.")}),
        ("end", "tono", {"cause": "Catu daya hangus.", "text": "Catu daya diganti.", "no_proof_reason": "Diuji."}),
    ]  # fmt: skip


def _server_at(desk: str, service_id: int, name: str, managed_by: str) -> None:
    seen = Sighting(
        f"Gangguan server: {name}", f"{name}: status lain dari yang diharapkan.", service_id=service_id,
        began_at=utcnow() - timedelta(hours=1),
    )  # fmt: skip
    ticket = open_ticket("server_outage", "open_by_monitor", MONITOR, seen)
    if desk == "reported":
        return
    _take_outage_step(ticket, "visit", "lina")
    opens = desk in ("answering", "false_alarm")
    facts = {"finding": "ok" if opens else "status", "status": 200 if opens else 500, "milliseconds": 41}
    _answer(ticket, "record_visit", opens, facts)
    if desk == "false_alarm":
        _take_outage_step(ticket, "end_false_alarm", "lina", reason="Terbuka dari jaringan luar dan dalam.")
    if opens:
        return
    lina = str(db.session.scalar(select(Staff.id).where(Staff.username == "lina")))
    told = {"name": "Pengelola jurnal", "way": "letter", "text": "Mohon dipulihkan.", "follow_up_at": _typed(48)}
    solved = {"cause": "Disk penuh.", "text": "Log lama dipindah, batas dipasang."}
    path: list[tuple[str, str, dict[str, str]]] = [
        ("report_to_head", "lina", {"text": f"{name} menjawab 500 sejak pagi."}),
        ("order_staff", "hadi", {"crew": lina, "text": "Periksa log dan ruang disk."}),
        ("find_and_fix", "lina", {"text": "Disk penuh; log lama dipindah."}),
        ("report_cause", "lina", solved),
        ("end", "lina", {**solved, "no_proof_reason": "Dibuka dari luar kampus."}),
    ]
    if managed_by == "other":
        path[1:] = [("contact_outside", "hadi", told)]
    for step, by, fields in path:
        if ticket.state == desk:
            return
        _take_outage_step(ticket, step, by, **fields)
