"""A browser without a screen: logs people in and checks every page that any test fetches."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests import pages
from tests.conftest import PASSWORD
from tests.remembered import House, recalled

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

ENTRANCE = ("/admin/search/", "/admin/")  # pages of staff with a form, the cheaper first


class Person:
    """A browser of one person."""

    def __init__(self, app: Flask, username: str | None = None) -> None:
        self.client: FlaskClient = app.test_client()
        self._kept_for, self._token = None, ""
        if username:
            self._come_in(app, username)

    def get(self, path: str, check: bool = True) -> Any:
        answer = self.client.get(path)
        if check and answer.mimetype == "text/html":
            pages.check(answer.text)
        return answer

    def token(self, path: str = "") -> str:
        """The token of a form on that page; else of any, and kept for as long as the session keeps its own."""
        session = self._session()
        if not path and self._kept_for == session.get("csrf_token", ""):
            return self._token
        first = path or ("" if "_user_id" in session else "/admin/login")
        for page in (first, *ENTRANCE)[not first :]:
            if found := TOKEN.search(self.client.get(page).text):
                self._kept_for, self._token = self._session()["csrf_token"], found[1]
                return self._token
        raise AssertionError(f"no form on {path}")

    def _come_in(self, app: Flask, username: str) -> None:
        """By the login form; who came in before from the same house has the same cookies (tests/remembered.py)."""

        def log_in() -> dict[Any, Any]:
            self.log_in(username)
            return dict(self.client._cookies)

        if app is House.app:
            self.client._cookies = dict(recalled(("log in", username), log_in, at_once=False))
        else:
            self.log_in(username)

    def _session(self) -> dict[str, Any]:
        """What Flask keeps in this browser's cookie."""
        app = self.client.application
        cookie = self.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        signed = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # Flask's own
        return signed.loads(cookie.value) if cookie else {}

    def post(self, path: str, data: dict[str, Any] | None = None, token: str | None = None, **options: Any) -> Any:
        fields = {"csrf_token": self.token() if token is None else token, **(data or {})}
        answer = self.client.post(path, data=fields, **options)
        if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
            pages.check(answer.text)
        return answer

    def log_in(self, username: str, password: str = PASSWORD, **more: str) -> Any:
        return self.post("/admin/login", {"username": username, "password": password, **more})
