"""A setting that would only fail later is refused when it is saved, with a sentence that says how to mend it."""

from __future__ import annotations

import pytest

from models import setting
from models.db import db
from models.setting import Setting
from tests.browse import Person

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
    ("centre_email", "pengaduan", "alamat email"),
    ("on_behalf_words", "a.n. {jabatan}", "{position}"),
    ("watch_networks", "10.0.0.1/8", "tidak dapat dibaca"),
    ("watch_ports", "22, http", "tidak dapat dibaca"),
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
