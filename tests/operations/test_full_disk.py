"""A disk that takes no more: the kernel's own limit for a process stands for it, and all that is written is real."""

from __future__ import annotations

import pytest

from gateways.files.uploads import store
from models.base.db import db
from models.tickets.ticket import Attachment, Ticket
from tests.browse import Person
from tests.operations.test_crash_and_race import overrides
from tests.processes import Process
from tests.walk import complaint_at, file_complaint

LIMIT = 100_000  # bytes of a file; the upload is larger, and small enough to be held in memory until it is stored
REQUEST = """
import io, re, resource, signal
from app import create_app
app = create_app({overrides})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
client = app.test_client()
page = client.get("/pengaduan").text
fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
category = re.search(r'<option value="(\\d+)">Wi-Fi', page)[1]
fields |= dict(name="Andi", email="a@x.example", category=category, subject="Wi-Fi mati", description="Mati sejak tadi.")
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY))
fields["attachments"] = (io.BytesIO(b"%PDF-1.4\\n%" + b"x" * {size} + b"\\n%%EOF"), "bukti.pdf")
answer = client.post("/pengaduan", data=fields)
print(answer.status_code, "penyimpanan kami sedang penuh" in answer.text, "Mati sejak tadi." in answer.text, flush=True)
"""


@pytest.mark.only("postgresql")  # SQLite's own file would meet the limit before ours
def test_z19_form_on_a_full_disk_is_told_so_keeps_its_words_and_leaves_no_half_file(app, tmp_path):
    db.session.remove()
    before = set(store().root.rglob("*"))  # files of earlier tests
    program = REQUEST.format(overrides=overrides(app), limit=LIMIT, size=3 * LIMIT)
    ended = Process(program, tmp_path).end()
    assert (ended.returncode, ended.said.strip()) == (0, "422 True True"), ended.fault[-800:]
    assert (db.session.query(Ticket).count(), db.session.query(Attachment).count()) == (0, 0)
    made = set(store().root.rglob("*")) - before
    assert [path for path in made if path.is_file() and path.stat().st_size >= LIMIT] == []
    assert list(store().root.glob(".*.part")) == []


def test_z20_page_of_a_ticket_whose_file_is_lost_opens_and_the_file_says_what_to_do(app):
    ticket = complaint_at("in_progress")
    sha256 = "c" * 64
    db.session.add(Attachment(ticket_id=ticket.id, sha256=sha256, name="foto.png", size=3, content_type="image/png"))
    db.session.commit()
    tono, file_id = Person(app, "tono"), db.session.query(Attachment.id).scalar()
    assert tono.get(f"/admin/ticket/details/?id={ticket.id}").status_code == 200
    answer = tono.client.get(f"/admin/ticket/file/{file_id}", follow_redirects=True)
    assert (answer.status_code, "rusak atau hilang di penyimpanan" in answer.text) == (200, True)
    assert file_complaint().number in tono.get("/admin/ticket/?state=all").text
