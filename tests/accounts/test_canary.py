"""S11: one password, set through every path there is, is found nowhere but on the two pages that show it once."""

from __future__ import annotations

import base64
import email
import email.policy
import io
import logging
import re
import tarfile
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import select, text

from jobs.operation.backup import backup
from jobs.worker.send_outbox import send_outbox
from jobs.worker.worker import work_once
from models.base.db import db
from models.tickets.draft import Draft
from models.tickets.outbox import Mail
from procedures.accounts import directory_calls
from tests.accounts.stories import account, change_at, email_at, person
from tests.accounts.test_unit_email import no_directory_afterwards, use  # noqa: F401 - a fixture among them
from tests.browse import Person
from tests.conftest import PASSWORD
from tests.frame.test_rights import REGISTERS
from web.logs import JsonLine

pytestmark = pytest.mark.slow

CANARY = "Knar-2qwx-kenari-7zzz"
SIGHTINGS = (CANARY, CANARY.lower(), CANARY.replace("-", ""), quote(CANARY, safe=""),
             base64.b64encode(CANARY.encode()).decode().rstrip("="))  # fmt: skip


def seen_in(words: str | bytes) -> list[str]:
    text_ = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return [one for one in SIGHTINGS if one in text_]


@pytest.fixture
def log():
    """Everything that anybody logs, from the most talkative level on, as the house writes it."""
    heard, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(heard), root.level
    handler.setFormatter(JsonLine())
    for logger in (root, logging.getLogger("helpdesk")):
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield heard
    for logger in (root, logging.getLogger("helpdesk")):
        logger.removeHandler(handler)
        logger.setLevel(before)


class Watched(Person):
    """Somebody whose every answered page is kept, but for those that may show the password."""

    pages: list[str] = []

    def get(self, path, check=True):
        return self._kept(super().get(path, check))

    def post(self, path, data=None, token=None, **options):
        return self._kept(super().post(path, data, token, **options))

    def _kept(self, answer):
        if 'class="pk-password"' in answer.text:
            assert answer.headers["Cache-Control"] == "no-store"
        else:
            Watched.pages.append(answer.text)
        return answer


def at_the_desk(app, slapd, told_by, number):
    if slapd is not None:
        slapd.directory().make(f"meja{number}", "Andi", "a@x.test", "kopi-lama-di-padang-1", "lama")
    owner = person(f"20100111100{number}", "Andi", email=f"meja{number}@surat.example")
    ticket = change_at("change", account(owner, f"meja{number}@bunghatta.ac.id"), owner)
    answer = Watched(app, "sari").post(f"/admin/password/change/{ticket.id}", {"told_by": told_by})
    return ticket, answer


def reveal_all(app):
    """Each recipient opens the link of the mail."""
    shown = []
    for mail in db.session.scalars(select(Mail).where(Mail.notice.in_(("account_ready", "password_by_link")))).all():
        link = mail.facts["one_time_link"].removeprefix("http://localhost")
        reader = Watched(app)
        reader.get(link)
        shown.append(reader.post(link, token=reader.token(link)).text)
    return shown


def every_path(app, slapd, monkeypatch):
    """Sets the canary everywhere; the pages that showed it."""
    monkeypatch.setattr(directory_calls, "new_password", lambda: CANARY)
    shown = [at_the_desk(app, slapd, "spot", 11)[1].text, at_the_desk(app, slapd, "phone", 12)[1].text]
    at_the_desk(app, slapd, "link", 13)
    wati = Watched(app, "wati")
    for number, told_by in enumerate(("mail", "phone")):
        ticket = email_at("creation", address=f"direktori.{number}x", contact_email=f"d{number}@feb.example")
        wati.post(f"/admin/ticket/{ticket.id}/do/create_account", {"told_by": told_by})
    app.config["DIRECTORY_URL"] = ""
    ticket, page = at_the_desk(app, None, "link", 41)
    shown.append(page.text)
    told = {"told_by": "link", "is_set": "y", "first_password": CANARY, "first_password_again": CANARY}
    where = f"/admin/password/told/{ticket.id}"
    assert Watched(app, "sari").post(where, {**told, "first_password_again": "lain"}).status_code == 409
    assert Watched(app, "sari").post(where, told).status_code == 303
    ticket = email_at("creation", address="tangan.satu", contact_email="t@feb.example")
    where, typed = (
        f"/admin/ticket/{ticket.id}/do/create_account",
        {"told_by": "mail", "first_password": CANARY, "first_password_again": CANARY},
    )
    assert wati.post(where, typed).status_code == 422  # the tick is missing
    stranger = Watched(app)
    lost = stranger.post(where, {**typed, "note": "x" * 40}, token=stranger.token())  # the session has ended
    kept = re.search(r'name="kept" value="([^"]+)"', lost.text)[1]
    assert stranger.log_in("wati", PASSWORD, kept=kept).status_code == 303
    assert seen_in(repr(db.session.query(Draft).one().fields)) == []
    assert wati.post(where, {**typed, "is_done_by_hand": "y"}).status_code == 303
    shown += reveal_all(app)
    return shown


