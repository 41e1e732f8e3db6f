"""Finds the one report of `iperf3 --json` or `--json-stream` in a file, with whatever lines stand around it."""

import json
from decimal import Decimal
from typing import TypeAlias

from flask_babel import gettext as _

from gateways.probes.measurement_text import UnreadableMeasurement

MAX_CHARACTERS = 5_000_000
Said: TypeAlias = "str | bool | Decimal | list[Said] | dict[str, Said] | None"
Report: TypeAlias = dict[str, Said]


# iperf3 repeats its buffer sizes for each stream; a figure that is read may stand once only, or twice alike.
_READ = {
    "start", "end", "intervals", "sum", "seconds", "bytes", "bits_per_second", "jitter_ms", "lost_packets", "packets",
    "lost_percent", "protocol", "reverse", "remote_host", "local_host",
}  # fmt: skip


class _TwiceSaid(ValueError):
    """A figure stands twice in one object with two values: which of them holds cannot be known."""


def report_in(text: str) -> Report:
    """The report as iperf3 wrote it: `start`, `intervals`, `end`, perhaps `error`; numbers as Decimal.

    UnreadableMeasurement for another tool's file, a cut one, and one with two runs.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnreadableMeasurement(_("Berkas iperf3 terlalu besar. Unggah keluaran satu kali pengujian saja."))
    found, is_cut = _objects(text)
    reports = [one for one in found if "event" not in one and ("start" in one or "error" in one)]
    streams = _streams([one for one in found if isinstance(one.get("event"), str)])
    if len(reports) == len(streams) == 1 and reports[0].get("start") == streams[0].get("start"):
        streams = []  # --json-stream-full-output says the same run once more, whole
    if len(reports) + len(streams) > 1 or (is_cut and (reports or (streams and "end" in streams[0]))):
        raise UnreadableMeasurement(
            _("Berkas ini memuat lebih dari satu pengujian iperf3. Unggah satu berkas untuk satu pengujian.")
        )
    if not reports and not streams:
        raise UnreadableMeasurement(cut_off() if is_cut else other_tool())
    return (reports or streams)[0]


def _objects(text: str) -> tuple[list[Report], bool]:
    """The JSON objects that begin a line, in their order; and whether one of iperf3's breaks off."""
    decoder = json.JSONDecoder(
        parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_said_once
    )
    found: list[Report] = []
    at = 0
    while (at := _next_object(text, at)) >= 0:
        try:
            one, at = decoder.raw_decode(text, at)
        except _TwiceSaid:
            raise UnreadableMeasurement(
                _("Berkas iperf3 memuat dua nilai untuk satu angka. Unggah berkas asli, tanpa diubah.")
            ) from None
        except (ValueError, RecursionError):
            return found, '"start"' in text[at : at + 2000] or bool(found)
        found.append(one)
    return found, False


def _next_object(text: str, at: int) -> int:
    if at == 0 and text.lstrip().startswith("{"):
        return text.index("{")
    line = text.find("\n{", at)
    return line + 1 if line >= 0 else -1


def _said_once(pairs: list[tuple[str, Said]]) -> Report:
    made: Report = {}
    for name, value in pairs:
        if made.get(name, value) != value and (name in _READ or name.startswith("sum_")):
            raise _TwiceSaid
        made[name] = value
    return made


def _refuse_constant(name: str) -> Decimal:
    raise ValueError(name)  # NaN and Infinity are no measurements


def _streams(events: list[Report]) -> list[Report]:
    """--json-stream: one event a line; each `start` begins a run."""
    runs: list[Report] = []
    intervals: list[Said] = []
    for event in events:
        kind = str(event["event"])
        if kind == "start" or not runs:
            intervals = []
            runs.append({"intervals": intervals})
        if kind == "interval":
            intervals.append(event.get("data"))
        else:
            runs[-1][kind] = event.get("data")
    return runs


def part_of(said: Said) -> Report:
    """An object of the report; TypeError where something else stands in its place."""
    if not isinstance(said, dict):
        raise TypeError(said)
    return said


def parts_of(said: Said) -> list[Said]:
    """A list of the report, empty where it is left out; TypeError where something else stands in its place."""
    if not said:
        return []
    if not isinstance(said, list):
        raise TypeError(said)
    return said


def other_tool() -> str:
    return _(
        "Berkas ini bukan keluaran iperf3. Jalankan iperf3 dengan pilihan --json, "
        "misalnya: iperf3 -c SERVER --json > hasil.json"
    )


def cut_off() -> str:
    return _("Berkas iperf3 terpotong: ringkasan akhirnya tidak ada. Tunggu sampai iperf3 selesai, lalu unggah lagi.")
