"""An officer's appointments by week and month, a head's people's too, and the address for one's own calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.frame.page import ClosedView
from admin_views.frame.reader import address, person
from models.base.db import db, write_transaction
from models.base.typed_date import BadDate, read_day
from models.base.wording import day_begins, today
from models.organisation import audit
from models.organisation.calendar_feed import CalendarFeed
from models.organisation.staff import Staff
from models.tickets.listing.agenda import AgendaEntry, Window, agenda_of, leads_others, people_led_by

WEEK = timedelta(days=7)
SHOWN = 4  # entries of a day in the month; the rest is one press away


@dataclass(frozen=True)
class Day:
    """One day of the page: `more` are those that the month has no room for."""

    day: date
    entries: list[AgendaEntry]
    more: int = 0
    is_out: bool = False  # of another month


@dataclass(frozen=True)
class Shown:
    """Which days are shown, and where the days before and after are."""

    first: date
    days: int
    before: date
    after: date


class AgendaView(ClosedView):
    """/admin/agenda/"""

    name_key = "agenda"
    acts = {"index": "list", "make_feed": "feed", "revoke_feed": "feed"}

    def __init__(self) -> None:
        super().__init__(name="Agenda", endpoint="agenda", url="/admin/agenda")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        staff, (day, wrong) = person(), _asked_day()
        is_month, leads = request.args.get("view") == "month", leads_others(staff)
        is_all = leads and request.args.get("whose") == "all"
        shown = _month(day) if is_month else _week(day)
        people = people_led_by(staff) if is_all else (staff.id,)
        return render_template(
            "admin/tickets/agenda.html",
            view=self,
            days=_days(staff, people, shown, day.month if is_month else 0),
            shown=shown,
            day=day,
            today=today(),
            is_month=is_month,
            is_all=is_all,
            leads=leads,
            wrong=wrong,
        )

    @expose("/feed/", methods=("POST",))
    def make_feed(self) -> ResponseReturnValue:
        """The address of one's own calendar, shown this once; one made before opens nothing from now on."""
        staff_id, ip = person().id, address()
        with write_transaction():
            token = CalendarFeed.make(staff_id)
            audit.record("make", "CalendarFeed", staff_id, staff=db.session.get_one(Staff, staff_id), ip=ip)
        feed = f"{current_app.config['BASE_URL']}/agenda/{token}.ics"
        page = render_template("admin/tickets/agenda_feed.html", view=self, feed=feed)
        return page, 200, {"Cache-Control": "no-store"}

    @expose("/feed/revoke/", methods=("POST",))
    def revoke_feed(self) -> ResponseReturnValue:
        staff_id, ip = person().id, address()
        with write_transaction():
            if CalendarFeed.end(staff_id):
                audit.record("revoke", "CalendarFeed", staff_id, staff=db.session.get_one(Staff, staff_id), ip=ip)
        flash(_("Alamat kalender Anda dicabut; kalender yang memakainya tidak lagi diperbarui."), "success")
        return redirect("/admin/me/", 303)


def _asked_day() -> tuple[date, str]:
    """The day of `?day=…`; today, with a sentence, where it cannot be read."""
    typed = request.args.get("day", "")
    if not typed:
        return today(), ""
    try:
        return read_day(typed), ""
    except BadDate as bad:
        return today(), str(bad)


def _week(day: date) -> Shown:
    monday = day - timedelta(days=day.weekday())
    return Shown(monday, 7, monday - WEEK, monday + WEEK)


def _month(day: date) -> Shown:
    """Whole weeks, from the Monday before the first of the month to the Sunday after its last."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    monday = first - timedelta(days=first.weekday())
    weeks = -(-(after - monday).days // 7)
    return Shown(monday, 7 * weeks, (first - timedelta(days=1)).replace(day=1), after)


def _days(staff: Staff, people: tuple[int, ...] | None, shown: Shown, month: int) -> list[Day]:
    """Each day with what falls on it; `month` is 0 for a week, which has room for all."""
    end = shown.first + timedelta(days=shown.days)
    entries = agenda_of(Window(staff, people, day_begins(shown.first), day_begins(end)))
    found = []
    for day in (shown.first + timedelta(days=n) for n in range(shown.days)):
        here = [entry for entry in entries if entry.first_day <= day <= entry.last_day]
        room = SHOWN if month and len(here) > SHOWN + 1 else len(here)
        found.append(Day(day, here[:room], len(here) - room, bool(month) and day.month != month))
    return found
