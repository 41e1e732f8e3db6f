"""A browser without a screen: logs people in and checks every page that any test fetches."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import PASSWORD

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
VOID = {"input", "img", "br", "hr", "meta", "link", "use", "path"}


class Page(HTMLParser):
    """What a page consists of, as far as the house rules ask."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.h1 = self.titles = 0
        self.labelled: set[str] = set()
        self.inputs: list[dict[str, str]] = []
        self.forms: list[dict[str, Any]] = []
        self.handlers: list[str] = []
        self.styles: list[str] = []
        self.lang = ""
        self.text: list[str] = []
        self.inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {k: v or "" for k, v in attrs}
        if tag not in VOID:
            self.inside.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        self.handlers += [k for k in found if k.startswith("on")]
        self.styles += ["style"] if "style" in found else []
        if tag == "html":
            self.lang = found.get("lang", "")
        self.h1 += tag == "h1"
        self.titles += tag == "title" and "svg" not in self.inside
        if tag == "label" and "for" in found:
            self.labelled.add(found["for"])
        if tag == "form":
            self.forms.append({"method": found.get("method", "get").lower(), "token": False})
        if tag in ("input", "select", "textarea"):
            if found.get("name") == "csrf_token" and self.forms:
                self.forms[-1]["token"] = True
            if found.get("type") not in ("hidden", "submit"):
                self.inputs.append({**found, "wrapped": "label" in self.inside})  # type: ignore[dict-item]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style", "textarea"} & set(self.inside):
            self.text.append(data)


def checked(html: str) -> Page:
    """The rules for every page: one title, one h1, labels, tokens, no leftovers of the program."""
    page = Page(html)
    words = " ".join(page.text)
    assert page.titles == 1 and page.h1 == 1, "one title, one h1"
    assert page.lang in ("id", "en"), "a language"
    assert not [i for i in set(page.ids) if page.ids.count(i) > 1], "no id twice"
    assert page.handlers == [] and page.styles == [], "no inline handler or style"
    unlabelled = [i for i in page.inputs if not (i.get("id") in page.labelled or i.get("aria-label") or i["wrapped"])]
    assert unlabelled == [], f"a label for each input: {unlabelled}"
    assert [f for f in page.forms if f["method"] == "post" and not f["token"]] == [], "a token in each form"
    assert not re.search(r"\bNone\b|Traceback|<[A-Z]\w+ |object at 0x|lazy_gettext", words), words[:300]
    return page


class Person:
    """A browser of one person."""

    def __init__(self, app: Flask, username: str | None = None) -> None:
        self.client: FlaskClient = app.test_client()
        if username:
            self.log_in(username)

    def get(self, path: str, check: bool = True) -> Any:
        answer = self.client.get(path)
        if check and answer.mimetype == "text/html":
            checked(answer.text)
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
            checked(answer.text)
        return answer

    def log_in(self, username: str, password: str = PASSWORD, **more: str) -> Any:
        return self.post("/admin/login", {"username": username, "password": password, **more})
