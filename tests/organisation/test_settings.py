"""A setting that would only fail later is refused when it is saved, with a sentence that says how to mend it."""

from __future__ import annotations

import html
import re
import threading

import lxml.html
import pytest

from models.base import setting
from models.base.db import db
from models.base.setting import SPECS, Setting
from tests.browse import Person
from tests.databases import both, once
from tests.frame.test_edit_conflict import cells_of

pytestmark = once

REFUSED = [
    ("number_pattern_bill", "{kind}/{year}", "harus memuat {seq}"),
    ("number_pattern_bill", "{seq:03}/{kind}/{bulan}/{year}", "“{bulan}” tidak dikenal"),
    ("number_pattern_bill", "{seq:03}/{kind}/{config.SECRET_KEY}/{year}", "tidak dikenal"),
    ("number_pattern_bill", "{seq:03/{kind}/{year}", "kurawal"),
    ("address_pattern", "[a-z", "bukan ekspresi reguler"),
    ("address_pattern", "(a+)+", "tanpa batas"),
    ("address_pattern", "([a-z0-9]+[.-]?)*", "tanpa batas"),
    ("address_pattern", "[A-Z]{3}", "menolak semua nama"),
    ("account_domain", "bung hatta", "nama domain"),
    ("centre_email", "pengaduan", "Tulis alamat lengkap"),
    ("centre_email", "pëngaduan@pustikom.example", "Huruf “ë” sebelum @"),
    ("centre_phone", "meja depan", "tidak terbaca sebagai nomor telepon"),
    ("on_behalf_words", "a.n. {jabatan}", "{position}"),
    ("watch_networks", "10.0.0.1/8", "Tulis jaringannya: 10.0.0.0/8"),
    ("watch_ports", "22, http", "bukan nomor porta"),
    ("ppn_percent", "120", "antara 0 dan 100"),
    ("ppn_base", "12/11", "11/12"),
    ("limit_wired_rtt_max_ms", "cepat", "Tulis bilangan"),
    ("limit_wired_loss_max_percent", "-1", "antara 0 dan 100"),
    ("limit_wired_packets_min", "2,5", "bilangan bulat"),
    ("limit_wifi_signal_min_dbm", "67", "antara -120 dan 0"),
    ("closes_at", "07:00", "harus kurang dari"),
    ("warn_before_close_days", "14", "harus kurang dari"),
    ("form_megabytes", "9", "tidak boleh melebihi"),
    ("guarded_changes_per_hour", "61", "tidak boleh melebihi"),
]


@both
def test_administrator_saves_no_setting_that_fails_later_and_keeps_what_was_typed(app, cast):
    rudi = Person(app, "rudi")
    token = rudi.token("/admin/setting/")
    for key, value, sentence in REFUSED:
        answer = rudi.post("/admin/setting/save/", {key: value}, token=token)
        assert answer.status_code == 422, (key, value)
        field = answer.text.partition(f'for="{key}"')[2].partition("</div>")[0]
        assert sentence in field and 'class="pk-error"' in field, (key, value, field)
    assert db.session.query(Setting).count() == 0


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("number_pattern_bill", "{seq:04}/TU/{kind}/{month}/{year}"),
        ("address_pattern", r"[a-z][a-z0-9]*([.-][a-z0-9]+)*"),
        ("limit_wired_rtt_max_ms", ""),
        ("limit_wifi_signal_min_dbm", "-70,5"),
        ("ppn_base", "11/12"),
        ("watch_networks", "10.0.0.0/8, 2001:db8::/32"),
    ],
)
def test_administrator_saves_what_holds(app, cast, key, value):
    assert Person(app, "rudi").post("/admin/setting/save/", {key: value}).status_code == 303
    app.extensions.pop("settings_cache", None)
    assert setting.get(key) == value


def test_two_settings_that_belong_together_change_together(app, cast):
    rudi = Person(app, "rudi")
    assert rudi.post("/admin/setting/save/", {"opens_at": "17:00"}).status_code == 422
    assert rudi.post("/admin/setting/save/", {"opens_at": "17:00", "closes_at": "21:00"}).status_code == 303


def test_days_of_work_are_ticked_by_name_and_at_least_one_stays(app, cast):
    rudi = Person(app, "rudi")
    page = lxml.html.document_fromstring(rudi.get("/admin/setting/").text)
    days = page.xpath('//label[input/@name="working_days"]')
    ticked = [day.text_content().strip() for day in days if day.xpath("input[@checked]")]
    assert (len(days), ticked) == (7, ["Senin", "Selasa", "Rabu", "Kamis", "Jumat"])
    assert "0 = Senin" not in page.text_content()
    assert rudi.post("/admin/setting/save/", {"working_days": ["0", "1", "5", ""]}).status_code == 303
    assert value_of("working_days") == [0, 1, 5]
    assert rudi.post("/admin/setting/save/", {"working_days": [""]}).status_code == 422
    assert value_of("working_days") == [0, 1, 5]


def seen_by(person: Person, **typed: str) -> dict[str, str]:
    """The section "Pustikom" as its form would be sent by this person, who typed some of it."""
    page = person.get("/admin/setting/").text
    fields = re.findall(r'name="((?:before-)?(?:centre|university|on_behalf)_\w+)" value="([^"]*)"', page)
    return {**{name: html.unescape(value) for name, value in fields}, **typed}


