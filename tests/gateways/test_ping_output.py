"""Ping is read by structure: a real Linux run, the sentences, and runs of every dialect made up packet by packet.

The files that campus tools wrote stand in measurements/ping/ (test_measurement_files.py).
"""

import subprocess
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.probes.measurement_text import UnreadableMeasurement
from gateways.probes.ping_output import read_ping


def test_real_linux_ping_of_this_machine_is_read():
    run = subprocess.run(["ping", "-c", "5", "-i", "0.2", "127.0.0.1"], capture_output=True, check=True)
    result = read_ping(run.stdout)
    assert (result.sent, result.received, result.lost, result.loss_percent) == (5, 5, 0, 0)
    assert result.rtt_avg_ms is not None and result.jitter_ms is not None
    assert Decimal(0) < result.rtt_min_ms <= result.rtt_avg_ms <= result.rtt_max_ms < 1000
    assert result.target == "127.0.0.1"


BAD = {
    "Berkas ping terpotong: ringkasan": "64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=1.2 ms\n64 by",
    "Berkas ping terpotong: baris waktu": "4 packets transmitted, 4 received, 0% packet loss, time 3004ms\n",
    "bukan keluaran ping": '{"start": {}, "end": {}}',
    "tidak memuat satu paket pun": "0 packets transmitted, 0 received, 0% packet loss\n",
    "tidak cocok": "4 packets transmitted, 4 received, 50% packet loss\nrtt min/avg/max/mdev = 1/1/1/0 ms",
    "tidak berurutan": "4 packets transmitted, 4 received, 0% packet loss\nrtt min/avg/max/mdev = 9/1/3/0 ms",
    "terlalu besar": "x" * 1_000_001,
    "dokumen atau gambar": b"%PDF-1.7\n",
}


@pytest.mark.parametrize("sentence", BAD)
def test_bad_file_is_refused_with_its_sentence(sentence):
    with pytest.raises(UnreadableMeasurement, match=sentence):
        read_ping(BAD[sentence])


@given(st.text(alphabet="0123456789=/%.,()abc :!\n", max_size=300))
def test_any_text_is_read_or_refused_and_never_crashes(text):
    try:
        result = read_ping(text)
    except UnreadableMeasurement:
        return
    assert result.sent is None or 0 <= result.received <= result.sent


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_never_crash(data):
    try:
        read_ping(data)
    except UnreadableMeasurement:
        return


# A packet: milliseconds of its answer, None for silence, 0 for an error that a router sent.
PACKETS = st.lists(st.sampled_from((None, 0, 1, 2, 9)), min_size=1, max_size=12)


def _windows(packets: list[int | None]) -> list[str]:
    """As Windows prints it: an error counts as received."""
    told = {None: "Request timed out.", 0: "Reply from 10.0.0.9: Destination host unreachable."}
    lines = [told.get(ms, f"Reply from 10.0.0.1: bytes=32 time={ms}ms TTL=64") for ms in packets]
    lost, times = packets.count(None), [ms for ms in packets if ms]
    received = len(packets) - lost
    foot = ["", "Ping statistics for 10.0.0.1:"]
    foot += [f"    Packets: Sent = {len(packets)}, Received = {received}, Lost = {lost} "
             f"({100 * lost // len(packets)}% loss),"]  # fmt: skip
    if times:
        average = sum(times) // received
        foot += [f"    Minimum = {min(times)}ms, Maximum = {max(times)}ms, Average = {average}ms"]
    return ["Pinging 10.0.0.1 with 32 bytes of data:", *lines, *foot]


def _iputils(packets: list[int | None]) -> list[str]:
    lines = ["PING 10.0.0.1 (10.0.0.1) 56(84) bytes of data."]
    for number, ms in enumerate(packets, 1):
        if ms == 0:
            lines.append(f"From 10.0.0.9 icmp_seq={number} Destination Host Unreachable")
        elif ms:
            lines.append(f"64 bytes from 10.0.0.1: icmp_seq={number} ttl=64 time={ms}.00 ms")
    times = [ms for ms in packets if ms]
    lost = (len(packets) - len(times)) * 100 / len(packets)
    lines += ["", "--- 10.0.0.1 ping statistics ---"]
    lines += [f"{len(packets)} packets transmitted, {len(times)} received, {lost:g}% packet loss, time 9ms"]
    if times:
        average = sum(times) / len(times)
        lines += [f"rtt min/avg/max/mdev = {min(times)}.000/{average:.3f}/{max(times)}.000/0.000 ms"]
    return lines


def _routeros(packets: list[int | None]) -> list[str]:
    lines = ["  SEQ HOST                                     SIZE TTL TIME  STATUS"]
    for number, ms in enumerate(packets):
        told = {None: "10.0.0.1    timeout", 0: "10.0.0.9    84  64 996ms host unreachable"}
        lines.append(f"{number:5} " + told.get(ms, f"10.0.0.1    56  64 {ms}ms"))
    times = [ms for ms in packets if ms]
    lost = 100 * (len(packets) - len(times)) // len(packets)
    rtt = f" min-rtt={min(times)}ms avg-rtt={sum(times) // len(times)}ms max-rtt={max(times)}ms" if times else ""
    return [*lines, f"    sent={len(packets)} received={len(times)} packet-loss={lost}%{rtt}"]


def _cisco(packets: list[int | None]) -> list[str]:
    marks = "".join("!" if ms else "U" if ms == 0 else "." for ms in packets)
    times = [ms for ms in packets if ms]
    rtt = f", round-trip min/avg/max = {min(times)}/{sum(times) // len(times)}/{max(times)} ms" if times else ""
    rate = 100 * len(times) // len(packets)
    return [f"Sending {len(packets)}, 100-byte ICMP Echos to 10.0.0.1, timeout is 2 seconds:", marks,
            f"Success rate is {rate} percent ({len(times)}/{len(packets)}){rtt}"]  # fmt: skip


DIALECTS = {"Windows": _windows, "iputils": _iputils, "RouterOS": _routeros, "Cisco": _cisco}


@pytest.mark.parametrize("dialect", DIALECTS)
@given(packets=PACKETS)
def test_every_run_is_read_as_the_packets_went(dialect, packets):
    result = read_ping("\n".join(DIALECTS[dialect](packets)) + "\n")
    answered = [ms for ms in packets if ms]
    assert (result.sent, result.received) == (len(packets), len(answered))
    if answered:
        assert result.rtt_avg_ms >= sum(answered) // len(answered)
        assert result.rtt_max_ms == max(answered)


@pytest.mark.parametrize("dialect", DIALECTS)
@given(packets=PACKETS, data=st.data())
def test_a_run_with_a_line_taken_out_or_said_twice_is_never_read_better(dialect, packets, data):
    lines = DIALECTS[dialect](packets)
    at = data.draw(st.integers(0, len(lines) - 1))
    changed = lines[:at] + data.draw(st.sampled_from(([], [lines[at], lines[at]]))) + lines[at + 1 :]
    try:
        result = read_ping("\n".join(changed) + "\n")
    except UnreadableMeasurement:
        return
    answered = sum(bool(ms) for ms in packets)
    assert result.loss_percent >= Decimal((len(packets) - answered) * 100) / len(packets) - Decimal("0.001")


@pytest.mark.parametrize("dialect", DIALECTS)
@given(first=PACKETS, second=PACKETS)
def test_two_runs_in_one_file_are_never_read_as_the_better_one(dialect, first, second):
    both = "\n".join([*DIALECTS[dialect](first), *DIALECTS[dialect](second)]) + "\n"
    with pytest.raises(UnreadableMeasurement):
        read_ping(both)
