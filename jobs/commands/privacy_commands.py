"""Commands for whoever answers for data and evidence: what is due to be forgotten, and whether the audit is whole."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from gateways.files import evidence_files
from jobs.operation.breach_report import breach_report
from jobs.operation.retention import due_now, run_now
from jobs.operation.retention_parts import PARTS
from models.base.db import db, utcnow
from models.organisation.staff import Staff
from procedures.tickets.evidence.sealing import ChainBroken, seal_new
from procedures.tickets.evidence.verifying import verify


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Only count what is past its time; nothing is written.")
@with_appcontext
def retention(dry_run: bool) -> None:
    """Forget what is past its time now, as the worker does every night."""
    if dry_run:
        for name, count in due_now().items():
            click.echo(f"{count:>9}  {name} ({PARTS[name].period})")
        return
    for name, (rows, millis, longest) in run_now().items():
        click.echo(f"{rows:>9}  {name}: {millis / 1000:.1f} s, the longest batch {longest} ms")


@click.command("breach-report")
@click.option(
    "--from", "since", type=click.DateTime(), required=True, help="UTC, as 2026-11-30 or 2026-11-30T08:00:00."
)
@click.option("--to", "until", type=click.DateTime(), help="UTC; now where it is left out.")
@click.option("--login", help="The login that was misused.")
@click.option("--address", default="", help="The network address from which it was.")
@with_appcontext
def breach_report_command(since: datetime, until: datetime | None, login: str | None, address: str) -> None:
    """Say what was done from a login or an address, when, and whose data it concerned, for those who must be told."""
    if not (login or address):
        raise click.UsageError("Name --login, --address, or both.")
    staff = db.session.scalars(select(Staff).where(Staff.username == login)).unique().one_or_none() if login else None
    if login and staff is None:
        raise click.ClickException(f"There is no login {login!r}.")
    end = until.replace(tzinfo=UTC) if until else utcnow()
    found = breach_report(since.replace(tzinfo=UTC), end, staff, address)
    between = f"{found.since:%Y-%m-%d %H:%M} and {found.until:%Y-%m-%d %H:%M} UTC"
    click.echo(f"What: {sum(found.acts.values())} acts between {between}")
    for act, count in found.acts.items():
        click.echo(f"{count:>9}  {act}")
    if found.first_at and found.last_at:
        click.echo(f"When: from {found.first_at:%Y-%m-%d %H:%M:%S} to {found.last_at:%Y-%m-%d %H:%M:%S} UTC")
    click.echo(f"Who: {len(found.people)} people")
    for one in found.people:
        click.echo(f"  {one.record}\t{one.name}\t{one.reached}")
    if found.could_read is not None:
        click.echo(f"At worst: the login could read {found.could_read} tickets; reading a page leaves no act.")
    click.echo("Law 27/2022, article 46: they and the supervising body are told in writing within 3 x 24 hours.")


@click.group("audit")
def audit_group() -> None:
    """The seals of the audit and of the tickets' histories."""


@audit_group.command("verify")
@click.option("--seal", "known", help="A seal from a mail, as NUMBER:VALUE, that must be in the chain.")
@with_appcontext
def verify_command(known: str | None) -> None:
    """Compute every seal anew; ends with 1 and names the rows where one was changed, added or taken away."""
    began = time.monotonic()
    verdict = verify(known=_known(known))
    for sentence in verdict.faults:
        click.echo(f"BAD  {sentence}")
    if verdict.count > len(verdict.faults):
        click.echo(f"BAD  and {verdict.count - len(verdict.faults)} more")
    click.echo(f"{verdict.sealed} rows looked at in {time.monotonic() - began:.1f} s: {verdict.count} are wrong.")
    if not verdict.is_well:
        raise SystemExit(1)


@audit_group.command("seal")
@with_appcontext
def seal_command() -> None:
    """Seal now what the worker would seal within the minute."""
    count = 0
    try:
        while more := seal_new():
            count += more
    except ChainBroken as broken:
        raise click.ClickException(str(broken)) from None
    head = evidence_files.last_head()
    click.echo(f"{count} rows sealed; the last seal is {head.seq}:{head.value}" if head else "Nothing to seal.")


def _known(text: str | None) -> dict[int, str]:
    if not text:
        return {}
    number, _colon, value = text.partition(":")
    if not number.isdecimal() or len(value) != 64:
        raise click.UsageError("Write --seal as the mail has it: NUMBER:VALUE.")
    return {int(number): value}
