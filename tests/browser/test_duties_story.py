"""Each line of the table of two people in Chromium: tried alone, by two together who may not, and by the right two.

Whoever is refused sees no button, and reads why where they hold the role; the mails that follow are read. How the
table's refusals hang on it without a browser: tests/frame/test_duties.py. Roles, contacts and a RAB as such are walked
in tests/browser/test_two_people_story.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from admin_views.frame.permissions import DUTIES
from mails.render import render
from models.base.db import db, utcnow, write_transaction
from models.base.wording import today
from models.installation.bill import Payment
from models.installation.rab import PriceItem, Rab, latest_rab
from models.organisation.pending_change import PendingChange
from models.organisation.roles import Role
from models.organisation.second_factor import Authenticator
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from procedures.engine import catalog
from tests.accounts import stories as desk
from tests.browse import Person
from tests.browser.conftest import Visitor
from tests.browser.test_account_stories import sent_to
from tests.browser.test_installation_story import SCAN, step
from tests.browser.test_two_people_story import also, roles
from tests.installation import installation_walk as walk

pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database
ELSEWHERE = {"roles", "rab", "contact"}  # tests/browser/test_two_people_story.py


@pytest.fixture
def come(app, visit) -> Callable[[str], Visitor]:
    """come("sari") is her browser, signed in; the sign-in itself is walked in tests/browser/test_sign_in_ways.py."""

    def new(username: str) -> Visitor:
        cookie = Person(app, username).client.get_cookie("sid")
        one = visit()
        one.context.add_cookies([{"name": "sid", "value": cookie.value, "url": one.address}])
        db.session.remove()
        return one

    return new


def priced() -> Ticket:
    """Budi wrote a price into the catalogue that a line of the RAB has; Hadi stands in as head of the centre."""
    also("hadi", Role.HEAD_OF_CENTRE)
    ticket = walk.installation_at("rab_approval")
    with write_transaction():
        line = db.session.get_one(Rab, latest_rab(ticket).id).lines[0]
        line.code = "KBL-1"
        item = PriceItem(code="KBL-1", description=line.description, measure=line.measure, valid_from=today())
        item.price_rp, item.set_by_id = line.price_rp, walk.staff_id("budi")
        db.session.add(item)
    return ticket


def signed_once() -> Ticket:
    also("hadi", Role.HEAD_OF_CENTRE)
    return walk.installation_at("bill_signature")


def billed() -> Ticket:
    """Tono drew the RAB up, Budi approved it and signed the bill; both are operators besides."""
    for name in ("tono", "budi"):
        also(name, Role.OPERATOR)
    return walk.installation_at("payment")


def paid(amount: str, **over: str) -> Ticket:
    ticket = walk.installation_at("payment")
    fields = {"amount": amount, "paid_on": today().isoformat(), "method": "transfer", "payer": "Bendahara FEB", **over}
    walk.take(ticket, "record_payment", "sari", files=(walk.SCAN,), **fields)
    return ticket


def proven() -> Ticket:
    """Sari, who is a service officer besides, checked the proof for a unit's account."""
    also("sari", Role.SERVICE_OFFICER)
    return desk.change_at("second", desk.unit_account(), contact=desk.dewi())


@dataclass(frozen=True)
class Line:
    """A line whose second act is a step of a ticket."""

    world: Callable[[], Ticket]
    step: str
    alone: str  # made the first half, and holds the role of the second
    says: str  # why that person may not; empty where a shut step is not shown
    helper: str  # a colleague whose help does not make it two
    right: str
    notice: str = ""
    facts: tuple[str, ...] = ()
    fields: Callable[[Any], dict[str, Any]] = lambda _page: {}


def today_typed(_page: Any) -> str:
    return today().isoformat()


