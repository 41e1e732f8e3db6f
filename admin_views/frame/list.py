"""The pages of a view that are read: the list by keyset pages, and the page of one row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import ColumnElement, Select, false, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Load
from sqlalchemy.sql.base import ExecutableOption

from admin_views.frame.address_values import is_too_long, not_a_value, refuse_unknown
from admin_views.frame.view_facts import R, ViewFacts
from models.base.columns.shown import Shown
from models.base.db import Base, db
from models.base.search.columns import holds
from models.base.search.terms import TypedWord, typed_words
from models.base.wording import Words

PAGE_SIZE = 50
Path = InstrumentedAttribute[Base] | tuple[InstrumentedAttribute[Base], ...]
COUNT_CAP = 10_000
LONGEST_SEARCH = 100


class ListPages(ViewFacts[R]):
    """A part of HouseView, which names the rows, the columns and the rights."""

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        refuse_unknown(request.args, self.known())
        query = self.found(request.args)
        count = db.session.scalar(
            select(func.count()).select_from(
                query.with_only_columns(self.model.id).order_by(None).limit(COUNT_CAP + 1).subquery()
            )
        )
        rows, older, newer = self._page(query)
        return render_template(
            self.list_template,
            view=self,
            rows=rows,
            older=older,
            newer=newer,
            count=count or 0,
            count_cap=COUNT_CAP,
            search=request.args.get("search", ""),
            chosen={f.key: request.args.get(f.key, "") for f in self.filters},
            address=self._address,
            too_long=is_too_long(request.args.get("search", ""), LONGEST_SEARCH),
        )

    def known(self) -> set[str]:
        """The words that an address of this list may hold."""
        return {*(["search"] if self.searched else []), *(f.key for f in self.filters), "after", "before"}

    def found(self, args: Mapping[str, str]) -> Select[R]:
        """The rows that the filters of an address leave, of those this person may see; BadRequest for a wrong one."""
        query = self.rows()
        words = args.get("search", "")
        if "\x00" in words:
            raise not_a_value("search", words)
        if is_too_long(words, LONGEST_SEARCH):
            return query.where(false())
        for word in typed_words(words) if self.searched else ():
            query = query.where(self.word_rule(word))
        for choice in self.filters:
            if value := args.get(choice.key):
                query = query.where(choice.condition(value))
        return query

    def word_rule(self, word: TypedWord) -> ColumnElement[bool]:
        """The rows that hold a word which was typed."""
        return holds(self.searched, word)

    def with_shown(self, query: Select[R]) -> Select[R]:
        """The rows with what their columns name of other tables (`shows`), so that no cell asks for its own."""
        return query.options(*(_loaded(path) for path in self.shows))

    def _page(self, query: Select[R]) -> tuple[list[R], int | None, int | None]:
        """Keyset paging by the view's order: the cursor is a row's id, its values are looked up."""
        keys = (*self.order, self.model.id)
        after, before = self._cursor("after"), self._cursor("before")
        downward = self.newest_first != bool(before)
        if cursor := before or after:
            edge = db.session.execute(select(*keys).where(self.model.id == cursor)).one_or_none()
            if edge is None:
                return [], None, None
            bound = tuple_(*keys) < tuple_(*edge) if downward else tuple_(*keys) > tuple_(*edge)
            query = query.where(bound)
        ordered = query.order_by(*(k.desc() if downward else k.asc() for k in keys)).limit(PAGE_SIZE + 1)
        rows = list(db.session.scalars(self.with_shown(ordered)).unique())
        more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
        if before:
            rows.reverse()
        older = rows[-1].id if rows and (before or more) else None
        newer = rows[0].id if rows and (after or (before and more)) else None
        return rows, older, newer

    def _cursor(self, key: str) -> int | None:
        value = request.args.get(key, "")
        if not value:
            return None
        if not (value.isascii() and value.isdecimal() and len(value) < 11 and int(value) < 2**31):
            raise not_a_value(key, value)
        return int(value)

    def _address(self, **changes: str | int | None) -> str:
        """This list's address with its filters and the changes; a cursor is dropped unless given."""
        kept = {k: v for k, v in request.args.items() if v and k not in ("after", "before")}
        return self._address_of({**kept, **changes})

    def _address_of(self, values: Mapping[str, str | int | None]) -> str:
        said: dict[str, Any] = {k: v for k, v in values.items() if v}
        return url_for(f"{self.name_key}.index_view", **said)

    def href(self, row: R) -> str:
        return f"/admin/{self.name_key}/details/?id={row.id}"

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        return self.details_page(self.get_one(request.args.get("id")))

    def details_page(self, row: R) -> str:
        return render_template(
            self.details_template, view=self, row=row, facts=self.facts(row), **self.details_extras(row)
        )

    def heading(self, row: R) -> Words:
        """How the row is called at the head of its page."""
        return str(row)

    def facts(self, row: R) -> list[tuple[Words, Shown]]:
        return [(column.label, column.text(row)) for column in self.columns]

    def details_extras(self, row: R) -> dict[str, Shown]:
        return {}


def _loaded(path: Path) -> ExecutableOption:
    """A relation, or a chain of them: one row comes by a join, several by a second statement, and nothing behind."""
    option: Any = Load(path[0].class_ if isinstance(path, tuple) else path.class_)
    for step in path if isinstance(path, tuple) else (path,):
        option = option.selectinload(step) if step.property.uselist else option.joinedload(step)
    return option.lazyload("*")
