"""Reads the report of an iperf3 run.

Where the report tells one thing twice (by stream and in sum, sent and received), the worse counts; where the two
cannot both be true, nothing does. docs/decisions/07-how-evidence-is-judged.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import ip_address

from flask_babel import gettext as _

from gateways.probes.iperf_report import Report, Said, cut_off, other_tool, part_of, parts_of, report_in
from gateways.probes.measurement_text import UnreadableMeasurement, text_of

MBPS = Decimal(1_000_000)
MOST_MBPS = Decimal(400_000)
LONGEST_JITTER_MS = Decimal(60_000)
_NEARLY = Decimal("1.02")
# What iperf3 says when the connection under test failed; its other errors are about the server or the command.
_LINK_FAILED = (
    "no route to host", "network is unreachable", "host is down", "timed out", "connection reset", "broken pipe",
    "control socket has closed", "no data received",
)  # fmt: skip

__all__ = ["IperfResult", "UnreadableMeasurement", "read_iperf"]


@dataclass(frozen=True)
class IperfResult:
    """One run. Rates in Mbps as received; upload is from the tested point to the iperf3 server.

    Jitter and loss come with UDP only, the worse of both directions; None where not measured. `failed` is iperf3's
    own word for a connection that did not hold: then the rate is 0.
    """

    protocol: str
    seconds: Decimal
    upload_mbps: Decimal | None
    download_mbps: Decimal | None
    jitter_ms: Decimal | None
    loss_percent: Decimal | None
    target: str = ""
    source: str = ""
    failed: str = ""

    @property
    def throughput_mbps(self) -> Decimal:
        """The slower measured direction: what the limit is compared with."""
        return min(rate for rate in (self.upload_mbps, self.download_mbps) if rate is not None)


def read_iperf(file: bytes | str) -> IperfResult:
    """The result of `iperf3 --json`, TCP or UDP, one way or both; UnreadableMeasurement otherwise."""
    report = report_in(file if isinstance(file, str) else text_of(file))
    if "error" in report:
        return _failed(report, str(report["error"]))
    start, end = report.get("start"), report.get("end")
    if not isinstance(start, dict) or "test_start" not in start:
        raise UnreadableMeasurement(other_tool())
    if not isinstance(end, dict) or not end:
        raise UnreadableMeasurement(cut_off())
    try:
        return _result(start, end, parts_of(report.get("intervals")))
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        if isinstance(error, UnreadableMeasurement):
            raise
        raise UnreadableMeasurement(cut_off()) from error


def _failed(report: Report, error: str) -> IperfResult:
    """A connection that broke or was never there is a failed test; any other error is told and measured again."""
    if not any(words in error.lower() for words in _LINK_FAILED):
        raise UnreadableMeasurement(_("iperf3 melaporkan galat: “%(error)s”. Ulangi pengujiannya.", error=error[:200]))
    start = report.get("start")
    target, source = _ends(start if isinstance(start, dict) else {})
    return IperfResult("", Decimal(0), Decimal(0), None, None, None, target, source, error[:200])


def _result(start: Report, end: Report, intervals: list[Said]) -> IperfResult:
    test = part_of(start["test_start"])
    protocol = str(test["protocol"]).upper()
    if protocol not in ("TCP", "UDP"):
        raise UnreadableMeasurement(
            _("Pengujian %(protocol)s tidak dikenal. Ulangi iperf3 dengan TCP atau UDP.", protocol=protocol[:20])
        )
    if "accepted_connection" in start and (test.get("reverse") or test.get("bidirectional")):
        raise UnreadableMeasurement(
            _("Laporan ini dari sisi server, yang tidak tahu apa yang diterima penguji. Unggah laporan klien.")
        )
    _check_intervals(end, intervals)
    _check_streams(end)
    forward, backward = _received(end, ""), _received(end, "_bidir_reverse")
    seconds = max(_number(one["seconds"]) for one in (forward, backward) if one is not None)
    if test.get("reverse"):
        forward, backward = None, forward
    loss = _loss(end) if protocol == "UDP" else None
    result = IperfResult(
        protocol,
        seconds,
        _mbps(forward),
        _mbps(backward),
        _jitter(end) if protocol == "UDP" and loss != 100 else None,  # nothing arrived, nothing was measured
        loss,
        *_ends(start),
    )
    _check_possible(result)
    return result


def _check_possible(result: IperfResult) -> None:
    if result.throughput_mbps > MOST_MBPS or (result.jitter_ms or 0) > LONGEST_JITTER_MS:
        raise UnreadableMeasurement(_impossible())
    if result.loss_percent is not None and result.loss_percent > 100:
        raise UnreadableMeasurement(_contradicting())


def _ends(start: Report) -> tuple[str, str]:
    """The server's and the tester's address, empty where the report names none."""
    connected = start.get("connected")
    first = connected[0] if isinstance(connected, list) and connected and isinstance(connected[0], dict) else {}
    asked = start.get("connecting_to")
    asked_host = asked.get("host") if isinstance(asked, dict) else None
    ends = _address(first.get("remote_host") or asked_host), _address(first.get("local_host"))
    return (ends[1], ends[0]) if "accepted_connection" in start else ends  # a report of the server's


def _address(text: Said) -> str:
    try:
        found = ip_address(str(text or "").split("%")[0])
    except ValueError:
        return str(text or "")[:120]
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)


def _received(end: Report, direction: str) -> Report | None:
    """What arrived in one direction; reports before 3.7 tell of UDP only what was sent and lost."""
    if direction and f"sum_received{direction}" not in end:
        return None
    sent, got = end.get(f"sum_sent{direction}"), end.get(f"sum_received{direction}")
    if got is None:
        total = part_of(end["sum"])
        arrived = _number(total["bits_per_second"]) * (100 - _number(total["lost_percent"])) / 100
        return {**total, "bits_per_second": arrived}
    got = part_of(got)
    _check_sum(got)
    sent_rate = (
        _number(part_of(sent)["bits_per_second"]) if sent else Decimal(0)
    )  # 0 in the report of the receiving server
    if sent_rate and _number(got["bits_per_second"]) > sent_rate * _NEARLY + MBPS:
        raise UnreadableMeasurement(_contradicting())  # more arrived than was sent
    return dict(got)


def _check_sum(one: Report) -> None:
    """Bytes, seconds and rate of one sum tell the same."""
    if "bytes" not in one or "seconds" not in one:
        return
    rate, size, seconds = (_number(one[name]) for name in ("bits_per_second", "bytes", "seconds"))
    if abs(rate * seconds - size * 8) > size * 8 * (_NEARLY - 1) + MBPS:
        raise UnreadableMeasurement(_contradicting())


def _check_intervals(end: Report, intervals: list[Said]) -> None:
    """The seconds that were printed on the way carry what the end claims, warming up (-O) left out."""
    for name, direction in (("sum", ""), ("sum_bidir_reverse", "_bidir_reverse")):
        sums = [part for one in intervals if isinstance(one, dict) and isinstance(part := one.get(name), dict)]
        moved = sum((_number(one["bytes"]) for one in sums if not one.get("omitted")), Decimal(0))
        got = part_of(end.get(f"sum_received{direction}") or {})
        if sums and "bytes" in got and _number(got["bytes"]) > moved * Decimal("1.1") + MBPS:
            raise UnreadableMeasurement(_contradicting())


def _check_streams(end: Report) -> None:
    """TCP: the streams together received what the sums claim."""
    streams = [part_of(stream) for stream in parts_of(end.get("streams"))]
    got = [receiver for stream in streams if isinstance(receiver := stream.get("receiver"), dict)]
    streamed = sum((_number(one["bytes"]) for one in got), Decimal(0))
    received = [part_of(one) for name, one in end.items() if name.startswith("sum_received")]
    sums = [one for one in received if "bytes" in one]
    if got and sum((_number(one["bytes"]) for one in sums), Decimal(0)) > streamed * _NEARLY + MBPS:
        raise UnreadableMeasurement(_contradicting())


def _udp_tellers(end: Report) -> Iterator[Report]:
    """Everything in the report that speaks of lost packets or jitter: sums, both ways, and each stream."""
    yield from (one for name, one in end.items() if name.startswith("sum") and isinstance(one, dict))
    for stream in parts_of(end.get("streams")):
        if isinstance(stream, dict) and isinstance(told := stream.get("udp"), dict):
            yield told


def _jitter(end: Report) -> Decimal | None:
    figures = [_number(one["jitter_ms"]) for one in _udp_tellers(end) if "jitter_ms" in one]
    return max(figures).quantize(Decimal("0.001")) if figures else None


def _loss(end: Report) -> Decimal | None:
    """The largest loss that any part of the report tells, and what the receiver never heard of.

    A receiver that got nothing counts 0 packets and 0 lost; the few packets that are on their way when the test
    ends (below one in a hundred) are no loss.
    """
    figures = []
    for one in _udp_tellers(end):
        if "lost_percent" in one:
            figures.append(_number(one["lost_percent"]))
        if one.get("packets") and "lost_packets" in one:
            figures.append(_number(one["lost_packets"]) * 100 / _number(one["packets"]))
    for direction in ("", "_bidir_reverse"):
        sent, got = end.get(f"sum_sent{direction}"), end.get(f"sum_received{direction}")
        if isinstance(sent, dict) and isinstance(got, dict) and sent.get("packets") and "packets" in got:
            unheard = 100 - _number(got["packets"]) * 100 / _number(sent["packets"])
            figures += [unheard] if unheard >= 1 else []
    return max(figures).quantize(Decimal("0.001")) if figures else None


def _mbps(received: Report | None) -> Decimal | None:
    return None if received is None else (_number(received["bits_per_second"]) / MBPS).quantize(Decimal("0.01"))


def _number(value: Said) -> Decimal:
    if not isinstance(value, Decimal):
        raise TypeError(value)
    if not 0 <= value < Decimal(10) ** 15:
        raise UnreadableMeasurement(_impossible())
    return value


def _impossible() -> str:
    return _("Angka di berkas iperf3 mustahil. Ulangi pengujiannya, lalu unggah berkas asli.")


def _contradicting() -> str:
    return _("Angka di berkas iperf3 saling bertentangan. Unggah berkas asli, tanpa diubah, atau ulangi pengujiannya.")
