"""Keeps the roster of who is on duty: a week is planned by the head, a turn swapped by whoever has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from mails.outages import duty_notices
from models.base.db import db, utcnow, write_transaction
from models.base.wording import on_date
from models.organisation import audit
from models.organisation.roles import DIVISION_ROLES, HEAD_OF_DIVISION, Division, Role
from models.organisation.staff import Staff, staff_with
from models.outages.duty_turn import ON_CALL, DutyTurn, OnDuty, night_of, on_duty_between

WEEK = 7
AHEAD = 7  # nights whose holes are warned of
Key = tuple[str, date]  # division and day


class DutyRefused(Exception):
    """The roster was not changed; the text says why."""


@dataclass(frozen=True)
class Tonight:
    """Who is on duty tonight, by division, and the nights ahead that nobody has."""

    people: list[tuple[Division, OnDuty | None]]
    holes: list[tuple[date, Division]]


def tonight() -> Tonight:
    first = night_of(utcnow())
    turns = {(turn.division, turn.day): turn for turn in on_duty_between(first, first + timedelta(days=AHEAD - 1))}
    people = [(division, turns.get((division, first))) for division in ON_CALL]
    nights = [first + timedelta(days=n) for n in range(AHEAD)]
    return Tonight(people, [(day, each) for day in nights for each in ON_CALL if (each, day) not in turns])


def turns_of(monday: date) -> dict[Key, DutyTurn]:
    """The turns of a week, also of people who are away."""
    query = select(DutyTurn).where(DutyTurn.day.between(monday, monday + timedelta(days=WEEK - 1)))
    return {(turn.division, turn.day): turn for turn in db.session.scalars(query).unique()}


def people_of(division: Division) -> list[Staff]:
    """Who may be on duty for it: those who take its steps."""
    return staff_with(*(role for role, where in DIVISION_ROLES.items() if where == division))


def may_plan(staff: Staff, division: Division) -> bool:
    """Its head, the head of the centre, and the administrator."""
    return staff.has(HEAD_OF_DIVISION[division], Role.HEAD_OF_CENTRE, Role.ADMINISTRATOR)


def plan(chosen: Mapping[Key, int], seen: Mapping[Key, int], by: Staff, ip: str) -> int:
    """Put who has which night, 0 for nobody; all or nothing. Says how many changed; DutyRefused otherwise.

    `seen` is who had them when the page was made: what somebody else changed meanwhile is not written over.
    """
    with write_transaction():
        days = [day for _division, day in chosen]
        query = select(DutyTurn).where(DutyTurn.day.in_(days)).with_for_update(of=DutyTurn)
        there = {(turn.division, turn.day): turn for turn in db.session.scalars(query).unique()}
        now = {key: there[key].staff_id if key in there else 0 for key in chosen}
        changed = {key: who for key, who in chosen.items() if who != seen.get(key, 0)}
        for key in changed:
            _check(key, changed[key], by)
            if now[key] != seen.get(key, 0) and now[key] != changed[key]:
                raise DutyRefused(_("Jadwal ini baru saja diubah orang lain. Periksa lagi, lalu simpan."))
        changed = {key: who for key, who in changed.items() if who != now[key]}
        for key, who in changed.items():
            _put(there.get(key), key, who)
        _record("edit", {key: (now[key], who) for key, who in changed.items()}, by, ip)
    return len(changed)


def swap(mine: int, other: int, by: Staff, ip: str) -> None:
    """Two turns of one division change hands; both people and nobody else are told. DutyRefused otherwise."""
    with write_transaction():
        query = select(DutyTurn).where(DutyTurn.id.in_((mine, other))).order_by(DutyTurn.id)
        found = {turn.id: turn for turn in db.session.scalars(query.with_for_update(of=DutyTurn)).unique()}
        one, two = found.get(mine), found.get(other)
        if one is None or two is None or one.staff_id != by.id:
            raise DutyRefused(_("Giliran itu bukan milik Anda lagi. Periksa jadwalnya."))
        if one.division != two.division or two.staff_id == by.id:
            raise DutyRefused(_("Pilih giliran rekan sedivisi."))
        if min(one.day, two.day) < night_of(utcnow()):
            raise DutyRefused(_("Giliran yang sudah lewat tidak dapat ditukar."))
        one.staff_id, two.staff_id = two.staff_id, one.staff_id
        keys: list[Key] = [(one.division, one.day), (two.division, two.day)]
        db.session.flush()
        _record("swap", {keys[0]: (by.id, one.staff_id), keys[1]: (one.staff_id, by.id)}, by, ip)


def coming_turns(staff: Staff) -> Sequence[DutyTurn]:
    """This person's nights from tonight on."""
    mine = select(DutyTurn).where(DutyTurn.staff_id == staff.id, DutyTurn.day >= night_of(utcnow()))
    return db.session.scalars(mine.order_by(DutyTurn.day)).unique().all()


def turns_to_swap(staff: Staff) -> Sequence[DutyTurn]:
    """The coming nights of others in the divisions in which this person has one."""
    divisions = {turn.division for turn in coming_turns(staff)}
    others = select(DutyTurn).where(
        DutyTurn.staff_id != staff.id, DutyTurn.day >= night_of(utcnow()), DutyTurn.division.in_(divisions)
    )
    return db.session.scalars(others.order_by(DutyTurn.day, DutyTurn.division)).unique().all()


def _check(key: Key, who: int, by: Staff) -> None:
    division, day = key
    if division not in ON_CALL or not may_plan(by, Division(division)):
        raise DutyRefused(_("Jadwal divisi ini diatur kepalanya."))
    if day < night_of(utcnow()):
        raise DutyRefused(_("%(day)s sudah lewat; gilirannya tidak diubah lagi.", day=on_date(day)))
    if who and who not in {one.id for one in people_of(Division(division))}:
        raise DutyRefused(_("Orang itu tidak bekerja di divisi ini lagi. Pilih yang lain."))


def _put(turn: DutyTurn | None, key: Key, who: int) -> None:
    if turn is None:
        db.session.add(DutyTurn(division=key[0], day=key[1], staff_id=who))
    elif who:
        turn.staff_id = who
    else:
        db.session.delete(turn)


def _record(act: str, changes: Mapping[Key, tuple[int, int]], by: Staff, ip: str) -> None:
    """The audit's row, and a mail to everybody but the writer whose nights changed."""
    ids = {who for pair in changes.values() for who in pair if who}
    people = {one.id: one for one in db.session.scalars(select(Staff).where(Staff.id.in_(ids))).unique()}
    diff = {
        f"{division} {day}": [people[who].name if who else "" for who in pair]
        for (division, day), pair in changes.items()
    }
    if diff:
        audit.record(act, "DutyTurn", "", staff=by, ip=ip, diff=diff)
    for ident, person in people.items():
        gained = [day for (_division, day), (_before, after) in changes.items() if after == ident]
        lost = [day for (_division, day), (before, _after) in changes.items() if before == ident]
        if ident != by.id:
            duty_notices.duty_changed(person, by, sorted(gained), sorted(lost))
