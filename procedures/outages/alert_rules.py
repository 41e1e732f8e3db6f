"""What is done with an alert, by its name and severity: the panel's rules first, then the built-in ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from models.base.db import db
from models.base.wording import Words
from models.outages.alert import AlertRule
from procedures.organisation.register_words import listed

JOINT = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])")
BETWEEN = re.compile(r"[^\w*]+|_+")


class LabelRule(NamedTuple):
    """Names (words or phrases) and severities that it is about, each empty for all; and what is done."""

    names: tuple[str, ...]
    severities: tuple[str, ...]
    act: str
    note: Words
    source_id: int | None = None
    row_id: int | None = None  # none: built in


PARTS = listed(
    "cpu, processor, memory, memori, ram, swap, load average, high load, load high, system load, disk, "
    "filesystem, storage, inode*, temperature, suhu, fan, humidity, battery, certificate*, cert, ssl, "
    "sertifikat, interface*, port, ports, link, bandwidth, traffic, utilization, utilisation, usage, latency, "
    "loss, packet loss, response time, slow, jitter, error rate, process*, restarted, reboot*, uptime, config*, "
    "firmware, license, backup, agent, snmp, datasource no data, datasource error, watchdog"
)
UNREACHABLE = listed(
    "down, unreachable, not reachable, unavailable, not available, offline, no response, not responding, "
    "not answering, no answer, probe failed, probe failure, blackbox probe, ping failed, dead, absent, mati, "
    "putus, terputus, padam, tidak menjawab, tidak dapat dihubungi"
)
LIGHT = listed(
    "info, information, informational, none, ok, debug, notice, low, minor, warning, warn, average, not classified"
)
GRAVE = ("critical", "high", "disaster", "emergency", "fatal", "page", "major", "p1")
BUILT_IN = (
    LabelRule(PARTS, (), "note", _l("Tentang bagian perangkat, bukan perangkat yang tidak menjawab.")),
    LabelRule(UNREACHABLE, (), "outage", _l("Mengatakan bahwa perangkat atau layanannya tidak menjawab.")),
    LabelRule((), LIGHT, "note", _l("Tingkatnya ringan.")),
    LabelRule((), GRAVE, "outage", _l("Tingkatnya berat.")),
)
BARE = LabelRule((), (), "outage", _l("Tanpa nama dan tingkat: hanya menyebut host yang bermasalah."))
OTHERS = LabelRule((), (), "note", _l("Tidak ada aturan yang cocok."))


def rules_of_the_panel() -> list[LabelRule]:
    """The panel's rules in their order."""
    rows = db.session.scalars(select(AlertRule).order_by(AlertRule.position, AlertRule.id))
    return [
        LabelRule(lines_of(row.names), severities_of(row.severities), row.act, row.note, row.source_id, row.id)
        for row in rows
    ]


def lines_of(names: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in names.splitlines() if line.strip())


def severities_of(text: str) -> tuple[str, ...]:
    return tuple(one.strip().lower() for one in re.split(r"[,;\n]", text) if one.strip())


def judge(name: str, severity: str, source_id: int | None, rules: Sequence[LabelRule]) -> LabelRule:
    """The first rule that fits: one of `rules`, a built-in one, or that nothing fits."""
    own = (rule for rule in rules if rule.source_id in (None, source_id))
    built_in: Iterable[LabelRule] = BUILT_IN if name or severity else (BARE,)
    return next((rule for rule in (*own, *built_in) if _fits(rule, name, severity)), OTHERS)


def _fits(rule: LabelRule, name: str, severity: str) -> bool:
    if rule.severities and severity.strip().lower() not in rule.severities:
        return False
    return not rule.names or any(_says(name, phrase) for phrase in rule.names)


def _says(name: str, phrase: str) -> bool:
    """Does the name hold the phrase, word by word? `HostHighCpuLoad` holds "cpu"; `Portal` does not hold "port"."""
    said, asked = _words(name), _words(phrase)
    return bool(asked) and any(
        all(fnmatchcase(word, wanted) for word, wanted in zip(said[at : at + len(asked)], asked, strict=True))
        for at in range(len(said) - len(asked) + 1)
    )


@lru_cache(maxsize=4_096)
def _words(text: str) -> tuple[str, ...]:
    """The words of a name, also of one in camel or snake case, in small letters; a `*` stays where it is."""
    return tuple(word.lower() for word in BETWEEN.split(JOINT.sub(" ", text)) if word)
