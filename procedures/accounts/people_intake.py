"""Takes in a people file from the panel: checked, confirmed by a person, written by the worker.

How it goes on after a crash: each batch of lines, its counts and its lease are one transaction, so whoever claims the
import next skips the lines that are done. Only the holder of the lease may write, so two workers never count twice.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import delete, insert, or_, select, update

from gateways.files.file_store import FileDamaged, FileMissing
from gateways.files.import_files import MOST_BYTES, shelf
from gateways.files.import_table import TableRefused
from models.accounts.people_import import ImportState, PeopleImport, PeopleImportLine
from models.base import lease as leases
from models.base.db import db, rows_changed, utcnow, write_transaction
from models.organisation import audit
from models.organisation.staff import Staff
from procedures.accounts.import_people import Batch, PeopleFile, compare, write
from procedures.accounts.people_preview import add_samples

LEASE = timedelta(minutes=3)
"""Renewed with each batch; a large workbook on a busy machine takes a minute to find its place again."""

MOST_ATTEMPTS = 5
OFFER_HOURS, KEPT_DAYS = 24, 30
RUNNING = (ImportState.WAITING.value, ImportState.CONFIRMED.value)


class ImportLeaseLost(Exception):
    """Another worker has this import now; what this one was about to write is not written."""


def accept(data: bytes, name: str, by: Staff, ip: str = "") -> PeopleImport:
    """Keep an uploaded file and let the worker check it; TableRefused when it is no table with these columns."""
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // 1024**2
        raise TableRefused(_("Berkas ini lebih dari %(most)d MB. Bagi menjadi beberapa berkas.", most=most))
    PeopleFile(io.BytesIO(data))
    kept = shelf().store_published(io.BytesIO(data), name or "orang.csv", MOST_BYTES)
    lines = 0 if data.startswith(b"PK") else max(1, data.count(b"\n"))
    with write_transaction():
        row = PeopleImport(name=kept.name[-200:], file_hash=kept.sha256, size=kept.size, lines=lines)
        row.made_by_id = by.id
        db.session.add(row)
        db.session.flush()
        audit.record("upload", "PeopleImport", row.id, staff=by, ip=ip, diff={"name": row.name, "size": row.size})
    return row


def confirm(import_id: int, by: Staff, ip: str = "") -> bool:
    """The preview is accepted: the worker takes the people in. False when it was not waiting for that."""
    with write_transaction():
        row = _locked(import_id)
        if row is None or row.import_state is not ImportState.CHECKED:
            return False
        audit.record("confirm", "PeopleImport", row.id, staff=by, ip=ip, diff={"new": row.new, "changed": row.changed})
        db.session.execute(delete(PeopleImportLine).where(PeopleImportLine.import_id == row.id))
        row.state, row.confirmed_at, row.lines = ImportState.CONFIRMED.value, utcnow(), row.read
        row.confirmed_by_id = by.id
        row.read = row.new = row.changed = row.same = row.refused = row.warned = row.attempts = 0
    return True


def cancel(import_id: int, by: Staff, ip: str = "") -> bool:
    """Nothing was written and nothing will be. False once it was confirmed."""
    with write_transaction():
        row = _locked(import_id)
        if row is None or row.import_state not in (ImportState.WAITING, ImportState.CHECKED):
            return False
        audit.record("cancel", "PeopleImport", row.id, staff=by, ip=ip)
        row.state, row.finished_at = ImportState.CANCELLED.value, utcnow()
    return True


def claim() -> tuple[int, str] | None:
    """The oldest import that nobody works on, leased to the caller: its id and the lease."""
    free = or_(PeopleImport.leased_until.is_(None), leases.has_ended(PeopleImport.leased_until, LEASE))
    waiting = select(PeopleImport).where(PeopleImport.state.in_(RUNNING), free).order_by(PeopleImport.id)
    return leases.first_of(waiting, lambda row: (row.id, row.hold(LEASE)))


def work_on(import_id: int, lease: str, is_over: Callable[[], bool] = lambda: False) -> None:
    """Take batches until the file ends or the worker is to end (`is_over`); then another one goes on."""
    row = db.session.get_one(PeopleImport, import_id)
    is_dry, done, file_hash, language = (
        row.import_state is ImportState.WAITING,
        row.read,
        row.file_hash,
        row.made_by.language,
    )
    attempts = row.attempts
    db.session.commit()
    with force_locale(language):
        if attempts > MOST_ATTEMPTS:
            _end(import_id, lease, ImportState.REFUSED, _("Impor ini berkali-kali terputus. Hubungi administrator."))
            return
        try:
            with shelf().open(file_hash) as stream:
                file = PeopleFile(stream)
                for batch in file.batches(skip=done):
                    _write_batch(import_id, lease, done, batch, is_dry)
                    done += batch.read
                    if is_over():
                        _let_go(import_id, lease)
                        return
            _end(import_id, lease, ImportState.CHECKED if is_dry else ImportState.DONE, file=file)
        except TableRefused as refused:
            _end(import_id, lease, ImportState.REFUSED, refused.sentence)
        except (FileMissing, FileDamaged):
            _end(import_id, lease, ImportState.REFUSED, _("Berkasnya sudah tidak tersimpan. Unggah sekali lagi."))


def _write_batch(import_id: int, lease: str, done: int, batch: Batch, is_dry: bool) -> None:
    """One batch: its people, the lines that were refused, the counts; all of it or nothing."""
    with write_transaction():
        row = _held(import_id, lease)
        if row.read != done:
            raise ImportLeaseLost
        found = compare(batch) if is_dry else write(batch, (row.made_by_id, row.confirmed_by_id), row.made_by.name)
        row.read, row.refused = row.read + batch.read, row.refused + len(batch.refused)
        row.new, row.changed = row.new + len(found.new), row.changed + len(found.changed)
        row.same, row.warned = row.same + found.same, row.warned + len(batch.warned)
        row.lines, row.leased_until, row.attempts = max(row.lines, row.read) if row.lines else 0, utcnow() + LEASE, 1
        if is_dry:
            row.samples = add_samples(row.samples, found)
        lines = [
            {"import_id": import_id, "line": line, "is_refused": refused, "number": number[:40], "sentence": sentence}
            for refused, told in ((True, batch.refused), (False, batch.warned))
            for line, number, sentence in told
        ]
        if lines:
            db.session.execute(insert(PeopleImportLine), lines)
    db.session.expunge_all()


def _end(import_id: int, lease: str, state: ImportState, sentence: str = "", file: PeopleFile | None = None) -> None:
    with write_transaction():
        row = _held(import_id, lease)
        if file is not None:
            row.tally = {**asdict(file.tally), "ignored": file.ignored[:40]}
        row.state, row.sentence, row.lines = state.value, sentence, row.read
        row.let_go()
        if state is not ImportState.CHECKED:
            row.finished_at = utcnow()
        if state is ImportState.DONE:
            counts = {"read": row.read, "new": row.new, "changed": row.changed, "refused": row.refused}
            audit.record("import", "Person", row.id, staff=row.made_by, diff=counts)


def _let_go(import_id: int, lease: str) -> None:
    with write_transaction():
        _held(import_id, lease).let_go()


def _held(import_id: int, lease: str) -> PeopleImport:
    """The import, locked, while it is still ours and still running."""
    row = _locked(import_id)
    if row is None or row.lease != lease or not row.import_state.is_running:
        raise ImportLeaseLost
    return row


def _locked(import_id: int) -> PeopleImport | None:
    query = select(PeopleImport).where(PeopleImport.id == import_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def files_in_use() -> set[str]:
    """The files that an unfinished import still needs."""
    needed = (*RUNNING, ImportState.CHECKED.value)
    return set(db.session.scalars(select(PeopleImport.file_hash).where(PeopleImport.state.in_(needed))))


def forget_old() -> int:
    """Previews that nobody confirmed end after a day; finished imports and their lines go after a month."""
    with write_transaction():
        db.session.execute(
            update(PeopleImport)
            .where(
                PeopleImport.state == ImportState.CHECKED.value,
                PeopleImport.made_at < utcnow() - timedelta(hours=OFFER_HOURS),
            )
            .values(state=ImportState.CANCELLED.value, finished_at=utcnow())
        )
        before = utcnow() - timedelta(days=KEPT_DAYS)
        old = select(PeopleImport.id).where(PeopleImport.finished_at < before)
        db.session.execute(delete(PeopleImportLine).where(PeopleImportLine.import_id.in_(old)))
        return rows_changed(delete(PeopleImport).where(PeopleImport.finished_at < before))
