"""The sentences of refusals, read aloud: what is unreadable is not "wajib diisi", each fault stands at its own field, and
no Indonesian page answers in the English of a library.
"""

from __future__ import annotations

import ast
import io
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest
from flask import g
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    DateTimeField,
    DecimalField,
    Field,
    FloatField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
)  # fmt: skip

from admin_views.organisation.mail_texts import MailTextForm
from admin_views.organisation.organisation import steps_of_role
from admin_views.tickets.inbox.words import BOX_FAULTS, UNREADABLE, box_fault_of
from mails.wordings import EDITABLE
from models.base import setting
from models.base.db import db, write_transaction
from models.base.setting import SPECS
from models.base.wording import today
from models.organisation.delegation import Delegation
from models.organisation.roles import Role
from models.organisation.staff import Staff
from models.outages.outage import AskedProbe, Outage
from models.tickets.ticket import Ticket
from procedures.base.count_field import CountField
from procedures.base.form_fields import SAYS_REQUIRED, StepForm
from procedures.base.typed_rows import RowField
from procedures.organisation.setting_values import read_all
from procedures.outages.probe_words import SIGNS, detail_words
from tests.browse import Person
from tests.frame.test_forms_meet_nonsense import MAKERS, OWN_DOOR
from tests.installation.installation_walk import installation_at
from tests.outages.walk import server_outage_at
from web.errors import error_page, is_disk_full

ROOT = Path(__file__).resolve().parent.parent.parent
READ = (DateField, DateTimeField, IntegerField, DecimalField, FloatField, CountField, RowField)
UNREADABLE_WORDS = ("entah", "31/31/2026", "1,2,3,4", "9" * 30, "20/11/2026 99.99", "-", "0x1F")
ENGLISH = re.compile(
    r"\b(the|this|not|valid|invalid|must|required|choice|choices|value|is|are|does|cannot|could|coerce|number|"
    r"expected|failed|unknown|Error|Exception|does|appear|host bits)\b"
)


