"""Counts the presses and page loads of the desk's commonest jobs in a real browser; docs/presses.md holds the most.

A press is a click, a tap, Enter, or a choice in a select; typing is free. It is counted from the list or from the open
ticket, as the table says. A job that needs more than the table says fails here, and so does one that the table forgets.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from models.base.db import db
from models.tickets.ticket import Event, Ticket
from tests.accounts.stories import account, person
from tests.accounts.test_unit_email import no_directory_afterwards, use  # noqa: F401 - a fixture among them
from tests.browser.test_installation_story import SCAN
from tests.conftest import PASSWORD
from tests.house.test_citations import ROOT
from tests.installation.installation_walk import installation_at
from tests.walk import complaint_at, file_complaint

ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \| (\d+) \| (\d+) \|$", re.MULTILINE)
MOST = {
    name: (int(presses), int(loads)) for name, presses, loads in ROW.findall((ROOT / "docs/presses.md").read_text())
}
pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database


class Hand:
    """Somebody at a page: every press and every page load is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses, self.loads = page, 0, 0
        page.on("domcontentloaded", self._loaded)

    def _loaded(self, _page: Page) -> None:
        self.loads += 1

    def begin(self, address: str) -> None:
        """Where the job begins; coming here is not part of it."""
        self.page.goto(address)
        self.page.wait_for_load_state("networkidle")
        self.presses = self.loads = 0

    def press(self, place: str, *, inside: str = "", leads_on: bool = False) -> None:
        found = self.page.locator(inside or "body").locator(place).first
        self.presses += 1
        if leads_on:
            with self.page.expect_navigation():
                found.click()
        else:
            found.click()

    def type(self, place: str, words: str) -> None:
        self.page.locator(place).first.fill(words)

    def counted(self) -> tuple[int, int]:
        return self.presses, self.loads


def row_of(number: str) -> str:
    return f".pk-list tr:has-text('{number}')"


@pytest.fixture
def count(visit):
    """count("tono", name, begins at, does): the job's presses and loads, no more than the table says."""
    hands: dict[str, tuple[str, Hand]] = {}

    def counted(who: str, name: str, begins_at: str, does) -> None:
        if who not in hands:
            visitor = visit()
            visitor.log_in(who, PASSWORD)
            hands[who] = visitor.address, Hand(visitor.page)
        address, hand = hands[who]
        hand.begin(address + begins_at)
        does(hand)
        assert hand.presses <= MOST[name][0] and hand.loads <= MOST[name][1], (name, hand.counted(), MOST[name])
        seen.add(name)

    seen: set[str] = set()
    counted.seen = seen
    return counted


def state_of(app, pk: int) -> tuple[str, str]:
    """The ticket's state and the step taken last."""
    with app.app_context():
        last = db.session.query(Event).filter_by(ticket_id=pk).order_by(Event.id.desc()).first()
        found = db.session.get(Ticket, pk).state, last.step
        db.session.remove()
    return found


def test_a_complaint_is_answered_resolved_assigned_and_handed_over_in_few_presses(app, count):
    with app.app_context():
        rows = [(t.id, t.number) for t in (file_complaint(subject=f"Perihal {n}") for n in range(6))]
        db.session.remove()
    of_list = "/admin/ticket/"

    def replied(number, then):
        def does(hand):
            hand.press("td a[href*='details']", inside=row_of(number), leads_on=True)
            hand.type("#reply-text", "Titik aksesnya sudah kami nyalakan.")
            hand.press(f"#balas .pk-say__ways button{then}", leads_on=True)

        return does

    for name, then, done in (
        ("answer", ":not([name])", ("in_progress", "reply")),
        ("answer_resolve", "[value=resolve]", ("resolved", "resolve")),
        ("answer_wait", "[value=ask_requester]", ("in_progress", "ask_requester")),
    ):
        pk, number = rows.pop()
        count("tono", name, of_list, replied(number, then))
        assert state_of(app, pk) == done

    pk, number = rows.pop()

    def assigned(hand):
        hand.press("a[data-choose]", inside=row_of(number))
        hand.press(".pk-choose--near button[name=assignee]:has-text('Bu Rina')", leads_on=True)

    count("tono", "assign", of_list, assigned)
    assert state_of(app, pk)[1] == "assign"

    pk, number = rows.pop()

    def handed_over(hand):
        hand.press("a[data-choose]", inside=row_of(number))
        hand.press(".pk-choose--near summary:has-text('Serahkan')")
        hand.press(".pk-choose--near button[name=group]:has-text('Sistem Informasi')", leads_on=True)

    count("tono", "hand_over", of_list, handed_over)
    assert state_of(app, pk)[1] == "hand_over"

    pk, number = rows.pop()
    bench = f"/admin/ticket/details/?id={pk}"

    def noted(hand):
        hand.type("#note-text", "Sudah saya ping, dijawab.")
        hand.press(".pk-say__in .pk-btn--to", leads_on=True)

    def mended(hand):
        hand.press("a.pk-mend[href*='fact=phone']")
        hand.page.locator(".pk-choose--near [name=value]").fill("0812-7781-0042")
        hand.page.locator(".pk-choose--near [name=reason]").fill("Salah ketik saat dicatat")
        hand.press(".pk-choose--near .pk-btn--primary", leads_on=True)

    count("tono", "note", bench, noted)
    count("tono", "mend_phone", bench, mended)
    assert state_of(app, pk)[1] == "mend"
    assert count.seen == {"answer", "answer_resolve", "answer_wait", "assign", "hand_over", "note", "mend_phone"}


