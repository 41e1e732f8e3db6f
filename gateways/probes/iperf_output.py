"""Reads the report of `iperf3 --json`; it never runs iperf3 and invents no figure."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gateways.probes.ping_output import UnreadableMeasurement

MAX_CHARACTERS = 5_000_000
MBPS = Decimal(1_000_000)


@dataclass(frozen=True)
class IperfResult:
    """One run. Rates in Mbps as received; upload is from the tested point to the iperf3 server.

    Jitter and loss come with UDP only, the worse of both directions; None where not measured.
    """

    protocol: str
    seconds: Decimal
    upload_mbps: Decimal | None
    download_mbps: Decimal | None
    jitter_ms: Decimal | None
    loss_percent: Decimal | None

    @property
    def throughput_mbps(self) -> Decimal:
        """The slower measured direction: what the limit is compared with."""
        return min(rate for rate in (self.upload_mbps, self.download_mbps) if rate is not None)


def read_iperf(text: str) -> IperfResult:
    """The result of `iperf3 --json`, TCP or UDP, one way or both; UnreadableMeasurement otherwise."""
    report = _report(text)
    if "error" in report:
        raise UnreadableMeasurement(f"iperf3 melaporkan galat: “{str(report['error'])[:200]}”. Ulangi pengujiannya.")
    start, end = report.get("start"), report.get("end")
    if not isinstance(start, dict) or "test_start" not in start:
        raise UnreadableMeasurement(_OTHER_TOOL)
    if not isinstance(end, dict) or not end:
        raise UnreadableMeasurement(_CUT_OFF)
    try:
        return _result(start["test_start"], end)
    except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise UnreadableMeasurement(_CUT_OFF) from error


_OTHER_TOOL = (
    "Berkas ini bukan keluaran iperf3. Jalankan iperf3 dengan pilihan --json, "
    "misalnya: iperf3 -c SERVER --json > hasil.json"
)
_CUT_OFF = "Berkas iperf3 terpotong: ringkasan akhirnya tidak ada. Tunggu sampai iperf3 selesai, lalu unggah lagi."


def _report(text: str) -> dict[str, Any]:
    if len(text) > MAX_CHARACTERS:
        raise UnreadableMeasurement("Berkas iperf3 terlalu besar. Unggah keluaran satu kali pengujian saja.")
    body = text.lstrip("\ufeff \t\r\n")
    try:
        report = json.loads(body, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableMeasurement(_CUT_OFF if body.startswith("{") and '"start"' in body else _OTHER_TOOL) from error
    if not isinstance(report, dict):
        raise UnreadableMeasurement(_OTHER_TOOL)
    return report


def _refuse_constant(name: str) -> Decimal:
    raise ValueError(name)  # NaN and Infinity are no measurements


def _result(test: dict[str, Any], end: dict[str, Any]) -> IperfResult:
    protocol = str(test["protocol"]).upper()
    if protocol not in ("TCP", "UDP"):
        raise UnreadableMeasurement(f"Pengujian {protocol[:20]} tidak dikenal. Ulangi iperf3 dengan TCP atau UDP.")
    forward, backward = _received(end, ""), _received(end, "_bidir_reverse")
    if test.get("reverse"):
        forward, backward = None, forward
    sums = [one for one in (forward, backward) if one is not None]
    result = IperfResult(
        protocol,
        _number(max(one["seconds"] for one in sums)),
        _mbps(forward),
        _mbps(backward),
        _worst(sums, "jitter_ms"),
        _worst(sums, "lost_percent"),
    )
    if result.throughput_mbps <= 0:
        raise UnreadableMeasurement("iperf3 tidak memindahkan data sama sekali. Periksa sambungannya, lalu ulangi.")
    return result


def _received(end: dict[str, Any], direction: str) -> dict[str, Any] | None:
    """What arrived in one direction; reports before 3.7 tell of UDP only what was sent and lost."""
    if direction or "sum_received" in end:
        return end.get(f"sum_received{direction}")
    sent: dict[str, Any] = end["sum"]
    arrived = _number(sent["bits_per_second"]) * (100 - _number(sent["lost_percent"])) / 100
    return {**sent, "bits_per_second": arrived}


def _mbps(received: dict[str, Any] | None) -> Decimal | None:
    return None if received is None else (_number(received["bits_per_second"]) / MBPS).quantize(Decimal("0.01"))


def _worst(sums: list[dict[str, Any]], name: str) -> Decimal | None:
    figures = [_number(one[name]) for one in sums if name in one]
    return max(figures).quantize(Decimal("0.001")) if figures else None


def _number(value: Any) -> Decimal:
    if not isinstance(value, Decimal) or not 0 <= value < Decimal(10) ** 15:
        raise TypeError(value)
    return value
