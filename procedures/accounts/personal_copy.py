"""A person's copy of what the house holds of them (UU 27/2022, article 7): a readable page, data, and their files.

What staff wrote among themselves is not in it, since it speaks of others too; neither is what a machine keeps for a few
days to ward off abuse.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from datetime import date, datetime
from typing import IO

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from sqlalchemy import func, or_, select
from wtforms import BooleanField, SelectField

from gateways.files.file_store import FileDamaged, FileMissing
from gateways.files.uploads import store
from models.accounts.account import ACCOUNT_KINDS, ACCOUNT_STATES, Account
from models.accounts.identity_check import PROOF_KINDS, IdentityCheck
from models.accounts.person import PERSON_KINDS, PERSON_STATUSES, Person
from models.base.columns.json_value import Held
from models.base.db import Base, db, utcnow, write_transaction
from models.base.periods.privacy_notice import why_none
from models.base.wording import Words, on_date_at
from models.organisation import audit
from models.organisation.staff import Staff
from models.tickets.copied_person import CopiedPerson
from models.tickets.incoming_mail import IncomingMail
from models.tickets.mailing.data_request import KINDS, OUTCOMES, DataRequest, requests_of
from models.tickets.outbox import Mail
from models.tickets.ticket import CHANNELS, Attachment, Event, Ticket
from procedures.accounts.erase_person import tickets_of
from procedures.base.form_fields import StepForm, required
from procedures.engine import catalog

Rows = list[dict[str, Held]]
CHUNK = 1 << 20
OF_A_TICKET = [
    "number",
    "procedure",
    "subject",
    "description",
    "requester_name",
    "requester_email",
    "requester_phone",
    "channel",
    "created_at",
    "closed_at",
    "solution",
    "rating",
    "rating_comment",
]
HEADS: dict[str, Words] = {
    "register": _l("Register orang"),
    "accounts": _l("Akun"),
    "tickets": _l("Tiket"),
    "conversation": _l("Langkah dan percakapan"),
    "mails_to": _l("Email kepada Anda"),
    "mails_from": _l("Email dari Anda"),
    "proofs": _l("Bukti diri yang diperlihatkan"),
    "requests": _l("Permintaan Anda tentang data pribadi"),
    "copies": _l("Tiket yang Anda ikuti"),
    "files": _l("Berkas"),
}


LABELS: dict[str, Words] = {
    "number": _l("Nomor"),
    "name": _l("Nama"),
    "kind": _l("Jenis"),
    "status": _l("Status"),
    "email": _l("Email"),
    "phone": _l("Telepon"),
    "updated_at": _l("Terakhir diubah"),
    "address": _l("Alamat"),
    "state": _l("Keadaan"),
    "created_at": _l("Dibuat"),
    "expires_on": _l("Berlaku sampai"),
    "procedure": _l("Prosedur"),
    "subject": _l("Perihal"),
    "description": _l("Uraian"),
    "requester_name": _l("Nama pemohon"),
    "requester_email": _l("Email pemohon"),
    "requester_phone": _l("Telepon pemohon"),
    "channel": _l("Saluran"),
    "closed_at": _l("Ditutup"),
    "solution": _l("Penyelesaian"),
    "rating": _l("Nilai"),
    "rating_comment": _l("Ulasan"),
    "notice": _l("Pemberitahuan privasi"),
    "ticket": _l("Tiket"),
    "at": _l("Waktu"),
    "actor_name": _l("Oleh"),
    "text": _l("Isi"),
    "recipient": _l("Kepada"),
    "body": _l("Isi"),
    "received_at": _l("Diterima"),
    "sender": _l("Dari"),
    "checked_at": _l("Diperiksa"),
    "proof_kind": _l("Bukti diri"),
    "proof_number": _l("Nomor bukti"),
    "is_match": _l("Cocok dengan register"),
    "purged_at": _l("Catatannya dihapus"),
    "asked_at": _l("Diminta"),
    "answered_at": _l("Dijawab"),
    "outcome": _l("Keputusan"),
    "answer": _l("Jawaban"),
    "added_at": _l("Ditambahkan"),
    "file": _l("Berkas"),
    "size": _l("Ukuran (byte)"),
}
"""How a column is called on the page, as the screens call it; `number` of a conversation's line is its step."""
STEP = _l("Langkah")
CODES: dict[tuple[str, str], dict[str, Words]] = {
    ("register", "kind"): PERSON_KINDS,
    ("register", "status"): PERSON_STATUSES,
    ("accounts", "kind"): ACCOUNT_KINDS,
    ("accounts", "state"): ACCOUNT_STATES,
    ("tickets", "channel"): CHANNELS,
    ("proofs", "proof_kind"): PROOF_KINDS,
    ("requests", "kind"): KINDS,
    ("requests", "outcome"): OUTCOMES,
}
"""What a code of a kind of rows means, in words."""


