"""Forms in the field, in a real browser: without signal, in a closed tab, refused, logged out; nothing is lost or untrue."""

from __future__ import annotations

import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from models.base.db import db
from models.installation.quality_test import latest_test
from models.installation.survey import survey_of
from models.tickets.ticket import Attachment, Event, Ticket
from tests.browser.conftest import PHONE
from tests.conftest import PASSWORD
from tests.installation.installation_walk import installation_at, name_surveyors
from tests.outages.walk import network_outage_at

PING = b"""PING 10.20.30.1 (10.20.30.1) 56(84) bytes of data.

--- 10.20.30.1 ping statistics ---
1000 packets transmitted, 1000 received, 0% packet loss, time 3004ms
rtt min/avg/max/mdev = 0.201/0.411/0.622/0.101 ms
"""
NO_SIGNAL = "Tidak ada sinyal"
pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database


def photo(colour, name="rak.jpg"):
    data = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(data, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": data.getvalue()}


def on_phone(app, visit, ticket, name="tono"):
    ticket_id = ticket.id
    db.session.remove()
    person = visit(PHONE)
    person.log_in(name, PASSWORD)
    return person, ticket_id


def state(page, words):
    page.wait_for_function("w => document.querySelector('[data-field-state]').textContent.includes(w)", arg=words)
    return page.locator("[data-field-state]").first.inner_text()


def open_parts(page):
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")


def kept_on_phone(page):
    return page.evaluate("""async () => {
      const db = await new Promise(done => { const r = indexedDB.open('helpdesk-field'); r.onsuccess = () => done(r.result); });
      const count = name => new Promise(done => { const r = db.transaction(name).objectStore(name).count(); r.onsuccess = () => done(r.result); });
      const found = [await count('words'), await count('files')];
      db.close();
      return found;
    }""")


def wait_until_empty(page):
    for _turn in range(200):
        if kept_on_phone(page) == [0, 0]:
            return
        page.wait_for_timeout(50)
    raise AssertionError(kept_on_phone(page))


def test_survey_without_signal_survives_a_closed_tab_and_reaches_the_server(app, visit):
    tono, ticket_id = on_phone(app, visit, installation_at("survey"))
    page = tono.go(f"/admin/survey/fill/{ticket_id}")
    open_parts(page)
    tono.context.set_offline(True)
    page.fill("#dist", "SW-B2-01, ruang panel")
    page.get_by_label("Fiber").check()
    assert state(page, NO_SIGNAL).endswith("dikirim sendiri setelah sinyal kembali.")
    page.fill("#ket", "Rak belum dibumikan")
    page.set_input_files("#foto", [photo("red")])
    page.wait_for_selector("[data-photo-lines] .is-bad")
    assert NO_SIGNAL in page.inner_text("[data-photo-lines]")
    page.get_by_role("button", name="Kirim hasil survey").click()
    state(page, NO_SIGNAL)
    assert page.url.endswith(f"/admin/survey/fill/{ticket_id}"), "no error page of the browser"
    assert kept_on_phone(page) == [1, 1]
    page.close()
    tono.context.set_offline(False)
    page = tono.page = tono.context.new_page()
    page.goto(f"{tono.address}/admin/survey/fill/{ticket_id}")
    state(page, "dipulihkan dari ponsel ini")
    assert page.input_value("#dist") == "SW-B2-01, ruang panel"
    wait_until_empty(page)
    page.wait_for_selector("[data-fresh=photos] figure")
    survey = survey_of(db.session.get_one(Ticket, ticket_id))
    assert (survey.distribution_point, survey.cable) == ("SW-B2-01, ruang panel", "fo")
    assert [one.caption for one in survey.photos] == ["Rak belum dibumikan"]


def test_two_surveyors_without_signal_compare_what_both_filled_and_lose_nothing(app, visit):
    ticket = installation_at("surveyors")
    name_surveyors(ticket, "tono", "rina")
    tono, ticket_id = on_phone(app, visit, ticket)
    rina = visit(PHONE)
    rina.log_in("rina", PASSWORD)
    form = f"/admin/survey/fill/{ticket_id}"
    for person, place, way in ((tono, "SW-B2-01", "#daya"), (rina, "SW-B2-09", "#hambat")):
        page = person.go(form)
        open_parts(page)
        person.context.set_offline(True)
        page.fill("#dist", place)
        page.fill(way, f"Dicatat di {place}")
        page.fill("#pl1", f"Meja {place}")
        state(page, NO_SIGNAL)
    tono.context.set_offline(False)
    state(tono.page, "Tersimpan")
    rina.page.close()
    rina.context.set_offline(False)
    page = rina.page = rina.context.new_page()
    page.goto(f"{rina.address}{form}")
    said = state(page, "rekan Anda mengisi lain")
    assert "Titik jaringan, Titik distribusi terdekat" in said
    assert page.input_value("#daya") == "Dicatat di SW-B2-01", "what the other alone changed is shown"
    page.get_by_role("button", name="Simpan draf").click()
    page.wait_for_selector(".pk-meet")
    assert "SW-B2-01" in page.inner_text(".pk-meet") and "SW-B2-09" in page.inner_text(".pk-meet")
    assert [fault["id"] for fault in Axe().run(page).response["violations"]] == []
    page.get_by_role("group", name="Titik distribusi terdekat").get_by_label("Isian rekan").check()
    page.get_by_role("group", name="Titik jaringan").get_by_label("Pakai keduanya").check()
    page.get_by_role("button", name="Simpan pilihan").click()
    page.wait_for_selector(".pk-meet", state="detached")
    wait_until_empty(page)
    db.session.rollback()
    survey = survey_of(db.session.get_one(Ticket, ticket_id))
    assert (survey.distribution_point, survey.power, survey.obstacles) == (
        "SW-B2-01", "Dicatat di SW-B2-01", "Dicatat di SW-B2-09",
    )  # fmt: skip
    assert [row.location for row in survey.points] == ["Meja SW-B2-09", "Meja SW-B2-01"]
    tono.complaints.clear()
    rina.complaints.clear()  # of the browser about a draft that was not taken


def test_refused_photo_and_lost_login_say_so_and_never_speak_of_signal(app, visit):
    tono, ticket_id = on_phone(app, visit, installation_at("survey"))
    page = tono.go(f"/admin/survey/fill/{ticket_id}")
    open_parts(page)
    page.set_input_files("#galeri", [{"name": "rusak.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff cut"}])
    page.wait_for_selector("[data-photo-lines] .is-bad")
    line = page.inner_text("[data-photo-lines]")
    assert "Ditolak: Gambar “rusak.jpg” rusak" in line and NO_SIGNAL not in line
    assert page.locator("[data-photo-lines] button").all_inner_texts() == ["Buang"]
    page.locator("[data-photo-lines]").get_by_role("button", name="Buang").click()
    wait_until_empty(page)
    page.fill("#jarak", "jauh")
    assert state(page, "Ditolak: Jarak").startswith("Ditolak: Jarak:")
    page.fill("#jarak", "12,5")
    state(page, "Tersimpan")
    tono.context.clear_cookies()
    page.fill("#dist", "SW-B2-09")
    assert "Anda sudah keluar" in state(page, "Belum terkirim")
    page.set_input_files("#foto", [photo("blue")])
    page.wait_for_selector("[data-photo-lines] .is-bad")
    assert kept_on_phone(page) == [1, 1]
    tono.log_in("tono", PASSWORD)
    tono.page.goto(f"{tono.address}/admin/survey/fill/{ticket_id}")
    wait_until_empty(tono.page)
    survey = survey_of(db.session.get_one(Ticket, ticket_id))
    assert (survey.distribution_point, len(survey.photos)) == ("SW-B2-09", 1)


def unsent(app, visit):
    """Tono's survey with a photo, on a phone whose server takes nothing; his desk is open."""
    tono, ticket_id = on_phone(app, visit, installation_at("survey"))
    page = tono.go(f"/admin/survey/fill/{ticket_id}")
    open_parts(page)
    page.route(
        "**/admin/survey/**",
        lambda route: route.abort("internetdisconnected") if route.request.method == "POST" else route.continue_(),
    )
    page.fill("#dist", "rahasia gedung")
    page.set_input_files("#foto", [photo("red")])
    page.wait_for_selector("[data-photo-lines] .is-bad")
    page.goto(f"{tono.address}/admin/#menu")
    page.wait_for_selector("[data-unsent]:not([hidden])", state="attached")
    assert page.locator("[data-unsent]").text_content().startswith("2 isian atau foto belum terkirim")
    page.get_by_role("button", name="Keluar", exact=True).click()
    page.get_by_text("2 isian atau foto belum terkirim.").last.wait_for()
    return tono, ticket_id


def test_logging_out_asks_and_throws_away_what_is_not_sent(app, visit):
    tono, _ticket = unsent(app, visit)
    tono.page.get_by_role("button", name="Batal").click()
    assert kept_on_phone(tono.page) == [1, 1]
    tono.page.get_by_role("button", name="Keluar", exact=True).click()
    tono.page.get_by_role("button", name="Buang, lalu keluar").click()
    tono.page.wait_for_url("**/admin/login")
    assert kept_on_phone(tono.page) == [0, 0]


def test_logging_out_leads_to_what_is_not_sent(app, visit):
    tono, ticket_id = unsent(app, visit)
    tono.page.get_by_role("button", name="Kirim dulu").click()
    tono.page.wait_for_url(f"**/admin/survey/fill/{ticket_id}")


RAW = """async () => {
  const db = await new Promise(done => { const r = indexedDB.open('helpdesk-field'); r.onsuccess = () => done(r.result); });
  const all = name => new Promise(done => { const r = db.transaction(name).objectStore(name).getAll(); r.onsuccess = () => done(r.result); });
  const text = value => value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new TextDecoder("latin1").decode(value)
    : value && typeof value === "object" ? Object.values(value).map(text).join(" ") : String(value);
  const found = text([await all('words'), await all('files')]);
  db.close();
  return found;
}"""


def test_what_stays_after_logout_is_locked_for_its_owner_and_comes_back_to_nobody_else(app, visit):
    tono, ticket_id = unsent(app, visit)
    page, form = tono.page, f"{tono.address}/admin/survey/fill/{ticket_id}"
    page.get_by_role("button", name="Simpan terkunci").click()
    page.wait_for_url("**/admin/login")
    raw = page.evaluate(RAW)
    assert kept_on_phone(page) == [1, 1] and len(raw) > 300
    assert not [word for word in ("rahasia", "rak.jpg", "JFIF", "image/jpeg") if word in raw]

    tono.log_in("rina", PASSWORD)
    page.wait_for_function("document.querySelector('[data-unsent]').hidden")
    page.goto(f"{tono.address}/admin/ticket/details/?id={ticket_id}#menu")
    page.get_by_role("button", name="Keluar", exact=True).click()
    page.wait_for_url("**/admin/login")
    assert kept_on_phone(page) == [1, 1], "hers are none of them"

    page.unroute_all()
    tono.log_in("tono", PASSWORD)
    page.goto(form)
    wait_until_empty(page)
    db.session.rollback()
    survey = survey_of(db.session.get_one(Ticket, ticket_id))
    assert (survey.distribution_point, len(survey.photos)) == ("rahasia gedung", 1)


def test_quality_test_keeps_figures_measuring_files_and_photos_until_the_server_has_them(app, visit):
    tono, ticket_id = on_phone(app, visit, installation_at("testing"))
    page = tono.go(f"/admin/quality_test/fill/{ticket_id}")
    tono.context.set_offline(True)
    page.locator("[name=point-length_m]").first.fill("64,5")
    page.set_input_files("[name=ping-1]", [{"name": "ping.txt", "mimeType": "text/plain", "buffer": PING}])
    page.set_input_files("#foto", [photo("green", "rosette.jpg")])
    state(page, NO_SIGNAL)
    page.wait_for_selector("[data-photo-lines] .is-bad")
    page.close()
    tono.context.set_offline(False)
    page = tono.page = tono.context.new_page()
    page.goto(f"{tono.address}/admin/quality_test/fill/{ticket_id}")
    state(page, "dipulihkan dari ponsel ini")
    assert page.locator("[name=point-length_m]").first.input_value() == "64,5"
    assert page.evaluate("document.querySelector('[name=ping-1]').files[0].name") == "ping.txt"
    page.get_by_role("button", name="Simpan dan baca berkas").click()
    page.get_by_text("Draf uji tersimpan.").wait_for()
    wait_until_empty(page)
    test = latest_test(db.session.get_one(Ticket, ticket_id))
    assert (str(test.points[0].length_m), test.points[0].sent, len(test.photos)) == ("64.500", 1000, 1)


def test_field_report_without_signal_is_sent_later_with_its_photos(app, visit):
    tono, ticket_id = on_phone(app, visit, network_outage_at("inventoried"))
    step = f"form[action='/admin/ticket/{ticket_id}/do/report_from_site']"

    def report(page):
        return page.locator(step)

    page = tono.go(f"/admin/ticket/details/?id={ticket_id}")
    act = page.locator("details.pk-act", has=page.locator("summary", has_text="Kirim laporan lapangan")).first
    assert act.get_attribute("open") is not None, "it is due, and so open already"
    tono.context.set_offline(True)
    report(page).locator("textarea").first.fill("Kabel putus di plafon lantai 2.")
    report(page).locator("input[capture=environment]").set_input_files([photo("red", "kabel.jpg")])
    report(page).locator("[name=estimate_reason]").fill("Kabel pengganti ada.")
    report(page).locator("button.pk-btn--primary").click()
    page.wait_for_function(
        "f => document.querySelector(f + ' [data-field-state]').textContent.includes('Tidak ada sinyal')", arg=step
    )
    page.close()
    tono.context.set_offline(False)
    page = tono.page = tono.context.new_page()
    page.goto(f"{tono.address}/admin/ticket/details/?id={ticket_id}")
    page.wait_for_function(
        "f => document.querySelector(f + ' [data-field-state]').textContent.includes('dipulihkan')", arg=step
    )
    assert report(page).locator("textarea").first.input_value() == "Kabel putus di plafon lantai 2."
    assert "kabel.jpg" in report(page).locator("[data-kept-files]").inner_text()
    report(page).locator("button.pk-btn--primary").click()
    page.locator("[aria-invalid=true]").first.wait_for()  # the server asks for the estimate; nothing is lost
    assert kept_on_phone(page) == [1, 1]
    later = page.evaluate(
        "new Date(Date.now() + 3 * 36e5).toLocaleString('sv', { timeZone: 'Asia/Jakarta' }).slice(0, 16).replace(' ', 'T')"
    )
    report(page).locator("[name=recovers_at]").fill(later)
    report(page).locator("button.pk-btn--primary").click()
    page.locator(".pk-toast", has_text="tercatat.").wait_for()
    wait_until_empty(page)
    event = db.session.query(Event).filter_by(ticket_id=ticket_id, step="report_from_site").one()
    kept = db.session.query(Attachment).filter_by(event_id=event.id).one()
    assert kept.name == "kabel.jpg"
