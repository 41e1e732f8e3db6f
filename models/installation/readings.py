"""What measuring files told of a tested point (N7): each reading stays, and the row shows the worst of those in use.

A reading is set aside only with a reason, which the report prints; docs/decisions/07-how-evidence-is-judged.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from models.base.columns.json_value import Json
from models.installation.limits import figure

Figures = dict[str, Decimal | int | None]  # by the names below
LARGER_IS_WORSE = ("rtt_ms", "jitter_ms", "udp_loss_percent")
NAMES = (*LARGER_IS_WORSE, "throughput_mbps", "sent", "received")
_DECIMALS = (*LARGER_IS_WORSE, "throughput_mbps")


@dataclass(frozen=True)
class Reading:
    """One file as read. `kind`: ping, tcp, udp; `sent` is None where the tool does not tell it."""

    kind: str
    target: str = ""
    sent: int | None = None
    received: int | None = None
    rtt_ms: Decimal | None = None
    jitter_ms: Decimal | None = None
    throughput_mbps: Decimal | None = None
    udp_loss_percent: Decimal | None = None
    remark: str = ""
    file_id: int | None = None
    file_name: str = ""
    set_aside: str = ""

    @classmethod
    def kept(cls, row: Mapping[str, Json]) -> Reading:
        """From the row as it is kept, in JSON."""
        values: dict[str, Any] = dict(row)
        return cls(**values | {name: Decimal(values[name]) for name in _DECIMALS if values[name] is not None})

    def to_keep(self) -> dict[str, Json]:
        return {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(self).items()}

    def __str__(self) -> str:
        """What the file told, in one line: "ping ke 10.20.0.1: 990 dari 1.000 dijawab, 1,2 ms, jitter 0,4 ms"."""
        names = {"ping": "ping", "tcp": "iperf3 TCP", "udp": "iperf3 UDP"}
        parts = [
            _("%(n)s dari %(of)s dijawab", n=figure(self.received), of="?" if self.sent is None else figure(self.sent))
            if self.received is not None
            else "",
            f"{figure(self.rtt_ms)} ms" if self.rtt_ms is not None else "",
            f"{figure(self.throughput_mbps)} Mbps" if self.throughput_mbps is not None else "",
            f"jitter {figure(self.jitter_ms)} ms" if self.jitter_ms is not None else "",
            _("hilang %(n)s%%", n=figure(self.udp_loss_percent)) if self.udp_loss_percent is not None else "",
        ]
        where = _("%(tool)s ke %(target)s", tool=names[self.kind], target=self.target or "?")
        return f"{where}: {', '.join(part for part in parts if part)}"


def worst(readings: Iterable[Reading]) -> Figures:
    """Of each figure the worst that a reading in use told; a figure that none told is left out.

    iperf3's UDP sends as fast as it was told to, so its rate counts only where no TCP run measured one.
    """
    used = [one for one in readings if not one.set_aside]
    made: Figures = {}
    for name in LARGER_IS_WORSE:
        told = [getattr(one, name) for one in used if getattr(one, name) is not None]
        made |= {name: max(told)} if told else {}
    rated = [one for one in used if one.throughput_mbps is not None]
    rates = [one.throughput_mbps for one in rated if one.kind == "tcp"] or [one.throughput_mbps for one in rated]
    made |= {"throughput_mbps": min(rate for rate in rates if rate is not None)} if rates else {}
    for one in used:
        if one.sent is not None:
            made |= _worse_counts(made, {"sent": one.sent, "received": one.received})
    return made


def settled(typed: Figures, shown: Figures, was: Figures, now: Figures) -> Figures:
    """The row's figures from what was typed and what files told: the worse of both.

    `shown` stood in the form, `was` is what files told of it then: a typed figure that only repeats a file's is none.
    """
    own = {name: typed.get(name) for name in NAMES}
    for name in (*LARGER_IS_WORSE, "throughput_mbps"):
        if own[name] == shown.get(name) == was.get(name):
            own[name] = None
    if all(own[name] == shown.get(name) == was.get(name) for name in ("sent", "received")):
        own["sent"] = own["received"] = None
    made = {name: own[name] for name in NAMES}
    for name in LARGER_IS_WORSE:
        made[name] = max((one for one in (own[name], now.get(name)) if one is not None), default=None)
    rates = [one for one in (own["throughput_mbps"], now.get("throughput_mbps")) if one is not None]
    made["throughput_mbps"] = min(rates, default=None)
    return made | _worse_counts(own, now)


def _worse_counts(one: Figures, other: Figures) -> Figures:
    """The pair of sent and received with the larger loss; of two with the same loss the longer run."""
    pairs = [(pair.get("sent"), pair.get("received")) for pair in (one, other)]
    whole = [(sent, received) for sent, received in pairs if sent and received is not None]
    if whole:
        most, least = max(whole, key=lambda pair: (Decimal(pair[0] - pair[1]) / pair[0], pair[0]))
        return {"sent": most, "received": least}
    sent, received = next((pair for pair in pairs if pair != (None, None)), pairs[0])
    return {"sent": sent, "received": received}
