"""My shift, promises kept, who was told, and whoever reported an outage by hand."""

from datetime import timedelta

from models.base.db import db, utcnow, write_transaction
from models.organisation.unit import Contact
from models.outages.outage import Estimate, Outage
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from procedures.outages import board, promises
from tests.browse import Person
from tests.databases import both, once
from tests.outages.walk import network_outage_at, server_outage_at, small_network, unit
from tests.walk import as_staff, category_id, file_complaint, take

pytestmark = once

HOUR = timedelta(hours=1)


def promised(ticket, *hours):
    """Promises of so many hours after the outage began, which lasted three."""
    with write_transaction():
        outage = db.session.get(Outage, ticket.id)
        db.session.query(Estimate).delete()
        db.session.expire(outage, ["estimates"])
        outage.estimates = [
            Estimate(recovers_at=outage.began_at + each * HOUR, reason="Suku cadang.", at=utcnow()) for each in hours
        ]
        outage.answered_at = outage.began_at + 3 * HOUR
    return outage


def test_promises_are_judged_by_when_it_answered_again(app):
    outage = promised(network_outage_at("repairing"), 2, 1, 4)
    tally = promises.tally(outage.estimates)
    assert (tally.kept, tally.judged, tally.percent, tally.late) == (1, 3, 33, 1.5 * HOUR)


@both
def test_report_counts_all_estimates_and_the_last_word_of_each_outage(app):
    promised(network_outage_at("repairing"), 2, 1, 4)
    found = promises.estimates_of(as_staff("rina").staff, utcnow() - HOUR, utcnow() + HOUR)
    tallies = promises.tallies(found)
    assert {key: (t.kept, t.judged) for key, t in tallies.items()} == {"all": (1, 3), "last": (1, 1), "it": (1, 3)}


@both
def test_report_shows_each_promise_with_its_reason_and_follows_the_row_rule(app):
    promised(network_outage_at("repairing"), 2, 4)
    page = Person(app, "rina").get("/admin/shift/promises/").text
    for words in ("1 dari 2", "50%", "lewat 1 jam", "Suku cadang."):
        assert words in page
    assert "Suku cadang." not in Person(app, "lina").get("/admin/shift/promises/").text
    assert "Suku cadang." in Person(app, "rina").get("/admin/shift/promises/export/", check=False).text
    assert "Suku cadang." not in Person(app, "lina").get("/admin/shift/promises/export/", check=False).text


def test_promises_of_another_month_are_not_counted_and_a_bad_month_is_refused(app):
    promised(network_outage_at("repairing"), 2)
    rina = Person(app, "rina")
    assert "Belum ada perkiraan bulan ini" in rina.get("/admin/shift/promises/?month=2021-01").text
    assert rina.get("/admin/shift/promises/?month=2021-13", check=False).status_code == 400


def test_shift_names_who_was_told_and_what_was_promised(app):
    network_outage_at("waiting")
    page = Person(app, "tono").get("/admin/shift/").text
    for words in ("Dewi Anggraini", "Fakultas Ekonomi", "Suku cadang ada."):
        assert words in page


def test_shift_of_systems_shows_what_an_outside_manager_holds_and_when_to_ask(app):
    ticket = server_outage_at("with_manager")
    page = Person(app, "hadi").get("/admin/shift/").text
    assert ("Di tangan pengelola luar" in page, "tanyakan lagi" in page) == (True, True)
    with write_transaction():
        db.session.get(Outage, ticket.id).follow_up_at = None
    assert "tanyakan sekarang" in Person(app, "hadi").get("/admin/shift/").text
    assert "Di tangan pengelola luar" not in Person(app, "tono").get("/admin/shift/").text


def test_workbench_lists_who_was_told_and_hides_complaints_of_other_groups(app):
    ticket = network_outage_at("to_pass_on")
    tied = file_complaint(category=category_id("Akun dan password"), email="rahasia@mhs.example", name="Rahasia Nama")
    take(tied, "tie", "sari", incident=str(ticket.id), text="")
    take(ticket, "send_update", "tono", text="Kami sedang menuju lokasi.")
    page = Person(app, "tono").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert ("Yang sudah dikabari" in page, "1 pengaduan lain terikat" in page) == (True, True)
    assert ("rahasia@" in page, "Rahasia Nama" in page, tied.number in page) == (False, False, False)
    assert "Rahasia Nama" in Person(app, "sari").get(f"/admin/ticket/details/?id={ticket.id}").text


@both
def test_call_list_says_who_was_not_contacted_yet_and_what_each_said(app):
    ticket = network_outage_at("it")
    tono = Person(app, "tono")
    assert "belum dihubungi" in tono.get(f"/admin/ticket/details/?id={ticket.id}").text
    dewi = db.session.query(Contact).filter_by(email="dewi@feb.example").one().id
    take(ticket, "log_call", "tono", contact=str(dewi), way="whatsapp", text="Lampu sakelar mati semua.")
    page = tono.get(f"/admin/ticket/details/?id={ticket.id}").text
    assert ("belum dihubungi" in page, page.count("Lampu sakelar mati semua.") >= 2) == (False, True)


@both
def test_whoever_reported_by_telephone_is_told_how_it_goes_on(app):
    nodes = small_network()
    fields = {
        "node": nodes["Sakelar FEB"].id, "unit": unit("FEB").id, "subject": "Internet mati", "description": "Sejak pagi.",
        "reporter_name": "Bu Ani", "reporter_email": "ani@feb.example", "reporter_phone": "0812",
        "channel": "walk_in",
    }  # fmt: skip
    assert Person(app, "sari").post("/admin/shift/report/jaringan", fields).status_code == 303
    ticket = db.session.query(Ticket).one()
    assert (ticket.requester_name, ticket.requester_email) == ("Bu Ani", "ani@feb.example")
    assert ticket.channel == "walk_in"
    take(ticket, "confirm_without_ping", "tono", reason="Perangkat tidak dapat diping.")
    take(ticket, "end", "tono", cause="Kabel.", text="Dipasang lagi.", no_proof_reason="Diuji di tempat.")
    assert db.session.query(Mail).filter_by(notice="outage_ended", recipient="ani@feb.example").count() == 1


def test_report_with_a_bad_address_is_refused_with_the_words_kept(app):
    fields = {
        "unit": unit("FEB").id,
        "subject": "Internet mati",
        "description": "Sejak pagi.",
        "reporter_email": "ani@",
    }
    page = Person(app, "sari").post("/admin/shift/report/jaringan", fields)
    assert (page.status_code, "Sejak pagi." in page.text, db.session.query(Ticket).count()) == (422, True, 0)


def test_the_newest_outage_stands_first_on_the_shifts_page_and_on_the_public_board(app):
    first, second = network_outage_at("waiting"), server_outage_at("checking")
    with write_transaction():
        db.session.get(Outage, first.id).began_at = utcnow() - 5 * HOUR
        db.session.get(Outage, second.id).began_at = utcnow() - HOUR
    page = Person(app, "budi").get("/admin/shift/").text.split('id="buka"')[1]
    assert page.index(f"details/?id={second.id}") < page.index(f"details/?id={first.id}")
    told = board.current()
    assert [notice.starts_at for notice in told] == sorted((n.starts_at for n in told), reverse=True)
    assert len(told) == 2
