"""The base of every view of the panel: closed by default, with one row rule for every page and file.

A view says what it shows (columns, facts), what it asks (an explicit form) and which rows a person may see
(row_rule). permissions.py says who may do what. List, count, single row, search, export, form and deletion all go
through the same two questions.
"""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue
from flask_admin.contrib.sqla import ModelView
from flask_login import current_user

from admin_views.frame.columns import Choice, Column
from admin_views.frame.form import FormPages, WriteRefused
from admin_views.frame.list_export import ExportPages
from admin_views.frame.reader import address, audit_denied, audit_export, person
from admin_views.frame.sign_in.again import ask_again
from admin_views.frame.view_facts import R
from models.base.db import db
from procedures.base.form_fields import StepForm
from web.lost_session import ask_to_log_in

__all__ = [
    "Choice",
    "Column",
    "HouseView",
    "WriteRefused",
    "address",
    "audit_denied",
    "audit_export",
    "person",
]

ACTS = {
    "index_view": "list",
    "details_view": "details",
    "create_view": "create",
    "edit_view": "edit",
    "delete_view": "delete",
    "export_view": "export",
}


class HouseView(FormPages[R], ExportPages[R], ModelView):
    """See the module's docstring; a subclass fills the attributes of ViewFacts."""

    column_list = ("id",)
    form_columns = ("id",)
    can_view_details = True

    def __init__(self, model: type[R], **options: str) -> None:
        super().__init__(model, db, name=self.title, endpoint=self.name_key, url=f"/admin/{self.name_key}", **options)

    def scaffold_form(self) -> type[StepForm]:
        """No form is made from the table: what is not named is not editable."""
        return StepForm

    def is_accessible(self) -> bool:
        return self.may("list")

    def _handle_view(self, name: str, **kwargs: str) -> ResponseReturnValue | None:
        """Flask-Admin asks this before every address of the view; what has no act is shut."""
        if not current_user.is_authenticated:
            return ask_to_log_in()
        act = {**ACTS, **self.more_acts}.get(name)
        if act is None:
            abort(404)
        if not self.may(act):
            audit_denied(self.name_key, act)
            abort(403)
        return ask_again(self.name_key, name)
