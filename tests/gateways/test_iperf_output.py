"""iperf3 is run for real against itself, and its report read; every other file gets its sentence."""

import json
import socket
import subprocess
import time
from decimal import Decimal

import pytest

from gateways.probes.iperf_output import read_iperf
from gateways.probes.ping_output import UnreadableMeasurement


def _run_iperf(*options: str) -> str:
    """The JSON of one client run of half a second against a server of its own on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with subprocess.Popen(
        ["iperf3", "-s", "-1", "-B", "127.0.0.1", "-p", port],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            return _client(port, options)
        finally:
            server.terminate()


def _client(port: str, options: tuple[str, ...]) -> str:
    for _ in range(20):
        run = subprocess.run(
            ["iperf3", "-c", "127.0.0.1", "-p", port, "-t", "0.5", "--json", *options],
            capture_output=True,
            text=True,
            check=False,
        )
        if "unable to connect" not in run.stdout:
            return run.stdout
        time.sleep(0.1)
    raise AssertionError(run.stdout)


@pytest.fixture(scope="module")
def tcp_report() -> str:
    return _run_iperf("-t", "1")


def test_real_tcp_upload_is_read(tcp_report):
    result = read_iperf(tcp_report)
    assert result.protocol == "TCP"
    assert result.upload_mbps > 10 and result.download_mbps is None
    assert (result.jitter_ms, result.loss_percent) == (None, None)
    assert result.throughput_mbps == result.upload_mbps


def test_real_tcp_download_is_read():
    result = read_iperf(_run_iperf("-t", "1", "-R"))
    assert result.upload_mbps is None and result.download_mbps > 10


def test_real_tcp_both_ways_takes_the_slower_one_for_the_limit():
    result = read_iperf(_run_iperf("-t", "1", "--bidir"))
    assert result.throughput_mbps == min(result.upload_mbps, result.download_mbps) > 1


@pytest.mark.parametrize(
    ("options", "has_upload", "has_download"),
    [((), True, False), (("-R",), False, True), (("--bidir",), True, True)],
)
def test_real_udp_is_read_with_jitter_and_loss(options, has_upload, has_download):
    result = read_iperf(_run_iperf("-t", "1", "-u", "-b", "5M", *options))
    assert result.protocol == "UDP"
    assert (result.upload_mbps is not None, result.download_mbps is not None) == (has_upload, has_download)
    assert 1 < result.throughput_mbps < 7
    assert result.jitter_ms >= 0 and 0 <= result.loss_percent <= 100


def test_old_udp_report_counts_only_what_arrived():
    old = {
        "start": {"test_start": {"protocol": "UDP", "reverse": 0}},
        "end": {"sum": {"seconds": 10.0, "bits_per_second": 100e6, "jitter_ms": 0.4, "lost_percent": 10.0}},
    }
    result = read_iperf(json.dumps(old))
    assert (result.upload_mbps, result.loss_percent, result.jitter_ms) == (
        Decimal(90),
        Decimal(10),
        Decimal("0.4"),
    )


def test_cut_off_at_every_tenth_is_refused_as_cut_off(tcp_report):
    for tenth in range(2, 10):
        with pytest.raises(UnreadableMeasurement, match="terpotong|bukan keluaran iperf3"):
            read_iperf(tcp_report[: len(tcp_report) * tenth // 10])


def test_interrupted_run_without_an_end_is_refused(tcp_report):
    report = json.loads(tcp_report)
    report["end"] = {}
    with pytest.raises(UnreadableMeasurement, match="terpotong"):
        read_iperf(json.dumps(report))


def test_real_refused_connection_tells_iperfs_own_error():
    run = subprocess.run(
        ["iperf3", "-c", "127.0.0.1", "-p", "1", "--json"], capture_output=True, text=True, check=False
    )
    with pytest.raises(UnreadableMeasurement, match="iperf3 melaporkan galat: .*unable to connect"):
        read_iperf(run.stdout)


@pytest.mark.parametrize(
    "other",
    [
        "",
        "null",
        "[]",
        "3",
        "{}",
        '{"download": {"bandwidth": 1}}',
        "[" * 100_000,
        "[ ID] Interval Transfer Bitrate",
        '{"start": 1, "end": 2}',
        "\x00\xff",
    ],
)
def test_other_tools_file_is_refused_as_such(other):
    with pytest.raises(UnreadableMeasurement, match="bukan keluaran iperf3"):
        read_iperf(other)


@pytest.mark.parametrize("rate", [0, -5, "NaN", 1e30, "many", None, [], True])
def test_absurd_rate_is_refused(tcp_report, rate):
    report = json.loads(tcp_report)
    report["end"]["sum_received"]["bits_per_second"] = float("nan") if rate == "NaN" else rate
    with pytest.raises(UnreadableMeasurement):
        read_iperf(json.dumps(report))
