"""What an administrator's first page says: how the installation stands, and what waits for them.

Nothing of a ticket is read here. Every part is asked only for whoever may open the page that it links to.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from admin_views.frame.permissions import may
from gateways.files.last_backup import last_backup_at
from models.base.columns.statement_types import Found
from models.base.db import db, utcnow
from models.base.health_check import HealthCheck
from models.base.heartbeat import Heartbeat, is_silent
from models.base.wording import Words, duration, file_size
from models.organisation.audit import AuditEntry
from models.organisation.pending_change import OPEN_FOR, PendingChange
from models.organisation.sessions import FailedLogin
from models.organisation.staff import Staff
from models.tickets.mailbox import active_mailboxes
from models.tickets.outbox import Mail, MailState, sending_now
from procedures.operation.house_health import LEAST_FREE
from procedures.operation.watched import OLDEST_BACKUP_HOURS
from web.dates import short_when, spoken

ROWS = 5
A_DAY = timedelta(hours=24)
ALERT_DAYS = timedelta(days=7)
# What the worker watches besides the lines that are read fresh (procedures/operation/watched.py).
WATCHED_WORDS = {
    "database": _l("Basis data"),
    "schema": _l("Skema basis data"),
    "writable": _l("Folder instalasi"),
    "lanes": _l("Jalur pekerja latar"),
    "jobs": _l("Pekerjaan berkala"),
    "mails": _l("Antrean email"),
    "documents": _l("Dokumen yang diterbitkan"),
    "clock": _l("Jam server"),
    "keys": _l("Kunci kode akses"),
}


class HowItStands(NamedTuple):
    """One part of the installation: its name, how it stands in words, whether that is well, where to look."""

    name: Words
    words: str
    is_well: bool
    href: str = ""


class HouseDesk(NamedTuple):
    """All that the page shows; a part that this person may not open is None."""

    standings: list[HowItStands]
    changes: list[PendingChange] | None
    given_up: list[Mail] | None
    given_up_count: int
    tries: int
    accounts: int
    alerts: list[AuditEntry] | None
    staff: int
    without_password: int

    @property
    def unwell(self) -> list[HowItStands]:
        return [one for one in self.standings if not one.is_well]


def house_of(staff: Staff) -> HouseDesk:
    """How the installation stands now, and what waits for this person; at most seven statements."""
    may_mail, may_audit = may(staff, "outbox", "list"), may(staff, "audit", "list")
    counts = _counts()
    dead = select(Mail).where(Mail.state == MailState.DEAD).order_by(Mail.id.desc()).limit(ROWS)
    return HouseDesk(
        list(_standings(staff, counts.beat)),
        _open_changes() if may(staff, "pending_change", "list") else None,
        list(db.session.scalars(dead)) if may_mail else None,
        counts.dead if may_mail else 0,
        int(counts.tries) if may_audit else 0,
        counts.accounts if may_audit else 0,
        _alerts() if may_audit else None,
        counts.people,
        counts.without,
    )


def _counts() -> Found:
    """Staff, those without a password, mails given up, the worker's last sign, and wrong passwords of the last day
    that no right one has followed, with the accounts they were for. In one statement.

    A failure counts for an account or, in a browser known to it, for the device; for the network besides.
    """
    failed = (FailedLogin.last_at > utcnow() - A_DAY) & FailedLogin.key.not_like("address:%") & (FailedLogin.tries > 0)
    people = select(func.count()).select_from(Staff).where(Staff.is_active)
    asked = {
        "people": people,
        "without": people.where(Staff.password_hash == ""),
        "dead": select(func.count()).select_from(Mail).where(Mail.state == MailState.DEAD),
        "beat": select(func.max(Heartbeat.beat_at)),
        "tries": select(func.coalesce(func.sum(FailedLogin.tries), 0)).where(failed),
        "accounts": select(func.count()).select_from(FailedLogin).where(failed),
    }
    return db.session.execute(select(*(one.scalar_subquery().label(name) for name, one in asked.items()))).one()


def _standings(staff: Staff, beat: datetime | None) -> Iterator[HowItStands]:
    bad = select(HealthCheck).where(HealthCheck.is_well.is_(False)).order_by(HealthCheck.since)
    failing = {row.name: row for row in db.session.scalars(bad)}
    yield _worker(beat)
    yield _sending(may(staff, "outbox", "list"), "sending" in failing)
    yield from _mailboxes(may(staff, "mailbox", "list"))
    yield _backup(may(staff, "setting", "list"))
    yield _disk()
    for name, row in failing.items():
        if name in WATCHED_WORDS:
            words = _(
                "Tidak baik sejak %(when)s. Rinciannya: flask --app app doctor, di server.", when=_when(row.since)
            )
            yield HowItStands(WATCHED_WORDS[name], words, is_well=False)


def _worker(beat: datetime | None) -> HowItStands:
    name = _("Pekerja latar")
    if beat is None:
        return HowItStands(name, _("belum pernah berjalan: flask --app app work"), is_well=False)
    return HowItStands(name, _("tanda terakhir %(when)s", when=_when(beat)), not is_silent(beat))


def _sending(may_open: bool, is_bad: bool) -> HowItStands:
    """Held mail waits for an administrator; that sending stands still is what the worker's watch found."""
    now, href = sending_now(), "/admin/outbox/" if may_open else ""
    waiting, held = now.of(MailState.QUEUED, MailState.CLAIMED), now.of(MailState.HELD)
    said = [_("terakhir terkirim %(when)s", when=_when(now.last_sent_at))] if now.last_sent_at else []
    said += [_("%(n)s menunggu", n=waiting)] if waiting else []
    said += [_("%(n)s ditahan", n=held)] if held else []
    words = ", ".join(said) or _("belum ada yang dikirim")
    return HowItStands(_("Email keluar"), words, not is_bad and not held, href)


