"""Pass or fail is computed: at the limit a point passes, just beyond it fails and says why."""

from dataclasses import replace
from decimal import Decimal

import pytest

from models.installation.limits import (
    FIRST_LIMITS,
    Connection,
    Limits,
    Measurement,
    is_passed,
    limit_sentences,
    shortfalls,
)

WIRED, WIFI = FIRST_LIMITS[Connection.WIRED], FIRST_LIMITS[Connection.WIFI]
GOOD_WIRED = Measurement(
    Connection.WIRED, 1000, 1000, True, Decimal(90), 1000, 1000, Decimal(5), Decimal(2), Decimal(900)
)
GOOD_WIFI = Measurement(Connection.WIFI, sent=100, received=99, rtt_ms=Decimal(20), signal_dbm=Decimal(-67))


def test_points_exactly_at_their_limits_pass():
    assert shortfalls(GOOD_WIRED, WIRED) == []
    assert shortfalls(GOOD_WIFI, WIFI) == []
    assert is_passed([(GOOD_WIRED, WIRED), (GOOD_WIFI, WIFI)])


@pytest.mark.parametrize(
    ("change", "limit", "sentence"),
    [
        ({"wire_map_good": False}, "wire_map", "Peta kabel tidak baik"),
        ({"length_m": Decimal("90.1")}, "length", "Panjang kabel 90,1 m, batasnya paling banyak 90 m"),
        ({"negotiated_mbps": 100}, "speed", "Kecepatan negosiasi 100 Mbps, harus 1.000 Mbps"),
        ({"sent": 999, "received": 999}, "packets", "Paket ping 999, batasnya paling sedikit 1.000"),
        ({"received": 999}, "loss", "Paket hilang 0,1%, batasnya paling banyak 0%"),
        ({"rtt_ms": Decimal("5.001")}, "rtt", "Waktu pulang pergi 5,001 ms, batasnya paling banyak 5 ms"),
        ({"jitter_ms": Decimal("2.5")}, "jitter", "Jitter 2,5 ms, batasnya paling banyak 2 ms"),
        (
            {"throughput_mbps": Decimal("899.99")},
            "throughput",
            "Laju 899,99 Mbps, batasnya paling sedikit 900 Mbps",
        ),
    ],
)
def test_wired_point_beyond_one_limit_fails_with_that_limit(change, limit, sentence):
    failed = shortfalls(replace(GOOD_WIRED, **change), WIRED)
    assert [(one.limit, one.sentence) for one in failed] == [(limit, sentence)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"signal_dbm": Decimal(-68)}, "Sinyal −68 dBm, batasnya paling sedikit −67 dBm"),
        ({"received": 98}, "Paket hilang 2%, batasnya paling banyak 1%"),
        ({"rtt_ms": Decimal("20.1")}, "Waktu pulang pergi 20,1 ms, batasnya paling banyak 20 ms"),
    ],
)
def test_wifi_point_beyond_one_limit_fails_with_that_limit(change, sentence):
    assert [one.sentence for one in shortfalls(replace(GOOD_WIFI, **change), WIFI)] == [sentence]


def test_untested_point_never_passes():
    missing = shortfalls(Measurement(Connection.WIRED), WIRED)
    assert {one.limit for one in missing} == {
        "wire_map",
        "length",
        "speed",
        "loss",
        "rtt",
        "jitter",
        "throughput",
    }
    assert all(one.is_missing and one.sentence.endswith("belum diukur") for one in missing)


def test_test_without_points_does_not_pass():
    assert not is_passed([])


def test_one_bad_point_fails_the_whole_test():
    assert not is_passed([(GOOD_WIRED, WIRED), (replace(GOOD_WIRED, received=1), WIRED)])


def test_limit_that_is_not_set_is_not_judged():
    assert shortfalls(Measurement(Connection.WIRED), Limits()) == []
    assert limit_sentences(Limits()) == []


def test_limits_are_worded_for_the_report():
    assert limit_sentences(WIFI) == [
        "paket hilang paling banyak 1%",
        "waktu pulang pergi ke gateway paling lama 20 ms",
        "sinyal paling lemah −67 dBm",
    ]
    assert len(limit_sentences(WIRED)) == 8
