"""What lets an attack in: something behind every address, and people of every kind in front of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from gateways.files.uploads import store
from jobs.tickets.make_monthly_report import make_monthly_report
from models.accounts.account import Account
from models.accounts.one_time_link import OneTimeLink
from models.accounts.people_import import PeopleImport
from models.base.db import db, utcnow, write_transaction
from models.base.page import Download
from models.base.periods.privacy_notice import PrivacyNotice, facts_now
from models.organisation.calendar_feed import CalendarFeed
from models.organisation.campus_identity import CampusIdentity
from models.organisation.export import Export
from models.organisation.monthly_report import MonthlyReport
from models.organisation.qr_label import QrLabel, new_code
from models.organisation.second_factor import Passkey
from models.organisation.sessions import StaffToken, hash_token
from models.organisation.staff import Group, Staff
from models.outages.alert import AlertSource
from models.outages.network import Node
from models.tickets.bulk_run import BulkRun
from models.tickets.copied_person import CopiedPerson
from models.tickets.incoming_mail import IncomingFile, IncomingMail
from models.tickets.issued_document import IssuedDocument
from models.tickets.knowledge.article import ArticlePicture, PublishedArticle
from models.tickets.routine.routine import Routine
from models.tickets.saved_filter import SavedFilter
from models.tickets.ticket import Attachment, Ticket
from models.tickets.ticket_keys import link_of
from procedures.engine import catalog
from public.tickets.holder import MOST_HELD
from tests.browse import Person
from tests.conftest import PASSWORD

STAFF = ["budi", "rina", "tono", "hadi", "lina", "sari", "wati", "rudi", "ketua"]
OUTSIDE = ["stranger", "holder", "copied", "halfway", "device"]
ACTORS = [*STAFF, *OUTSIDE]
USUAL = {  # what a form of ours would send
    "again_password": PASSWORD,
    "article": "1",  # the demonstration's first, for everybody
    "digest": "daily",
    "do": "take",
    "fact": "subject",
    "kind": "suspend",
    "language": "en",
    "name": "Saya",
    "notice": "replied",
    "password": PASSWORD,
    "username": "sari",
}
HALFWAY = "nita"  # her password was right, her second factor is asked for
MOST = 4  # values of each kind: the fewer, the likelier that a request gets through
INVITATIONS = 6  # each lets in once
OWN = (CampusIdentity, SavedFilter, BulkRun, Export)  # rows of one person each
BEHIND: dict[str, Any] = {  # what `<int:pk>` names, by the page or by its room
    "account_review": Account,
    "article.picture": ArticlePicture,
    "bulk_all": BulkRun,
    "campus": CampusIdentity,
    "draft": Ticket,
    "export": Export,
    "follow": Ticket,
    "inbox": IncomingMail,
    "inbox.file": IncomingFile,
    "installation.case": Ticket,
    "installation.document": IssuedDocument,
    "passkey": Passkey,
    "password": Ticket,
    "people_import": PeopleImport,
    "quality_test": Ticket,
    "rab": Ticket,
    "survey": Ticket,
    "ticket": Ticket,
    "ticket.change_filter": SavedFilter,
    "ticket.file": Attachment,
}


@dataclass
class World:
    """Values that lead somewhere, by `page.name`, `room.name` or `name`; and by what the people outside come in."""

    ways: dict[str, list[str]]
    links: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # of holder and copied
    key: str = ""  # of a monitor that sends alerts

    def of(self, endpoint: str, name: str) -> list[str]:
        """What may stand at this place of this page's address, likeliest first."""
        room = endpoint.partition(".")[0]
        found = self.ways.get(f"{endpoint}.{name}") or self.ways.get(f"{room}.{name}") or self.ways.get(name)
        return found or (self.ways["id"] if name.endswith(("pk", "id")) else [])


