"""Walks outages to any state by real steps, as real people."""

from datetime import timedelta

from sqlalchemy import select

from models.base.db import db, utcnow, write_transaction
from models.base.wording import local
from models.organisation.staff import Staff
from models.organisation.unit import Unit
from models.outages.network import Node, WebService
from models.outages.outage import AskedProbe
from procedures.engine.declaration import MONITOR, PRODUCT
from procedures.engine.take_step import open_ticket, take_step
from procedures.outages.probes import ProbeDone
from procedures.outages.records import Sighting
from tests.remembered import remembered
from tests.walk import take


def unit(code):
    return db.session.scalars(select(Unit).where(Unit.code == code)).one()


def staff_id(username):
    return db.session.scalar(select(Staff.id).where(Staff.username == username))


def wib(**ahead):
    """A moment from now as it is typed into a form."""
    return f"{local(utcnow() + timedelta(**ahead)):%Y-%m-%dT%H:%M}"


@remembered
def small_network():
    """Router, two switches and an access point behind the first: FEB and FTI behind them."""
    with write_transaction():
        router = Node(name="Router inti", kind="router", address="10.10.0.1", building="Kampus I")
        sw1 = Node(name="Sakelar FEB", kind="switch", address="10.10.1.1", uplink=router, units=[unit("FEB")])
        sw2 = Node(name="Sakelar FTI", kind="switch", address="10.10.2.1", uplink=router, units=[unit("FTI")])
        ap = Node(name="AP FEB lantai 2", kind="access_point", address="10.10.1.20", uplink=sw1, units=[unit("MN-FEB")])
        db.session.add_all([router, sw1, sw2, ap])
    return {node.name: node for node in db.session.scalars(select(Node))}


def opened(nodes, name="Sakelar FEB"):
    seen = Sighting(f"Gangguan jaringan: {name}", "Tidak menjawab 3 kali.", node_id=nodes[name].id)
    return open_ticket("network_outage", "open_by_monitor", MONITOR, seen)


def answer(ticket, answered, **facts):
    """Play the worker: the last asked probe is done."""
    probe = db.session.scalars(
        select(AskedProbe).where(AskedProbe.ticket_id == ticket.id, AskedProbe.state == "asked")
    ).one()
    kind = "ping" if ticket.procedure == "network_outage" else "visit"
    first = ticket.state in ("pinging", "visiting")
    step = f"record_{kind}" if first else f"record_later_{kind}"
    facts = facts or {
        "target": probe.target,
        "sent": 4,
        "received": 4 if answered else 0,
        "loss": 0 if answered else 100,
    }
    return take_step(ticket, step, PRODUCT, ProbeDone(probe.id, answered, facts))


def confirmed(nodes):
    ticket = opened(nodes)
    take(ticket, "ping", "tono", node="0")
    answer(ticket, False)
    return ticket


SUPPORTING = ["supporting", "estimated", "waiting"]
IT = ["it", "to_dispatch", "on_site", "inventoried", "to_pass_on", "repairing"]


@remembered
def network_outage_at(state, nodes=None):
    """A network outage of the faculty of economics in the given state."""
    nodes = nodes or small_network()
    ticket = opened(nodes)
    if state in ("reported", "cancelled"):
        if state == "cancelled":
            take(ticket, "cancel", "rina", reason="Salah baca.")
        return ticket
    take(ticket, "ping", "tono", node="0")
    if state == "pinging":
        return ticket
    answer(ticket, state in ("answered", "not_confirmed"))
    if state == "not_confirmed":
        take(ticket, "end_unconfirmed", "tono", reason="Menjawab terus.")
    if state in ("answered", "not_confirmed", "confirmed"):
        return ticket
    branch = "supporting" if state in SUPPORTING else "it"
    call = {"contact": "0", "name": "Dewi", "way": "phone", "text": "Listrik menyala, perangkat mati."}
    take(ticket, "contact_manager", "tono", finding=branch, **call)
    for step, by, fields in _path(branch):
        if ticket.state == state:
            return ticket
        take(ticket, step, by, **fields())
    return ticket


def _path(branch):
    promise = {"recovers_at": wib(hours=3), "estimate_reason": "Suku cadang ada."}
    if branch == "supporting":
        return [
            ("ask_duration", "tono", lambda: {**promise, "source": "PLN", "text": "Gardu diperbaiki."}),
            ("report_supporting", "tono", lambda: {"text": "Listrik padam di gedung."}),
        ]
    return [
        ("report_it", "tono", lambda: {"text": "Sakelar lantai 1 mati."}),
        ("dispatch", "rina", lambda: {"crew": str(staff_id("tono")), "text": "Bawa catu daya."}),
        ("take_inventory", "tono", lambda: {"problems": "Catu daya hangus\nKipas macet", **promise}),
        ("report_from_site", "tono", lambda: {"text": "Catu daya diganti sore ini.", **promise}),
        ("pass_on", "rina", lambda: {"text": "Sedang diganti.", **promise}),
        (
            "end",
            "tono",
            lambda: {"cause": "Catu daya hangus.", "text": "Catu daya diganti.", "no_proof_reason": "Ping ditutup."},
        ),
    ]


@remembered
def small_services():
    with write_transaction():
        portal = WebService(name="Portal akademik", url="http://10.10.9.9/", unit=unit("BAAK"))
        hosted = WebService(
            name="Jurnal",
            url="http://10.10.9.10/",
            managed_by="other",
            manager_name="PT Hosting",
            manager_email="noc@hosting.example",
        )
        db.session.add_all([portal, hosted])
    return {service.name: service for service in db.session.scalars(select(WebService))}


@remembered
def server_outage_at(state, services=None, name=None):
    """A server outage in the given state; with_manager for the one managed by others."""
    services = services or small_services()
    name = name or ("Jurnal" if state == "with_manager" else "Portal akademik")
    seen = Sighting(f"Gangguan server: {name}", "Status 500.", service_id=services[name].id)
    ticket = open_ticket("server_outage", "open_by_monitor", MONITOR, seen)
    if state == "cancelled":
        take(ticket, "cancel", "hadi", reason="Salah baca.")
    if state in ("reported", "cancelled"):
        return ticket
    take(ticket, "visit", "lina")
    if state == "visiting":
        return ticket
    answer(ticket, state in ("answering", "false_alarm"), finding="status", status=500, milliseconds=31)
    if state == "false_alarm":
        take(ticket, "end_false_alarm", "lina", reason="Terbuka.")
    path = [
        ("report_to_head", "lina", {"text": "Portal menjawab 500."}),
        ("order_staff", "hadi", {"crew": str(staff_id("lina")), "text": "Periksa log."}),
        ("find_and_fix", "lina", {"text": "Disk penuh, log lama dipindah."}),
        ("report_cause", "lina", {"cause": "Disk penuh.", "text": "Log dipindah, batas dipasang."}),
        ("end", "lina", {"cause": "Disk penuh.", "text": "Log dipindah.", "no_proof_reason": "Diperiksa dari luar."}),
    ]
    if name == "Jurnal":
        told = {"name": "NOC", "way": "email", "text": "Mohon dipulihkan.", "follow_up_at": wib(days=2)}
        path[1:] = [("contact_outside", "hadi", told), path[-1]]
    for step, by, fields in path:
        if ticket.state in (state, "answering", "false_alarm"):
            return ticket
        take(ticket, step, by, **fields)
    return ticket
