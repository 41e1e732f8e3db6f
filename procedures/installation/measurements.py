"""Reads an uploaded ping or iperf3 file into a tested point (N7), where it is evidence of that point at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from ipaddress import ip_address

from flask_babel import gettext as _

from gateways.probes.addresses import AllowList
from gateways.probes.iperf_output import read_iperf
from gateways.probes.measurement_text import UnreadableMeasurement
from gateways.probes.ping_output import read_ping
from models.base import setting
from models.installation.limits import Connection, Measurement, impossible
from models.installation.quality_test import TestPoint
from models.installation.readings import NAMES, Figures, Reading, settled, worst


def ping_reading(file: bytes, tester: str) -> Reading:
    """A ping run. `tester` is the address that uploads. Raises UnreadableMeasurement."""
    result = read_ping(file)
    _check_ends(result.target, (result.source, tester), bool(result.received))
    remark = result.remark or (
        _("Alat ini hanya mencetak jawaban; tulis jumlah paket yang dikirim.") if result.sent is None else ""
    )
    return Reading(
        "ping",
        result.target,
        result.sent,
        result.received,
        _thousandths(result.rtt_avg_ms),
        _thousandths(result.jitter_ms),
        remark=remark,
    )


def iperf_reading(file: bytes, tester: str) -> Reading:
    """An iperf3 run: the slower rate; UDP brings its jitter and its loss, too. Raises UnreadableMeasurement."""
    result = read_iperf(file)
    _check_ends(result.target, (result.source, tester), result.throughput_mbps > 0)
    return Reading(
        "udp" if result.protocol == "UDP" else "tcp",
        result.target,
        jitter_ms=result.jitter_ms,
        throughput_mbps=result.throughput_mbps,
        udp_loss_percent=result.loss_percent,
        remark=_("iperf3 putus: “%(error)s”.", error=result.failed) if result.failed else "",
    )


def _thousandths(value: Decimal | None) -> Decimal | None:
    """As exact as the row keeps it, so that a figure of a file is known again in the form."""
    return None if value is None else value.quantize(Decimal("0.001"), ROUND_HALF_UP)


def _check_ends(target: str, own: tuple[str, ...], has_answer: bool) -> None:
    """The other end stands in the campus, and is not the tester's own machine; a failure without a name is believed."""
    if not target and not has_answer:
        return
    try:
        address = ip_address(target)
    except ValueError:
        raise UnreadableMeasurement(_no_address(target)) from None
    if address.is_loopback or address.is_unspecified or target in own:
        raise UnreadableMeasurement(
            _(
                "%(target)s adalah mesin penguji sendiri. Ukur lewat sambungannya, ke gateway atau server kampus.",
                target=target,
            )
        )
    networks = str(setting.get("watch_networks"))
    if not AllowList.parse(networks, "").admits(address):
        raise UnreadableMeasurement(
            _(
                "%(target)s di luar jaringan kampus (%(networks)s). Ukur ke alamat di dalam kampus.",
                target=target,
                networks=networks,
            )
        )


def _no_address(target: str) -> str:
    if target:
        return _("Berkas ini menyebut nama %(name)s tanpa alamatnya. Ulangi dengan alamat IP.", name=target[:80])
    return _("Berkas ini tidak menyebut alamat tujuannya. Unggah keluaran utuh, dari baris pertama.")


def add_reading(point: TestPoint, reading: Reading) -> None:
    """Keep the reading with the point; the row shows the worst of all. Raises UnreadableMeasurement if impossible."""
    link = Measurement(
        Connection(point.connection), point.nominal_mbps, point.negotiated_mbps, throughput_mbps=reading.throughput_mbps
    )
    if wrong := impossible(link):
        raise UnreadableMeasurement("; ".join(wrong) + ".")
    shown, was = _figures(point), worst(point.taken)
    point.readings = [*(point.readings or []), reading.to_keep()]
    _show(point, settled(shown, shown, was, worst(point.taken)))


def carry_readings(point: TestPoint, old: TestPoint | None, reasons: Mapping[int, str]) -> None:
    """The readings of the row as it stood go with the row as typed; `reasons` set some aside, by their place."""
    before = old.taken if old else []
    after = [replace(one, set_aside=reasons.get(at, one.set_aside)) for at, one in enumerate(before)]
    point.readings = [one.to_keep() for one in after]
    shown = _figures(old) if old else {}
    _show(point, settled(_figures(point), shown, worst(before), worst(after)))


def _figures(point: TestPoint) -> Figures:
    return {name: getattr(point, name) for name in NAMES}


def _show(point: TestPoint, figures: Figures) -> None:
    for name, value in figures.items():
        setattr(point, name, value)
