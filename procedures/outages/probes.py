"""Pings and visits that a step asks for: the worker does them, and what it found is kept and told in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from models.base.db import db, utcnow
from models.outages.network import Node, WebService
from models.outages.outage import AskedProbe
from models.tickets.ticket import Ticket
from procedures.engine.declaration import Actor, Outcome
from procedures.engine.take_step import StepRefused
from procedures.outages import forms
from procedures.outages.probe_words import detail_words
from procedures.outages.records import outage_of


@dataclass(frozen=True)
class ProbeDone:
    """What the worker found when it did an asked probe; `answered` None where it could not be done."""

    probe_id: int
    answered: bool | None
    facts: dict[str, Any] = field(default_factory=dict)


def ask_ping(ticket: Ticket, by: Actor, form: forms.PingForm) -> Outcome:
    """Ping what was chosen, or else the cause; the page follows when it is done."""
    outage = outage_of(ticket)
    node = db.session.get(Node, form.node.data) if form.node.data else outage.cause_node
    if node is None or not node.address:
        node = next((each for each in outage.nodes if each.address), None)
    if node is None or not node.address:
        form.node.errors = [_("Pilih perangkat yang punya alamat.")]
        raise StepRefused(_("Perangkat ini tidak punya alamat. Pilih perangkat lain."), "form", form)
    return Outcome(text=node.name, data=_ask(ticket, by, "ping", node.address))


def ask_visit(ticket: Ticket, by: Actor) -> Outcome:
    """Open the outage's service; the page follows when it is done."""
    service = db.session.get_one(WebService, outage_of(ticket).service_id)
    return Outcome(text=service.name, data=_ask(ticket, by, "visit", service.url))


def _ask(ticket: Ticket, by: Actor, kind: str, target: str) -> dict[str, Any]:
    probe = AskedProbe(ticket_id=ticket.id, kind=kind, target=target, staff_id=by.staff.id if by.staff else None)
    outage = outage_of(ticket)
    outage.probes.append(probe)
    db.session.flush()
    return {"probe": probe.id}


def keep(ticket: Ticket, done: ProbeDone) -> dict[str, Any]:
    """Keep what a probe found, for whoever asked for it; gives the event's data."""
    probe = db.session.get_one(AskedProbe, done.probe_id)
    probe.state, probe.done_at = "done" if done.answered is not None else "failed", utcnow()
    probe.answered, probe.facts = done.answered, done.facts
    return {"probe": probe.id}


def ping_words(done: ProbeDone) -> str:
    """One line of a ping's result for the timeline."""
    facts = done.facts
    if done.answered is None:
        return _("Ping tidak dapat dikirim: %(why)s", why=detail_words(facts.get("detail", "")))
    return _(
        "%(target)s: %(received)s dari %(sent)s dijawab, hilang %(loss)s%%",
        target=facts.get("target", ""),
        received=facts.get("received", 0),
        sent=facts.get("sent", 0),
        loss=facts.get("loss", 100),
    )


def visit_words(done: ProbeDone) -> str:
    """One line of a visit's result for the timeline."""
    facts = done.facts
    if done.answered is None:
        return _("Layanan tidak dapat diperiksa: %(why)s", why=detail_words(facts.get("detail", "")))
    status = facts.get("status") or _("tanpa status")
    return _(
        "%(status)s dalam %(ms)s ms · %(finding)s",
        status=status,
        ms=facts.get("milliseconds", 0),
        finding=finding_words(str(facts.get("finding", ""))),
    )


def finding_words(finding: str) -> str:
    """A visit's finding in words."""
    words = {
        "ok": _("sehat"),
        "stopped": _("tidak dapat dihubungi"),
        "status": _("status lain dari yang diharapkan"),
        "text": _("teks yang diharapkan tidak ada"),
        "slow": _("lambat"),
        "timeout": _("tidak selesai dalam batas waktu"),
        "certificate": _("sertifikat tidak sah"),
        "certificate_ends": _("sertifikat segera berakhir"),
        "forbidden": _("alamat di luar daftar yang boleh dipantau"),
        "unknown": _("tidak dapat diperiksa"),
    }
    return words.get(finding, finding)
