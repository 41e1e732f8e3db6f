"""Reads ping results that are printed as a table: RouterOS 6 and 7, `mtr --report`, Test-Connection of PowerShell."""

import re
from decimal import Decimal

from flask_babel import gettext as _

from gateways.probes.measurement_text import UnreadableMeasurement
from gateways.probes.ping_judged import judged
from gateways.probes.ping_lines import addresses_in
from gateways.probes.ping_run import (
    PingResult,
    PingRun,
    Reply,
    Summary,
    Times,
    mean_difference,
    times_of,
)

_ROUTEROS = re.compile(r"^\s*SEQ\s+HOST\s+SIZE\s+TTL\s+TIME", re.M)
_TIME = r"(?:[0-9]+s)?(?:[0-9]+ms)?(?:[0-9]+us)?"
_ROW = re.compile(rf"^\s*([0-9]+) +(\S+)(?: +([0-9]+) +([0-9]+) +({_TIME}))?(?: +(\S.*))?$")
_PAGE = re.compile(
    r"sent=([0-9]+)\s+received=([0-9]+)\s+packet-loss=([0-9]+)%"
    r"(?:\s+min-rtt=(\S+)\s+avg-rtt=(\S+)\s+max-rtt=(\S+))?"
)  # fmt: skip
_MTR = re.compile(r"^HOST: +(\S+) +Loss% +Snt +Last +Avg +Best +Wrst +StDev\s*$", re.M)
_HOP = re.compile(
    r"^\s*[0-9]+\.\|-- +(\S+)(?: +\S+)*? +([0-9.]+)%? +([0-9]+) +[0-9.]+"
    r" +([0-9.]+) +([0-9.]+) +([0-9.]+) +([0-9.]+)\s*$"
)
_WINDOWS_5 = re.compile(r"^Source +Destination +IPV4Address +IPV6Address +Bytes +Time\(ms\)", re.M)
_WINDOWS_7 = re.compile(r"^ *Ping +Source +Address +Latency +BufferSize +Status", re.M)
_ROW_7 = re.compile(r"^ *([0-9]+) +(\S+) +(\S+) +([0-9]+|\*) +([0-9]+|\*) +(\S.*?)\s*$")


def read_routeros(text: str) -> PingRun | None:
    """/ping of RouterOS: a row for each packet, and a running summary below each page of rows."""
    if not _ROUTEROS.search(text):
        return None
    run, rows_at, hosts = PingRun(), [], set()
    at = 0
    for line in text.split("\n"):
        row = None if _PAGE.search(line) else _ROW.match(line.rstrip())
        if row and row[5] and not row[6]:
            run.replies.append(Reply(_milliseconds(row[5]), int(row[1])))
            rows_at.append(at)
            hosts.add(row[2])
        elif row and (row[6] or row[5]):
            run.unanswered += 1
            run.errors += bool(row[5])
        at += len(line) + 1
    for match in _PAGE.finditer(text):
        times = Times(*(_milliseconds(match[n]) for n in (4, 5, 6))) if match[4] else None
        after = sum(row < match.start() for row in rows_at)
        run.summaries.append(Summary(int(match[1]), int(match[2]), Decimal(match[3]), times, after))
    run.targets = sorted(hosts) or _asked(text)
    return run


def _milliseconds(text: str) -> Decimal:
    """ "1ms203us", "512us", "2s" in milliseconds."""
    worth = {"s": Decimal(1000), "ms": Decimal(1), "us": Decimal("0.001")}
    return sum((int(n) * worth[unit] for n, unit in re.findall(r"([0-9]+)(ms|us|s)", text)), Decimal(0))


def _asked(text: str) -> list[str]:
    """The address in the command or in the rows, where no packet was answered."""
    rows = [_ROW.match(line.rstrip()) for line in text.split("\n")]
    return sorted({row[2] for row in rows if row and row[6] == "timeout"})[:1] or addresses_in(text)[:1]