LINES = {
    "price": Line(priced, "approve_rab", "budi", "harga yang Anda sendiri tulis di daftar harga", "rina", "hadi",
                  "rab_approved", ("RAB",)),
    "bill": Line(signed_once, "cosign_bill", "budi", "Tanda tangan kedua harus dari orang lain.", "rina", "hadi",
                 "bill_issued", ("Rp4.500.000",)),
    "payment": Line(billed, "record_payment", "tono", "", "budi", "sari", "payment_received",
                    ("Rp1.000.000",), lambda page: {"amount": "1.000.000", "paid_on": today_typed(page),
                                                    "payer": "Bendahara FEB", "files": [SCAN]}),
    "payment_return": Line(lambda: paid("4.500.123", over_use="return", over_note="BRI Bendahara FEB"),
                           "return_overpayment", "sari", "", "tono", "budi",
                           "overpayment_returned", ("Rp123",), lambda page: {
                               "returned_on": today_typed(page), "text": "Transfer BRI", "files": [SCAN]}),
    "payment_reversal": Line(lambda: paid("1.000.000"), "reverse_payment", "sari",
                             "", "tono", "budi", "payment_reversed",
                             ("Rp1.000.000", "Salah unit.")),
    "password_proof": Line(proven, "approve_second", "sari",
                           "Orang kedua harus lain dari yang memeriksa dan dari pemilik akun.", "tono", "wati"),
}  # fmt: skip


def shut(one: Visitor, pk: int, name: str) -> str:
    """The page of the ticket shows this person no button for the step; returns what it says."""
    page = one.go(f"/admin/ticket/details/?id={pk}")
    assert page.locator(f"form[action$='/do/{name}']").count() == 0
    for closed in page.locator(".pk-shut:not([open]) > summary").all():
        closed.click()
    return str(page.inner_text("main")) if page.locator("main").count() else ""


def test_every_line_of_the_table_is_walked_in_a_browser():
    walked = {key for key in globals() if key.startswith("test_")}
    apart = {key for key in DUTIES if any(f"_{key}_is" in name for name in walked)}
    assert set(LINES) | ELSEWHERE | apart == set(DUTIES)


@pytest.mark.parametrize("key", LINES)
def test_a_step_for_two_is_taken_by_the_right_two_alone(app, come, key):
    line = LINES[key]
    ticket = line.world()
    pk, label = ticket.id, next(p.steps[line.step].label for p in catalog.PROCEDURES.values() if line.step in p.steps)
    db.session.remove()
    said = shut(come(line.alone), pk, line.step)
    assert line.says in said
    shut(come(line.helper), pk, line.step)
    one = come(line.right)
    page = one.go(f"/admin/ticket/details/?id={pk}")
    if line.step == "reverse_payment":  # it undoes something, so its button is no blue one
        _reverse(page, str(label), _payment(app))
    else:
        step(page, line.step, str(label), **line.fields(page))
    if line.notice:
        with app.app_context():  # some wait for their document, which the worker prints
            told = [render(mail).text for mail in db.session.query(Mail).filter_by(notice=line.notice)]
            db.session.remove()
        assert told and all(fact in text for text in told[-1:] for fact in line.facts), told


def _reverse(page: Any, label: str, payment: int) -> None:
    act = page.locator("details.pk-act", has=page.locator("form[action$='/do/reverse_payment']")).first
    if act.get_attribute("open") is None:
        act.locator("> summary", has_text=label).click()
    page.select_option("#reverse_payment-payment", str(payment))
    page.fill("#reverse_payment-reason", "Salah unit.")
    with page.expect_navigation():
        act.get_by_role("button", name=label, exact=True).last.click()
    assert page.locator(".pk-toast", has_text="tercatat.").count(), page.inner_text("main")[:900]


def _payment(app: Any) -> int:
    with app.app_context():
        found = db.session.scalar(db.select(Payment.id))
        db.session.remove()
    assert found is not None
    return int(found)


def test_a_password_is_set_by_another_than_the_second_person(app, come):
    """Wati approved and is an operator besides; Rina holds no part in it."""
    also("wati", Role.OPERATOR)
    ticket = desk.change_at("second", desk.unit_account(), contact=desk.dewi())
    desk.take(ticket, "approve_second", "wati")
    pk = ticket.id
    db.session.remove()
    for name in ("wati", "rina"):
        page = come(name).go(f"/admin/password/ticket/{pk}")
        assert page.get_by_role("button", name="Ganti password sekarang").count() == 0, name
        assert name != "wati" or "menyetujui" in page.inner_text("main")
    page = come("sari").go(f"/admin/password/ticket/{pk}")
    page.get_by_label("Di tempat").check()
    page.get_by_role("button", name="Ganti password sekarang").click()
    assert len(page.inner_text(".pk-password").strip()) == 19
    page.locator("[name=is_set]").check()
    page.get_by_role("button", name="Catat sudah disampaikan").click()
    page.wait_for_url("**/admin/password/")
    assert "feb@bunghatta.ac.id" in sent_to(app, "dewi@feb.example")[-1]


