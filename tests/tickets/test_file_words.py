"""Words inside attached text, PDF and office files are found with their ticket, by whoever may open the file."""

from __future__ import annotations

import io
import time
import zipfile
import zlib

import pytest
from sqlalchemy import select

from admin_views.tickets.list.full_text import hits_of
from gateways.files.file_kind import OFFICE_TYPES, TEXT_TYPES
from gateways.files.file_words import NotDone, keys_of_file
from gateways.files.uploads import store
from gateways.guarded.parent import GuardedChild
from jobs.tickets.read_files import has_files_to_read, read_files
from models.base.db import db, write_transaction
from models.tickets.file_text import READABLE, FileReading, FileText
from models.tickets.ticket import Attachment, Ticket
from procedures.engine.take_step import take_step
from procedures.tickets.forget_identity import pseudonymise
from tests.browse import Person
from tests.frame.test_search import found_by
from tests.tickets.test_spellings import meant
from tests.walk import as_staff, category_id, complaint_at, file_complaint, form_of, take


def pdf(text: str, pages: int = 1) -> bytes:
    """A small PDF with this line on every page."""
    stream = zlib.compress(f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET".encode("latin-1"))
    kids = " ".join(f"{4 + n} 0 R" for n in range(pages))
    bodies = [b"<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {pages}>>".encode(),
              b"<</Length %d/Filter/FlateDecode>>stream\n" % len(stream) + stream + b"\nendstream"]  # fmt: skip
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R/Resources<</Font<</F1<</Type/Font/Subtype"
    bodies += [page + b"/Type1/BaseFont/Helvetica>>>>>>>>"] * pages
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    tail = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, len(out))
    return out + head + table + tail


def docx(text: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f"<w:document><w:p><w:t>{text}</w:t></w:p><w:p>akhir &amp; surat</w:p></w:document>"
        )
    return kept.getvalue()


def attached(ticket: Ticket, name: str, data: bytes, step: str = "note") -> Attachment:
    """A file on a note of Tono's, which the requester never sees."""
    file = store().store(io.BytesIO(data), name)
    take_step(ticket.id, step, as_staff("tono"), form_of("complaint", step, text="Lihat berkas."), files=[file])
    return db.session.scalars(select(Attachment).order_by(Attachment.id.desc())).first()


def hits(typed: str) -> list[int]:
    return sorted(db.session.scalars(hits_of(typed).ids))


def test_what_is_read_is_what_may_be_attached():
    assert {*TEXT_TYPES.values(), *OFFICE_TYPES.values(), "application/pdf"} == READABLE


@pytest.mark.parametrize(
    ("name", "data"),
    [("catatan.txt", "Kabel fiber di Wi-Fi Ma’ruf".encode()), ("catatan.txt", "Kabel fiber Ma'ruf Wi-Fi".encode("utf-16")),
     ("daftar.csv", b"nama;alat\nMa'ruf;fiber Wi-Fi\n"), ("surat.pdf", pdf("Kabel fiber untuk Ma'ruf, Wi-Fi")),
     ("surat.docx", docx("Kabel fiber untuk Ma’ruf, Wi-Fi"))],
)  # fmt: skip
def test_a_word_inside_a_file_finds_its_ticket_in_any_spelling(app, cast, name, data):
    ticket = complaint_at("in_progress")
    attached(ticket, name, data)
    assert hits("fiber") == [] and has_files_to_read()
    assert read_files() == 1 and not has_files_to_read() and read_files() == 0
    for typed in ("fiber", "maruf", "Ma'ruf fiber", name.partition(".")[0]):
        assert hits(typed) == [ticket.id], typed
    assert hits("tembaga") == []


def test_each_kind_of_hit_follows_the_right_to_open_the_file(app, cast):
    ticket = complaint_at("in_progress")
    file = attached(ticket, "denah.pdf", pdf("Lemari kenari9 lantai empat"))
    read_files()
    tono, lina = Person(app, "tono"), Person(app, "lina")
    assert found_by(tono, "kenari9") == {"ticket", "file"} and found_by(lina, "kenari9") == set()
    assert tono.get(f"/admin/ticket/file/{file.id}").status_code == 200
    assert lina.get(f"/admin/ticket/file/{file.id}").status_code == 404
    page = tono.get("/admin/search/?q=kenari9").text
    assert "denah.pdf" in page and f"/admin/ticket/details/?id={ticket.id}" in page
    assert meant(tono, "lemrai") == "lemari" and meant(lina, "lemrai") == ""
    public = Person(app).get(f"/tiket/{ticket.number}").text
    assert "kenari9" not in public and "denah.pdf" not in public