class PersonalCopyForm(StepForm):
    """Who asks is there and has shown who they are, as for an erasure."""

    proof_kind = SelectField(_l("Bukti diri yang ditunjukkan"), choices=list(PROOF_KINDS.items()))
    is_present = BooleanField(
        _l("Orangnya hadir dan bukti dirinya cocok dengan register"),
        validators=[required(_l("Salinan hanya diserahkan kepada orangnya sendiri yang hadir dengan bukti diri."))],
    )


def copy_of(person_id: int, by: Staff, form: PersonalCopyForm, ip: str = "") -> IO[bytes]:
    """The copy as a ZIP: index.html, data.json and the files; the handing over is on record."""
    person = db.session.get_one(Person, person_id)
    facts, files = gather(person)
    packed: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the caller hands it on; without a name: it is gone when it has been handed over
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        facts["files"] = _pack(archive, files)
        archive.writestr("data.json", json.dumps(facts, ensure_ascii=False, indent=1))
        archive.writestr("index.html", _page(person.name, facts))
    count = {name: len(rows) for name, rows in facts.items()}
    with write_transaction():
        audit.record(
            "personal_copy", "Person", person_id, staff=by, diff={**count, "proof": form.proof_kind.data}, ip=ip
        )
    packed.seek(0)
    return packed


def gather(person: Person) -> tuple[dict[str, Rows], list[Attachment]]:
    """Every row about somebody, table by table, and their files."""
    tickets = tickets_of(person)
    ids, mail = [ticket.id for ticket in tickets], person.email.lower()
    numbers = {ticket.id: ticket.number for ticket in tickets}
    theirs = or_(Event.is_public, Event.actor_kind.in_(("requester", "unit")))
    said = db.session.scalars(select(Event).where(Event.ticket_id.in_(ids), theirs).order_by(Event.id)).unique()
    to = select(Mail).where(or_(func.lower(Mail.recipient) == mail, Mail.ticket_id.in_(ids)), Mail.recipient != "")
    to = to.where(func.lower(Mail.recipient) == mail) if mail else to.where(Mail.id < 0)
    written = select(IncomingMail).where(IncomingMail.sender == mail) if mail else None
    followed = select(CopiedPerson).where(CopiedPerson.email == mail) if mail else None
    facts: dict[str, Rows] = {
        "register": [_facts(person, "number", "name", "kind", "status", "email", "phone", "updated_at")],
        "accounts": [
            _facts(each, "address", "kind", "state", "created_at", "expires_on")
            for each in db.session.scalars(select(Account).where(Account.owner_id == person.id)).unique()
        ],
        "tickets": [{**_facts(each, *OF_A_TICKET), "notice": _notice_of(each)} for each in tickets],
        "conversation": [
            {"ticket": numbers[each.ticket_id], **_facts(each, "at", "number", "actor_name", "text")} for each in said
        ],
        "mails_to": [
            _facts(each, "created_at", "recipient", "subject", "body") for each in db.session.scalars(to).unique()
        ],
        "mails_from": [
            _facts(each, "received_at", "sender", "subject", "text")
            for each in (db.session.scalars(written).unique() if written is not None else ())
        ],
        "proofs": [
            _facts(each, "checked_at", "proof_kind", "proof_number", "is_match", "purged_at")
            for each in db.session.scalars(select(IdentityCheck).where(IdentityCheck.person_id == person.id)).unique()
        ],
        "requests": [
            _facts(each, "kind", "asked_at", "text", "answered_at", "outcome", "answer")
            for each in db.session.scalars(
                select(DataRequest).where(requests_of(mail, ids, person.id)).order_by(DataRequest.id)
            ).unique()
        ],
        "copies": [
            _facts(each, "name", "email", "added_at")
            for each in (db.session.scalars(followed).unique() if followed is not None else ())
        ],
    }
    files = select(Attachment).where(Attachment.ticket_id.in_(ids), Attachment.is_public).order_by(Attachment.id)
    return facts, list(db.session.scalars(files).unique())


