"""Every file of measurements/ is read as what stands beside its name, typed by hand (see ping.toml, iperf.toml)."""

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from gateways.probes.iperf_output import IperfResult, read_iperf
from gateways.probes.measurement_text import UnreadableMeasurement
from gateways.probes.ping_output import PingResult, read_ping

FOLDER = Path(__file__).parent / "measurements"


def _typed(name: str) -> dict[str, str]:
    groups = tomllib.loads((FOLDER / f"{name}.toml").read_text()).values()
    return {file: words for group in groups for file, words in group.items()}


PING, IPERF = _typed("ping"), _typed("iperf")


def _figure(value: Decimal) -> str:
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _ends(target: str, source: str) -> list[str]:
    return [f"to {target}" + (f" from {source}" if source else "")] if target else []


def _ping_words(result: PingResult) -> str:
    parts = [f"{result.received} of {'?' if result.sent is None else result.sent}"]
    if result.rtt_avg_ms is not None:
        times = (result.rtt_min_ms, result.rtt_avg_ms, result.rtt_max_ms)
        parts.append("/".join(_figure(time) for time in times) + " ms")
    if result.jitter_ms is not None:
        parts.append(f"jitter {_figure(result.jitter_ms)}")
    return ", ".join(parts + _ends(result.target, result.source))


def _iperf_words(result: IperfResult) -> str:
    parts = [f"failed: {result.failed}" if result.failed else result.protocol]
    for name, rate in (("up", result.upload_mbps), ("down", result.download_mbps)):
        parts += [] if rate is None else [f"{_figure(rate)} Mbps {name}"]
    parts += [] if result.jitter_ms is None else [f"jitter {_figure(result.jitter_ms)}"]
    parts += [] if result.loss_percent is None else [f"loss {_figure(result.loss_percent)}%"]
    return ", ".join(parts + _ends(result.target, result.source))


@pytest.mark.parametrize("file", PING)
def test_ping_file_is_read_as_typed_beside_it(file):
    _compare((FOLDER / "ping" / file).read_bytes(), PING[file], read_ping, _ping_words)


@pytest.mark.parametrize("file", IPERF)
def test_iperf_file_is_read_as_typed_beside_it(file):
    _compare((FOLDER / "iperf" / file).read_bytes(), IPERF[file], read_iperf, _iperf_words)


def _compare(data, typed, read, words):
    if typed.startswith("refused: "):
        with pytest.raises(UnreadableMeasurement) as refused:
            read(data)
        assert typed.removeprefix("refused: ") in str(refused.value)
    else:
        assert words(read(data)) == typed


def test_each_file_has_its_reading_and_the_collection_does_not_shrink():
    assert sorted(PING) == sorted(file.name for file in (FOLDER / "ping").iterdir())
    assert sorted(IPERF) == sorted(file.name for file in (FOLDER / "iperf").iterdir())
    assert len(PING) >= 120 and len(IPERF) >= 40
