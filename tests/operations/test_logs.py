"""One event is one line of JSON, whatever strangers put into addresses, names and headers; the viewer shows it as text."""

from __future__ import annotations

import json
import logging

import pytest

from models.base.db import write_transaction
from models.organisation.audit import record
from tests.browse import Person
from tests.walk import file_complaint
from web.logs import JsonLine

HOSTILE = 'x\r\n{"level":"FORGED"}\x1b[31m\x9b2J\x7f\u2028\u202e<script>alert(1)</script>"'


@pytest.fixture
def log_file(app, tmp_path):
    """The house's log in a real file, as a running installation writes it."""
    path, logger = tmp_path / "house.log", logging.getLogger("helpdesk")
    handler, level = logging.FileHandler(path, encoding="utf-8"), logger.level
    handler.setFormatter(JsonLine())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield path
    logger.removeHandler(handler)
    logger.setLevel(level)
    handler.close()


def events_of(path):
    """Every line as JSON; and no byte of the file that a terminal, a pager or a browser would act upon."""
    data = path.read_bytes()
    assert set(data) <= {10, *range(32, 127)}, "plain ASCII and line ends"
    assert b"<" not in data and b">" not in data
    return [json.loads(line) for line in data.decode().splitlines()]


def test_s12_hostile_address_agent_and_name_stay_one_line_each(app, log_file):
    stranger = Person(app)
    stranger.client.get("/%0d%0a%1b%5b31m%3Cscript%3E%22%e2%80%a8", headers={"User-Agent": 'curl\x1b[31m<script>"\x7f'})
    logging.getLogger("helpdesk").warning("subject %s", HOSTILE, extra={"staff": HOSTILE, "mail": HOSTILE})
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        logging.getLogger("helpdesk").exception("fault")
    events = events_of(log_file)
    assert [event["level"] for event in events] == ["INFO", "WARNING", "ERROR"]
    assert events[0]["path"] == '/\r\n\x1b[31m<script>"\u2028', "nothing is lost, all is escaped"
    assert events[0]["agent"].startswith("curl\x1b[31m<script>")
    assert (events[1]["staff"], HOSTILE in events[2]["trace"]) == (HOSTILE, True)


def test_s12_a_masked_token_cannot_eat_the_quote_behind_it(app, log_file):
    Person(app).client.get("/akses/abc%22%2c%22level%22%3a%22FORGED")
    logging.getLogger("helpdesk").warning('/akses/abc","level":"FORGED')
    events = events_of(log_file)
    assert {event["level"] for event in events} <= {"INFO", "WARNING"}
    assert events[-1]["message"].startswith("/akses/…")


def test_s12_audit_viewer_shows_hostile_names_as_text(app, cast):
    file_complaint(name="<script>alert(1)</script>", subject="<img src=x onerror=alert(1)>")
    with write_transaction():
        record("login:alert", "Staff", HOSTILE, actor_name=HOSTILE, diff={"subject": HOSTILE})
    ketua = Person(app, "ketua")
    pages = [ketua.get("/admin/audit/").text]
    entry = pages[0].partition("login:alert")[0].rpartition("details/?id=")[2].partition('"')[0]
    pages += [ketua.get(f"/admin/audit/details/?id={entry}").text, ketua.get("/admin/ticket/?state=all").text]
    for page in pages:
        assert "<script>alert" not in page and "<img src=x" not in page
    assert "&lt;script&gt;alert" in pages[0]
    assert "\x1b" not in pages[0] and "\u202e" not in pages[0] and r"\x1b[31m" in pages[0]