def forms() -> list[type[StepForm]]:
    """Every form of the house that can be filled in by itself."""
    found, waiting = [], [StepForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form is not StepForm and not form.__module__.startswith("tests."):
            found.append(form)
    return sorted(set(found), key=lambda form: f"{form.__module__}.{form.__name__}")


def reads_what_is_typed(field: Field) -> bool:
    """Does the field make a number, a day or a row of what is typed?"""
    return isinstance(field, READ) or (field.render_kw or {}).get("inputmode") == "numeric"


@pytest.fixture
def at_desk(app, cast) -> Iterator[None]:
    """A request of Rudi's, in which forms may ask who fills them in."""
    with app.test_request_context("/admin/"):
        g._login_user = db.session.get(Staff, cast["rudi"].id)
        yield
        db.session.rollback()


@pytest.mark.only("sqlite")  # what a form says does not depend on the database
def test_what_is_unreadable_is_said_at_its_own_field_and_never_called_missing(at_desk):
    asked, wrong = 0, []
    for kind in forms():
        for name in [field.name for field in kind(MultiDict()) if reads_what_is_typed(field)]:
            for typed in UNREADABLE_WORDS:
                form = kind(MultiDict({name: typed}))
                form.validate()
                said = [str(sentence) for sentence in form[name].errors]
                asked += 1
                if str(SAYS_REQUIRED) in said or any(ENGLISH.search(sentence) for sentence in said):
                    wrong.append((kind.__name__, name, typed, said))
                if typed == "entah" and not said and isinstance(form[name], READ):
                    wrong.append((kind.__name__, name, typed, "accepted"))
    assert wrong == []
    assert asked > 200


def nonsense_for(field: Field) -> str:
    """What nobody can read in this field; "" where every line is welcome."""
    kind = (field.render_kw or {}).get("type", "")
    if kind in ("email", "tel"):
        return "bukan alamat @@"
    if isinstance(field, SelectField | RadioField | SelectMultipleField) and field.validate_choice:
        return "entah"
    return "besok" if isinstance(field, READ) else ""


def refusals_of_forms() -> Iterator[tuple[str, list[ast.stmt]]]:
    """Every `raise StepRefused(…, "form", …)` of the procedures, with the statement just before it in its block."""
    for path in sorted((ROOT / "procedures").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
                for at, statement in enumerate(block if isinstance(block, list) else []):
                    if isinstance(statement, ast.Raise) and re.search(
                        r"StepRefused\(.*, 'form'", ast.unparse(statement)
                    ):
                        yield f"{path.name}:{statement.lineno}", block[at - 1 : at] if at else []


# Where the form's own checks, asked in the line above, have put the sentence at its field.
CHECKED_BY_THE_FORM = {"questions.py", "callers.py"}


def test_a_form_that_a_step_refuses_has_the_sentence_at_a_field_or_at_its_files():
    """A sentence hung on no field would stand above a form in which nothing is marked."""
    hung, found = [], 0
    for place, before in refusals_of_forms():
        found += 1
        marks = any(
            isinstance(part, ast.Attribute) and part.attr in ("errors", "lack_files")
            for statement in before
            for part in ast.walk(statement)
        )
        if not marks and place.split(":")[0] not in CHECKED_BY_THE_FORM:
            hung.append(place)
    assert hung == []
    assert found > 12


@pytest.mark.only("sqlite")
def test_every_field_of_every_form_says_at_its_own_place_that_it_cannot_read_what_was_typed(at_desk):
    """Addresses, telephones, choices, dates and numbers alike; and never that it is missing, for something stands there."""
    asked, wrong = 0, []
    for kind in forms():
        for field in kind(MultiDict()):
            if not (typed := nonsense_for(field)):
                continue
            asked += 1
            form = kind(MultiDict({field.name: typed}))
            form.validate()
            said = [str(sentence) for sentence in form[field.name].errors] if field.name in form else ["left out"]
            if not said or str(SAYS_REQUIRED) in said or any(ENGLISH.search(sentence) for sentence in said):
                wrong.append((kind.__name__, field.name, typed, said))
    assert wrong == []
    assert asked > 150


@pytest.mark.only("sqlite")
def test_no_form_answers_nonsense_in_the_english_of_a_library(at_desk):
    wrong = []
    for kind in forms():
        for typed in ("", "entah", "9" * 20):
            form = kind(MultiDict(dict.fromkeys([field.name for field in kind(MultiDict())], typed)))
            if isinstance(form, MailTextForm):
                form.notice = next(iter(EDITABLE))  # its page says whose words they are
            form.validate()
            said = [str(sentence) for sentences in form.errors.values() for sentence in sentences]
            wrong += [(kind.__name__, typed, sentence) for sentence in said if ENGLISH.search(sentence)]
    assert wrong == []


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("key", sorted(set(MAKERS) - OWN_DOOR))
def test_a_page_marks_the_very_box_that_cannot_be_read(app, cast, key):
    person, path = Person(app, MAKERS[key]), f"/admin/{key}/new/"
    page = lxml.html.document_fromstring(person.get(path).text)
    boxes = page.xpath("//main//form[@method='post']//input[@data-date or @inputmode='numeric']/@name")
    if not boxes:
        return
    token = person.token(path)
    answer = person.client.post(path, data={**dict.fromkeys(boxes, "entah"), "csrf_token": token})
    assert answer.status_code == 422
    shown = lxml.html.document_fromstring(answer.text)
    for name in boxes:
        (box,) = shown.xpath(f"//input[@name='{name}']")
        assert box.get("aria-invalid") == "true", name
        said = shown.get_element_by_id(box.get("aria-describedby").split()[-1]).text_content()
        assert said.strip() and str(SAYS_REQUIRED) not in said, (name, said)


@pytest.mark.only("sqlite")
def test_no_setting_is_refused_in_english(at_desk):
    wrong = []
    for key in SPECS:
        for typed in ("entah", "10.0.0.1/8", "99999999999", "a\x01b", "x" * 400, "(((", "-1"):
            _values, faults = read_all({key: typed})
            wrong += [(key, typed, said) for said in faults.values() if ENGLISH.search(said)]
    assert wrong == []


def test_a_network_that_is_an_address_in_it_is_named_as_what_is_meant(at_desk):
    assert read_all({"watch_networks": "10.0.0.1/8"})[1] == {
        "watch_networks": "“10.0.0.1/8” adalah alamat di dalam sebuah jaringan. Tulis jaringannya: 10.0.0.0/8."
    }
    assert "“http” bukan nomor porta" in read_all({"watch_ports": "80, http"})[1]["watch_ports"]


def test_every_detail_that_a_probe_gives_is_said_in_our_words(at_desk):
    """Read from the source, so that a new one fails here until it has its words."""
    found = set()
    for path in sorted((ROOT / "gateways" / "probes").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            values = [key.value for key in node.keywords if key.arg == "detail"] if isinstance(node, ast.Call) else []
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
                values.append(node.value.elts[1])
            for value in values:
                parts = value.values if isinstance(value, ast.JoinedStr) else [value]
                found |= {
                    part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    said = {words for words in found if len(words.split()) > 1}
    assert len(said) > 5
    assert {words for words in said if not any(sign in words for sign in SIGNS)} == set()
    for raw in (
        "[Errno 1] Operation not permitted",
        "ConnectError",
        "503 != 200",
        "> 5000 ms",
        "name unknown: x.ac.id",
    ):
        assert not ENGLISH.search(detail_words(raw)), raw


def test_what_a_mail_or_a_mailbox_met_is_said_in_our_words(at_desk):
    for words in (*UNREADABLE.values(), *BOX_FAULTS.values()):
        assert not ENGLISH.search(str(words)), words
    assert box_fault_of("gaierror: [Errno -2] Name or service not known") == "nama server tidak dikenal"
    assert box_fault_of("IMAP4.error: LOGIN failed") == "server menjawab “IMAP4.error: LOGIN failed”"
    source = (ROOT / "gateways/mailbox").rglob("*.py")
    raised = re.findall(r'Unreadable\(f?"([^"]+)"', "".join(path.read_text() for path in source))
    assert raised and [words for words in raised if not any(sign in words for sign in UNREADABLE)] == []


def test_a_payment_without_its_proof_is_told_at_the_files_and_a_sum_is_no_price(app):
    ticket, sari = installation_at("payment"), Person(app, "sari")
    fields = {"amount": "100.000", "paid_on": f"{today():%d/%m/%Y}", "method": "transfer", "payer": "FEB"}
    page = lxml.html.document_fromstring(sari.post(f"/admin/ticket/{ticket.id}/do/record_payment", fields).text)
    files = page.get_element_by_id("record_payment-files")
    assert (files.get("aria-invalid"), files.get("aria-describedby")) == ("true", "record_payment-files-e")
    assert "Lampirkan bukti pembayaran" in page.get_element_by_id("record_payment-files-e").text_content()
    assert page.get_element_by_id("record_payment-amount").get("aria-invalid") is None
    proof = (io.BytesIO(b"%PDF-1.4\n%%EOF"), "bukti.pdf")
    again = sari.post(
        f"/admin/ticket/{ticket.id}/do/record_payment", {**fields, "amount": "murah", "attachments": proof}
    )
    assert "“murah” bukan jumlah uang" in again.text and "bukan harga" not in again.text


def test_a_web_server_that_cannot_be_proven_is_not_to_be_pinged(app):
    ticket = server_outage_at("solved")
    with write_transaction():
        db.session.get(Outage, ticket.id).answered_at = None
        db.session.query(AskedProbe).delete()
    answer = Person(app, "hadi").post(f"/admin/ticket/{ticket.id}/do/end", {"cause": "Disk.", "text": "Dibersihkan."})
    assert "Periksa layanannya dulu" in answer.text and "Ping dulu" not in answer.text


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"steps_text": "N6, Z99"}, "steps_text", "“Z99” bukan langkah Kepala Pustikom"),
        ({"starts_on": "01/01/2020"}, "starts_on", "Pendelegasian berlaku dari hari ini"),
        ({"ends_on": "01/01/2020"}, "ends_on", "Pilih tanggal dari hari ini"),
    ],
)
def test_a_delegation_of_a_step_that_is_none_or_of_a_time_that_is_over_is_refused(app, cast, changes, field, words):
    day = f"{today():%d/%m/%Y}"
    fields = {
        "from_staff_id": cast["budi"].id, "to_staff_id": cast["yusuf"].id, "role": "head_of_centre",
        "steps_text": "n6, N8", "reason": "Surat 041", "starts_on": day, "ends_on": day,
    }  # fmt: skip
    budi = Person(app, "budi")
    answer = budi.post("/admin/delegation/new/", {**fields, **changes})
    assert (answer.status_code, words in answer.text) == (422, True)
    assert lxml.html.document_fromstring(answer.text).get_element_by_id(field).get("aria-invalid") == "true"
    assert budi.post("/admin/delegation/new/", fields).status_code == 303
    assert db.session.scalars(select(Delegation)).one().steps == ["N6", "N8"]
    assert {"N6", "C5"} <= set(steps_of_role(Role.HEAD_OF_CENTRE))


