"""Reads what `ping` printed, by its structure (numbers, %, ms), in any language; it never runs ping."""

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

MAX_CHARACTERS = 1_000_000


class UnreadableMeasurement(ValueError):
    """A measuring file that cannot be taken; the message is an Indonesian sentence for who uploaded it."""


@dataclass(frozen=True)
class PingResult:
    """One run of ping. Times in milliseconds, None when nothing answered or none were printed.

    `jitter_ms` is ping's mdev or stddev; without one, the mean difference of neighbouring replies.
    """

    sent: int
    received: int
    rtt_min_ms: Decimal | None
    rtt_avg_ms: Decimal | None
    rtt_max_ms: Decimal | None
    jitter_ms: Decimal | None

    @property
    def lost(self) -> int:
        return self.sent - self.received

    @property
    def loss_percent(self) -> Decimal:
        return Decimal(self.lost * 100) / self.sent


_NUMBER = r"\d+(?:[.,]\d+)?"
# "4 packets transmitted, 4 received, +1 errors, 0% packet loss": counts first, at the head of a line.
_UNIX_COUNTS = re.compile(
    rf"^\s*(\d+)[^\d\n%=]+(\d+)\b[^%\n=]*?(?:(?<![\d.,])({_NUMBER})\s*[%٪]|[%٪]\s*({_NUMBER}))", re.M
)
# "Sent = 4, Received = 4, Lost = 0 (0% loss)": three counts behind equal signs; the % may be a line below.
_WINDOWS_COUNTS = re.compile(r"=\s*(\d+)\D+?=\s*(\d+)\D+?=\s*(\d+)\s*[^\d=]*?(\d+)\s*%")
_UNIX_TIMES = re.compile(rf"=\s*({_NUMBER})/({_NUMBER})/({_NUMBER})(?:/({_NUMBER}))?")
_WINDOWS_TIMES = re.compile(r"=\s*(\d+)\s*[^\W\d]+[^\d=]*=\s*(\d+)\s*[^\W\d]+[^\d=]*=\s*(\d+)\s*[^\W\d]+")
# "time=0.045 ms", "waktu<1md TTL=64": a time next to TTL, which no language translates.
_REPLY = re.compile(rf"(?:TTL=\d+[^\n]*?[=<]\s*({_NUMBER})\s*[^\W\d]+|[=<]\s*({_NUMBER})\s*[^\W\d]+\s+TTL=\d+)", re.I)


def read_ping(text: str) -> PingResult:
    """The summary of a ping run on Linux, macOS, BusyBox or Windows; UnreadableMeasurement otherwise.

    Recipe: 1. find the counts that carry a %, Windows' form before Unix's; 2. refuse counts that contradict
    each other; 3. read minimum, average and maximum behind the counts; 4. refuse answers without times.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnreadableMeasurement("Berkas ping terlalu besar. Unggah keluaran satu kali pengujian saja.")
    counts = _windows_counts(text) or _unix_counts(text)
    if counts is None:
        raise UnreadableMeasurement(_why_no_counts(text))
    sent, received, end = counts
    times = _times(text[end:])
    if received and times is None:
        raise UnreadableMeasurement(
            "Berkas ping terpotong: baris waktu (min/avg/max) tidak ada. "
            "Tunggu sampai ping selesai, lalu simpan seluruh keluarannya."
        )
    low, average, high, deviation = times if received and times else (None, None, None, None)
    return PingResult(sent, received, low, average, high, deviation if deviation is not None else _jitter(text))


def _why_no_counts(text: str) -> str:
    if _REPLY.search(text):
        return (
            "Berkas ping terpotong: ringkasan paket (dikirim, diterima, %) tidak ada. "
            "Tunggu sampai ping selesai, lalu simpan seluruh keluarannya."
        )
    return "Berkas ini bukan keluaran ping. Unggah teks yang dicetak perintah ping, utuh dari awal sampai akhir."


def _windows_counts(text: str) -> tuple[int, int, int] | None:
    for match in _WINDOWS_COUNTS.finditer(text):
        sent, received, lost = int(match[1]), int(match[2]), int(match[3])
        if sent == received + lost:
            return *_consistent(sent, received, Decimal(match[4])), match.end()
    return None


def _unix_counts(text: str) -> tuple[int, int, int] | None:
    match = None
    for match in _UNIX_COUNTS.finditer(text):  # noqa: B007 - the last match is wanted
        pass  # the summary stands last; a reply line never has a % but a banner may
    if match is None:
        return None
    percent = _decimal(match[3] or match[4])
    return *_consistent(int(match[1]), int(match[2]), percent), match.end()


def _consistent(sent: int, received: int, percent: Decimal) -> tuple[int, int]:
    if sent == 0:
        raise UnreadableMeasurement("Berkas ping tidak memuat satu paket pun. Ulangi pengujiannya.")
    if received > sent or abs(Decimal((sent - received) * 100) / sent - percent) > 1:
        raise UnreadableMeasurement(
            "Jumlah paket dan persentase di berkas ping tidak cocok. Unggah berkas asli, tanpa diubah."
        )
    return sent, received


_Times = tuple[Decimal, Decimal, Decimal, Decimal | None]


def _times(tail: str) -> _Times | None:
    """Minimum, average, maximum and deviation behind the counts; Windows prints minimum, maximum, average."""
    unix = _UNIX_TIMES.search(tail)
    if unix:
        deviation = _decimal(unix[4]) if unix[4] else None
        return _ordered(_decimal(unix[1]), _decimal(unix[2]), _decimal(unix[3]), deviation)
    windows = _WINDOWS_TIMES.search(tail)
    if windows:
        return _ordered(_decimal(windows[1]), _decimal(windows[3]), _decimal(windows[2]), None)
    return None


def _ordered(low: Decimal, average: Decimal, high: Decimal, deviation: Decimal | None) -> _Times:
    if not low <= average <= high:
        raise UnreadableMeasurement(
            "Waktu di berkas ping tidak berurutan (min, avg, max). Unggah berkas asli, tanpa diubah."
        )
    return low, average, high, deviation


def _jitter(text: str) -> Decimal | None:
    """Mean absolute difference of neighbouring round trips, in the order printed; None below two replies."""
    trips = [_decimal(before or after) for before, after in _REPLY.findall(text)]
    if len(trips) < 2:
        return None
    gaps = [abs(later - earlier) for earlier, later in pairwise(trips)]
    return (sum(gaps, Decimal(0)) / len(gaps)).quantize(Decimal("0.001"))


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