def save(person: Person, fields: dict[str, str]):
    return person.post("/admin/setting/save/", fields)


def value_of(key: str) -> object:
    db.session.rollback()
    return setting.stored()[key]


def test_r1_a_later_save_of_the_section_does_not_take_back_what_somebody_else_changed(app, cast):
    rudi, other = Person(app, "rudi"), Person(app, "rudi")
    late = seen_by(other, centre_phone="0751-999")
    assert save(rudi, seen_by(rudi, centre_name="Pusat Baru")).status_code == 303
    assert save(other, late).status_code == 303
    assert (value_of("centre_name"), value_of("centre_phone")) == ("Pusat Baru", "0751-999")


def test_r1_a_setting_that_both_changed_is_shown_before_theirs_and_yours_and_saved_only_again(app, cast):
    rudi, other = Person(app, "rudi"), Person(app, "rudi")
    late = seen_by(other, centre_name="Nama Kedua", centre_phone="0751-999")
    first = seen_by(rudi, centre_name="Nama Pertama", centre_address="Kampus II")
    assert save(rudi, first).status_code == 303
    refused = save(other, late)
    assert (refused.status_code, cells_of(refused.text)) == (
        409,
        ["Nama pusat", "Pustikom", "Nama Pertama", "Nama Kedua"],
    )
    assert (value_of("centre_name"), value_of("centre_phone")) == ("Nama Pertama", "0751-000000")
    for words in (
        'name="centre_name" value="Nama Kedua"',
        'name="before-centre_name" value="Nama Pertama"',
        'value="Kampus II"',
        'value="0751-999"',
    ):
        assert words in refused.text, words
    again = {
        **late,
        "before-centre_name": "Nama Pertama",
        "centre_address": "Kampus II",
        "before-centre_address": "Kampus II",
    }
    assert save(other, again).status_code == 303
    assert [value_of(key) for key in ("centre_name", "centre_phone", "centre_address")] == [
        "Nama Kedua",
        "0751-999",
        "Kampus II",
    ]


def test_r1_a_refused_value_still_remembers_what_was_seen(app, cast):
    rudi, other = Person(app, "rudi"), Person(app, "rudi")
    late = seen_by(other, centre_name="Nama Kedua", centre_email="bukan alamat")
    assert save(rudi, seen_by(rudi, centre_name="Nama Pertama")).status_code == 303
    refused = save(other, late)
    assert (refused.status_code, 'name="before-centre_name" value="Pustikom"' in refused.text) == (422, True)
    assert save(other, {**late, "centre_email": late["before-centre_email"]}).status_code == 409


def test_r1_of_two_saves_at_one_moment_one_is_shown_the_other(app, cast):
    people = [Person(app, "rudi") for _n in range(2)]
    sent = [seen_by(person, centre_name=f"Nama {n}") for n, person in enumerate(people)]
    token, answers, start = [p.token("/admin/setting/") for p in people], [], threading.Barrier(2)

    def send(n: int) -> None:
        start.wait()
        answers.append(people[n].post("/admin/setting/save/", sent[n], token=token[n]).status_code)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409]


READ = [
    ("centre_email", "Pustikom <pengaduan@Pustikom.example>\u200e", "pengaduan@pustikom.example"),
    ("centre_phone", "Telp. 0751\u20117051678 (kantor)", "0751-7051678"),
    ("opens_at", "7.45", "07:45"),
    ("close_after_days", "1\u200b5", 15),
    ("working_days", "0,\u00a01, 2", [0, 1, 2]),
]


def test_administrator_pastes_a_setting_and_it_is_read_as_in_every_form(app, cast):
    rudi = Person(app, "rudi")
    token = rudi.token("/admin/setting/")
    for key, typed, kept in READ:
        answer = rudi.post("/admin/setting/save/", {key: typed}, token=token)
        assert (answer.status_code, setting.stored()[key]) == (303, kept), (key, typed)


def test_the_settings_have_an_index_and_yes_or_no_is_pressed(app, cast):
    rudi = Person(app, "rudi")
    page = lxml.html.document_fromstring(rudi.get("/admin/setting/").text)
    leads = page.xpath("//nav[contains(@class, 'pk-index__list')]//a/@href")
    assert [page.get_element_by_id(lead.removeprefix("#")).tag for lead in leads] == ["h2"] * len(leads)
    assert len(leads) == len({str(spec.section) for spec in SPECS.values()})
    switches = [key for key, spec in SPECS.items() if isinstance(spec.default, bool)]
    assert switches
    for key in switches:
        choices = page.xpath(f"//fieldset[@id='{key}']//input[@type='radio']")
        assert [choice.get("value") for choice in choices] == ["True", "False"]
        assert sum(choice.get("checked") is not None for choice in choices) == 1
    key = switches[0]
    turned = not setting.get(key)
    seen = {key: str(turned), f"before-{key}": str(not turned)}
    assert rudi.post("/admin/setting/save/", seen).status_code == 303
    assert setting.get(key) is turned


def test_what_a_setting_refuses_stands_above_and_leads_to_its_box(app, cast):
    answer = Person(app, "rudi").post("/admin/setting/save/", {"file_megabytes": "banyak"})
    page = lxml.html.document_fromstring(answer.text)
    assert page.xpath("//div[contains(@class, 'pk-errors')]//a/@href") == ["#file_megabytes"]
    assert page.get_element_by_id("file_megabytes").get("aria-describedby").endswith("file_megabytes-e")