def test_what_may_stand_once_is_told_at_its_field(app, cast):
    rudi = Person(app, "rudi")
    fields = {"code": "X1", "name": "Unit X", "kind": "bureau", "parent_id": 0}
    assert rudi.post("/admin/unit/new/", fields).status_code == 303
    page = lxml.html.document_fromstring(rudi.post("/admin/unit/new/", {**fields, "name": "Unit Y"}).text)
    assert page.get_element_by_id("code").get("aria-invalid") == "true"
    assert "sudah dipakai" in page.get_element_by_id("code-e").text_content()


def test_a_full_disk_under_the_database_is_no_moment_of_many_visitors(app, tmp_path):
    """A real one: SQLite may take no page more."""
    full = sqlite3.connect(tmp_path / "full.db")
    full.execute("CREATE TABLE t (x)")
    full.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as met:
        full.execute("INSERT INTO t VALUES (?)", ["x" * 100_000])
    full.close()
    error = OperationalError("INSERT", {}, met.value)
    assert is_disk_full(error)
    assert not is_disk_full(OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked")))
    with app.test_request_context("/pengaduan"):
        from flask import current_app

        page, status = current_app.handle_user_exception(error)[:2]
    assert (status, "penyimpanan kami sedang penuh" in page.lower(), "sibuk" in page) == (507, True, False)
    assert db.session.scalar(text("SELECT 1")) == 1 and db.session.scalar(select(Ticket.id).limit(1)) is None


def test_a_sending_that_is_too_large_names_the_limits_of_the_settings(app):
    with write_transaction():
        setting.put("file_megabytes", 7)
        setting.put("form_megabytes", 9)
    with app.test_request_context("/pengaduan"):
        page, status = error_page(413)
    assert (status, "Berkas paling besar 7 MB dan seluruhnya 9 MB." in page) == (413, True)
