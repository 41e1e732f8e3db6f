"""Makes a mail from its outbox row: words in the recipient's language, as text and HTML.

The words are templates/mail/<room>/<notice>/subject.txt and body.txt, or what staff wrote in their place
(mails/wordings.py). The access link and code are put in here, by the sending worker alone: the row keeps the words
without them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale
from flask_mail import Message
from markupsafe import Markup, escape
from sqlalchemy import select

from mails.mute import RECEIPTS
from mails.notice_names import name_of
from mails.placeholders import MailFacts
from mails.queue import SECRET_FACTS
from mails.server_answers import words_of
from mails.worded_notices import EDITABLE, folders, wording_key
from mails.wordings import filled
from models.base import setting
from models.base.columns.json_value import Json
from models.base.columns.shown import Shown
from models.base.db import db
from models.base.wording import on_date_at
from models.tickets.copied_person import CopiedPerson
from models.tickets.incoming_mail import IncomingMail, MailFate
from models.tickets.mailing.mail_wording import wording_in_force
from models.tickets.mailing.reply_address import reply_address
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import code_of, link_of, panel_url, status_url

log = logging.getLogger("helpdesk")
LINK, CODE = "[tautan akses]", "[kode akses]"
KEPT = dict.fromkeys(SECRET_FACTS, "[tautan sekali pakai]")  # as the row keeps them once it is sent
MOST_OF_READER = 10  # mails of the reader that a mail refers to
ADDRESS = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True)
class Rendered:
    """A mail's words: as sent, and (`kept_body`) as the row keeps them."""

    subject: str
    text: str
    html: str
    kept_body: str
    wording_id: int | None = None  # the version of staff's own words; none where the shipped ones were used


@dataclass(frozen=True)
class _MadeWords:
    subject: str
    body: str
    kept_body: str
    wording_id: int | None = None


def render(mail: Mail) -> Rendered:
    """Raises jinja2 or KeyError faults when the words cannot be made; the worker then puts the row aside."""
    with force_locale(mail.language):
        facts = _facts(mail)
        masked = _with_page({**facts, **KEPT, "tickets": _masked(_tickets_in(facts))})
        words = _own_words(mail, facts, masked) or _shipped_words(mail, facts, masked)
        subject, above = " ".join(words.subject.split()), _above(mail)
        text, kept = _tidy(above(facts) + words.body), _tidy(above(masked) + words.kept_body)
        html = render_template(
            "mail/layout.html", subject=subject, paragraphs=_paragraphs(text), language=mail.language
        )
    return Rendered(_prefixed(mail, subject), text, html, kept, words.wording_id)


def _shipped_words(mail: Mail, facts: MailFacts, masked: MailFacts) -> _MadeWords:
    folder = folders()[mail.notice]
    subject = render_template(f"{folder}/subject.txt", **facts)
    body, kept = (render_template(f"{folder}/body.txt", **known) for known in (facts, masked))
    return _MadeWords(subject, body, kept)


def _own_words(mail: Mail, facts: MailFacts, masked: MailFacts) -> _MadeWords | None:
    """As staff worded it in the panel; None where the shipped words hold, also when those of staff cannot be filled."""
    key = wording_key(mail.notice, bool(mail.facts.get("to_staff")))
    version = wording_in_force(key) if key in EDITABLE else None
    words = version.words(mail.language) if version else None
    if version is None or words is None:
        return None
    try:
        asked = ((words[0], facts), (words[1], facts), (words[1], masked))
        made = [filled(key, text, known) for text, known in asked]
    except Exception:  # whatever is wrong with what staff wrote, the mail goes out
        log.exception("a wording cannot be filled", extra={"mail": mail.id})
        return None
    subject, body, kept = made
    return None if subject is None or body is None or kept is None else _MadeWords(subject, body, kept, version.id)


def _above(mail: Mail) -> Callable[[MailFacts], str]:
    """The line above a mail to somebody in copy: that it is one, and how it ends; nothing above any other."""
    if not mail.facts.get("copy") or mail.notice == "copy_asked":
        return lambda facts: ""
    return lambda facts: render_template("mail/tickets/copy_line.txt", **facts) + "\n\n"


def message(mail: Mail, rendered: Rendered) -> Message:
    """The mail as Flask-Mail's message; headers that no answering machine replies to (RFC 3834)."""
    sender = (str(setting.get("centre_name")), current_app.config["MAIL_DEFAULT_SENDER"])
    made = Message(rendered.subject, recipients=[mail.recipient], body=rendered.text, html=rendered.html, sender=sender)
    made.msgId = mail.message_id
    made.date = mail.created_at.timestamp()
    made.reply_to = _answer_address(mail) or None
    silent = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "X-Loop": loop_mark()}
    made.extra_headers = {**silent, **_thread(mail)}
    return made