def read_mtr(text: str) -> PingRun | None:
    """The last hop of `mtr --report`; mtr prints rounded percentages, exact up to a thousand packets.

    A report without a hop, with `???` last, or ending at a router that stands above already (which only said that
    the target is not reached) is a run that nothing answered.
    """
    heads = list(_MTR.finditer(text))
    if not heads:
        return None
    hops = [hop for line in text[heads[0].end() :].split("\n") if (hop := _HOP.match(line))]
    if not hops:
        return PingRun(targets=[""] * len(heads), summaries=[Summary(1, 0)])
    hosts = [(addresses_in(hop[0]) or [hop[1]])[-1] for hop in hops]  # "gw (10.20.0.1)" with mtr -b
    host, percent, sent = hosts[-1], Decimal(hops[-1][2]), int(hops[-1][3])
    if sent > 1000:
        raise UnreadableMeasurement(
            _("mtr membulatkan kehilangan di atas 1.000 paket. Ulangi dengan mtr --report -n -c 1000.")
        )
    is_reached = host not in hosts[:-1] and host != "???"
    lost = int((percent * sent / 100).to_integral_value()) if is_reached else sent
    average, low, high, deviation = (Decimal(hops[-1][group]) for group in (4, 5, 6, 7))
    times = Times(low, average, high, deviation)
    run = PingRun(targets=[host if is_reached else ""] * len(heads))
    run.summaries = [Summary(sent, sent - lost, percent if is_reached else None, times)]
    run.remark = _("mtr tidak menyebut tujuannya; yang dibaca titik terakhir yang menjawab.") if is_reached else ""
    return run


def read_test_connection_7(text: str) -> PingRun | None:
    """Test-Connection of PowerShell 7: numbered rows, failed ones too, and no summary."""
    heads = len(_WINDOWS_7.findall(text))
    rows = [row for line in text.split("\n") if (row := _ROW_7.match(line))]
    if not heads or not rows:
        return None
    run = PingRun()
    answered = [row for row in rows if row[6] == "Success" and row[4] != "*"]
    run.replies = [Reply(Decimal(row[4]), int(row[1])) for row in answered]
    run.unanswered = len(rows) - len(answered)
    numbers = [int(row[1]) for row in rows]
    if heads == 1 and numbers != list(range(1, len(rows) + 1)):
        raise UnreadableMeasurement(_("Nomor baris Test-Connection tidak urut. Unggah satu keluaran, utuh."))
    times = times_of(run.trips) if run.trips else None
    times = Times(times.low, times.average, times.high) if times else None  # jitter as for every tool without one
    run.summaries = [Summary(len(rows), len(answered), None, times, len(answered))]
    named = re.findall(r"Destination: +(\S+)", text)
    run.targets = (sorted({row[3] for row in answered}) or named[:1]) * heads
    return run


def read_test_connection_5(text: str) -> PingResult | None:
    """Test-Connection of PowerShell 5.1 prints what was answered; what was lost stands in its errors only.

    So the number of packets is known from `-Count` in the command or from errors that were kept (`*>`), else it
    stays unknown, and the loss with it.
    """
    heads = list(_WINDOWS_5.finditer(text))
    if not heads:
        return None
    body = text[heads[0].start() :].split("\n")
    rows = [(line, row) for line in body if (row := re.match(r"^(\S+) +(\S+) .* ([0-9]+) +([0-9]+) *$", line))]
    targets = {(addresses_in(line) or [row[2]])[0] for line, row in rows}
    failed = len(re.findall(r"TestConnectionException", text))
    asked = re.search(r"Test-Connection\b.*?-Count\s+([0-9]+)", text, re.I)
    sent = max(len(rows) + failed, int(asked[1]) if asked else 0)
    run = PingRun(targets=sorted(targets) * len(heads), replies=[Reply(Decimal(row[4])) for _line, row in rows])
    times = times_of(run.trips) if rows else None
    shown = Times(times.low, times.average, times.high) if times else None
    run.summaries = [Summary(sent, len(rows), None, shown, len(rows))]
    result = judged(run)
    is_known = bool(failed or asked)
    return result if is_known else PingResult(None, result.received, result.rtt_min_ms, result.rtt_avg_ms,
                                              result.rtt_max_ms, mean_difference(run.trips), result.target)  # fmt: skip