def _facts(row: Base, *names: str) -> dict[str, Held]:
    values = {name: getattr(row, name) for name in names}
    return {name: v.isoformat() if isinstance(v, date | datetime) else v for name, v in values.items()}


def _notice_of(ticket: Ticket) -> str:
    """The version of the privacy notice that the form showed, with its address, or why there is none."""
    if ticket.notice_version is None:
        return str(why_none(ticket.channel))
    return _("Versi %(n)s (/privasi/versi/%(n)s)", n=ticket.notice_version)


def _pack(archive: zipfile.ZipFile, files: list[Attachment]) -> Rows:
    """The files under a number each, since two may share a name; one that is lost is named as lost."""
    packed: Rows = []
    for number, file in enumerate(files, 1):
        name = f"files/{number:03d}-{file.name}"
        try:
            with store().open(file.sha256) as stream, archive.open(name, "w", force_zip64=True) as packing:
                shutil.copyfileobj(stream, packing, CHUNK)
        except (FileMissing, FileDamaged):
            name = ""
        packed.append({"file": name, **_facts(file, "name", "size", "created_at")})
    return packed


def _page(name: str, facts: dict[str, Rows]) -> str:
    """The same to read: a heading and a list for each kind, no script, nothing fetched."""
    title = _("Data pribadi %(name)s pada Pustikom", name=name)
    parts = [Markup("<!doctype html><meta charset=utf-8><title>{0}</title><h1>{0}</h1>").format(title)]
    made = _("Dibuat %(at)s. Isi yang sama untuk mesin: data.json.", at=f"{utcnow():%Y-%m-%d %H:%M} UTC")
    parts.append(Markup("<p>{}</p>").format(made))
    for key, rows in facts.items():
        parts.append(Markup("<h2>{} ({})</h2>").format(str(HEADS[key]), len(rows)))
        for row in rows:
            lines = Markup("").join(
                Markup("<dt>{}</dt><dd>{}</dd>").format(_label(key, column), escape(_shown(key, column, value)))
                for column, value in row.items()
                if value is not None and value != ""
            )
            parts.append(Markup("<dl>{}</dl><hr>").format(lines))
    return "\n".join(parts)


def _label(kind: str, column: str) -> str:
    return str(STEP if (kind, column) == ("conversation", "number") else LABELS[column])


def _shown(kind: str, column: str, value: Held) -> str:
    """A value as the screens say it: codes in words, times on the centre's clock, yes and no."""
    if isinstance(value, bool):
        return _("Ya") if value else _("Tidak")
    if column == "procedure":
        return str(catalog.get(str(value)).title)
    if column.endswith("_at") or column == "at":
        return on_date_at(datetime.fromisoformat(str(value)), str(get_locale() or "id"))
    codes = CODES.get((kind, column), {})
    return str(codes.get(str(value), value))
