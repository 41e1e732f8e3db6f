"""The directory down, silent or cut off in the middle: nothing half done, and the operator told what to do."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

import pytest
from sqlalchemy import select

from gateways.directory.ldap_session import Session
from models.accounts.directory_change import DirectoryChange
from models.base.db import db
from models.tickets.outbox import Mail
from procedures.accounts.reconcile_directory import reconcile
from tests.accounts.stories import account, change_at, email_at, person
from tests.accounts.test_unit_email import later, no_directory_afterwards, use  # noqa: F401 - a fixture among them
from tests.browse import Person
from tests.databases import once
from tests.walk import take

pytestmark = once

OLD = "kopi-lama-di-padang-1"


class Relay:
    """A TCP relay before the directory that can begin to swallow the server's answers."""

    def __init__(self, port: int) -> None:
        self.target, self.swallows = port, False
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self.door.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
                threading.Thread(target=self._pass, args=(caller, server, False), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, caller, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not (is_answer and self.swallows):
                    target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@pytest.fixture
def impatient(app):
    """The limit made short, so that the test need not wait for ten seconds."""
    app.config["DIRECTORY_SECONDS"] = 0.5
    yield
    del app.config["DIRECTORY_SECONDS"]


def press_change(app, ticket):
    return Person(app, "sari").post(f"/admin/password/change/{ticket.id}", {"told_by": "spot"})


def test_operator_is_told_what_to_do_when_the_directory_is_silent(app, slapd, impatient):
    ticket = change_at("change")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use(app, slapd, url=f"ldaps://localhost:{silent.getsockname()[1]}")
        page = press_change(app, ticket)
    assert (page.status_code, "belum ada yang diubah. Coba lagi beberapa menit lagi" in page.text) == (409, True)
    assert "Ganti password sekarang" in page.text  # the button is there again
    db.session.expire_all()
    row = db.session.scalars(select(DirectoryChange)).one()
    assert (row.state, row.in_directory, ticket.state) == ("failed", False, "change")
    assert db.session.query(Mail).filter_by(notice="password_changed").count() == 0


def test_password_whose_answer_was_lost_is_not_shown_and_explained_later(app, slapd, impatient, monkeypatch):
    relay, owner = Relay(slapd.tls_port), person()
    slapd.directory().make("andi", "Andi", "andi@x.test", OLD, "lama")
    use(app, slapd, url=f"ldaps://localhost:{relay.port}")
    ticket = change_at("change", account(owner), owner)
    send = Session.write_password
    monkeypatch.setattr(Session, "write_password", lambda *given: (setattr(relay, "swallows", True), send(*given)))
    page = press_change(app, ticket)
    assert (page.status_code, "pk-password" in page.text) == (409, False)
    assert "Hasilnya diperiksa otomatis" in page.text
    db.session.expire_all()
    assert (ticket.state, slapd.binds("andi", OLD)) == ("changing", False)
    monkeypatch.undo()
    use(app, slapd)
    later(monkeypatch)
    assert reconcile() == 1
    row = db.session.scalars(select(DirectoryChange)).one()
    assert (row.state, row.in_directory, ticket.state) == ("explained", True, "change")


def test_account_whose_answer_was_lost_is_finished_later(app, slapd, impatient, monkeypatch):
    relay = Relay(slapd.tls_port)
    use(app, slapd, url=f"ldaps://localhost:{relay.port}")
    ticket = email_at("creation")
    send = Session.write
    monkeypatch.setattr(Session, "write", lambda *given: (setattr(relay, "swallows", True), send(*given)))
    take(ticket, "create_account", "wati", told_by="mail")
    assert ticket.state == "creating"
    monkeypatch.undo()
    use(app, slapd)
    later(monkeypatch)
    assert (reconcile(), ticket.state) == (1, "done")


@pytest.mark.parametrize(("fault", "says"), [
    ({"url": "ldaps://127.0.0.1:1"}, "tidak dapat dihubungi"),
    ({"bind_password": "salah"}, "Minta administrator memeriksa akun layanan direktori"),
    ({"ca_file": "stranger-ca.pem"}, "Laporkan kepada Kepala Divisi Networking"),
])  # fmt: skip
def test_operator_is_told_who_mends_the_way_to_the_directory(app, slapd, fault, says):
    ticket = change_at("change")
    fault = {k: str(slapd.home / v) if k == "ca_file" else v for k, v in fault.items()}
    use(app, slapd, **fault)
    page = press_change(app, ticket)
    assert (page.status_code, says in page.text) == (409, True)
    db.session.expire_all()
    assert ticket.state == "change"
