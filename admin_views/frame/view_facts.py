"""What a view says of itself, and which rows it may show: its pages for lists, forms and files ask here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

from flask import abort
from sqlalchemy import Select, select

from admin_views.frame.columns import Choice, Column
from admin_views.frame.permissions import may
from admin_views.frame.reader import person
from models.base.columns.statement_types import Asked
from models.base.db import db
from models.base.search.columns import SearchedColumn
from models.base.wording import Words
from procedures.base.form_fields import StepForm


class Kept(Protocol):
    """A row that is known by its number."""

    id: Any  # the column of its class, the number of a row


R = TypeVar("R", bound=Kept)


class ViewFacts(Generic[R]):
    """The base of the three kinds of pages; a view fills the attributes."""

    model: type[R]  # the class of its rows, given when the view is made
    name_key = ""
    title: Words = ""
    intro: Words = ""
    empty: Words = ""
    columns: Sequence[Column] = ()
    searched: Sequence[SearchedColumn] = ()
    filters: Sequence[Choice] = ()
    order: Sequence[Asked] = ()
    shows: Sequence[Any] = ()
    newest_first = False
    form: type[StepForm]
    more_acts: dict[str, str] = {}
    list_template = "admin/frame/list.html"
    details_template = "admin/frame/details.html"
    edit_template = create_template = "admin/frame/form.html"
    delete_template = "admin/frame/delete.html"
    create_label: Words = ""

    def may(self, act: str) -> bool:
        return may(person(), self.name_key, act)

    def row_rule(self, query: Select[R]) -> Select[R]:
        """The rows that this person may see; a narrower view overrides it."""
        return query

    def row_allowed(self, row: R, act: str) -> bool:
        """May this act be done to this row, beyond the right to the act?"""
        return self.may(act)

    def rows(self) -> Select[R]:
        return self.row_rule(select(self.model))

    def get_one(self, id: str | int | None) -> R:
        """The one row of this id among those the person may see, or 404: never session.get()."""
        text = str(id or "")
        if not (text.isascii() and text.isdecimal() and len(text) < 11 and int(text) < 2**31):
            abort(404)
        row = db.session.scalars(self.rows().where(self.model.id == int(text))).unique().one_or_none()
        if row is None:
            abort(404)
        return row
