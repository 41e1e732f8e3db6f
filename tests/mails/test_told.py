"""What a screen says of who was told is what lies in the outbox, and every mail says what its own step did."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from models.base.db import db, utcnow, write_transaction
from models.organisation.staff import Staff
from models.organisation.unit import Contact
from models.outages.outage import OUTAGE_PROCEDURES
from models.tickets.copied_person import CopiedPerson
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from procedures.engine import catalog, take_step
from procedures.engine.declaration import Who
from procedures.engine.telling import Reader, Telling
from procedures.tickets.copying import NOBODY_IN_COPY
from tests.browse import Person
from tests.mails.every_step import WORDS, Taken, Written, every_step, listening
from tests.outages.walk import network_outage_at
from tests.walk import file_complaint, take

pytestmark = pytest.mark.only("sqlite")  # words and addresses alone: no statement differs

RECEIPTS = {"complaint_received", "letter_received", "email_requested"}  # they say nothing that a stranger typed
PEOPLE = r"Pak Budi|Bu Rina|Tono|Sari|Pak Hadi|Lina|Andi Saputra|Dewi Anggraini"
# Facts that each mail of a procedure names: where it is, or which address it is about.
ABOUT = {
    "network_installation": r"Gedung B, lantai 3",
    "unit_email": r"[\w.]+@bunghatta\.ac\.id",
    "network_outage": r"Gedung B",
    "server_outage": r"Layanan Portal akademik|Layanan Jurnal|\bJurnal\b",
}
# Facts of single steps, typed by hand: (procedure, step): what the mails to staff say, what those to others say.
FACTS: dict[tuple[str, str], tuple[str, str]] = {
    ("network_installation", "send_letter"): (r"214/FEB/XI/2026 dikirim lewat formulir", "Kode akses"),
    ("network_installation", "enter_letter"): (r"Sari mencatat surat nomor 214/FEB/XI/2026", "dicatat di meja layanan"),
    ("network_installation", "dispose"): (r"Pak Budi mendisposisikan", r"Pak Budi mendisposisikan permohonan Anda"),
    ("network_installation", "enter_disposition"): (r"Sari mencatat disposisi", r"di kertas ke Divisi Networking"),
    ("network_installation", "name_surveyors"): (r"Pesan untuk petugas|WIB", r"Surveyor datang pada .* WIB .*: Tono"),
    ("network_installation", "send_survey"): (r"Hasil: (tidak )?layak", ""),
    ("network_installation", "submit_rab"): (r"Rp4\.500\.000, perkiraan pengerjaan 5 hari kerja, diajukan Tono", ""),
    ("network_installation", "approve_rab"): (r"Pak Budi menyetujui", r"Pak Budi menyetujui .*Rp4\.500\.000.*berlaku"),
    ("network_installation", "remind_unit"): ("", r"Rp4\.500\.000, berlaku sampai"),
    ("network_installation", "answer_rab"): (r"Unit setuju[\s\S]*Diputuskan oleh Pak Dekan, Dekan", ""),
    ("network_installation", "name_installers"): (r"Mulai .* rencana selesai", r"dimulai .*: Tono"),
    ("network_installation", "report_installed"): (r"Tono melaporkan 3 titik", ""),
    ("network_installation", "send_test"): (r"(tidak )?lulus[\s\S]*dikirim oleh Tono", ""),
    ("network_installation", "issue_bill"): ("", r"Rp4\.500\.000, jatuh tempo .* Ditandatangani oleh Pak Budi\."),
    ("network_installation", "cosign_bill"): ("", r"Ditandatangani oleh Pak Budi dan Pak Yusuf"),
    ("network_installation", "cancel_bill"): ("", r"Pak Budi membatalkan tagihan 001/\S+; jangan dibayar"),
    ("network_installation", "remind_payment"): ("", r"Sisa tagihan Rp4\.500\.000, jatuh tempo"),
    ("network_installation", "record_payment"): (
        "",
        r"Sisa tagihan Rp3\.500\.000|tagihan 002/\S+ lunas\. Terima kasih",
    ),
    ("network_installation", "return_overpayment"): ("", r"Rp100\.000 sudah dikembalikan"),
    ("network_installation", "reverse_payment"): ("", r"Rp1\.000\.000[\s\S]*Sisa tagihan .* Rp1\.000\.000"),
    ("unit_email", "send_request"): (r"Ekonomi dan Bisnis memohon", r"Kode akses"),
    ("unit_email", "enter_request"): (r"Sari mencatat surat", r"dicatat di meja layanan"),
    ("unit_email", "dispose"): (r"Pak Budi meneruskan", r"Pak Budi meneruskan"),
    ("unit_email", "find_feasible"): (r"Bu Rina memutuskan .* dapat dipenuhi", r"Bu Rina memutuskan .* dapat dipenuhi"),
    ("unit_email", "propose_adjustment"): (
        "",
        r"Bu Rina mengusulkan alamat \w+\.feb\S+ sebagai ganti prodi\.akuntansi",
    ),
    ("unit_email", "accept_adjustment"): (r"menyetujui alamat dua\.feb\S+ .*yang memutuskan Pak Dekan", ""),
    ("unit_email", "decline_adjustment"): (r"tidak menyetujui alamat tiga\.feb\S+ .*yang memutuskan Pak Dekan", ""),
    ("unit_email", "refuse_request"): ("", r"Pak Budi memutuskan bahwa .* tidak dapat dipenuhi"),
    ("network_outage", "dispatch"): (r"Bu Rina menugaskan Anda\. Tempat: Gedung B", ""),
    ("network_outage", "report_supporting"): (r"Perkiraan pulih: .* WIB", r"Perkiraan pulih: .* WIB"),
    ("network_outage", "end"): (r"Lama gangguan", r"Lama gangguan"),
    ("complaint", "resolve_with_incident"): ("", r"Gangguan PTK-\S+, yang juga Anda laporkan"),
    ("complaint", "rate"): (r"4 dari 5", ""),
    ("complaint", "merge"): ("", r"tiket PTK-"),
}
# Steps whose mail is the requester's alone: it holds the new code and link.
NOT_IN_COPY = {(p, "mend") for p in ("complaint", "network_installation", "unit_email", *OUTAGE_PROCEDURES)}
COLLEAGUE = "@salinan.example"
# Mails that rightly read alike: the same thing happened for who reads it.
ALIKE = {frozenset({"password_changed", "record_set"})}


_walked: dict[str, list[Taken]] = {}  # every test reads the same two walks


@pytest.fixture
def taken(house, app, monkeypatch) -> list[Taken]:
    """Every step, where everybody has an address."""
    return _walked.get("with") or _walk("with", house, monkeypatch)


@pytest.fixture
def silent(house, app, monkeypatch) -> list[Taken]:
    """Every step, where nobody has an address, and everybody a telephone."""
    return _walked.get("without") or _walk("without", house, monkeypatch)


@pytest.fixture
def in_copy(house, app, monkeypatch) -> list[Taken]:
    """Every step, where a colleague of each requester is in copy."""
    return _walked.get("in copy") or _walk("in copy", house, monkeypatch)


def _walk(which: str, house: Any, monkeypatch: Any) -> list[Taken]:
    application, store = house
    db.session.remove()
    store.reset(application)
    with application.app_context(), monkeypatch.context() as patches:
        if which == "without":
            with write_transaction():
                for person in [*db.session.query(Staff), *db.session.query(Contact)]:
                    person.email, person.phone = "", f"0812-0000-{person.id:04}"
            _forget_requesters(patches)
        if which == "in copy":
            _put_colleagues_in_copy(patches)
        with listening(patches) as heard:
            every_step()
    _walked[which] = heard
    return heard


@pytest.mark.slow
def test_every_step_that_tells_somebody_is_walked(taken, silent):
    told = {(p.key, s.name) for p in catalog.PROCEDURES.values() for s in p.steps.values() if s.tells}
    for heard in (taken, silent):
        assert told - {(one.procedure, one.step) for one in heard} == set()


@pytest.mark.slow
def test_the_told_list_of_every_step_is_what_lies_in_the_outbox(taken, silent):
    wrong = {}
    for one in [*taken, *silent]:
        said, rows = sorted(reader.email for reader in one.telling.told), {mail.recipient for mail in one.mails}
        if one.step == "hand_out_number" and said:
            rows.add(said[0])  # the numbers of one address go together in a mail that waits
        if said != sorted(rows):
            wrong[(one.procedure, one.step)] = (said, sorted(rows))
    assert wrong == {}


@pytest.mark.slow
def test_the_told_list_is_what_lies_in_the_outbox_with_a_colleague_in_copy_too(in_copy):
    wrong = {}
    for one in in_copy:
        said, rows = sorted(reader.email for reader in one.telling.told), {mail.recipient for mail in one.mails}
        if one.step != "hand_out_number" and said != sorted(rows):
            wrong[(one.procedure, one.step)] = (said, sorted(rows))
    assert wrong == {}


@pytest.mark.slow
def test_who_is_in_copy_is_told_at_every_step_that_tells_the_requester(in_copy):
    told: dict[tuple[str, str], bool] = {}
    for one in in_copy:
        step = catalog.get(one.procedure).steps[one.step]
        others = [m for m in one.mails if not m.to_staff and not m.recipient.endswith(COLLEAGUE)]
        if (
            one.procedure in NOBODY_IN_COPY
            or step.opens
            or step.at_once
            or not {Who.REQUESTER, Who.UNIT} & set(step.tells)
            or not others
        ):
            continue
        key = (one.procedure, one.step)
        told[key] = told.get(key, False) or any(m.recipient.endswith(COLLEAGUE) for m in one.mails)
    assert {key for key, is_told in told.items() if not is_told} == NOT_IN_COPY
    assert len(told) > 25


@pytest.mark.slow
def test_without_addresses_the_same_people_are_named_with_the_number_to_call(taken, silent):
    mails = [(one.step, mail.recipient) for one in silent for mail in one.mails]
    own = ("record_set", "account_ready")  # the account itself is an address
    assert [each for each in mails if each[0] not in own] == []
    told, unheard = _names(taken, lambda telling: telling.told), _names(silent, lambda telling: telling.silent)
    assert {step: names for step, names in told.items() if not names <= unheard[step] and step[1] not in own} == {}
    assert unheard[("network_installation", "approve_rab")] == {"Dewi Anggraini", "Pak Dekan", "Bu Rina"}
    in_register = [one for one in silent if one.procedure != "password_change"]  # that person has no telephone there
    assert [one.step for one in in_register for reader in one.telling.silent if reader.name and not reader.phone] == []


@pytest.mark.slow
def test_every_mail_of_every_step_names_its_facts(taken):
    wrong = [
        (one.procedure, one.step, mail, lacks) for one in taken for mail in one.mails if (lacks := _lacks(one, mail))
    ]
    assert wrong == []


def _lacks(one: Taken, mail: Written) -> list[str]:
    """The facts of the step that the mail does not name."""
    text = f"{mail.subject}\n{mail.text}"
    wanted = [FACTS.get((one.procedure, one.step), ("", ""))[not mail.to_staff]]
    if mail.notice not in RECEIPTS:
        wanted.append(ABOUT.get(one.procedure, "") if _is_own(one) else "")
    if WORDS in one.words and (mail.to_staff or one.is_public):
        wanted.append(re.escape(WORDS))
    lacks = [fact for fact in wanted if fact and not re.search(fact, text)]
    has_number = mail.notice in RECEIPTS or re.search(r"PTK-\w{5}-\w{5}-\w", mail.subject)
    return lacks if has_number else [*lacks, "number in the subject"]


@pytest.mark.slow
def test_no_mail_reads_like_that_of_another_step(taken):
    """With the same words typed at every step, and names, numbers and moments left out."""
    texts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in taken:
        for mail in one.mails:
            plain = re.sub(r"PTK-\w{5}-\w{5}-\w|\d+", "0", f"{mail.subject}\n{mail.text}")
            texts[(one.procedure, re.sub(PEOPLE, "N", plain))].add(one.step)
    alike = [steps for steps in texts.values() if len(steps) > 1 and frozenset(steps) not in ALIKE]
    assert alike == []


def test_the_page_says_who_was_told_and_whom_to_call(app):
    with_mail, without = file_complaint(), file_complaint(email="", phone="0812 7781 0024", subject="Tanpa email")
    tono = Person(app, "tono")
    for ticket in (with_mail, without):
        form = tono.get(f"/admin/ticket/details/?id={ticket.id}").text
        button = "Dikabari lewat email: Andi Saputra." if ticket is with_mail else "Andi Saputra belum dikabari:"
        assert button in form
        answer = tono.post(f"/admin/ticket/{ticket.id}/do/resolve", {"cause": "Kabel.", "solution": "Diganti."})
        assert answer.status_code == 303
        page = tono.get(f"/admin/ticket/details/?id={ticket.id}").text
        told = "Selesaikan: tercatat. Dikabari: Andi Saputra (email)."
        assert (told in page) == (ticket is with_mail) == bool(db.session.query(Mail).filter_by(ticket_id=ticket.id, notice="resolved").count())  # fmt: skip
        number = (
            '<b>Andi Saputra belum dikabari:</b> tanpa email, telepon <a href="tel:+6281277810024">0812 7781 0024</a>.'
        )
        assert (number in page) == (ticket is without)


def test_an_estimate_goes_out_only_with_the_branch_that_it_was_made_for(app):
    ticket = network_outage_at("waiting")
    take(ticket, "change_branch", "tono", branch="it", reason="Ternyata sakelarnya.")
    take(ticket, "report_it", "tono", text="Sakelar mati.")
    mails = db.session.query(Mail).filter_by(notice="outage_reported").order_by(Mail.id)
    assert [bool(mail.facts["recovers_at"]) for mail in mails] == [True, True, False, False]


def _is_own(one: Taken) -> bool:
    """Is it a step of the paper, and no move that every procedure has?"""
    return not catalog.get(one.procedure).steps[one.step].is_common


def _names(heard: list[Taken], of: Callable[[Telling], list[Reader]]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in heard:
        found[(one.procedure, one.step)] |= {reader.name for reader in of(one.telling) if reader.name}
    return found


def _put_colleagues_in_copy(monkeypatch: Any) -> None:
    """A colleague who said yes is in copy of each ticket as soon as it is there, where anybody can be."""
    really = take_step._open

    def opened(wanted: Any) -> Ticket:
        ticket = really(wanted)
        if ticket.procedure not in NOBODY_IN_COPY:
            email = f"ani{ticket.id}{COLLEAGUE}"
            db.session.add(CopiedPerson(ticket_id=ticket.id, name="Ani", email=email, confirmed_at=utcnow()))
            db.session.flush()
        return ticket

    monkeypatch.setattr(take_step, "_open", opened)


def _forget_requesters(monkeypatch: Any) -> None:
    """The requester of each ticket loses the address as soon as the ticket is there."""
    really = take_step._arrive

    def arrive(ticket: Ticket, *more: Any) -> None:
        ticket.requester_email = ""
        really(ticket, *more)

    monkeypatch.setattr(take_step, "_arrive", arrive)