def open_world(app: Flask) -> World:
    """The rows that are there, and a few that no story leaves behind: open links, keys, somebody in copy."""
    make_monthly_report()
    tokens = [f"{number}".rjust(43, "x") for number in range(INVITATIONS)]
    world = World({}, key="kunci-pemantau".rjust(43, "x"))
    tickets = _tickets()
    with write_transaction():
        db.session.add_all(_invitations(tokens))
        db.session.add(AlertSource(name="Pemantau", token_hash=hash_token(world.key)))
        db.session.add_all(_of_staff())
        copies = [CopiedPerson(ticket=tickets[0], name=f"Dewi {n}", email=f"dewi{n}@feb.example") for n in range(MOST)]
        db.session.add_all(copies)
        secrets = _secrets()
        feeds = _feeds()
        label = QrLabel(code=new_code(), node_id=db.session.scalars(select(Node.id).limit(1)).one())
        group = db.session.scalars(select(Group.id).limit(1)).one()
        routine = Routine(title="Uji UPS", period="week", weekdays="0", first_day=utcnow().date(), group_id=group)
        db.session.add_all([label, routine, *_pictures()])
        db.session.merge(PrivacyNotice(number=1, facts=facts_now()))
    world.ways |= _names(tickets) | {
        "login.token": tokens,
        "public.token": [urlsplit(copy.link).path.rsplit("/", 1)[1] for copy in copies[:-1]],  # the last one's is kept
        "doors.token": secrets,
        "doors.agenda_feed.token": feeds,
        "doors.scanned_label.code": [label.code],
        "public.privacy_version.number": ["1"],
        "article_help.id": [str(ticket.id) for ticket in tickets],
    }
    world.ways |= _behind() | _registers(app)
    world.links["holder"] = [urlsplit(link_of(ticket)).path for ticket in _held(tickets)]
    world.links["copied"] = [urlsplit(copies[-1].link).path]
    return world


def people(house: Any, app: Flask, world: World) -> dict[str, Person]:
    """Everybody who attacks; `house` is what makes a browser: the application, or its workers."""
    found = {name: Person(house, name if name in STAFF else None) for name in ACTORS}
    for path in world.links["holder"]:
        found["holder"].client.get(path)
    copied = found["copied"]
    for path in world.links["copied"]:
        copied.client.post(f"{path}/ya", data={"csrf_token": copied.token("/pengaduan")})
    found["halfway"] = halfway(house, app)
    device, key = found["device"].client, f"Bearer {world.key}"
    if isinstance(device, FlaskClient):
        device.environ_base["HTTP_AUTHORIZATION"] = key
    else:
        device.headers["Authorization"] = key
    return found


def halfway(house: Any, app: Flask) -> Person:
    """A browser that gave the right password and not yet the second factor."""
    with app.app_context():
        person = db.session.scalars(select(Staff).where(Staff.username == HALFWAY)).unique().one()
        has_one = bool(db.session.query(Passkey).filter_by(staff_id=person.id).count())
    if not has_one:
        with write_transaction():
            db.session.add(
                Passkey(staff_id=person.id, name="Kunci", credential_id="nita", public_key="x", user_handle="n")
            )
    return Person(house, HALFWAY)


def _tickets() -> list[Ticket]:
    """The newest of each procedure and state."""
    newest = select(func.max(Ticket.id)).group_by(Ticket.procedure, Ticket.state)
    return list(db.session.scalars(select(Ticket).where(Ticket.id.in_(newest)).order_by(Ticket.id)).unique())


def _held(tickets: list[Ticket]) -> list[Ticket]:
    """As many as a browser holds at once; those with files and papers last, so that they stay."""
    shown = set(db.session.scalars(select(Attachment.ticket_id).where(Attachment.is_public)))
    shown |= set(db.session.scalars(select(IssuedDocument.ticket_id).where(IssuedDocument.is_public)))
    return sorted(tickets, key=lambda ticket: ticket.id in shown)[-MOST_HELD:]


def _invitations(tokens: list[str]) -> list[StaffToken]:
    ends = utcnow() + timedelta(hours=72)
    ids = list(db.session.scalars(select(Staff.id).where(Staff.username == "yusuf")))
    return [StaffToken(staff_id=ids[0], token_hash=hash_token(t), purpose="invite", ends_at=ends) for t in tokens]


def _of_staff() -> Iterator[Any]:
    """What each of them keeps to themselves."""
    for person in db.session.scalars(select(Staff).where(Staff.username.in_(STAFF))).unique():
        yield CampusIdentity(
            staff_id=person.id, issuer="https://kampus.example", subject=person.username, name="x@y.example"
        )
        yield SavedFilter(staff_id=person.id, name="Saya", address="?state=open")
        yield BulkRun(staff_id=person.id, words="Terbuka", picks=[[1, 1], [2, 1]])
        yield Export(staff_id=person.id, view="unit", title="Unit", format="csv", state="ready", rows=3, size=900)
        yield Export(staff_id=person.id, view="unit", title="Unit", format="csv", state="queued")


def _feeds() -> list[str]:
    """Addresses of officers' calendars."""
    officers = select(Staff.id).where(Staff.username.in_(("tono", "hadi")))
    return [CalendarFeed.make(ident) for ident in db.session.scalars(officers)]


