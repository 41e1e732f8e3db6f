"""The evidence of a period for an internal quality audit, one ZIP: what was done, by whom, how fast, on which papers.

Of every ticket that ended in the period: each line of its paper with who took it and when, or that it was skipped and
why; each stay on a desk against its target; each paper and file with its hash. Made by the worker, a few hundred
tickets a transaction; its readme says how to read it and `SHA256SUMS` how to check it.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from gateways.files.table_writer import Line, write_table
from models.base.db import db, utcnow
from models.base.wording import day_begins, local, on_date, on_date_at
from models.tickets.issued_document import IssuedDocument
from models.tickets.span import HOLDERS, HeldBy, Span
from models.tickets.step_number import line_of
from models.tickets.ticket import Attachment, Event, EventKind, Ticket
from procedures.engine import catalog
from procedures.engine.declaration import PaperLine
from procedures.engine.due import target_in
from procedures.tickets.reports.service_report import Hours, visits_of

BATCH = 300  # tickets a transaction
A_SECOND = 1 / 3600


@dataclass(frozen=True)
class EvidenceAsked:
    """Which tickets: those that ended on these days, of this condition; it is asked anew before every batch."""

    first: date
    last: date
    seen: Callable[[], ColumnElement[bool]]
    scope: str


def write_bundle(out: IO[bytes], asked: EvidenceAsked, progress: Callable[[int], None]) -> int:
    """Write the ZIP; says how many tickets it tells of."""
    ids = _ids(asked)
    tables = (
        ("kesesuaian.csv", _conformance_heads(), _conformance),
        ("waktu.csv", _time_heads(), _times),
        ("dokumen.csv", _paper_heads(), _papers),
        ("berkas.csv", _file_heads(), _files),
    )
    sums = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for done, (name, heads, lines) in enumerate(tables):
            with tempfile.TemporaryFile() as table:
                batches = _batches(ids, asked, lines, progress, done / len(tables))
                count = write_table("csv", table, name, heads, batches)
                sums.append((name, _put(bundle, name, table), count))
        readme = _readme(asked, len(ids), sums).encode()
        bundle.writestr("BACA-DULU.txt", readme)
        told = [f"{value}  {name}" for name, value, _count in sums]
        bundle.writestr("SHA256SUMS", "\n".join([*told, f"{hashlib.sha256(readme).hexdigest()}  BACA-DULU.txt", ""]))
    progress(len(ids))
    return len(ids)


def _ids(asked: EvidenceAsked) -> list[int]:
    start, end = day_begins(asked.first), day_begins(asked.last + timedelta(days=1))
    query = select(Ticket.id).where(Ticket.closed_at >= start, Ticket.closed_at < end, asked.seen())
    found = list(db.session.scalars(query.order_by(Ticket.id)))
    db.session.rollback()
    return found


def _batches(
    ids: Sequence[int],
    asked: EvidenceAsked,
    lines: Callable[[Sequence[Ticket]], Iterator[Line]],
    progress: Callable[[int], None],
    share_done: float,
) -> Iterator[list[Line]]:
    """The right and the row rule hold anew for every batch; between two no transaction is open."""
    for at in range(0, len(ids), BATCH):
        query = select(Ticket).where(Ticket.id.in_(ids[at : at + BATCH]), asked.seen()).order_by(Ticket.id)
        found = list(lines(db.session.scalars(query).unique().all()))
        db.session.rollback()
        yield found
        progress(round(len(ids) * share_done))


def _put(bundle: zipfile.ZipFile, name: str, table: IO[bytes]) -> str:
    """Copy a table into the bundle; says its SHA-256."""
    table.seek(0)
    value = hashlib.sha256()
    while part := table.read(1 << 20):
        value.update(part)
    table.seek(0)
    with bundle.open(name, "w") as there:
        shutil.copyfileobj(table, there)
    return value.hexdigest()


def _conformance_heads() -> list[str]:
    return [
        _("Tiket"),
        _("Prosedur"),
        _("Baris"),
        _("Langkah pada prosedur"),
        _("Keadaan"),
        _("Pertama"),
        _("Terakhir"),
        _("Berapa kali"),
        _("Oleh"),
        _("Atas nama"),
        _("Alasan bila dilewati"),
    ]


def _conformance(tickets: Sequence[Ticket]) -> Iterator[Line]:
    """Each line of each ticket's paper: taken, skipped with the reason, or a branch that was not gone."""
    events: dict[int, list[Event]] = {ticket.id: [] for ticket in tickets}
    steps = select(Event).where(Event.ticket_id.in_(events), Event.kind == EventKind.STEP.value).order_by(Event.id)
    for event in db.session.scalars(steps):
        events[event.ticket_id].append(event)
    for ticket in tickets:
        taken = events[ticket.id]
        why = next((event.text for event in reversed(taken) if event.text), "")
        for line in catalog.get(ticket.procedure).lines:
            yield [ticket.number, ticket.procedure, line.number, str(line.title), *_line(line, taken, why)]