def waiting(app: Any) -> PendingChange:
    found = db.session.query(PendingChange).order_by(PendingChange.id.desc()).first()
    assert found is not None
    return found


def decided(app: Any, come: Callable[[str], Visitor], apart: tuple[str, ...], right: str) -> None:
    """Whoever asked and whom it concerns find no button; the second person presses it."""
    where = f"/admin/pending_change/details/?id={waiting(app).id}"
    db.session.remove()
    for name in apart:
        page = come(name).go(where)
        assert page.get_by_role("button", name="Setujui", exact=True).count() == 0, name
    page = come(right).go(where)
    page.get_by_role("button", name="Setujui", exact=True).click()
    page.get_by_text("Disetujui").first.wait_for()


def test_a_link_for_budi_password_link_is_made_by_rudi_only_with_lina(app, come):
    also("lina", Role.ADMINISTRATOR)
    budi = walk.staff_id("budi")
    rudi = Person(app, "rudi")
    path = f"/admin/staff/invite/?id={budi}"
    assert "/admin/invite/" not in rudi.client.post(path, data={"csrf_token": rudi.token()}, follow_redirects=True).text
    assert "Rudi meminta" in sent_to(app, "budi@pustikom.example")[-1]
    decided(app, come, ("rudi", "budi"), "lina")
    assert "Lina" in sent_to(app, "budi@pustikom.example")[-1]
    assert "/admin/invite/" in rudi.post(path).text
    assert "Rudi" in sent_to(app, "budi@pustikom.example")[-1]


def test_a_delegation_is_lent_by_rudi_only_with_rina_whose_acts_they_are(app, come):
    rina, tono = walk.staff_id("rina"), walk.staff_id("tono")
    days = {"starts_on": today().isoformat(), "ends_on": (today() + timedelta(days=7)).isoformat()}
    fields = {"from_staff_id": rina, "to_staff_id": tono, "role": "head_networking", "reason": "Surat 12/2026", **days}
    assert Person(app, "rudi").post("/admin/delegation/new/", fields).status_code == 303
    assert "Rudi meminta" in sent_to(app, "rina@pustikom.example")[-1]
    decided(app, come, ("rudi", "tono"), "rina")
    told = sent_to(app, "tono@pustikom.example")[-1]
    assert "Bu Rina" in told


def test_a_lost_factor_reset_is_asked_by_rudi_and_decided_by_budi_factor_reset_is(app, come):
    sari = walk.staff_id("sari")
    with write_transaction():
        db.session.add(Authenticator(staff_id=sari, sealed="x", confirmed_at=utcnow()))
    asked = {"proof": "national_card", "number_end": "0023"}
    assert Person(app, "rudi").post(f"/admin/staff/reset_factor/?id={sari}", asked).status_code == 303
    assert "••••0023" in sent_to(app, "budi@pustikom.example")[-1]
    decided(app, come, ("rudi",), "budi")
    assert "Pak Budi" in sent_to(app, "sari@pustikom.example")[-1]


def test_rudis_own_roles_is_what_lina_changes_and_he_does_not_own_roles_is(app, come):
    also("lina", Role.ADMINISTRATOR)
    rudi = walk.staff_id("rudi")
    his = come("rudi").go(f"/admin/staff/edit/?id={rudi}")
    box = his.locator("[name=role_names][value=operator]")
    if box.count() and box.is_enabled():
        box.check()
        his.get_by_role("button", name="Simpan").click()
        his.wait_for_load_state()
    assert roles(app, "rudi") == {"administrator"}
    page = come("lina").go(f"/admin/staff/edit/?id={rudi}")
    page.locator("[name=role_names][value=operator]").check()
    page.get_by_role("button", name="Simpan").click()
    page.wait_for_url(lambda url: "edit" not in url)
    assert roles(app, "rudi") == {"administrator", "operator"}
    assert "Lina" in sent_to(app, "rudi@pustikom.example")[-1]
