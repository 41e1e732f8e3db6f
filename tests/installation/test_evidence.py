"""Measuring files as evidence of a point (N7): what is read stays beside the row, and the row shows the worst of it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from documents.stored_document import file_of
from models.base.db import db
from models.installation.quality_test import latest_test
from models.tickets.issued_document import documents_of
from models.tickets.ticket import Ticket
from procedures.installation.measurements import UnreadableMeasurement, iperf_reading, ping_reading
from tests.browse import Person
from tests.databases import both, once
from tests.installation.installation_walk import installation_at
from tests.installation.test_documents import text_of

pytestmark = once

FILES = Path(__file__).parent.parent / "gateways" / "measurements"
GOOD = {"point-connection": "wired", "point-nominal_mbps": "1000", "point-negotiated_mbps": "1000",
        "point-wire_map": "good", "point-length_m": "64,5"}  # fmt: skip


@pytest.fixture
def tono(app):
    return Person(app, "tono")


@pytest.fixture
def ticket(app):
    return installation_at("testing")


def _file(name: str) -> tuple[io.BytesIO, str]:
    kind = "ping" if (FILES / "ping" / name).exists() else "iperf"
    return io.BytesIO((FILES / kind / name).read_bytes()), name


def _points(ticket):
    db.session.expire_all()
    return latest_test(db.session.get(Ticket, ticket.id)).points


def _send(person, ticket, rows=None, **more):
    """Post the form: `rows` are the changes of each row, in the order of the page; the other fields are good ones."""
    path = f"/admin/quality_test/fill/{ticket.id}"
    ids = re.findall(r'name="point-id" value="(\d+)"', person.get(path).text)
    fields = {"do": "draft", **more}
    for row_id, change in zip(ids, rows or [{}] * len(ids), strict=True):
        row = {"point-id": row_id, "point-name": f"Titik {row_id}", **GOOD, **change}
        for name in ("id", "name", "connection", "nominal_mbps", "negotiated_mbps", "wire_map", "length_m", "sent",
                     "received", "udp_loss_percent", "rtt_ms", "jitter_ms", "throughput_mbps", "signal_dbm"):  # fmt: skip
            fields.setdefault(f"point-{name}", []).append(row.get(f"point-{name}", ""))
    return person.post(path, fields)


def test_files_of_every_campus_tool_fill_their_row_and_are_kept_with_it(tono, ticket):
    assert (
        _send(
            tono, ticket, **{"ping-1": _file("windows-en-1000-good.txt"), "iperf-1": _file("tcp-up.json")}
        ).status_code
        == 303
    )
    point = _points(ticket)[0]
    assert (point.sent, point.received, str(point.rtt_ms), str(point.jitter_ms)) == (1000, 1000, "1.000", "1.000")
    assert str(point.throughput_mbps) == "940.810"
    assert (point.ping_file.name, point.iperf_file.name) == ("windows-en-1000-good.txt", "tcp-up.json")
    assert point.shortfalls() == []


def test_unreachable_host_that_windows_counts_as_received_fails_the_point(tono, ticket):
    _send(tono, ticket, **{"ping-1": _file("windows-en-1000-half-unreachable.txt")})
    point = _points(ticket)[0]
    assert (point.sent, point.received) == (1000, 500)
    assert "Paket hilang 50%, batasnya paling banyak 0%" in tono.get(f"/admin/quality_test/fill/{ticket.id}").text


@both
def test_udp_loss_stays_in_the_row_and_fails_the_point_beside_a_clean_ping(tono, ticket):
    _send(tono, ticket, **{"ping-1": _file("windows-en-1000-good.txt"), "iperf-1": _file("udp-loss.json")})
    _send(tono, ticket, **{"iperf-1": _file("tcp-up.json")})
    point = _points(ticket)[0]
    assert (point.sent, point.received, str(point.udp_loss_percent)) == (1000, 1000, "5.012")
    assert str(point.throughput_mbps) == "940.810", "UDP sends as fast as it was told; TCP measured the rate"
    assert [one.sentence for one in point.shortfalls()] == ["Paket UDP hilang 5,012%, batasnya paling banyak 0%"]


@both
def test_worse_of_two_files_stays_until_it_is_set_aside_with_a_reason(tono, ticket):
    _send(tono, ticket, **{"ping-1": _file("cisco-ios-1000-four-lost.txt")})
    _send(tono, ticket, **{"ping-1": _file("windows-en-1000-good.txt")})
    point = _points(ticket)[0]
    assert (point.received, len(point.taken), str(point.jitter_ms)) == (996, 2, "1.000")
    _send(tono, ticket, **{f"aside-{point.id}-0": "Konektor belum dikrimping ulang."})
    point = _points(ticket)[0]
    assert (point.received, [one.set_aside for one in point.taken]) == (1000, ["Konektor belum dikrimping ulang.", ""])
    _send(tono, ticket, **{f"aside-{point.id}-0": ""})
    assert _points(ticket)[0].received == 996


@both
def test_better_figure_typed_over_a_files_own_does_not_replace_it_but_a_worse_one_does(tono, ticket):
    _send(tono, ticket, **{"ping-1": _file("cisco-ios-1000-four-lost.txt")})
    _send(tono, ticket, [{"point-sent": "1000", "point-received": "1000", "point-rtt_ms": "0,2"}, {}, {}])
    assert (_points(ticket)[0].received, str(_points(ticket)[0].rtt_ms)) == (996, "1.000")
    _send(tono, ticket, [{"point-sent": "1000", "point-received": "900", "point-rtt_ms": "7"}, {}, {}])
    assert (_points(ticket)[0].received, str(_points(ticket)[0].rtt_ms)) == (900, "7.000")


@both
@pytest.mark.parametrize(("file", "counts"), [("windows-en-all-unreachable.txt", (4, 0)), ("mtr-target-lost.txt", (100, 0)),
                                              ("fping-dead.txt", (1, 0)), ("iputils-en-all-lost.txt", (4, 0))])  # fmt: skip
def test_file_in_which_all_failed_is_a_failed_test(tono, ticket, file, counts):
    assert _send(tono, ticket, **{"ping-1": _file(file)}).status_code == 303
    point = _points(ticket)[0]
    assert (point.sent, point.received) == counts
    assert "loss" in [one.limit for one in point.shortfalls()]


def test_connection_that_broke_under_iperf_is_a_rate_of_zero(tono, ticket):
    assert _send(tono, ticket, **{"iperf-1": _file("error-server-killed.json")}).status_code == 303
    assert _points(ticket)[0].throughput_mbps == 0


@both
def test_tool_that_prints_answers_only_leaves_the_loss_unmeasured(tono, ticket):
    _send(tono, ticket, **{"ping-1": _file("powershell5-answers-only.txt")})
    point = _points(ticket)[0]
    assert (point.sent, point.received) == (None, None)
    assert "Paket hilang belum diukur" in [one.sentence for one in point.shortfalls()]
    assert "tulis jumlah paket yang dikirim" in tono.get(f"/admin/quality_test/fill/{ticket.id}").text


@pytest.mark.parametrize(("file", "sentence"), [
    ("iputils-en-loopback.txt", "127.0.0.1 adalah mesin penguji sendiri"),
    ("windows-en-loopback.txt", "::1 adalah mesin penguji sendiri"),
    ("iputils-en-own-address-named.txt", "10.20.0.5 adalah mesin penguji sendiri"),
    ("iputils-en-own-address.txt", "10.20.0.5 adalah mesin penguji sendiri"),
    ("iputils-en-ipv6.txt", "fd00:20::1 di luar jaringan kampus"),
    ("fping3-hostname.txt", "menyebut nama gw-ftik tanpa alamatnya"),
    ("loopback.json", "127.0.0.1 adalah mesin penguji sendiri"),
    ("outside-the-campus.json", "203.0.113.7 di luar jaringan kampus (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)"),
    ("tcp-server-by-name-only.json", "menyebut nama iperf-ftik.kampus.ac.id tanpa alamatnya"),
])  # fmt: skip
def test_run_to_ones_own_machine_or_out_of_the_campus_is_no_evidence(app, file, sentence):
    read = ping_reading if file.endswith(".txt") else iperf_reading
    with pytest.raises(UnreadableMeasurement) as refused:
        read(_file(file)[0].read(), "10.20.0.5")
    assert sentence in str(refused.value)


def test_summary_without_a_target_is_no_evidence(app):
    words = b"4 packets transmitted, 4 received, 0% packet loss\nrtt min/avg/max/mdev = 0.2/0.4/0.6/0.1 ms\n"
    with pytest.raises(UnreadableMeasurement, match="tidak menyebut alamat tujuannya"):
        ping_reading(words, "10.20.0.5")


def test_rate_above_the_link_is_refused_from_a_file_and_when_typed(tono, ticket):
    answer = _send(tono, ticket, **{"iperf-1": _file("tcp-faster-than-a-gigabit.json")})
    assert answer.status_code == 422 and "Laju 3.289,07 Mbps mustahil pada sambungan 1.000 Mbps" in answer.text
    answer = _send(tono, ticket, [{"point-throughput_mbps": "3289"}, {"point-jitter_ms": "86400"}, {}])
    assert answer.status_code == 422 and "Laju 3.289 Mbps mustahil pada sambungan 1.000 Mbps" in answer.text
    assert "Jitter 86.400 ms mustahil" in answer.text and 'value="3289"' in answer.text
    assert [point.throughput_mbps for point in _points(ticket)] == [None, None, None]


def test_file_of_another_tool_is_named_and_everything_typed_is_kept(tono, ticket):
    answer = _send(tono, ticket, **{"iperf-1": _file("other-speedtest.json")})
    assert answer.status_code == 422
    assert "berkas “other-speedtest.json” tidak dipakai. Berkas ini bukan keluaran iperf3" in answer.text
    assert answer.text.count('value="64,5"') == 3


def test_page_sent_a_second_time_loses_no_file(tono, ticket):
    first = {row.id for row in _points(ticket)}
    _send(tono, ticket, **{"ping-1": _file("cisco-ios-1000-four-lost.txt")})
    assert {row.id for row in _points(ticket)} == first
    _send(tono, ticket, [{"point-sent": "1000", "point-received": "1000"}, {}, {}])
    assert (len(_points(ticket)[0].taken), _points(ticket)[0].received) == (1, 996)


@both
def test_file_goes_to_its_own_point_when_a_row_above_is_emptied(tono, ticket):
    empty = {f"point-{name}": "" for name in ("name", "length_m")}
    _send(tono, ticket, [empty, {}, {}], **{"ping-3": _file("windows-en-1000-good.txt")})
    points = _points(ticket)
    assert [(len(point.taken), point.sent) for point in points] == [(0, None), (1, 1000)]


def test_point_with_a_file_in_use_cannot_be_emptied_away(tono, ticket):
    _send(tono, ticket, **{"ping-1": _file("cisco-ios-1000-four-lost.txt")})
    empty = {f"point-{name}": "" for name in ("name", "length_m")}
    answer = _send(tono, ticket, [empty, {}, {}])
    assert answer.status_code == 422 and "sudah punya berkas ukur" in answer.text
    assert len(_points(ticket)) == 3


@both
def test_report_prints_each_file_its_target_and_why_one_is_not_used(tono, ticket):
    _send(tono, ticket, **{"ping-1": _file("cisco-ios-1000-four-lost.txt"), "iperf-1": _file("udp-loss.json")})
    _send(tono, ticket, **{f"aside-{_points(ticket)[0].id}-0": "Salah colok."})
    _send(tono, ticket, do="send")
    report = next(one for one in documents_of(db.session.get(Ticket, ticket.id)) if one.kind == "test")
    printed = " ".join(text_of(file_of(report.id)).split())
    assert (
        "cisco-ios-1000-four-lost.txt, ping ke 10.20.0.1: 996 dari 1.000 dijawab, 1 ms (tidak dipakai: Salah colok)"
        in printed
    )
    assert "udp-loss.json, iperf3 UDP ke 10.20.0.1: 18,99 Mbps, jitter 0,006 ms, hilang 5,012%" in printed
    assert "Paket UDP hilang 5,012%, batasnya paling banyak 0%" in printed
