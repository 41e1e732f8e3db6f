"""What is asked of an installation: five requests of people, each as the whole texts that a browser would send.

The people are logged in through the login form; forms carry their CSRF token and nonce.
"""

import os
import random
import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

import pyotp
from sqlalchemy import delete, func, select, update

import models.base.db
from app import create_app
from bench.house import HOST, House
from jobs.bulk.words import COMMON
from models.base.db import db, utcnow, write_transaction
from models.organisation.second_factor import Authenticator
from models.organisation.staff import Staff
from models.organisation.unit import Unit
from models.tickets.category import Category
from models.tickets.ticket import Ticket, TicketText
from procedures.organisation.second_factor import begin, waiting_secret
from public.tickets.form_nonce import new_nonce

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
RARE = re.compile(r"\bkode\s(\w+)")
MOST_COMMON = COMMON[8:40]  # behind the words of two letters, which stand almost everywhere
SAMPLE = 400  # different tickets and words, so that no page is asked for twice in a row
WORDS = "Sejak pagi jaringan di laboratorium putus setiap beberapa menit dan portal tidak dapat dibuka. " * 6


@dataclass
class Visit:
    """One kind of request: ours and the floor's, what it must reach."""

    name: str
    title: str
    share: float  # of the floor's speed that must be reached
    ours: list[str] = field(default_factory=list)
    floor: list[str] = field(default_factory=list)
    status: int = 200
    most_sql: int | None = None
    most_kb: float | None = None


class Visitors:
    """The application in this process, for logging in, choosing tickets and counting statements."""

    def __init__(self, house: House) -> None:
        os.environ.update(house.env())
        self.house, self.app = house, create_app()
        self.random = random.Random(7)

    def visits(self, submits: int) -> list[Visit]:
        with self.app.app_context():
            ids, numbers, words = self._tickets()
            category, unit = db.session.scalar(select(Category.id)), db.session.scalar(select(Unit.id))
        staff = self._logged_in("sari")
        return [
            Visit("status", "requester's status page", 2 / 3,
                  [get(f"/tiket/{n}") for n in numbers], [get(f"/tiket/{n}") for n in numbers], most_sql=4, most_kb=15),
            Visit("submit", "submit a complaint", 2 / 3, self._complaints(submits, category, unit),
                  [post("/submit", _fields(category, unit)) for _ in range(submits)], status=303),
            Visit("list", "staff list, newest open first", 1 / 3, [get("/admin/ticket/", staff)], [get("/list")],
                  most_sql=6, most_kb=31),
            Visit("ticket", "staff ticket page", 1 / 3, [get(f"/admin/ticket/details/?id={i}", staff) for i in ids],
                  [get(f"/ticket/{i}") for i in ids], most_sql=12),
            Visit("search", "search for a rare word", 1 / 3,
                  [get(f"/admin/ticket/?state=all&search={w}", staff) for w in words],
                  [get(f"/search?word={w}") for w in words]),
            Visit("common", "search for a word that most tickets hold", 1 / 3,
                  [get(f"/admin/ticket/?state=all&search={w}", staff) for w in MOST_COMMON],
                  [get(f"/search?word={w}") for w in MOST_COMMON]),
        ]  # fmt: skip

    def _tickets(self) -> tuple[list[int], list[str], list[str]]:
        """Ids and numbers of open complaints that staff work on, spread over the whole table; rare words."""
        most = db.session.scalar(select(func.max(Ticket.id))) or 1
        ids, numbers, words = [], [], []
        while len(ids) < SAMPLE:
            start = self.random.randrange(most)
            query = select(Ticket.id, Ticket.number, TicketText.words).join(TicketText).where(
                Ticket.id >= start, Ticket.procedure == "complaint", Ticket.state == "in_progress"
            )  # fmt: skip
            if row := db.session.execute(query.order_by(Ticket.id).limit(1)).first():
                ids.append(row.id)
                numbers.append(row.number)
                words += RARE.findall(row.words)
        db.session.rollback()
        return ids, numbers, words

    def _logged_in(self, username: str) -> str:
        """The cookie of a login through the form."""
        client = self.app.test_client()
        base = {"base_url": f"https://{HOST}"}
        token = TOKEN.search(client.get("/admin/login", **base).text)
        fields = {"csrf_token": token[1], "username": username, "password": self.house.logins[username]}
        post = {"headers": {"Referer": f"https://{HOST}/"}, **base}
        code = self._code(username)
        assert client.post("/admin/login", data=fields, **post).location == "/admin/login/second"
        token = TOKEN.search(client.get("/admin/login/second", **base).text)
        answer = client.post("/admin/login/second", data={"csrf_token": token[1], "code": code}, **post)
        assert answer.status_code == 303, answer.status
        return _cookie(client)

    def _code(self, username: str) -> str:
        """What the app on the visitor's telephone shows now; production lets nobody in without. A new app each time,
        since a code is taken once.
        """
        with self.app.app_context():
            staff_id = db.session.scalar(select(Staff.id).where(Staff.username == username))
            with write_transaction():
                db.session.execute(delete(Authenticator).where(Authenticator.staff_id == staff_id))
                begin(staff_id)
            with write_transaction():
                secret = waiting_secret(staff_id)
                db.session.execute(
                    update(Authenticator).where(Authenticator.staff_id == staff_id).values(confirmed_at=utcnow())
                )
        return pyotp.TOTP(secret).now()

    def _complaints(self, count: int, category: int, unit: int) -> list[str]:
        """Filled forms of one visitor, each with a nonce of its own that is old enough for a person."""
        client = self.app.test_client()
        token = TOKEN.search(client.get("/pengaduan", base_url=f"https://{HOST}").text)
        cookie, now = _cookie(client), models.base.db.clock
        models.base.db.clock = lambda: now() - timedelta(seconds=20)
        try:
            with self.app.app_context():
                nonces = [new_nonce() for _ in range(count)]
        finally:
            models.base.db.clock = now
        return [
            post("/pengaduan", {**_fields(category, unit), "csrf_token": token[1], "nonce": nonce}, cookie)
            for nonce in nonces
        ]


def _fields(category: int, unit: int) -> dict[str, str]:
    return {
        "name": "Andi Saputra", "email": f"andi{secrets.token_hex(4)}@mhs.example", "phone": "0812-1111-2222",
        "unit": str(unit), "category": str(category), "subject": "Jaringan laboratorium putus-putus",
        "description": WORDS,
    }  # fmt: skip


def _cookie(client) -> str:
    cookie = client.get_cookie("__Host-sid", domain=HOST) or client.get_cookie("__Host-sid")
    return f"{cookie.key}={cookie.value}"


def get(path: str, cookie: str = "") -> str:
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{_cookie_line(cookie)}\r\n"


def post(path: str, fields: dict[str, str], cookie: str = "") -> str:
    body = urlencode(fields)
    return (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nOrigin: https://{HOST}\r\nReferer: https://{HOST}/\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        f"{_cookie_line(cookie)}\r\n{body}"
    )


def _cookie_line(cookie: str) -> str:
    return f"Cookie: {cookie}\r\n" if cookie else ""
