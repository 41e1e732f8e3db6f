"""Imports nodes from a CSV (name, kind, address, uplink, units, building, floor, room), all or none."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from gateways.probes.addresses import AddressRefused, AllowList, check_target
from models.base import setting
from models.base.db import db, write_transaction
from models.organisation.unit import Unit
from models.outages.network import NODE_KINDS, Node
from models.outages.topology import Topology
from procedures.organisation.import_units import Imported, ImportRefused

COLUMNS = ("name", "kind", "address", "uplink", "units", "building", "floor", "room")
MOST_LINES = 5_000


def allowed() -> AllowList:
    """The allowed networks and ports in force. ValueError where the setting cannot be read."""
    return AllowList.parse(str(setting.get("watch_networks")), str(setting.get("watch_ports")))


@dataclass(frozen=True)
class PlannedRow:
    """What one line of the file will do: add a node, change one (column: before, after), or nothing."""

    line: int
    name: str
    is_new: bool
    changes: dict[str, tuple[str, str]]


def preview_nodes(data: bytes) -> list[PlannedRow]:
    """What import_nodes would do with this file. Raises ImportRefused as it does; writes nothing."""
    rows = _rows(data)
    known, units = _known()
    faults = list(_faults(rows, known, units))
    if faults:
        raise ImportRefused(faults)
    return [_planned(line, row, known.get(row["name"])) for line, row in rows.items()]


def _planned(line: int, row: dict[str, str], node: Node | None) -> PlannedRow:
    after = {**row, "kind": row["kind"] or "switch", "address": row["address"].lower(), "units": " ".join(_codes(row))}
    before = dict.fromkeys(COLUMNS, "") if node is None else _written(node)
    if node is not None:
        after["units"] = " ".join(sorted(_codes(row)))
    changes = {key: (before[key], after[key]) for key in COLUMNS[1:] if before[key] != after[key]}
    return PlannedRow(line, row["name"], node is None, changes)


def _written(node: Node) -> dict[str, str]:
    """A node as its line in the file would say it."""
    return {
        "name": node.name,
        "kind": node.kind,
        "address": node.address or "",
        "uplink": node.uplink.name if node.uplink else "",
        "units": " ".join(sorted(unit.code for unit in node.units)),
        "building": node.building,
        "floor": node.floor,
        "room": node.room,
    }


def _known() -> tuple[dict[str, Node], dict[str, Unit]]:
    nodes = {node.name: node for node in db.session.scalars(select(Node)).unique()}
    return nodes, {unit.code: unit for unit in db.session.scalars(select(Unit))}


def import_nodes(data: bytes) -> Imported:
    """Add nodes and update those whose name is known; `units` holds unit codes, separated by blanks or |.

    Raises ImportRefused, and then nothing was changed.
    """
    rows = _rows(data)
    with write_transaction():
        known, units = _known()
        faults = list(_faults(rows, known, units))
        if faults:
            raise ImportRefused(faults)
        fresh = [row["name"] for row in rows.values() if row["name"] not in known]
        for name in fresh:
            known[name] = Node(name=name, is_watched=True)
            db.session.add(known[name])
        for row in rows.values():
            _fill(known[row["name"]], row, known, units)
    return Imported(len(fresh), len(rows) - len(fresh))


def _fill(node: Node, row: dict[str, str], known: dict[str, Node], units: dict[str, Unit]) -> None:
    node.kind, node.address = row["kind"] or "switch", row["address"].lower() or None
    node.building, node.floor, node.room = row["building"], row["floor"], row["room"]
    node.uplink = known.get(row["uplink"])
    node.units = [units[code] for code in _codes(row)]


def _codes(row: dict[str, str]) -> list[str]:
    return list(dict.fromkeys(row["units"].replace("|", " ").split()))


def _rows(data: bytes) -> dict[int, dict[str, str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    separator = ";" if text[:500].count(";") > text[:500].count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    if "name" not in (reader.fieldnames or []):
        raise ImportRefused([_("Baris pertama harus berisi %(names)s.", names=", ".join(COLUMNS))])
    rows: dict[int, dict[str, str]] = {}
    for line, row in enumerate(reader, 2):
        if line > MOST_LINES:
            raise ImportRefused([_("Lebih dari %(n)s baris. Bagi berkasnya.", n=MOST_LINES)])
        rows[line] = {column: (row.get(column) or "").strip() for column in COLUMNS}
    if not rows:
        raise ImportRefused([_("Berkas itu tidak berisi satu perangkat pun.")])
    return rows


def _faults(rows: dict[int, dict[str, str]], known: dict[str, Node], units: dict[str, Unit]) -> Iterator[str]:
    names = {row["name"] for row in rows.values()} | set(known)
    seen: dict[str, int] = {}
    holders = {node.address: node.name for node in known.values() if node.address}
    for line, row in rows.items():
        for sentence in _row_faults(row, names, units):
            yield _("Baris %(line)s: %(what)s", line=line, what=sentence)
        for key in filter(None, (f"name {row['name']}", row["address"].lower())):
            if key in seen:
                yield _("Baris %(line)s: sama dengan baris %(other)s.", line=line, other=seen[key])
            seen.setdefault(key, line)
        holder = holders.get(row["address"].lower(), row["name"])
        if row["address"] and holder != row["name"]:
            yield _("Baris %(line)s: alamat itu sudah dipakai %(name)s.", line=line, name=holder)
    yield from _loops(rows, known)


def _row_faults(row: dict[str, str], names: set[str], units: dict[str, Unit]) -> Iterator[str]:
    if not row["name"] or len(row["name"]) > 80:
        yield _("nama wajib diisi, paling panjang 80 huruf.")
    if row["kind"] and row["kind"] not in NODE_KINDS:
        yield _("jenis harus salah satu dari %(kinds)s.", kinds=", ".join(NODE_KINDS))
    if row["uplink"] and row["uplink"] not in names:
        yield _("perangkat induk “%(name)s” tidak dikenal.", name=row["uplink"][:80])
    for code in _codes(row):
        if code not in units:
            yield _("kode unit “%(code)s” tidak dikenal.", code=code[:40])
    for column, longest in (("building", 160), ("floor", 20), ("room", 80)):
        if len(row[column]) > longest:
            yield _("kolom %(column)s paling panjang %(n)s huruf.", column=column, n=longest)
    if row["address"]:
        yield from address_faults(row["address"])


def address_faults(address: str) -> Iterator[str]:
    """Why the watch may not touch this address; nothing where it may (security.md N1)."""
    try:
        check_target(address, allowed())
    except AddressRefused as refused:
        yield str(refused)
    except ValueError:
        yield _("Pengaturan jaringan yang boleh dipantau tidak dapat dibaca.")


def _loops(rows: dict[int, dict[str, str]], known: dict[str, Node]) -> Iterator[str]:
    uplinks: dict[str, Any] = {node.name: node.uplink.name if node.uplink else None for node in known.values()}
    uplinks |= {row["name"]: row["uplink"] or None for row in rows.values()}
    ids = {name: number for number, name in enumerate(uplinks)}
    tree = Topology({ids[name]: ids.get(up) if up else None for name, up in uplinks.items()})
    for line, row in rows.items():
        if row["uplink"] in ids and tree.loop_with(ids[row["name"]], ids[row["uplink"]]):
            yield _("Baris %(line)s: perangkat ini menjadi induk dari induknya sendiri.", line=line)
