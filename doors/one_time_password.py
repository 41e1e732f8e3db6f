"""The page behind a one-time link: shows a first password once, after a press of its button."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from doors.blueprint import doors
from models.accounts.first_password import spelling
from models.accounts.one_time_link import LinkState, OneTimeLink
from models.base.db import write_transaction
from models.organisation import audit
from web.wait_page import wait_of_guesser


@doors.get("/password/<token>")
def one_time_link(token: str) -> ResponseReturnValue:
    """The page before the password: a button, because mail scanners open links too."""
    link = OneTimeLink.found(token)
    if link is None:
        return _unknown_link()
    if link.state is not LinkState.OPEN:
        return render_template("doors/one_time_link.html", state=link.state), 404
    return render_template("doors/one_time_link.html", state=link.state, ends_at=link.ends_at)


@doors.post("/password/<token>")
def reveal_password(token: str) -> ResponseReturnValue:
    """The one time that the password is shown; nobody may keep this page."""
    with write_transaction():
        link = OneTimeLink.found(token)
        password = link.reveal(token) if link is not None else None
        if link is not None and password is not None:
            audit.record("reveal", "OneTimeLink", link.id, actor_name=link.account.address)
    if link is None:
        return _unknown_link()
    if password is None:
        return render_template("doors/one_time_link.html", state=link.state), 410
    page = render_template("doors/one_time_password.html", password=password, words=spelling(password), link=link)
    return page, 200, {"Cache-Control": "no-store"}


def _unknown_link() -> ResponseReturnValue:
    """One answer to every token that is none; a network that tries many must wait, and known links still open."""
    return wait_of_guesser() or (render_template("doors/one_time_link.html", state=None), 404)
