"""The roster of who is on duty outside working hours: a week at a time, swaps, and one's own nights as a file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from flask import Response, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from admin_views.frame.page import ClosedView
from admin_views.frame.reader import address, person
from documents.outages.duty_calendar import duty_calendar
from models.base.db import db, utcnow
from models.base.typed_date import BadDate, read_day
from models.base.wording import today
from models.organisation.roles import Division
from models.organisation.staff import Staff
from models.outages.duty_turn import ON_CALL, night_of, on_duty_between
from procedures.outages import duty
from procedures.outages.duty import DutyRefused, Key

FARTHEST = timedelta(days=366)


class Night(NamedTuple):
    """One cell of the week: who has it, and whether this person may say who."""

    field: str
    division: Division
    chosen: int
    seen: int
    name: str
    is_open: bool
    is_away: bool  # away or no longer here, so that the night is nobody's


class DutyView(ClosedView):
    name_key = "duty"
    acts = {"index": "list", "save": "plan", "swap": "swap", "mine": "list"}

    def __init__(self) -> None:
        super().__init__(name="Jadwal jaga", endpoint="duty", url="/admin/duty")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return self._page(_monday(request.args.get("week")))

    @expose("/save/", methods=("POST",))
    def save(self) -> ResponseReturnValue:
        """The whole week or nothing; what was chosen stays where it is refused."""
        monday = _monday(request.form.get("week"))
        chosen, seen = _sent(monday, ""), _sent(monday, "was-")
        try:
            changed = duty.plan(chosen, seen, person(), address())
        except DutyRefused as refused:
            return self._page(monday, chosen, str(refused)), 422
        except IntegrityError:  # two who plan the same night at once
            db.session.rollback()
            return self._page(monday, chosen, _("Jadwal ini baru saja diubah orang lain. Periksa lagi.")), 409
        flash(_("%(n)s giliran diubah; yang bersangkutan dikabari.", n=changed), "success")
        return redirect(f"/admin/duty/?week={monday}", 303)

    @expose("/swap/", methods=("POST",))
    def swap(self) -> ResponseReturnValue:
        """One's own turn against a colleague's."""
        try:
            duty.swap(_number(request.form.get("mine")), _number(request.form.get("other")), person(), address())
        except DutyRefused as refused:
            return self._page(_monday(request.form.get("week")), refused=str(refused)), 422
        flash(_("Giliran ditukar; rekan Anda dikabari."), "success")
        return redirect("/admin/duty/", 303)

    @expose("/mine.ics")
    def mine(self) -> ResponseReturnValue:
        """One's own coming turns."""
        data = duty_calendar(duty.coming_turns(person()))
        return Response(
            data, mimetype="text/calendar", headers={"Content-Disposition": "attachment; filename=jadwal-jaga.ics"}
        )

    def _page(self, monday: date, typed: dict[Key, int] | None = None, refused: str = "") -> str:
        staff = person()
        people = {division: duty.people_of(division) for division in ON_CALL}
        return render_template(
            "admin/outages/duty.html",
            view=self,
            monday=monday,
            before=monday - timedelta(days=7),
            after=monday + timedelta(days=7),
            week=_week(monday, typed or {}, staff),
            divisions=ON_CALL,
            people=people,
            tonight=duty.tonight(),
            mine=duty.coming_turns(staff),
            others=duty.turns_to_swap(staff),
            refused=refused,
            night=night_of(utcnow()),
        )


def _week(monday: date, typed: dict[Key, int], staff: Staff) -> list[tuple[date, list[Night]]]:
    turns, tonight = duty.turns_of(monday), night_of(utcnow())
    here = {(turn.division, turn.day) for turn in on_duty_between(monday, monday + timedelta(days=duty.WEEK - 1))}
    found = []
    for day in (monday + timedelta(days=n) for n in range(duty.WEEK)):
        nights = []
        for division in ON_CALL:
            turn = turns.get((division.value, day))
            seen = turn.staff_id if turn else 0
            is_open = day >= tonight and duty.may_plan(staff, division)
            chosen = typed.get((division.value, day), seen)
            name = turn.staff.name if turn else ""
            is_away = turn is not None and day >= tonight and (division.value, day) not in here
            nights.append(Night(f"{division.value}-{day}", division, chosen, seen, name, is_open, is_away))
        found.append((day, nights))
    return found


def _sent(monday: date, prefix: str) -> dict[Key, int]:
    """Who was chosen for which night, of those that the page offered."""
    days = [monday + timedelta(days=n) for n in range(duty.WEEK)]
    keys = {(division.value, day): f"{prefix}{division.value}-{day}" for day in days for division in ON_CALL}
    return {key: _number(request.form[name]) for key, name in keys.items() if name in request.form}


def _monday(text: str | None) -> date:
    """The Monday of the week that holds this day; this week where none is named, 400 where it is no day."""
    try:
        day = read_day(text) if text else today()
    except BadDate:
        abort(400)
    if abs(day - today()) > FARTHEST:
        abort(400)
    return day - timedelta(days=day.weekday())


def _number(text: str | None) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        abort(400)
    return int(text)
