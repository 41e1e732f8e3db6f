"""Reads ping programs that print a line for each packet: iputils, BSD, BusyBox, Windows, Huawei, H3C, Ruijie.

They are read by structure (addresses, `key=number`, %, order), so every language of theirs is read alike.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address

from gateways.probes.ping_run import PingRun, Reply, Summary, Times, decimal_of

NUMBER = r"[0-9]+(?:[.,][0-9]+)?"
_ADDRESS = re.compile(
    r"(?<![\w.:])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}(?![0-9A-Fa-f.])|[0-9.]{7,15})"
    r"|(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\.?[0-9])"
)
_OPENING = re.compile(r"\s*(?:PING6?(?=.*[(:])|\S+ \S+? ?\([0-9A-Fa-f.:%\w]+\))", re.I)
_PAIR = re.compile(rf"([^\s=<:：,(]*)\s*[=<]\s*({NUMBER})(?=\s?([^\s0-9=<]?))")
_NOTE = re.compile(r"\([^()0-9]*\)\s*$")  # (DUP!), (重复!): behind the time
_WINDOWS = re.compile(
    r"=\s*([0-9]+)[^0-9=%]+=\s*([0-9]+)[^0-9=%]+=\s*([0-9]+)(?![0-9])"
    r"(?:[^0-9=%]*([0-9]+)\s*%|[^0-9=%]*%([0-9]+))"
)
_WINDOWS_TIMES = re.compile(
    r"=\s*([0-9]+)\s*[^\s0-9=]+[^0-9=]*=\s*([0-9]+)\s*[^\s0-9=]+[^0-9=]*=\s*([0-9]+)\s*[^\s0-9=]+"
)
_COUNT = r"(?<![0-9.,])([0-9]+)(?![.,]?[0-9])"
# "4 packets transmitted, 3 received, +1 errors, 25% packet loss", in languages with the number behind its word too.
_UNIX = re.compile(
    rf"^[^0-9%٪=:/\n]*{_COUNT}[^0-9%٪=:/\n]+{_COUNT}[^%٪=:\n]*?(?:(?<![0-9.,])({NUMBER})\s*[%٪]|[%٪]({NUMBER}))", re.M
)
_HUAWEI = re.compile(rf"^[^\S\n]*([0-9]+) [^0-9%=\n]+\n\s*([0-9]+) [^0-9%=\n]+\n\s*({NUMBER})\s*%", re.M)
_UNIX_TIMES = re.compile(rf"=\s*({NUMBER})/({NUMBER})/({NUMBER})(?:/({NUMBER}))?")
_INTERIM = re.compile(r"^[^\S\n]*([0-9]+)/([0-9]+)\s[^%\n]*%", re.M)  # Ctrl+\ of iputils, Ctrl+T of macOS
_REACH = 500  # characters behind the counts in which their times stand


def addresses_in(line: str) -> list[str]:
    """The IP addresses in a line, in their order, whatever letters stand around them."""
    found = []
    for match in _ADDRESS.finditer(line):
        with suppress(ValueError):  # a clock's time, a network card's number
            found.append(str(ip_address(match[0])))
    return found


def read_lines(text: str) -> PingRun:
    """Everything that such a program prints, found in the text; an empty run where there is nothing of it."""
    run, seen_at, senders = PingRun(), [], set()
    for at, line in _lines(text):
        if header := header_of(line):
            run.targets.append(header[0])
            run.source = run.source or header[1]
        elif (reply := reply_of(line)) is not None and not _is_from_another(line, run.targets):
            run.replies.append(reply)
            seen_at.append(at)
            senders.update(addresses_in(line)[-1:])
        elif reply is not None or _is_error(line):
            run.errors += 1
    found = sorted(_summaries(text), key=lambda one: one[0])
    run.summaries = [_placed(one, sum(reply < at for reply in seen_at)) for at, one in found]
    run.unanswered = _windows_lines(text) - len(run.replies) if _WINDOWS.search(text) else 0
    named = _named_below(text, found)
    if run.targets and named and named[0] != run.targets[0]:
        run.targets.append(named[0])  # the statistics are of another target than the header
    run.targets = run.targets or named or sorted(senders)
    return run


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def header_of(line: str) -> tuple[str, str] | None:
    """Target and source of a line with which a run begins, as "PING gw (10.0.0.1) 56(84) bytes of data."

    It begins with PING (in any language: a word, the name, the address in brackets) or ends with a colon, and a
    size stands behind the address.
    """
    opens = _OPENING.match(line) and ("=" not in line or "-->" in line)
    closes = line.rstrip().endswith((":", "：")) and "=" not in line
    found = addresses_in(line) if opens or closes else []
    if len(found) > 1 and "-->" in line:  # PING6(56=40+8+8 bytes) fd00::5 --> fd00::1
        return found[-1], found[0]
    if not found or not re.search(r"[0-9]", _ADDRESS.sub("@", line).partition("@")[2]):
        return None
    named, bracket, behind = line.partition(")")
    target = addresses_in(named)[-1:] if bracket else []
    sources = addresses_in(behind) if target else found[1:]
    return (target or found)[0], next(iter(sources), "")


def reply_of(line: str) -> Reply | None:
    """The answer in a line: a time beside TTL (or hlim), right behind a sequence number, or alone (Windows, IPv6)."""
    pairs = list(_PAIR.finditer(line))
    names = [_name(pair[1]) for pair in pairs]
    if not pairs:
        return None
    if "ttl" in names:
        at = names.index("ttl")
        time = pairs[at + 1] if at + 1 < len(pairs) else pairs[at - 1] if at else None
    elif "seq" in names:
        at = names.index("seq")
        time = pairs[at + 1] if at + 1 < len(pairs) else None
        if time is not None and line[pairs[at].end() : time.start()].strip(" .,;"):
            return None  # "icmp_seq=1 Frag needed and DF set (mtu = 1400)"
    else:
        is_alone = len(pairs) == 1 and re.search(r":\s*\S+[=<][0-9]+\s?\S+\s*$", line) and addresses_in(line)
        time = pairs[0] if is_alone else None
    if time is None or not time[3] or _name(time[1]) == "seq":
        return None
    number = next((int(pair[2]) for pair, name in zip(pairs, names, strict=True) if name == "seq"), None)
    return Reply(decimal_of(time[2]), number, bool(_NOTE.search(line)) or "MISCOMPARE" in line)


def _name(key: str) -> str:
    key = key.lower()
    return "ttl" if key in ("ttl", "hlim") else "seq" if "seq" in key or key == "icmp_req" else key


def _is_from_another(line: str, targets: list[str]) -> bool:
    found = addresses_in(line)
    return bool(found and targets and targets[-1] not in found)


def _is_error(line: str) -> bool:
    """A line of an ICMP error: an address, and behind it a sentence or a number ("Reply from 10.0.0.5: …")."""
    found = addresses_in(line)
    if not found or _UNIX.match(line) or line.lstrip().startswith("--"):
        return False
    behind = _ADDRESS.sub("@", line).partition("@")[2]
    return bool(re.search(r"[:：]\s*\S|[^\s=]*seq[^\s=]*=", behind))


def _summaries(text: str) -> Iterator[tuple[int, Summary]]:
    for match in _WINDOWS.finditer(text):
        sent, received, lost = int(match[1]), int(match[2]), int(match[3])
        if sent != received + lost:
            received = sent + 1  # no count can be believed: refused as contradicting itself
        times = _WINDOWS_TIMES.search(text, match.end(), match.end() + _REACH)
        shown = Times(decimal_of(times[1]), decimal_of(times[3]), decimal_of(times[2])) if times else None
        yield match.start(), Summary(sent, received, decimal_of(match[4] or match[5]), shown)
    for pattern in (_UNIX, _HUAWEI):
        for match in pattern.finditer(text):
            percent = decimal_of(next(group for group in match.groups()[2:] if group))
            yield match.start(), Summary(int(match[1]), int(match[2]), percent, _unix_times(text, match.end()))
    for match in _INTERIM.finditer(text):
        yield match.start(), Summary(int(match[2]), int(match[1]), is_final=False)


def _unix_times(text: str, start: int) -> Times | None:
    match = _UNIX_TIMES.search(text, start, start + _REACH)
    if match is None:
        return None
    low, average, high = (decimal_of(match[group]) for group in (1, 2, 3))
    return Times(low, average, high, decimal_of(match[4]) if match[4] else None)


def _placed(one: Summary, after: int) -> Summary:
    return Summary(one.sent, one.received, one.percent, one.times, after, one.is_final)


def _windows_lines(text: str) -> int:
    """How many lines of packets, answered or not, stand between the header (or the last gap) and the statistics."""
    above = text[: _WINDOWS.search(text).start()].split("\n")[:-1]  # type: ignore[union-attr]  # asked before
    while above and not above[-1].strip():
        above.pop()
    above = above[:-1]  # the line that names the statistics
    while above and not above[-1].strip():
        above.pop()
    count = 0
    for line in reversed(above):
        if header_of(line) or not line.strip():
            break
        count += not line[0].isspace() and not re.search(r"[>$#]\s*ping\b", line, re.I)
    return count


def _named_below(text: str, found: list[tuple[int, Summary]]) -> list[str]:
    """The target as the statistics name it, on the last written line above the first counts."""
    if not found:
        return []
    above = [line for line in text[: found[0][0]].rstrip().split("\n") if line.strip()]
    titles = [line for line in above[-2:] if line.lstrip().startswith("--") or line.rstrip().endswith((":", "："))]
    return addresses_in(titles[-1])[:1] if titles else []