def _mailboxes(may_open: bool) -> Iterator[HowItStands]:
    for box in active_mailboxes():
        if not box.host:
            words = _("diisi oleh server surat")
        elif box.fetched_at:
            words = _("terakhir diambil %(when)s", when=_when(box.fetched_at))
        else:
            words = _("belum pernah diambil")
        href = f"/admin/mailbox/details/?id={box.id}" if may_open else ""
        yield HowItStands(_("Kotak surat %(address)s", address=box.address), words, not box.is_silent, href)


def _backup(may_open: bool) -> HowItStands:
    last, href = last_backup_at(), "/admin/setting/#backup_at" if may_open else ""
    if last is None:
        return HowItStands(_("Cadangan"), _("belum pernah dibuat"), is_well=False, href=href)
    is_fresh = utcnow() - last <= timedelta(hours=OLDEST_BACKUP_HOURS + 1)
    return HowItStands(_("Cadangan"), _("terakhir %(when)s", when=_when(last)), is_fresh, href)


def _disk() -> HowItStands:
    free = shutil.disk_usage(current_app.config["INSTANCE_PATH"]).free
    return HowItStands(_("Ruang cakram"), _("%(size)s kosong", size=file_size(free, spoken())), free > LEAST_FREE)


def _open_changes() -> list[PendingChange]:
    """What nobody has decided yet and has not lapsed, the oldest first."""
    is_open = PendingChange.decided_at.is_(None) & (PendingChange.made_at > utcnow() - OPEN_FOR)
    rows = select(PendingChange).where(is_open).order_by(PendingChange.made_at, PendingChange.id).limit(ROWS)
    people = joinedload(PendingChange.staff), joinedload(PendingChange.made_by)
    return list(db.session.scalars(rows.options(*people)).unique())


def _alerts() -> list[AuditEntry]:
    """Long rows of wrong passwords in the last week, the newest first."""
    seen = select(AuditEntry).where(AuditEntry.act == "login:alert", AuditEntry.at > utcnow() - ALERT_DAYS)
    return list(db.session.scalars(seen.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(ROWS)))


def first_thing(house: HouseDesk) -> tuple[str, str, str, str] | None:
    """The one thing to do next: its heading, why, where, and what the button says."""
    if unwell := house.unwell:
        one = unwell[0]
        heading = _("%(what)s perlu dilihat", what=one.name)
        return heading, one.words[:1].upper() + one.words[1:] + ".", one.href or "#h-keadaan", _("Lihat")
    if house.changes:
        change = house.changes[0]
        return (
            str(change),
            _("Diminta %(who)s, %(when)s; belum berlaku sebelum orang kedua memutuskan.",
              who=change.made_by.name, when=_when(change.made_at)),
            f"/admin/pending_change/details/?id={change.id}",
            _("Buka"),
        )  # fmt: skip
    if house.given_up_count:
        heading = _("%(n)s email tidak terkirim", n=house.given_up_count)
        return heading, _("Server surat menolaknya; penerimanya belum tahu."), "/admin/outbox/?state=dead", _("Lihat")
    return None


def _when(moment: datetime) -> str:
    """Within the hour how long ago, else the day and the time."""
    ago = utcnow() - moment
    return short_when(moment, utcnow()) if ago > timedelta(hours=1) else _("%(span)s lalu", span=duration(ago))
