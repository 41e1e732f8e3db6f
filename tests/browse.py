"""A browser without a screen: logs people in and checks every page that any test fetches."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests import pages
from tests.conftest import PASSWORD

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Person:
    """A browser of one person."""

    def __init__(self, app: Flask, username: str | None = None) -> None:
        self.client: FlaskClient = app.test_client()
        if username:
            self.log_in(username)

    def get(self, path: str, check: bool = True) -> Any:
        answer = self.client.get(path)
        if check and answer.mimetype == "text/html":
            pages.check(answer.text)
        return answer

    def token(self, path: str = "/admin/login") -> str:
        found = TOKEN.search(self.client.get(path).text)
        if found is None:
            found = TOKEN.search(self.client.get("/admin/").text)
        assert found is not None, f"no form on {path}"
        return found[1]

    def post(self, path: str, data: dict[str, Any] | None = None, token: str | None = None, **options: Any) -> Any:
        fields = {"csrf_token": self.token() if token is None else token, **(data or {})}
        answer = self.client.post(path, data=fields, **options)
        if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
            pages.check(answer.text)
        return answer

    def log_in(self, username: str, password: str = PASSWORD, **more: str) -> Any:
        return self.post("/admin/login", {"username": username, "password": password, **more})