def _line(line: PaperLine, taken: Sequence[Event], why: str) -> Line:
    here = [event for event in taken if line_of(event.number) == line.number]
    numbers = {line_of(event.number) for event in taken if event.number}
    if not here and line.comes_with in numbers:
        return [_("bersama baris %(line)s", line=line.comes_with), *[""] * 6]
    if not here:
        return [_("cabang yang tidak ditempuh"), *[""] * 6] if line.is_branch else [_("dilewati"), *[""] * 5, why]
    signers = ", ".join(dict.fromkeys(event.actor_name for event in here if event.actor_name))
    behalf = ", ".join(dict.fromkeys(event.on_behalf_of for event in here if event.on_behalf_of))
    return [_("dilakukan"), local(here[0].at), local(here[-1].at), len(here), signers, behalf, ""]


def _time_heads() -> list[str]:
    return [
        _("Tiket"),
        _("Prosedur"),
        _("Baris"),
        _("Meja"),
        _("Kelompok"),
        _("Pemegang"),
        _("Sejak"),
        _("Sampai"),
        _("Jam di tangan kami"),
        _("Target (jam)"),
        _("Tepat waktu"),
    ]


def _times(tickets: Sequence[Ticket]) -> Iterator[Line]:
    """Each stay on a desk, against the target of its step."""
    spans: dict[int, list[Span]] = {ticket.id: [] for ticket in tickets}
    for span in db.session.scalars(select(Span).where(Span.ticket_id.in_(spans)).order_by(Span.id)).unique():
        spans[span.ticket_id].append(span)
    hours = Hours()
    for ticket in tickets:
        for visit in visits_of(spans[ticket.id]):
            if visit[-1].ended_at is not None:
                yield _stay(ticket, visit, hours)


def _stay(ticket: Ticket, visit: Sequence[Span], hours: Hours) -> Line:
    state, last = catalog.get(ticket.procedure).state(visit[0].state), visit[-1]
    within = target_in(ticket.procedure, state, ticket.priority)
    ours = [span for span in visit if span.counts_for_us]
    took = sum(hours.between(s.began_at, s.ended_at or s.began_at, within, s.group_id) for s in ours)
    kept = "" if within is None or not ours else _("ya") if took <= within.hours + A_SECOND else _("tidak")
    holders = ", ".join(dict.fromkeys(str(HOLDERS[HeldBy(span.holder)]) for span in visit))
    began, ended = local(visit[0].began_at), local(last.ended_at or last.began_at)
    target = within.hours if within and ours else ""
    return [
        ticket.number,
        ticket.procedure,
        state.line,
        str(state.label),
        last.group.name,
        holders,
        began,
        ended,
        round(took, 2),
        target,
        kept,
    ]


def _paper_heads() -> list[str]:
    return [_("Tiket"), _("Dokumen"), _("Nomor"), _("Terbit"), "SHA-256", _("Dibatalkan"), _("Alasan")]


def _papers(tickets: Sequence[Ticket]) -> Iterator[Line]:
    numbers = {ticket.id: ticket.number for ticket in tickets}
    papers = select(IssuedDocument).where(IssuedDocument.ticket_id.in_(numbers)).order_by(IssuedDocument.id)
    for one in db.session.scalars(papers):
        voided = local(one.voided_at) if one.voided_at else ""
        issued, number = local(one.issued_at), numbers[one.ticket_id]
        yield [number, one.title, one.number, issued, one.sha256 or "", voided, one.void_reason]


def _file_heads() -> list[str]:
    return [_("Tiket"), _("Disimpan"), _("Ukuran (byte)"), "SHA-256"]


def _files(tickets: Sequence[Ticket]) -> Iterator[Line]:
    """By their hashes: what a requester called a file is not told."""
    numbers = {ticket.id: ticket.number for ticket in tickets}
    files = select(Attachment).where(Attachment.ticket_id.in_(numbers)).order_by(Attachment.id)
    for one in db.session.scalars(files):
        yield [numbers[one.ticket_id], local(one.created_at), one.size, one.sha256]


def _readme(asked: EvidenceAsked, count: int, sums: Sequence[tuple[str, str, int]]) -> str:
    days = _("Masa: %(first)s sampai %(last)s.", first=on_date(asked.first), last=on_date(asked.last))
    about = {
        "kesesuaian.csv": _("setiap baris prosedur: dilakukan oleh siapa dan kapan, atau dilewati dan mengapa"),
        "waktu.csv": _("setiap kali tiket berada di sebuah meja, dalam jam kerja di tangan kami, di samping targetnya"),
        "dokumen.csv": _("setiap dokumen yang terbit, dengan nomor dan SHA-256 berkasnya"),
        "berkas.csv": _("setiap berkas yang disimpan, dengan SHA-256-nya"),
    }
    made = on_date_at(utcnow())
    return "\n".join(
        [
            _("BERKAS BUKTI UNTUK AUDIT MUTU INTERNAL"),
            "",
            days + (" " + asked.scope + "." if asked.scope else ""),
            _("Isinya %(n)s tiket yang berakhir pada masa itu. Dibuat %(when)s.", n=count, when=made),
            "",
            *(_("%(name)s: %(what)s (%(n)s baris).", name=name, what=about[name], n=n) for name, _sum, n in sums),
            "",
            _("“Dilewati” berarti baris itu tidak pernah diambil dan bukan cabang.")
            + " "
            + _("Alasannya adalah kata-kata terakhir pada langkah tiket itu."),
            _("Periksa keutuhannya dengan: sha256sum -c SHA256SUMS"),
            "",
        ]
    )