def _answer_address(mail: Mail) -> str:
    """To where whoever reads this may answer by mail; nothing where no mailbox is connected, and for staff."""
    answers = not (mail.facts.get("to_staff") or mail.facts.get("copy"))
    return reply_address(mail.ticket, mail.recipient) if answers else ""


def loop_mark() -> str:
    """By which a mail of ours that comes back is known (security.md M6)."""
    return f"pustikom-helpdesk@{urlsplit(current_app.config['BASE_URL']).hostname or 'localhost'}"


def _facts(mail: Mail) -> dict[str, Shown]:
    facts: dict[str, Shown] = {
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
    facts["told"], facts["answers_by_mail"] = _told(mail), partial(_answer_address, mail)
    if mail.facts.get("copy"):
        facts["tickets"] = [_copied_access(db.session.get_one(CopiedPerson, mail.facts["copy"]))]
    facts["means"] = words_of(mail.facts.get("server_answer", ""))
    return _with_page(facts)


def _told(mail: Mail) -> list[dict[str, str]]:
    """What stands in a digest: each notice's subject, when it was, and where its ticket is read."""
    ids = mail.facts.get("mails")
    rows = db.session.scalars(select(Mail).where(Mail.id.in_(ids)).order_by(Mail.id)).unique() if ids else ()
    return [
        {
            "subject": _subject_told(one),
            "at": on_date_at(one.created_at, mail.language),
            "link": panel_url(one.ticket) if one.ticket else "",
        }
        for one in rows
    ]


def _subject_told(mail: Mail) -> str:
    try:
        facts = _facts(mail)
        own = _own_words(mail, facts, facts)
        words = own.subject if own else render_template(f"{folders()[mail.notice]}/subject.txt", **facts)
        return _prefixed(mail, " ".join(words.split()))
    except Exception:  # one that cannot be worded is named all the same
        log.exception("a notice of a digest cannot be worded", extra={"mail": mail.id})
        return _prefixed(mail, name_of(mail.notice))


def _with_page(facts: dict[str, Shown]) -> dict[str, Shown]:
    """`page` is where this receiver reads the ticket: the holder by their link, staff in the panel."""
    tickets = _tickets_in(facts)
    return {**facts, "page": tickets[0]["link"] if tickets else facts["panel_url"]}


def _tickets_in(facts: MailFacts) -> list[dict[str, str]]:
    """Number, code and addresses of each ticket that the mail is about; none for staff."""
    tickets = facts["tickets"]
    return [ticket for ticket in tickets if isinstance(ticket, dict)] if isinstance(tickets, list) else []


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
    """All mails of a ticket are one thread: each refers to the ticket's own reference, and to what its reader wrote.

    So an answer stands in the conversation that the reader's own mail began (RFC 3834, 3.1.5).
    """
    if mail.ticket is None:
        return {}
    host = mail.message_id.rpartition("@")[2].rstrip(">")
    root, theirs = f"<ticket.{mail.ticket.number}@{host}>", _written_by_reader(mail)
    thread = {"References": " ".join([root, *theirs]), "In-Reply-To": theirs[-1] if theirs else root}
    return {**thread, "Auto-Submitted": "auto-replied"} if theirs and mail.notice in RECEIPTS else thread


def _written_by_reader(mail: Mail) -> list[str]:
    """The Message-IDs of the mails by which whoever reads this wrote about the ticket, the newest last."""
    if mail.facts.get("to_staff") or mail.facts.get("copy"):
        return []
    done = (MailFate.OPENED, MailFate.JOINED)
    query = select(IncomingMail.message_id).where(
        IncomingMail.ticket_id == mail.ticket_id,
        IncomingMail.sender == mail.recipient,
        IncomingMail.state.in_(done),
        IncomingMail.message_id != "",
    )
    newest = db.session.scalars(query.order_by(IncomingMail.id.desc()).limit(MOST_OF_READER))
    return list(reversed(list(newest)))


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def _paragraphs(text: str) -> list[Markup]:
    """Each paragraph of the text part, escaped, with its addresses as links."""
    made = []
    for paragraph in text.strip().split("\n\n"):
        safe = str(escape(paragraph.removeprefix("-- \n"))).replace("\n", "<br>\n")
        made.append(Markup(ADDRESS.sub(_linked, safe)))  # noqa: S704  # escaped in the line above
    return made


def _linked(found: re.Match[str]) -> str:
    return f'<a href="{found[0]}">{found[0]}</a>'
