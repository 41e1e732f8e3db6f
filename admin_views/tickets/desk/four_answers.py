"""The four answers above a head's desk: what waits for me, what is late and where, what is out, how the month goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask_babel import get_locale
from flask_babel import gettext as _

from admin_views.tickets.desk.desk_parts import DeskSide, HeadAnswer
from admin_views.tickets.desk.my_desk_counts import Late, Lying
from models.base.db import utcnow
from models.base.wording import decimal, month_name
from models.organisation.month_figure import MonthFigures


def answers_of(
    found: Mapping[str, Lying], late: Sequence[Late], side: DeskSide, month: MonthFigures | None
) -> list[HeadAnswer]:
    rooms = [part.answer for part in side.parts if part.answer]
    return [_decisions(found["decisions"]), _late(found["overdue"], late), *rooms, _month(month)]


def _decisions(pile: Lying) -> HeadAnswer:
    late = sum(row.due_at is not None and row.due_at < utcnow() for row in pile.rows)
    is_whole = pile.count == len(pile.rows)  # of more than are shown it isn't known
    more = _("%(n)s sudah lewat target", n=late) if late and is_whole else ""
    return HeadAnswer(pile.shown_count, _("menunggu keputusan saya"), more, "/admin/ticket/?pile=decisions")


def _late(pile: Lying, late: Sequence[Late]) -> HeadAnswer:
    more = _("%(n)s di %(desk)s", n=late[0].lying.shown_count, desk=late[0].lying.rows[0].group_name) if late else ""
    return HeadAnswer(pile.shown_count, _("lewat target"), more, "/admin/ticket/?pile=overdue", bool(pile.count))


def _month(month: MonthFigures | None) -> HeadAnswer:
    """The share of steps on time; the report of those days counts the same."""
    words = _("langkah tepat waktu bulan ini")
    if month is None or month.now.share is None:
        return HeadAnswer("—", words, "", "/admin/service_report/")
    days = {"first": month.now.first, "last": month.now.last}
    language = str(get_locale() or "id")
    figure = f"{decimal(month.now.share, 0, language)}%"
    more = ""
    if month.then.share is not None:
        difference = round(month.now.share) - round(month.then.share)
        name = month_name(month.then.day, language).split()[0]
        if difference > 0:
            more = _("naik %(n)s poin dari %(month)s", n=difference, month=name)
        if difference < 0:
            more = _("turun %(n)s poin dari %(month)s", n=-difference, month=name)
        if not difference:
            more = _("sama dengan %(month)s", month=name)
    return HeadAnswer(figure, words, more, "/admin/service_report/?" + urlencode(days))