def test_a_known_callers_complaint_an_accepted_one_a_payment_and_a_rab_take_few_presses(app, count):
    with app.app_context():
        complaint_at("closed")
        held = file_complaint(subject="Tahan dulu")
        held.state, held.suspicion = "screening", "too_fast"
        db.session.commit()
        rab, paid = installation_at("rab_approval").id, installation_at("payment").id
        held_id = held.id
        db.session.remove()

    def called(hand):
        hand.press("a[href='/admin/ticket/new/']", leads_on=True)
        hand.type("#siapa", "0812 1111 2222")
        expect(hand.page.locator("#name")).to_have_value("Andi Saputra")
        hand.page.locator("#description").press_sequentially("Wi-Fi di ruang sidang putus. Ada ujian siang ini.")
        hand.press("#catat .pk-btn--primary", leads_on=True)

    count("sari", "known_caller", "/admin/ticket/", called)
    with app.app_context():
        last = db.session.query(Ticket).order_by(Ticket.id.desc()).first()
        assert (last.requester_email, last.subject, last.channel) == (
            "andi@mhs.example",
            "Wi-Fi di ruang sidang putus",
            "phone",
        )
        db.session.remove()

    def step(name, *files, **typed):
        def does(hand):
            if hand.page.locator(f"#langkah-{name}").get_attribute("open") is None:  # the step that is due is open
                hand.press(f"#langkah-{name} > summary")
            for field, words in typed.items():
                hand.type(f"#{name}-{field}", words)
            if files:
                hand.page.set_input_files(f"#{name}-files", list(files))
            hand.press(f"form[action$='/do/{name}'] button.pk-btn--primary", leads_on=True)

        return does

    count("sari", "accept", f"/admin/ticket/details/?id={held_id}", step("accept"))
    assert state_of(app, held_id)[0] == "with_group"
    count("budi", "approve_rab", f"/admin/ticket/details/?id={rab}", step("approve_rab"))
    assert state_of(app, rab)[0] == "unit_agreement"
    typed = {"amount": "1.000.000", "paid_on": "2026-11-20", "payer": "Bendahara FEB"}
    count("sari", "payment", f"/admin/ticket/details/?id={paid}", step("record_payment", SCAN, **typed))
    assert state_of(app, paid)[1] == "record_payment"
    assert count.seen == {"known_caller", "accept", "approve_rab", "payment"}


def test_a_password_is_changed_at_the_desk_in_few_presses(app, count, slapd):  # noqa: F811
    use(app, slapd)
    slapd.directory().make("andi", "andi", "andi@bunghatta.ac.id", "kopi-lama-di-padang-1", "lama")
    account(person())
    db.session.remove()

    def changed(hand):
        hand.type("#search", "2010011110023")
        hand.presses += 1  # Enter
        with hand.page.expect_navigation():
            hand.page.locator("#search").press("Enter")
        act = hand.page.locator("details.pk-act").first
        if act.get_attribute("open") is None:
            hand.press("details.pk-act > summary")
        hand.type("details.pk-act [name=proof_number]", "0023")
        for tick in ("is_present", "name_same", "unit_same", "account_same"):
            hand.press(f"details.pk-act [name={tick}]")
        hand.press("details.pk-act [name=result][value=match]")
        hand.press("details.pk-act button.pk-btn--primary", leads_on=True)
        hand.press("button:has-text('Ganti password sekarang')", leads_on=True)

    count("sari", "password", "/admin/password/", changed)
    assert count.seen == {"password"}


GOALS = {  # of the issue "A desk that beats the best"; the table may only be lower
    "answer": 2, "answer_resolve": 2, "assign": 2, "hand_over": 3, "known_caller": 3, "payment": 3, "approve_rab": 2,
    "password": 9,
}  # fmt: skip


def test_the_table_allows_no_more_presses_than_the_desk_was_promised():
    assert {name: MOST[name][0] for name, goal in GOALS.items() if MOST[name][0] > goal} == {}
    assert len(MOST) == 12


def test_every_row_of_the_table_is_measured():
    counted = {"answer", "answer_resolve", "answer_wait", "assign", "hand_over", "note", "mend_phone"}
    assert set(MOST) == counted | {"known_caller", "accept", "approve_rab", "payment", "password"}
