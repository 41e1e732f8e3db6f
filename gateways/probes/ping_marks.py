"""Reads ping results of few words: Cisco IOS and Ruijie (a mark for each packet), and fping."""

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from flask_babel import gettext as _

from gateways.probes.measurement_text import UnreadableMeasurement
from gateways.probes.ping_lines import NUMBER, addresses_in, reply_of
from gateways.probes.ping_run import PingRun, Reply, Summary, Times, decimal_of, times_of

_SENDING = re.compile(r"Sending ([0-9]+), [0-9]+-byte ICMP Echoe?s? to (\S+?),", re.I)
_SOURCE = re.compile(r"source address of (\S+)")
_RATE = re.compile(
    r"Success rate is ([0-9]+) percent \(([0-9]+)/([0-9]+)\)"
    rf"(?:,\s+round-trip\s+min/avg/max\s+=\s+({NUMBER})/({NUMBER})/({NUMBER})\s+ms)?"
)
_MARKS = re.compile(r"^\s*([!.UQM?&NCTHA]+)\s*$")
_WORDED = re.compile(r"^Repl(?:y to|ied) request [0-9]+ (?:after )?\(?([0-9]+) ms\)?")  # IOS, ping … verbose

_FPING_LINE = re.compile(r"^(\S+(?: \(\S+\))?)\s*: \[([0-9]+)\], (?:[0-9]+ bytes, ([0-9.]+) ms|(timed out))", re.M)
_FPING_COUNTS = re.compile(
    rf"^(\S+(?: \(\S+\))?)\s*: xmt/rcv/%loss = ([0-9]+)/([0-9]+)/({NUMBER})%"
    rf"(?:.*?min/avg/max = ({NUMBER})/({NUMBER})/({NUMBER}))?",
    re.M,
)
_FPING_EACH = re.compile(r"^(\S+(?: \(\S+\))?)\s*:((?: (?:[0-9]+(?:\.[0-9]+)?|-))+)\s*$", re.M)  # fping -C
_FPING_DEAD = re.compile(r"^(\S+(?: \(\S+\))?) is (unreachable|alive)\s*$", re.M)


def read_cisco(text: str) -> PingRun | None:
    """ping of Cisco IOS, IOS XE, ASA and Ruijie: `!` is an answer, any other mark is none."""
    sending, rates = list(_SENDING.finditer(text)), list(_RATE.finditer(text))
    if not sending and not rates:
        return None
    run = PingRun(targets=[one[2] for one in sending])
    sources = _SOURCE.findall(text)
    run.source = sources[0] if sources else ""
    replies_at = []
    at = 0
    for line in text.split("\n"):
        for reply in _answers(line, run):
            run.replies.append(reply)
            replies_at.append(at)
        at += len(line) + 1
    for match in rates:
        times = Times(*(decimal_of(match[n]) for n in (4, 5, 6))) if match[4] else None
        after = sum(one < match.start() for one in replies_at)
        run.summaries.append(Summary(int(match[3]), int(match[2]), 100 - Decimal(match[1]), times, after))
    return run


def _answers(line: str, run: PingRun) -> Iterable[Reply]:
    """The answers in a line of marks, or the one in a worded line; other marks are counted as unanswered."""
    if marks := _MARKS.match(line):
        answered = marks[1].count("!")
        run.unanswered += len(marks[1]) - answered
        return [Reply()] * answered
    if worded := _WORDED.match(line.strip()):
        return [Reply(Decimal(worded[1]))]
    reply = reply_of(line)
    return [reply] if reply else []


def read_fping(text: str) -> PingRun | None:
    """fping with -c or -C to one target; a target "is unreachable" is one attempt that failed."""
    counts, each = list(_FPING_COUNTS.finditer(text)), list(_FPING_EACH.finditer(text))
    lines, dead = list(_FPING_LINE.finditer(text)), list(_FPING_DEAD.finditer(text))
    if not (counts or lines or each or dead):
        return None
    named = {(addresses_in(match[1]) or [match[1]])[0] for match in [*counts, *lines, *each, *dead]}
    run = PingRun(targets=sorted(named))
    run.replies = [Reply(Decimal(line[3]), int(line[2])) for line in lines if line[3]]
    run.unanswered = sum(bool(line[4]) for line in lines)
    if not (counts or each or dead) or any(match[2] == "alive" for match in dead):
        raise UnreadableMeasurement(
            _(
                "Jumlah paket fping tidak ada di berkas ini; fping mencetaknya ke layar galat. "
                "Ulangi dengan: fping -c 1000 ALAMAT > hasil.txt 2>&1"
            )
        )
    found = [(match.start(), _counted(match)) for match in counts]
    found += [(match.start(), _listed(match)) for match in each]
    found += [(match.start(), Summary(1, 0)) for match in dead]
    if each and not lines:
        values = enumerate(each[0][2].split())
        run.replies = [Reply(Decimal(value), number) for number, value in values if value != "-"]
        return PingRun(run.targets, "", run.replies, summaries=[replace(found[-1][1], after=len(run.replies))])
    for at, one in sorted(found, key=lambda pair: pair[0]):
        after = sum(bool(line[3]) and line.start() < at for line in lines)
        run.summaries.append(Summary(one.sent, one.received, one.percent, one.times, after))
    return run


def _counted(match: re.Match[str]) -> Summary:
    times = Times(*(decimal_of(match[n]) for n in (5, 6, 7))) if match[5] else None
    return Summary(int(match[2]), int(match[3]), decimal_of(match[4]), times)


def _listed(match: re.Match[str]) -> Summary:
    """fping -C: every round trip on one line, `-` for a lost one."""
    values = match[2].split()
    trips = [Decimal(value) for value in values if value != "-"]
    times = times_of(trips) if trips else None
    return Summary(len(values), len(trips), None, Times(times.low, times.average, times.high) if times else None)
