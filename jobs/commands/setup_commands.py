"""The command that leads an empty installation to one that takes complaints, by questions that may all be skipped."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_migrate import upgrade
from sqlalchemy import select

from gateways.files.holiday_file import HolidayFileRefused, read_calendar
from gateways.files.import_table import TableRefused
from jobs.commands.import_commands import report
from jobs.commands.questions import ask, ask_until_given, confirm
from jobs.operation.schema import is_up_to_date
from models.accounts.person import Person
from models.base import setting
from models.base.calendar import working_hours
from models.base.columns.json_value import Json
from models.base.db import db, write_transaction
from models.base.setting import SPECS
from models.base.wording import today
from models.base.written import clean_line
from models.organisation import audit
from models.organisation.roles import Role
from models.organisation.setup_point import SetupPoint, settle
from models.organisation.staff import Staff, StaffRole, staff_with
from procedures.accounts.import_people import import_people
from procedures.base.table_import import take_in
from procedures.organisation.first_administrator import first_link, lacks_administrator
from procedures.organisation.holiday_proposals import (
    HolidayProposal,
    NoProposals,
    add_days,
    add_holidays,
    holiday_proposals,
    not_in_calendar,
)
from procedures.organisation.import_units import UnitImport
from procedures.organisation.institution import INSTITUTION, invented
from procedures.organisation.invite_staff import StaffRefused, invite_staff, join_groups
from procedures.organisation.mail_trial import send_trial
from procedures.organisation.setting_values import put_changed, read_all, read_each, written
from procedures.tickets.readiness import ACTS, not_yet, points
from procedures.tickets.shipped_register import add_shipped_register

BY = "setup"
HOURS = ("working_days", "opens_at", "closes_at", "desk_hours")
MOST_LINES_TOLD = 20  # of a file of people


@click.command("setup")
@click.option("--yes", is_flag=True, help="Ask nothing: take opening hours and national holidays as proposed.")
@click.option(
    "--staff",
    "people",
    multiple=True,
    metavar="USERNAME:NAME:EMAIL:ROLE[,ROLE]",
    help="Add a member of staff; may be given several times. Without an administrator the first must be one.",
)
@with_appcontext
def setup(yes: bool, people: tuple[str, ...]) -> None:
    """Lead an empty installation to one that takes complaints; may be run again, and says what is still missing."""
    if not is_up_to_date():
        click.echo(_("Skema database dibuat atau diperbarui …"))
        upgrade()
    with write_transaction():
        if added := add_shipped_register():
            click.echo(_("Kelompok dan jenis masalah bawaan ditambahkan: %(names)s.", names=", ".join(added)))
    for words in people:
        _add(*_parts(words))
    if not yes:
        _ask_for_staff()
        _ask_for_waiting()
        _ask_for_institution()
    _settle_hours(yes)
    if not yes:
        _ask_for_mail()
        _ask_for_units()
        _ask_for_people()
    _report()


def _parts(words: str) -> tuple[str, str, str, list[str]]:
    parts = [clean_line(part) for part in words.split(":")]
    if len(parts) != 4 or not parts[3]:
        raise click.UsageError(f"--staff {words!r}: write USERNAME:NAME:EMAIL:ROLE[,ROLE].")
    return parts[0], parts[1], parts[2], [clean_line(role) for role in parts[3].split(",")]


def _add(username: str, name: str, email: str, role_names: list[str]) -> bool:
    """Add one person, or say why not; one who is there already stays as they are."""
    unknown = [role for role in role_names if role not in set(Role)]
    if unknown:
        known = ", ".join(Role)
        click.echo(_("Peran %(role)s tidak dikenal. Pilih dari: %(known)s.", role=unknown[0], known=known), err=True)
        return False
    try:
        with write_transaction():
            link = invite_staff(username, name, email, "", {Role(role) for role in role_names}, by=BY)
            groups = join_groups(username)
    except StaffRefused as refused:
        click.echo(str(refused), err=True)
        return False
    joined = _(" dan menjadi anggota %(groups)s", groups=", ".join(groups)) if groups else ""
    click.echo(_("%(name)s ditambahkan%(joined)s. Kata sandinya dibuat di (72 jam, sekali):", name=name, joined=joined))
    click.echo(f"  {link}")
    return True


def _ask_for_staff() -> None:
    """An administrator first, then whoever else works here."""
    while not _has_administrator():
        click.echo(_("Administrator pertama:"))
        username = ask(_("Nama pengguna (kosong berarti di halaman)"))
        if not username:
            break
        name, email = ask_until_given(_("Nama")), ask_until_given(_("Email"))
        _add(username, name, email, [Role.ADMINISTRATOR.value])
    click.echo(_("Peran petugas: %(roles)s.", roles=", ".join(f"{role.value} ({role.label})" for role in Role)))
    while username := ask(_("Nama pengguna petugas berikutnya (kosong berarti selesai)")):
        name, email = ask_until_given(_("Nama")), ask(_("Email (boleh kosong)"))
        roles = ask(_("Peran, dipisahkan koma"), Role.OPERATOR.value)
        _add(username, name, email, [clean_line(role) for role in roles.split(",")])


def _ask_for_waiting() -> None:
    """With one administrator nobody is there to be the second person: how long to wait before going on alone."""
    if len(staff_with(Role.ADMINISTRATOR)) != 1 or db.session.get(SetupPoint, "waiting") is not None:
        return
    click.echo(
        _("Peran dan kata sandi kepala diubah berdua. Selama administratornya satu, ia bertindak sendiri setelah:")
    )
    _settle("waiting", _ask_settings(("second_person_wait_hours",)))


def _ask_for_institution() -> None:
    if points()["institution"].is_done or not confirm(_("Isi nama dan alamat lembaga sekarang?")):
        return
    _settle("institution", _ask_settings(INSTITUTION))


def _settle_hours(yes: bool) -> None:
    """Opening hours and national holidays: as proposed, or as typed."""
    if points()["hours"].is_done:
        return
    proposed = _national_holidays()
    values: dict[str, Json] = {}
    if not yes:
        if not confirm(_("Isi jam kerja dan hari libur sekarang?")):
            return
        values = _ask_settings(HOURS)
        for proposal in proposed:
            click.echo(f"  {proposal.day:%d-%m-%Y}  {proposal.name}")
        if proposed and not confirm(_("Pakai %(n)s hari libur nasional ini?", n=len(proposed))):
            proposed = []
    _settle("hours", values, {proposal.day for proposal in proposed})
    if not yes:
        _ask_for_calendar()


def _national_holidays() -> list[HolidayProposal]:
    try:
        return [proposal for proposal in holiday_proposals(today()) if proposal.is_national]
    except NoProposals:
        click.echo(
            _("Hari libur nasional tidak dapat diusulkan di sini. Isi nanti di panel, di “Kalender hari libur”.")
        )
        return []


def _ask_for_calendar() -> None:
    """Holidays from an iCalendar file, such as the academic calendar, beside the national ones."""
    while file := ask(_("Berkas iCalendar hari libur (kosong berarti nanti)")):
        try:
            read = read_calendar(Path(file).expanduser().read_bytes(), ZoneInfo(working_hours().zone))
        except HolidayFileRefused as refused:
            click.echo(str(refused), err=True)
            continue
        except OSError as fault:
            click.echo(f"{file}: {fault.strerror}", err=True)
            continue
        new = not_in_calendar(read.days, today())
        for day, name in new.items():
            click.echo(f"  {day:%d-%m-%Y}  {name}")
        if new and confirm(_("Tambahkan %(n)s hari ini?", n=len(new))):
            with write_transaction():
                add_days(new, today())
        return


def _ask_for_mail() -> None:
    if current_app.config["MAIL_AS_FILES"] or points()["mail"].is_done:
        return
    while to := ask(_("Kirim email uji ke (kosong berarti nanti)")):
        trial = send_trial(to, actor_name=BY)
        for who, words in trial.talk:
            speaker = _("kami") if who == "us" else _("server")
            click.echo(f"  {speaker:8} {words}")
        click.echo(trial.fault or _("Server menerima email uji. Periksa apakah sampai di %(to)s.", to=to))
        if not trial.fault:
            return


def _ask_for_units() -> None:
    if points()["units"].is_done:
        return
    while file := ask(_("Berkas unit, CSV atau XLSX (kosong berarti nanti)")):
        try:
            with Path(file).expanduser().open("rb") as stream:
                plan = take_in(UnitImport(), stream, by_name=BY, file=Path(file).name)
            report(plan)
            if plan.taken:
                return
        except TableRefused as refused:
            click.echo(refused.sentence, err=True)
        except OSError as fault:
            click.echo(f"{file}: {fault.strerror}", err=True)


def _ask_for_people() -> None:
    """The register of people from a file: compared first, written when that is confirmed."""
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        return
    while file := ask(_("Berkas CSV atau XLSX orang (kosong berarti nanti)")):
        try:
            with Path(file).expanduser().open("rb") as stream:
                found = import_people(stream, dry=True)
                for line, sentence in [*found.refusals, *found.warnings][:MOST_LINES_TOLD]:
                    click.echo(f"{line}: {sentence}", err=True)
                click.echo(found.tally.in_words(found.read - found.refused, found.refused))
                if not found.new or not confirm(_("Masukkan %(n)s orang?", n=found.new)):
                    continue
                stream.seek(0)
                done = import_people(stream)
            with write_transaction():
                audit.record("import", "Person", "", actor_name=BY, diff={"new": done.new, "refused": done.refused})
            click.echo(_("%(n)s orang masuk register.", n=done.new))
            return
        except TableRefused as refused:
            click.echo(refused.sentence, err=True)
        except OSError as fault:
            click.echo(f"{file}: {fault.strerror}", err=True)


def _ask_settings(keys: Collection[str]) -> dict[str, Json]:
    """The settings as typed, Enter for the value shown; each until it can stand, all until they hold together."""
    typed = {key: "" if invented({key: setting.get(key)}) else written(setting.get(key)) for key in keys}
    while True:
        for key in typed:
            typed[key] = _ask_setting(key, typed[key])
        values, faults = read_all(typed)
        if not faults:
            return values
        for key, sentence in faults.items():
            click.echo(f"{SPECS[key].label}: {sentence}", err=True)


def _ask_setting(key: str, shown: str) -> str:
    """What was typed for a setting, or the value shown; why not, and again, while it is refused."""
    while True:
        text = ask(f"{SPECS[key].label} {SPECS[key].hint}".strip(), shown)
        values, faults = read_each({key: text})
        if not (faults := faults | invented(values)):
            return text
        click.echo(f"{SPECS[key].label}: {faults[key]}", err=True)


def _settle(key: str, values: dict[str, Json], holidays: Collection[date] = ()) -> None:
    with write_transaction():
        put_changed(values, setting.stored(lock=True), actor_name=BY)
        add_holidays(set(holidays), today())
        settle(key)


def _has_administrator() -> bool:
    query = select(StaffRole.staff_id).join(Staff).where(StaffRole.role == Role.ADMINISTRATOR.value, Staff.is_active)
    return db.session.scalar(query.limit(1)) is not None


def _report() -> None:
    found = points()
    for point in found.values():
        click.echo(f"{'ok   ' if point.is_done else '---- '}{point.number}. {point.title}: {point.fact}")
    waits = not_yet(found)
    for act, point in waits.items():
        label = ACTS[act].label
        click.echo(_("Belum dapat: %(what)s (menunggu langkah %(n)s)", what=label, n=point.number))
    if lacks_administrator():
        click.echo(_("Administrator pertama menambahkan dirinya di:") + f"\n  {first_link()}")
    address = f"{current_app.config['BASE_URL']}/admin/setup/"
    click.echo(_("Lanjutkan di %(address)s", address=address) if waits else _("Layanan siap menerima pengaduan."))
