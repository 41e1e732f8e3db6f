"""The office's running numbers of this year: where each stands, and from which number it goes on.

Whoever adopts the product in the middle of a year goes on from the book of numbers on the shelf.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.frame.page import ClosedView
from admin_views.frame.view import address, person
from models.base.db import write_transaction
from models.base.typed_number import BadAmount, read_count
from models.base.wording import today
from models.base.written import clean_line
from models.organisation import audit
from models.organisation.office_number import Sequence, sequences, start_at

MOST = 999_999


class OfficeNumberView(ClosedView):
    """/admin/office_number/"""

    name_key = "setting"
    acts = {"index": "list", "save": "edit"}

    def __init__(self) -> None:
        super().__init__(name="Nomor dokumen", endpoint="office_number", url="/admin/office_number")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return self._page({}, {})

    @expose("/save/", methods=("POST",))
    def save(self) -> ResponseReturnValue:
        """Every number that was changed, or none; a number that was given out already is refused with a sentence."""
        rows = sequences(today())
        typed = {
            row.key: clean_line(request.form[f"next-{row.key}"]) for row in rows if f"next-{row.key}" in request.form
        }
        wanted, faults = _read(rows, typed)
        if not faults:
            faults = _start(rows, wanted)
        if faults:
            return self._page(typed, faults), 422
        flash(_("%(n)s urutan nomor diubah.", n=len(wanted)), "success")
        return redirect("/admin/office_number/", 303)

    def _page(self, typed: dict[str, str], faults: dict[str, str]) -> str:
        rows = sequences(today())
        return render_template("admin/organisation/office_numbers.html", view=self, rows=rows, typed=typed,
                               faults=faults, year=today().year, most=MOST)  # fmt: skip


def _read(rows: list[Sequence], typed: dict[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    """(the next number of each sequence that was changed, the sentence of each that is refused)"""
    wanted, faults = {}, {}
    for row in rows:
        text = typed.get(row.key, "")
        if text in ("", str(row.last + 1)):
            continue
        try:
            wanted[row.key] = read_count(text, row.last + 1, MOST)
        except BadAmount as bad:
            faults[row.key] = str(bad)
    return wanted, faults


def _start(rows: list[Sequence], wanted: dict[str, int]) -> dict[str, str]:
    """Nothing is changed where one of them was overtaken by a number given out meanwhile."""
    last = {row.key: row.last for row in rows}
    taken: dict[str, str] = {}
    try:
        with write_transaction():
            for key, number in sorted(wanted.items()):
                if not start_at(key, number, today()):
                    taken[key] = _("Nomor ini baru saja dipakai. Muat ulang halaman ini, lalu periksa lagi.")
                diff = {"next": [last[key] + 1, number]}
                audit.record(
                    "office_number", "Counter", f"{key}:{today().year}", staff=person(), ip=address(), diff=diff
                )
            if taken:
                raise _Overtaken
    except _Overtaken:
        pass
    return taken


class _Overtaken(Exception):
    """Undoes the transaction."""