def test_a_file_of_a_merged_ticket_is_found_on_the_page_where_it_stands(app, cast):
    target = complaint_at("in_progress")
    ticket = file_complaint(subject="Sama saja", name="Mega", email="mega@mhs.example")
    take(ticket, "follow_up", "tono", text="Diperiksa.")
    attached(ticket, "foto.txt", b"kenari9 di sini")
    read_files()
    take(ticket, "merge", "tono", into=target.number)
    group = db.session.scalar(select(Ticket.group_id).where(Ticket.category_id == category_id("Portal dan aplikasi")))
    assert found_by(Person(app, "tono"), "kenari9") == {"ticket", "file"}
    if group is None:
        group = file_complaint(category=category_id("Portal dan aplikasi")).group_id
    take(target, "hand_over", "tono", group=group, reason="Ini aplikasi.")
    lina = Person(app, "lina")  # sees the target now, and on its page the file of the merged one
    assert found_by(lina, "kenari9") == {"file"}
    assert f"/admin/ticket/details/?id={target.id}" in lina.get("/admin/search/?q=kenari9").text


def test_what_is_forgotten_takes_the_words_of_files_along_also_those_still_to_be_read(app, cast):
    ticket = complaint_at("in_progress")
    attached(ticket, "satu.txt", b"kenari9")
    read_files()
    attached(ticket, "dua.txt", b"kenari9 lagi")
    with write_transaction():
        pseudonymise(db.session.get_one(Ticket, ticket.id), "Orang 1")
    assert hits("kenari9") == [] and not has_files_to_read() and read_files() == 0
    assert hits("kenari9") == []
    assert list(db.session.scalars(select(FileText))) == [], "the files are gone, and their words with them"


def test_a_picture_has_no_words_and_a_damaged_file_says_why_and_stops_no_other(app, cast):
    ticket = complaint_at("in_progress")
    attached(ticket, "rusak.pdf", b"%PDF-1.4\n" + b"\xff\x00 bukan" * 50)
    attached(ticket, "baik.txt", b"kenari9")
    assert read_files() == 2
    states = dict(db.session.execute(select(Attachment.name, FileText.state).join(FileText)).tuples().all())
    assert states == {"rusak.pdf": FileReading.REFUSED, "baik.txt": FileReading.READ}
    assert hits("kenari9") == [ticket.id] and hits("rusak") == [ticket.id]
    assert db.session.scalar(select(FileText.fault).where(FileText.state == FileReading.REFUSED)) != ""


@pytest.mark.only("sqlite")  # no database is asked
def test_u4_a_file_that_unpacks_to_gigabytes_or_never_ends_is_given_up_in_time():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"a" * (120 << 20))
    began = time.perf_counter()
    for raw, kind in ((kept.getvalue(), OFFICE_TYPES["docx"]), (b"PK", OFFICE_TYPES["odt"]), (b"", "application/pdf"),
                      (pdf("x").replace(b"/Count 1", b"/Count 99999999"), "text/plain")):  # fmt: skip
        try:
            assert len(keys_of_file(io.BytesIO(raw), kind)) < 100
        except NotDone as why:
            assert str(why)
    assert time.perf_counter() - began < 30
    with pytest.raises(NotDone, match="larger than 25 MB"):
        keys_of_file(io.BytesIO(b"a" * (26 << 20)), "text/plain")
    hurried = GuardedChild("gateways.files.text_child", 0.001)
    with pytest.raises(NotDone, match="not read after"):
        hurried.ask(pdf("x", 50), "application/pdf")
    hurried.seconds = 10
    assert hurried.ask(b"halo", "text/plain")[0]["keys"] == ["halo"]
    hurried.close()


@pytest.mark.only("sqlite")  # no database is asked
def test_of_an_endless_text_so_much_is_kept_as_an_index_bears():
    keys = keys_of_file(io.BytesIO(" ".join(f"kata{n}" for n in range(100_000)).encode()), "text/plain")
    assert len(keys) == 12_000 and keys[0] == "kata0"


def test_files_from_before_wait_for_the_worker(app, cast):
    ticket = complaint_at("in_progress")
    files = [attached(ticket, f"surat{n}.txt", b"kenari9") for n in range(3)]
    read_files()
    with write_transaction():
        for row in db.session.scalars(select(FileText).where(FileText.attachment_id != files[2].id)):
            row.words, row.state = "", FileReading.WAITING
    assert read_files() == 2 and hits("kenari9") == [ticket.id]
