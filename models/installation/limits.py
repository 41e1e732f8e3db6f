"""Limits of the quality test, and the verdict computed from them (N7, N9)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from flask_babel import get_locale
from flask_babel import gettext as _


class Connection(StrEnum):
    """Kind of connection that a point is tested as; each kind has limits of its own."""

    WIRED = "wired"
    WIFI = "wifi"


LONGEST_MS = Decimal(60_000)


@dataclass(frozen=True)
class Limits:
    """Limits of one kind of connection; None means that the figure is not judged for this kind."""

    wire_map: bool = False
    length_max_m: Decimal | None = None
    full_speed: bool = False
    loss_max_percent: Decimal | None = None
    packets_min: int | None = None
    rtt_max_ms: Decimal | None = None
    jitter_max_ms: Decimal | None = None
    throughput_min_percent: Decimal | None = None
    signal_min_dbm: Decimal | None = None


FIRST_LIMITS = {
    Connection.WIRED: Limits(
        wire_map=True,
        length_max_m=Decimal(90),
        full_speed=True,
        loss_max_percent=Decimal(0),
        packets_min=1_000,
        rtt_max_ms=Decimal(5),
        jitter_max_ms=Decimal(2),
        throughput_min_percent=Decimal(90),
    ),
    Connection.WIFI: Limits(loss_max_percent=Decimal(1), rtt_max_ms=Decimal(20), signal_min_dbm=Decimal(-67)),
}


@dataclass(frozen=True)
class Measurement:
    """Figures of one point; None where nothing was measured. Speeds in Mbps, times in ms, length in m."""

    connection: Connection
    nominal_mbps: int | None = None
    negotiated_mbps: int | None = None
    wire_map_good: bool | None = None
    length_m: Decimal | None = None
    sent: int | None = None
    received: int | None = None
    rtt_ms: Decimal | None = None
    jitter_ms: Decimal | None = None
    throughput_mbps: Decimal | None = None
    signal_dbm: Decimal | None = None
    udp_loss_percent: Decimal | None = None

    @property
    def loss_percent(self) -> Decimal | None:
        if not self.sent or self.received is None:
            return None
        return Decimal((self.sent - self.received) * 100) / self.sent


@dataclass(frozen=True)
class Shortfall:
    """One limit that a point does not meet: which figure, and the sentence that a reader is shown."""

    limit: str
    sentence: str
    is_missing: bool = False


def shortfalls(measured: Measurement, limits: Limits) -> list[Shortfall]:
    """Every limit that the point fails, in the order of the form; an empty list is a pass.

    A judged figure that was not measured fails too (`is_missing`): a point never passes untested.
    """
    judges = (_wire_map, _length, _speed, _packets, _loss, _udp_loss, _round_trip, _jitter, _throughput, _signal)
    found = [shortfall for judge in judges for shortfall in judge(measured, limits)]
    return found + [Shortfall("impossible", sentence) for sentence in impossible(measured)]


def impossible(measured: Measurement) -> list[str]:
    """Figures that no connection gives, as sentences: they are refused where they are typed or read, and never pass."""
    link = max(measured.negotiated_mbps or 0, measured.nominal_mbps or 0)
    found = []
    if link and measured.throughput_mbps is not None and measured.throughput_mbps > link:
        found.append(
            _(
                "Laju %(rate)s Mbps mustahil pada sambungan %(link)s Mbps; periksa negosiasinya, atau iperf3 diuji "
                "di satu mesin",
                rate=figure(measured.throughput_mbps),
                link=figure(link),
            )
        )
    for name, value in ((_("Waktu pulang pergi"), measured.rtt_ms), ("Jitter", measured.jitter_ms)):
        if value is not None and value > LONGEST_MS:
            found.append(_("%(what)s %(value)s ms mustahil; ukur ulang", what=name, value=figure(value)))
    if measured.sent is not None and measured.received is not None and measured.received > measured.sent:
        found.append(_("Paket diterima lebih banyak daripada yang dikirim"))
    return found


def is_passed(points: list[tuple[Measurement, Limits]]) -> bool:
    """Whether a whole test passes: at least one point, and no shortfall at any."""
    return bool(points) and not any(shortfalls(measured, limits) for measured, limits in points)


def limit_sentences(limits: Limits) -> list[str]:
    """The limits as sentences for the report, in the order in which they are judged."""
    worded = (
        (limits.wire_map, _("peta kabel baik")),
        (limits.full_speed, _("kecepatan negosiasi sama dengan nominal")),
        (limits.length_max_m, _("panjang kabel paling banyak %(n)s m", n=figure(limits.length_max_m))),
        (limits.packets_min, _("paling sedikit %(n)s paket ping", n=figure(limits.packets_min))),
        (limits.loss_max_percent, _("paket hilang paling banyak %(n)s%%", n=figure(limits.loss_max_percent))),
        (limits.rtt_max_ms, _("waktu pulang pergi ke gateway paling lama %(n)s ms", n=figure(limits.rtt_max_ms))),
        (limits.jitter_max_ms, _("jitter paling besar %(n)s ms", n=figure(limits.jitter_max_ms))),
        (
            limits.throughput_min_percent,
            _("laju iperf3 paling sedikit %(n)s%% nominal", n=figure(limits.throughput_min_percent)),
        ),
        (limits.signal_min_dbm, _("sinyal paling lemah %(n)s dBm", n=figure(limits.signal_min_dbm))),
    )
    return [sentence for limit, sentence in worded if limit is not None and limit is not False]


def _missing(limit: str, name: str) -> Shortfall:
    return Shortfall(limit, _("%(what)s belum diukur", what=name), is_missing=True)


def _wire_map(measured: Measurement, limits: Limits) -> Iterator[Shortfall]:
    if limits.wire_map and measured.wire_map_good is None:
        yield _missing("wire_map", _("Peta kabel"))
    elif limits.wire_map and not measured.wire_map_good:
        yield Shortfall("wire_map", _("Peta kabel tidak baik"))


def _length(measured: Measurement, limits: Limits) -> Iterator[Shortfall]:
    yield from _at_most("length", _("Panjang kabel"), measured.length_m, limits.length_max_m, "m")


def _speed(measured: Measurement, limits: Limits) -> Iterator[Shortfall]:
    if not limits.full_speed:
        return
    if measured.negotiated_mbps is None or measured.nominal_mbps is None:
        yield _missing("speed", _("Kecepatan negosiasi"))
    elif measured.negotiated_mbps != measured.nominal_mbps:
        yield Shortfall(
            "speed",
            _(
                "Kecepatan negosiasi %(speed)s Mbps, harus %(nominal)s Mbps",
                speed=figure(measured.negotiated_mbps),
                nominal=figure(measured.nominal_mbps),
            ),
        )


def _packets(measured: Measurement, limits: Limits) -> Iterator[Shortfall]:
    if limits.packets_min is not None and measured.sent and measured.sent < limits.packets_min:
        yield Shortfall(
            "packets",
            _(
                "%(what)s %(value)s, batasnya paling sedikit %(limit)s",
                what=_("Paket ping"),
                value=figure(measured.sent),
                limit=figure(limits.packets_min),
            ),
        )


def _loss(measured: Measurement, limits: Limits) -> Iterator[Shortfall]:
    yield from _at_most("loss", _("Paket hilang"), measured.loss_percent, limits.loss_max_percent, "%")


def _udp_loss(measured: Measurement, limits: Limits) -> Iterator[Shortfall]:
    """iperf3's UDP loss is a loss as ping's is; it is judged where it was measured."""
    if measured.udp_loss_percent is not None:
        most = limits.loss_max_percent
        yield from _at_most("udp_loss", _("Paket UDP hilang"), measured.udp_loss_percent, most, "%")


def _round_trip(measured: Measurement, limits: Limits) -> Iterator[Shortfall]:
    yield from _at_most("rtt", _("Waktu pulang pergi"), measured.rtt_ms, limits.rtt_max_ms, "ms")


def _jitter(measured: Measurement, limits: Limits) -> Iterator[Shortfall]:
    yield from _at_most("jitter", "Jitter", measured.jitter_ms, limits.jitter_max_ms, "ms")


def _throughput(measured: Measurement, limits: Limits) -> Iterator[Shortfall]:
    if limits.throughput_min_percent is None:
        return
    floor = None if measured.nominal_mbps is None else limits.throughput_min_percent * measured.nominal_mbps / 100
    yield from _at_least(
        "throughput", _("Laju"), measured.throughput_mbps if floor is not None else None, floor, "Mbps"
    )


def _signal(measured: Measurement, limits: Limits) -> Iterator[Shortfall]:
    yield from _at_least("signal", _("Sinyal"), measured.signal_dbm, limits.signal_min_dbm, "dBm")


def _at_most(limit: str, name: str, value: Decimal | None, most: Decimal | None, measure: str) -> Iterator[Shortfall]:
    if most is None:
        return
    if value is None:
        yield _missing(limit, name)
    elif value > most:
        yield Shortfall(
            limit,
            _(
                "%(what)s %(value)s, batasnya paling banyak %(limit)s",
                what=name,
                value=_with(value, measure),
                limit=_with(most, measure),
            ),
        )


def _at_least(limit: str, name: str, value: Decimal | None, least: Decimal | None, measure: str) -> Iterator[Shortfall]:
    if value is None:
        if least is not None or limit == "throughput":
            yield _missing(limit, name)
    elif least is not None and value < least:
        yield Shortfall(
            limit,
            _(
                "%(what)s %(value)s, batasnya paling sedikit %(limit)s",
                what=name,
                value=_with(value, measure),
                limit=_with(least, measure),
            ),
        )


def _with(value: Decimal, measure: str) -> str:
    return f"{figure(value)}%" if measure == "%" else f"{figure(value)} {measure}"


def figure(value: Decimal | int | None) -> str:
    """A figure as the reader's language writes it, at most three decimals, with a true minus sign."""
    plain = f"{value if value is not None else 0:,.3f}".rstrip("0").rstrip(".").replace("-", "−")
    return plain if str(get_locale()) == "en" else plain.translate(str.maketrans(",.", ".,"))
