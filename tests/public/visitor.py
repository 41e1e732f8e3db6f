"""A visitor of the public pages: reads forms as a browser does and sends them back."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import lxml.html
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.base import db as db_module
from tests.pages import check
from tests.walk import complaint_fields

NUMBER = re.compile(r"PTK-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]")


def hidden(html: str, action: str) -> dict[str, Any]:
    """The hidden fields of the form with this action; several of one name as a list."""
    (form,) = lxml.html.document_fromstring(html).xpath("//form[@action=$a]", a=action)
    found: dict[str, Any] = {}
    for field in form.xpath(".//input[@type='hidden']"):
        found.setdefault(field.get("name"), []).append(field.get("value"))
    return {name: values[0] if len(values) == 1 and name != "kept" else values for name, values in found.items()}


def later(monkeypatch: Any, **span: float) -> None:
    """Move the clock on."""
    now = db_module.clock() + timedelta(**span)
    monkeypatch.setattr(db_module, "clock", lambda: now)


def file(name: str, content: bytes = b"hasil ping: tidak ada balasan\n") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def complain(client: FlaskClient, monkeypatch: Any, wait: float = 5, **changes: Any) -> TestResponse:
    """Open the form, fill it, wait, send it."""
    html = client.get("/pengaduan").text
    later(monkeypatch, seconds=wait)
    return client.post("/pengaduan", data={**hidden(html, "/pengaduan"), **complaint_fields(**changes)})


def number_in(answer: TestResponse) -> str:
    """The number to which a sent form leads."""
    assert answer.status_code == 303, answer.text[:600]
    return NUMBER.search(answer.location)[0]  # type: ignore[index]  # an answer without number fails the test


def stranger(app: Flask) -> FlaskClient:
    return app.test_client()


def send(client: FlaskClient, path: str, page_html: str, **fields: Any) -> TestResponse:
    """Send the form of a page and check the answer page, if it is one."""
    answer = client.post(path, data={**hidden(page_html, path), **fields})
    if answer.status_code in (200, 403, 409, 422):
        check(answer.text)
    return answer