def staff_logins(app):
    """A login's password by invitation, by its owner, by the command, and typed where it is wrong."""
    told = app.test_cli_runner().invoke(args=["create-staff", "maya", "Maya", "--role", "operator"]).output
    invitation = "/admin/invite/" + told.strip().rsplit("/", 1)[1]
    for repeat, status in ((CANARY + "x", 422), (CANARY, 303)):
        answer = Watched(app).post(invitation, {"new_password": CANARY, "repeat": repeat})
        assert answer.status_code == status
    assert Watched(app).log_in("maya", CANARY).status_code == 303
    tono = Watched(app, "tono")
    tono.post("/admin/me/", {"password": PASSWORD, "new_password": CANARY, "repeat": "lain-sekali-12345"})
    assert tono.post("/admin/me/", {"password": PASSWORD, "new_password": CANARY, "repeat": CANARY}).status_code == 303
    assert Watched(app).log_in("lina", CANARY).status_code == 401
    assert Watched(app).log_in("tono", CANARY).status_code == 303


def faults(app, slapd, monkeypatch):
    """The program breaks while it holds the password: in Python, and in the database."""
    use(app, slapd)
    with monkeypatch.context() as broken:
        broken.setattr(directory_calls, "finish_change", lambda _ticket, made: 1 / 0)
        answer = at_the_desk(app, slapd, "spot", 14)[1]
    assert (answer.status_code, CANARY in answer.text) == (303, False)  # the intent was committed: to its ticket
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE one_time_link RENAME TO link_away"))
    answer = at_the_desk(app, slapd, "link", 15)[1]
    assert (answer.status_code in (303, 409), CANARY in answer.text) == (True, False)
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE link_away RENAME TO one_time_link"))
    use(app, slapd, ca_file=str(slapd.home / "stranger-ca.pem"))
    assert at_the_desk_page(app, 16).status_code == 409
    use(app, slapd)


def at_the_desk_page(app, number):
    owner = person(f"20100111100{number}", "Andi", email=f"meja{number}@surat.example")
    ticket = change_at("change", account(owner, f"meja{number}@bunghatta.ac.id"), owner)
    return Watched(app, "sari").post(f"/admin/password/change/{ticket.id}", {"told_by": "spot"})


def test_s11_canary_password_set_through_every_path_is_found_nowhere(app, slapd, log, tmp_path, monkeypatch):
    Watched.pages = []
    app.config["PROPAGATE_EXCEPTIONS"] = False
    use(app, slapd)
    shown = every_path(app, slapd, monkeypatch)
    assert [CANARY in page for page in shown] == [True] * 8  # it was really there
    staff_logins(app)
    faults(app, slapd, monkeypatch)
    while send_outbox():
        pass
    work_once()
    for who in ("budi", "ketua", "rudi", "sari", "wati"):
        reader = Watched(app, who)
        for view in REGISTERS:
            for door in ("", "export/", "details/?id=1", "details/?id=2"):
                reader.get(f"/admin/{view}/{door}", check=False)
    places = {"pages": "\n".join(Watched.pages), "log": log.getvalue()}
    assert "ZeroDivisionError" in places["log"]  # the log holds the fault's trace
    mails = list(Path(app.config["MAIL_AS_FILES"]).glob("*.eml"))
    assert len(mails) > 10
    for file in mails:
        body = email.message_from_bytes(file.read_bytes(), policy=email.policy.default).get_body(("plain",))
        places[f"mail {file.name}"] = file.read_text(errors="replace") + body.get_content()
    db.session.rollback()
    for table in db.metadata.sorted_tables:
        places[f"table {table.name}"] = repr(db.session.execute(text(f'SELECT * FROM "{table.name}"')).all())
    for file in Path(app.config["INSTANCE_PATH"]).rglob("*"):  # the SQLite file, its journal, stored files, keys
        if file.is_file() and "pg" not in file.relative_to(app.config["INSTANCE_PATH"]).parts:
            places[f"file {file.name}"] = file.read_bytes()
    backup(tmp_path / "b.tar.gz")
    with tarfile.open(tmp_path / "b.tar.gz") as tar:
        for member in tar.getmembers():
            places[f"backup {member.name}"] = tar.extractfile(member).read() if member.isfile() else b""
    assert {place: found for place, words in places.items() if (found := seen_in(words))} == {}
