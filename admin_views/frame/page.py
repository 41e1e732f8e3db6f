"""The base of panel pages that show no single table: closed by default, like HouseView."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue
from flask_admin import BaseView
from flask_login import current_user

from admin_views.frame.permissions import may
from admin_views.frame.reader import audit_denied, person
from admin_views.frame.sign_in.again import ask_again
from web.lost_session import ask_to_log_in


class ClosedView(BaseView):
    """A page of the panel; `acts` names the act that each of its functions needs."""

    name_key = ""
    acts: dict[str, str] = {}

    def may(self, act: str) -> bool:
        return may(person(), self.name_key, act)

    def is_accessible(self) -> bool:
        return self.may("list")

    def _handle_view(self, name: str, **kwargs: str) -> ResponseReturnValue | None:
        if not current_user.is_authenticated:
            return ask_to_log_in()
        act = self.acts.get(name)
        if act is None:
            abort(404)
        if not self.may(act):
            audit_denied(self.name_key, act)
            abort(403)
        return ask_again(self.name_key, name)
