"""Makes a mail from its outbox row: words in the recipient's language, as text and HTML.

The words are templates/mail/<room>/<notice>/subject.txt and body.txt. The access link and code are put in here, by the
sending worker alone: the row keeps the words without them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale
from flask_mail import Message
from markupsafe import Markup, escape

from mails.queue import SECRET_FACTS
from mails.server_answers import words_of
from models.base import setting
from models.base.columns.json_value import Json
from models.base.db import db
from models.base.wording import on_date_at
from models.tickets.copied_person import CopiedPerson
from models.tickets.mailing.reply_address import reply_address
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import code_of, link_of, panel_url, status_url

WORDS = Path(__file__).resolve().parent.parent / "templates" / "mail"
LINK, CODE = "[tautan akses]", "[kode akses]"
KEPT = dict.fromkeys(SECRET_FACTS, "[tautan sekali pakai]")  # as the row keeps them once it is sent
ADDRESS = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True)
class Rendered:
    """A mail's words: as sent, and (`kept_body`) as the row keeps them."""

    subject: str
    text: str
    html: str
    kept_body: str


def render(mail: Mail) -> Rendered:
    """Raises jinja2 or KeyError faults when the words cannot be made; the worker then puts the row aside."""
    with force_locale(mail.language):
        facts = _facts(mail)
        folder = folders()[mail.notice]
        subject = " ".join(render_template(f"{folder}/subject.txt", **facts).split())
        above = _above(mail)
        text = _tidy(above(facts) + render_template(f"{folder}/body.txt", **facts))
        masked = _with_page({**facts, **KEPT, "tickets": _masked(facts["tickets"])})
        kept = _tidy(above(masked) + render_template(f"{folder}/body.txt", **masked))
        html = render_template(
            "mail/layout.html", subject=subject, paragraphs=_paragraphs(text), language=mail.language
        )
    return Rendered(_prefixed(mail, subject), text, html, kept)


def _above(mail: Mail) -> Callable[[dict[str, Json]], str]:
    """The line above a mail to somebody in copy: that it is one, and how it ends; nothing above any other."""
    if not mail.facts.get("copy") or mail.notice == "copy_asked":
        return lambda facts: ""
    return lambda facts: render_template("mail/tickets/copy_line.txt", **facts) + "\n\n"


@cache
def folders() -> dict[str, str]:
    """Where each notice's words are: templates/mail/<room>/<notice>; a notice has one folder in all rooms."""
    return {path.name: f"mail/{path.parent.name}/{path.name}" for path in WORDS.glob("*/*")}


def message(mail: Mail, rendered: Rendered) -> Message:
    """The mail as Flask-Mail's message; headers that no answering machine replies to (RFC 3834)."""
    sender = (str(setting.get("centre_name")), current_app.config["MAIL_DEFAULT_SENDER"])
    made = Message(rendered.subject, recipients=[mail.recipient], body=rendered.text, html=rendered.html, sender=sender)
    made.msgId = mail.message_id
    made.date = mail.created_at.timestamp()
    answers = not (mail.facts.get("to_staff") or mail.facts.get("copy"))
    made.reply_to = (reply_address(mail.ticket, mail.recipient) or None) if answers else None
    silent = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "X-Loop": loop_mark()}
    made.extra_headers = {**silent, **_thread(mail)}
    return made


def loop_mark() -> str:
    """By which a mail of ours that comes back is known (security.md M6)."""
    return f"pustikom-helpdesk@{urlsplit(current_app.config['BASE_URL']).hostname or 'localhost'}"


def _facts(mail: Mail) -> dict[str, Any]:
    facts = {
        key: _moment(value, mail.language) if key.endswith("_at") or key == "until" else value
        for key, value in mail.facts.items()
    }
    facts["ticket"], facts["name"] = mail.ticket, mail.recipient_name
    facts["panel_url"] = panel_url(mail.ticket) if mail.ticket else f"{current_app.config['BASE_URL']}/admin/"
    facts["centre"], facts["university"] = setting.get("centre_name"), setting.get("university_name")
    facts["base_url"] = current_app.config["BASE_URL"]
    to_holder = not mail.facts.get("to_staff")
    ids = mail.facts.get("tickets") or ([mail.ticket_id] if mail.ticket_id else [])
    facts["tickets"] = [_access(db.session.get_one(Ticket, i)) for i in ids] if to_holder else []
    if mail.facts.get("copy"):
        facts["tickets"] = [_copied_access(db.session.get_one(CopiedPerson, mail.facts["copy"]))]
    facts["means"] = words_of(mail.facts.get("server_answer", ""))
    return _with_page(facts)


def _with_page(facts: dict[str, Any]) -> dict[str, Json]:
    """`page` is where this receiver reads the ticket: the holder by their link, staff in the panel."""
    return {**facts, "page": facts["tickets"][0]["link"] if facts["tickets"] else facts["panel_url"]}


def _access(ticket: Ticket) -> dict[str, str]:
    return {"number": ticket.number, "code": code_of(ticket), "link": link_of(ticket), "page": status_url(ticket)}


def _copied_access(person: CopiedPerson) -> dict[str, str]:
    """Their own link; the requester's code and link stay the requester's."""
    return {"number": person.ticket.number, "code": "", "link": person.link, "page": status_url(person.ticket)}


def _masked(tickets: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{**ticket, "code": CODE, "link": LINK} for ticket in tickets]


def _moment(value: Json, language: str) -> Json:
    return on_date_at(datetime.fromisoformat(value), language) if isinstance(value, str) and value else value


def _prefixed(mail: Mail, subject: str) -> str:
    numbers = mail.facts.get("tickets") or []
    mark = f"[{mail.ticket.number}] " if mail.ticket is not None and len(numbers) < 2 else ""
    return (mark + subject)[:240]


def _thread(mail: Mail) -> dict[str, str]:
    """All mails of a ticket are one thread: each refers to the ticket's own reference."""
    if mail.ticket is None:
        return {}
    host = mail.message_id.rpartition("@")[2].rstrip(">")
    root = f"<ticket.{mail.ticket.number}@{host}>"
    return {"References": root, "In-Reply-To": root}


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def _paragraphs(text: str) -> list[Markup]:
    """Each paragraph of the text part, escaped, with its addresses as links."""
    made = []
    for paragraph in text.strip().split("\n\n"):
        safe = str(escape(paragraph)).replace("\n", "<br>\n")
        made.append(Markup(ADDRESS.sub(_linked, safe)))  # noqa: S704  # escaped in the line above
    return made


def _linked(found: re.Match[str]) -> str:
    return f'<a href="{found[0]}">{found[0]}</a>'
