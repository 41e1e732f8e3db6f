"""Fills a tested point from an uploaded ping or iperf3 file (N7); it judges nothing."""

from __future__ import annotations

from gateways.probes.iperf_output import read_iperf
from gateways.probes.ping_output import read_ping
from models.installation.quality_test import TestPoint


def fill_from_ping(point: TestPoint, file: bytes) -> None:
    """Counts and times of a ping run. Raises UnreadableMeasurement."""
    result = read_ping(file)
    point.sent, point.received = result.sent, result.received
    point.rtt_ms, point.jitter_ms = result.rtt_avg_ms, result.jitter_ms


def fill_from_iperf(point: TestPoint, file: bytes) -> None:
    """The slower direction's rate; UDP brings its jitter, too. Raises UnreadableMeasurement."""
    result = read_iperf(file)
    point.throughput_mbps = result.throughput_mbps
    if result.jitter_ms is not None:
        point.jitter_ms = result.jitter_ms
