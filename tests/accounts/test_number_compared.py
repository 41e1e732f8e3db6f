"""P3: the number is typed and compared with the register, never ticked; where it holds none, a second person decides."""

import pytest
from sqlalchemy import select

from models.accounts.identity_check import IdentityCheck, check_of
from models.accounts.proof_of_identity import agrees, hide_end
from models.base.db import db, write_transaction
from models.base.wording import today
from models.organisation.delegation import Delegation
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from procedures.engine.take_step import StepRefused
from tests.accounts.stories import ALL_SAME, account, ask_change, change, change_at, dewi, person, staff, unit_account
from tests.accounts.test_rules_of_the_desk import check
from tests.browse import Person
from tests.databases import both, once
from tests.walk import take

pytestmark = once


@pytest.mark.parametrize(
    ("typed", "held", "expected"),
    [
        ("0023", "2010011110023", True), ("00-23", "2010011110023", True), (" 0 0 2 3 ", "2010011110023", True),
        ("10023", "2010011110023", True), ("2010011110023", "2010011110023", True),
        ("2010 0111 10023", "2010-0111-10023", True), ("a1b2", "XYZA1B2", True), ("００２３", "2010011110023", True),
        ("0024", "2010011110023", False), ("2300", "2010011110023", False), ("023", "2010011110023", False),
        ("", "2010011110023", False), ("1990011110023", "2010011110023", False), ("920100111100239", "0239", False),
        ("12010011110023", "2010011110023", False), ("0000", "2010011110023", False),
        ("0023", "", None), ("0023", "23", None), ("0023", "---", None),
    ],
)  # fmt: skip
def test_number_agrees_by_its_end_and_a_whole_number_as_a_whole(typed, held, expected):
    assert agrees(typed, held) is expected


def test_end_of_a_number_is_hidden():
    assert [hide_end(number) for number in ("2010011110023", "12345", "123")] == ["201001111••••", "1••••", "••••"]


def proven(owner, row=None, **proof):
    ticket = ask_change(row or account(owner), owner)
    take(ticket, "record_proof", "sari", **{"proof_kind": "student_card", "is_present": "y", **proof})
    return ticket


@pytest.mark.parametrize("typed", ["0024", "9999", "1990011110023"])
def test_match_is_refused_where_the_number_on_the_card_is_another(app, typed):
    ticket = proven(person(), proof_number=typed)
    with pytest.raises(StepRefused) as refused:
        take(ticket, "compare", "sari", **ALL_SAME)
    assert "tidak sama dengan nomor di register" in refused.value.form.number_last.errors[0]
    assert ("0023" in refused.value.sentence, ticket.state, check_of(ticket).is_match) == (False, "comparison", None)
    take(ticket, "compare", "sari", result="no_match", reason="Nomornya lain.")
    assert (ticket.state, check_of(ticket).compared["number"]) == ("refused", False)


def test_number_that_was_read_wrongly_is_typed_again_from_the_card(app):
    ticket = proven(person(), proof_number="0032")
    for wrong in ("0033", "23"):
        with pytest.raises(StepRefused):
            take(ticket, "compare", "sari", **ALL_SAME, number_last=wrong)
    take(ticket, "compare", "sari", **ALL_SAME, number_last="0023")
    assert (ticket.state, check_of(ticket).number_found) == ("change", True)


def test_number_on_the_card_that_is_the_registers_leads_to_the_change(app):
    ticket = proven(person(), proof_number="2010011110023")
    take(ticket, "compare", "sari", **ALL_SAME)
    assert (ticket.state, check_of(ticket).compared) == (
        "change", {"name": True, "number": True, "unit": True, "account": True},
    )  # fmt: skip


