"""Leads a request that needs a login to the login page, and keeps what was typed."""

from __future__ import annotations

from urllib.parse import quote

from flask import Request, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

LOGIN = "/admin/login"
MOST_KEPT = 60_000
NEVER_KEPT = ("csrf_token", "password", "repeat")  # by any part of the name
KEPT_SECONDS = 8 * 3600


def ask_to_log_in() -> ResponseReturnValue:
    """A GET goes to the login page and comes back; a POST keeps its words in the login page's form."""
    if request.method in ("GET", "HEAD"):
        target = request.full_path.rstrip("?") if request.query_string else request.path
        return redirect(f"{LOGIN}?next={_quoted(target)}", 302)
    words = {k: v for k, v in request.form.items() if v and not any(word in k for word in NEVER_KEPT)}
    if not any(len(v) > 30 for v in words.values()):
        words = {}
    page = render_template(
        "admin/frame/login.html",
        next=_back(),
        kept=keep(place_of(request), words) if words else "",
        lost=True,
    )
    return page, 401


def place_of(request: Request) -> str:
    """The address under which a form's words are kept; with its row's id, without anything longer than a place."""
    row = request.args.get("id", "")
    return f"{request.path}?id={row}"[:160] if row else str(request.path)[:160]


def keep(path: str, fields: dict[str, str]) -> str:
    """The typed words as a signed text that the login form carries; nothing is stored for a stranger."""
    text = str(_signer().dumps({"path": path, "fields": fields}))
    return text if len(text) < MOST_KEPT else ""


def words_kept(text: str) -> tuple[str, dict[str, str]] | None:
    """The path and the words that a login form carried, or None."""
    try:
        data = _signer().loads(text, max_age=KEPT_SECONDS)
    except BadSignature:
        return None
    return data["path"], data["fields"]


def own_path(target: str | None, otherwise: str = "/admin/") -> str:
    """The target if it is a path of this site, else the other one (security.md D13)."""
    text = target or ""
    if not text.startswith("/") or text.startswith("//") or "\\" in text or any(ord(c) < 33 for c in text):
        return otherwise
    return text


def _back() -> str:
    """After a lost POST: to the page on which the form was."""
    parts = request.path.split("/")
    if len(parts) > 4 and parts[2] == "ticket" and parts[3].isdecimal():
        return f"/admin/ticket/details/?id={parts[3]}"
    return request.full_path.rstrip("?") if request.path.endswith(("/edit/", "/new/")) else "/admin/"


def _quoted(path: str) -> str:

    return quote(path, safe="/?=&")


def _signer() -> URLSafeTimedSerializer:
    keys: list[str] = [*(current_app.config.get("SECRET_KEY_FALLBACKS") or ()), current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt="kept-words")
