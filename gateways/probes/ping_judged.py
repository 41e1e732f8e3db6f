"""What is believed of a ping file: the lines that were counted before any summary, and nothing that contradicts itself.

docs/decisions/07-how-evidence-is-judged.md says by which rules, the same for every dialect.
"""

from decimal import Decimal
from itertools import pairwise

from flask_babel import gettext as _

from gateways.probes.measurement_text import UnreadableMeasurement
from gateways.probes.ping_run import PingResult, PingRun, Summary, Times, mean_difference, times_of

LONGEST_MS = Decimal(60_000)  # no ping waits a minute; a longer time is a clock that was set, or no ping


def judged(run: PingRun) -> PingResult:
    """What the file is worth; UnreadableMeasurement where it is cut, holds two runs or contradicts itself.

    Recipe: 1. one run only; 2. its last summary is final, and those before it fit numbered lines; 3. the counts
    and the percentage agree; 4. counted replies stand for the received ones, unless lines are missing;
    5. times are in order and possible, and the worse of those printed and those counted.
    """
    if len(run.targets) > 1:
        raise UnreadableMeasurement(_two_runs())
    summary = _last_summary(run)
    _check_counts(summary)
    received = _received(run, summary)
    if received and summary.times is None:
        raise UnreadableMeasurement(_no_times())
    low, average, high, jitter = (
        _times(run, summary.times, received < summary.received) if received and summary.times else (None,) * 4
    )
    target = run.targets[0] if run.targets else ""
    return PingResult(summary.sent, received, low, average, high, jitter, target, run.source, run.remark)


def _last_summary(run: PingRun) -> Summary:
    """The final summary. One in the middle passes only where numbered lines prove that the run went on."""
    if not run.summaries or not run.summaries[-1].is_final:
        raise UnreadableMeasurement(_cut())
    *earlier, last = run.summaries
    if len(run.replies) > last.after:
        raise UnreadableMeasurement(_cut())
    numbers = [reply.sequence for reply in run.replies if not reply.is_marked]
    is_numbered = bool(numbers) and None not in numbers
    if earlier and not (is_numbered and all(a < b for a, b in pairwise(numbers))):  # type: ignore[operator]  # no None in it
        raise UnreadableMeasurement(_interim())
    for one in earlier:
        if one.sent > last.sent or one.sent - one.received > last.sent - last.received + 1:  # one may be on its way
            raise UnreadableMeasurement(_interim())
    return last


def _check_counts(summary: Summary) -> None:
    if summary.sent == 0:
        raise UnreadableMeasurement(_("Berkas ping tidak memuat satu paket pun. Ulangi pengujiannya."))
    lost_percent = Decimal((summary.sent - summary.received) * 100) / summary.sent
    if summary.received > summary.sent or (summary.percent is not None and abs(lost_percent - summary.percent) > 1):
        raise UnreadableMeasurement(
            _("Jumlah paket dan persentase di berkas ping tidak cocok. Unggah berkas asli, tanpa diubah.")
        )


def _received(run: PingRun, summary: Summary) -> int:
    """How many packets the target itself answered.

    Windows counts an ICMP error as received, so with lines in the file the lines are counted. They explain the
    summary when replies and errors together reach it; where they do not, lines were taken out, and nothing is
    believed. A second answer to a number was never a further packet.
    """
    numbers = {reply.sequence for reply in run.replies if reply.sequence is not None}
    repeated = len([reply for reply in run.replies if reply.sequence is not None]) - len(numbers)
    marked = sum(reply.is_marked for reply in run.replies)
    counted = len(run.replies) - min(repeated, marked)
    if not run.replies and not run.errors and not run.unanswered:
        return summary.received  # ping -q, or the summary alone: nothing contradicts it
    is_beyond = bool(numbers) and max(numbers) > summary.sent
    is_explained = counted <= summary.received + marked and summary.received <= counted + run.errors
    if repeated > marked or is_beyond or not is_explained or counted + run.unanswered > summary.sent:
        raise UnreadableMeasurement(
            _(
                "Baris jawaban di berkas ping (%(lines)s) tidak cocok dengan ringkasannya (%(received)s dari %(sent)s)."
                " Unggah keluaran satu kali pengujian, utuh dari awal sampai akhir.",
                lines=counted,
                received=summary.received,
                sent=summary.sent,
            )
        )
    return min(counted, summary.received)


def _times(run: PingRun, shown: Times, is_diluted: bool) -> tuple[Decimal, Decimal, Decimal, Decimal | None]:
    """Minimum, average, maximum and jitter: as printed, or as counted from the lines where those are worse.

    `is_diluted`: the tool counted errors as received and divided by them.
    """
    low, average, high, deviation = shown.low, shown.average, shown.high, shown.deviation
    if trips := run.trips:
        counted, step = times_of(trips), _step(trips)
        if is_diluted or counted.average > average * Decimal("1.01") + step:
            low, average = min(low, counted.low), max(average, counted.average)
        high = counted.high if counted.high > high * Decimal("1.01") + step else high
        if deviation is not None and counted.deviation and counted.deviation > deviation * Decimal("1.05") + step:
            deviation = counted.deviation
    if not low <= average <= high:
        raise UnreadableMeasurement(
            _("Waktu di berkas ping tidak berurutan (min, avg, max). Unggah berkas asli, tanpa diubah.")
        )
    jitter = deviation if deviation is not None else mean_difference(trips)
    if high > LONGEST_MS or (jitter or 0) > LONGEST_MS:
        raise UnreadableMeasurement(
            _("Waktu di berkas ping mustahil: lebih dari satu menit. Ulangi pengujiannya, lalu unggah berkas asli.")
        )
    if jitter is not None and jitter > high:
        raise UnreadableMeasurement(
            _("Jitter di berkas ping lebih besar daripada waktu terlamanya. Unggah berkas asli, tanpa diubah.")
        )
    return low, average, high, jitter


def _step(trips: list[Decimal]) -> Decimal:
    """How finely the lines are printed: Windows writes whole milliseconds."""
    return Decimal(1) if all(trip == trip.to_integral_value() for trip in trips) else Decimal("0.01")


def _cut() -> str:
    return _(
        "Berkas ping terpotong: ringkasan paket (dikirim, diterima, hilang) tidak ada di akhirnya. "
        "Tunggu sampai ping selesai, lalu simpan seluruh keluarannya."
    )


def _no_times() -> str:
    return _(
        "Berkas ping terpotong: baris waktu (min/avg/max) tidak ada. "
        "Tunggu sampai ping selesai, lalu simpan seluruh keluarannya."
    )


def _two_runs() -> str:
    return _(
        "Berkas ini memuat lebih dari satu pengujian ping atau lebih dari satu tujuan. "
        "Unggah satu berkas untuk satu pengujian ke satu tujuan."
    )


def _interim() -> str:
    return _(
        "Berkas ping memuat lebih dari satu ringkasan: dua pengujian, atau ringkasan sementara (Ctrl+Break). "
        "Ulangi tanpa menyela, lalu unggah keluarannya."
    )