def test_national_card_needs_another_proof_or_a_second_person(app):
    owner = person()
    row = account(owner)
    ticket = proven(owner, row, proof_kind="national_card", proof_number="1371011205890001")
    page = Person(app, "sari").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert "Register tidak menyimpan nomor untuk bukti diri ini. Minta kartu mahasiswa" in page
    take(ticket, "compare", "sari", **ALL_SAME, number_last="0023")
    assert (ticket.state, check_of(ticket).compared["number_seen"]) == ("change", "•••• 0023")
    other = proven(owner, row, proof_kind="national_card", proof_number="0001")
    with pytest.raises(StepRefused):
        take(other, "compare", "sari", **ALL_SAME, number_last="0001")
    take(other, "compare", "sari", **ALL_SAME)
    assert (other.state, check_of(other).number_found, check_of(other).is_guarded) == ("second", None, False)
    with pytest.raises(StepRefused):
        take(other, "change_password", "sari", told_by="spot")
    take(other, "approve_second", "wati")
    assert change(other).password


@pytest.mark.parametrize("number", ["2", "---"])
def test_person_without_a_number_worth_comparing_needs_a_second_person(app, number):
    ticket = proven(person(number), proof_number="0002")
    take(ticket, "compare", "sari", **ALL_SAME)
    assert ticket.state == "second"


def test_three_digits_are_not_enough(app):
    with pytest.raises(StepRefused) as refused:
        proven(person(), proof_number="0-2-3")
    assert "sedikitnya empat angka" in str(refused.value.form.proof_number.errors[0])


def asked():
    rows = db.session.scalars(select(Mail).where(Mail.notice == "second_asked").order_by(Mail.recipient))
    return [row.recipient for row in rows]


@both
def test_second_people_are_told_at_once_by_mail_and_find_it_on_their_desks(app):
    ticket = change_at("second", unit_account(), contact=dewi())
    assert asked() == ["budi@pustikom.example", "wati@pustikom.example"]
    for who in ("budi", "wati"):
        desk = Person(app, who).get("/admin/").text
        assert f"/admin/ticket/details/?id={ticket.id}" in desk and "Putuskan sebagai orang kedua" in desk
    mail = db.session.scalars(select(Mail).where(Mail.notice == "second_asked")).first()
    assert ("0023" in repr(mail.facts), mail.ticket_id) == (False, ticket.id)
    page = Person(app, "sari").get(f"/admin/password/ticket/{ticket.id}").text
    assert "Sudah dikabari lewat email dan tampil di meja mereka: Pak Budi, Wati." in page


def test_second_person_asked_is_a_head_for_the_privileged_and_never_who_checked_or_owns(app):
    owner = person()
    change_at("second", account(owner, is_privileged=True), owner)
    assert asked() == ["budi@pustikom.example"]
    boss = person("1975000003", "Pak Budi", email="", staff_id=staff("budi").id)
    change_at("second", account(boss, "budi@bunghatta.ac.id"), boss)
    assert asked()[1:] == ["hadi@pustikom.example", "rina@pustikom.example"]


def test_delegate_of_the_head_is_asked_too(app):
    with write_transaction():
        day = today()
        db.session.add(
            Delegation(
                from_staff_id=staff("budi").id, to_staff_id=staff("yusuf").id, role="head_of_centre",
                starts_on=day, ends_on=day,
            )
        )  # fmt: skip
    change_at("second", unit_account(), contact=dewi())
    assert "yusuf@pustikom.example" in asked()


def test_operator_types_another_number_at_the_desk_and_nothing_is_opened_or_lost(app):
    owner = person()
    row = account(owner)
    answer = check(app, row, owner, proof_number="0024")
    assert (answer.status_code, "tidak sama dengan nomor di register" in answer.text) == (422, True)
    assert 'value="0024"' in answer.text and 'name="name_same" value="y" checked' in answer.text
    assert db.session.query(Ticket).count() == 0
    assert check(app, row, owner, proof_number="0024", number_last="0023").status_code == 303
    assert db.session.query(IdentityCheck).one().number_found is True


def test_desk_shows_no_end_of_the_number_and_says_what_a_national_card_lacks(app):
    owner = person()
    row = account(owner)
    page = Person(app, "sari").get("/admin/password/?search=andi").text
    assert ("201001111••••" in page, "2010011110023" in page, "Nomor KTP tidak ada di register" in page) == (
        True,
        False,
        True,
    )
    where = check(app, row, owner, proof_kind="national_card", proof_number="0001").location
    assert "Register tidak menyimpan nomor untuk membandingkan" in Person(app, "sari").get(where).text