def _pictures() -> Iterator[ArticlePicture]:
    """One in the first article that everybody may read, where there is any."""
    article = db.session.scalars(select(PublishedArticle.article_id).where(PublishedArticle.is_public)).first()
    if article is None:
        return
    drawn = BytesIO()
    Image.new("RGB", (8, 8), "navy").save(drawn, "PNG")
    drawn.seek(0)
    kept = store().store(drawn, "denah.png")
    yield ArticlePicture(
        article_id=article, sha256=kept.sha256, name=kept.name, content_type=kept.content_type, size=kept.size
    )


def _secrets() -> list[str]:
    """Links to first passwords, one an account."""
    accounts = db.session.scalars(select(Account).limit(MOST)).unique()
    made = [OneTimeLink.make(one, "kata-sandi-awal", ticket=None, by=None, sent_to="d***@example") for one in accounts]
    return [urlsplit(address).path.rsplit("/", 1)[1] for address in made]


def _names(tickets: list[Ticket]) -> dict[str, list[str]]:
    """Words that stand in addresses."""
    steps = sorted({name for procedure in catalog.PROCEDURES.values() for name in procedure.steps})
    of_step: dict[str, list[str]] = defaultdict(list)
    for ticket in tickets:
        for name in catalog.get(ticket.procedure).steps:
            of_step[f"{name}.ticket"].append(str(ticket.id))
            of_step[f"{name}.number"].append(ticket.number)
    return of_step | {
        "ticket": [str(ticket.id) for ticket in tickets],
        "number": [ticket.number for ticket in tickets],
        "step": steps,
        "public.name": steps,
        "slug": [procedure.slug for procedure in catalog.PROCEDURES.values()],
        "kind": ["csv", "xlsx", "pdf"],
        "shift.kind": ["down", "server"],
        "chosen": ["id", "en"],
        "month": [f"{day:%Y-%m-%d}" for day in db.session.scalars(select(MonthlyReport.month).limit(MOST))],
        "public.open_link.token": [link_of(ticket).rsplit("/", 1)[1] for ticket in tickets],
        "filename": ["style.css"],
        "public.download.name": ["panduan.pdf"],
        "code": list(db.session.scalars(select(IssuedDocument.code).limit(MOST))),
    }


def _behind() -> dict[str, list[str]]:
    """Rows that pages name in their address, and numbers of tickets that have such a row."""
    tickets = [str(ticket.id) for ticket in _tickets()]
    found = {
        f"{place}.pk": tickets if model is Ticket else _newest(model, 20 if model in OWN else MOST)
        for place, model in BEHIND.items()
    }
    held = [ticket.id for ticket in _held(_tickets())]
    folders = list(db.session.scalars(select(Ticket.id).where(Ticket.procedure == "network_installation").limit(MOST)))
    for place, model in {"file": Attachment, "document": IssuedDocument}.items():
        page = {"file": "public.ticket_file.number", "document": "public.ticket_paper.number"}[place]
        query = select(model.id, Ticket.number).join(Ticket, model.ticket_id == Ticket.id).where(model.is_public)
        rows = db.session.execute(query.where(Ticket.id.in_(held)).order_by(model.id.desc()).limit(MOST)).all()
        found |= {f"public.{place}_id": [str(row.id) for row in rows], page: [row.number for row in rows]}
    numbers = select(Ticket.number).where(Ticket.procedure == "network_installation", Ticket.id.in_(held))
    published = select(PublishedArticle.article_id).where(PublishedArticle.is_public)
    return found | {
        "installation.case.pk": [str(ident) for ident in folders],
        "public.whole_folder.number": list(db.session.scalars(numbers.limit(MOST))),
        "public.download_id": _newest(Download),
        "public.article_id": [str(ident) for ident in db.session.scalars(published.limit(MOST))],
        "public.article_picture.picture_id": _newest(ArticlePicture),
    }


def _registers(app: Flask) -> dict[str, list[str]]:
    """Of each register of the panel, its newest rows."""
    views = [view for view in app.extensions["admin"][0]._views if hasattr(view, "name_key") and hasattr(view, "model")]
    found = {f"{view.name_key}.id": _newest(view.model) for view in views}
    tickets = _tickets()
    found["id"] = sorted({*(one for ids in found.values() for one in ids[:1]), *(str(t.id) for t in tickets[:9]), "1"})
    found["profile.id"] = [f"t{ticket.id}" for ticket in tickets[:MOST]]
    found["ticket.id"] = [str(ticket.id) for ticket in tickets]
    return found


def _newest(model: Any, most: int = MOST) -> list[str]:
    return [str(ident) for ident in db.session.scalars(select(model.id).order_by(model.id.desc()).limit(most))]
