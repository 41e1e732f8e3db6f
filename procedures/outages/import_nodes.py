"""Imports nodes of the network from a table: new ones, and what changed of those whose name is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from gateways.files.import_table import TableRow, WantedColumn
from gateways.probes.addresses import AddressRefused, AllowList, check_target
from models.base import setting
from models.base.db import db
from models.organisation.staff import Staff
from models.organisation.unit import Unit
from models.outages.network import NODE_KINDS, Node
from models.outages.topology import Topology
from procedures.base.table_import import ImportLine, LineOutcome, RegisterImport
from procedures.organisation.register_words import UnitNames, word_of, words_of

KIND_WORDS = {"sakelar": "switch", "switch": "switch", "ap": "access_point", "wifi": "access_point", "link": "link"}


def allowed() -> AllowList:
    """The allowed networks and ports in force. ValueError where the setting cannot be read."""
    return AllowList.parse(str(setting.get("watch_networks")), str(setting.get("watch_ports")))


def address_faults(address: str, allow: AllowList | None = None) -> Iterator[str]:
    """Why the watch may not touch this address; nothing where it may (security.md N1)."""
    try:
        check_target(address, allowed() if allow is None else allow)
    except AddressRefused as refused:
        yield str(refused)
    except ValueError:
        yield _("Pengaturan jaringan yang boleh dipantau tidak dapat dibaca.")


class NodeImport(RegisterImport):
    """A line is known by its name; its uplink is a node of the register or of the file."""

    model = "Node"
    columns = (
        WantedColumn("name", ("Nama", "Name", "Nama perangkat", "Perangkat"), longest=80),
        WantedColumn("kind", ("Jenis", "Kind", "Jenis perangkat"), required=False, longest=40),
        WantedColumn("address", ("Alamat", "Address", "IP", "Alamat IP"), required=False, longest=253),
        WantedColumn("uplink", ("Induk", "Parent", "Uplink", "Perangkat induk"), required=False, longest=80),
        WantedColumn(
            "units", ("Unit yang dilayani", "Units served", "Unit", "Kode unit"), required=False, longest=2_000
        ),
        WantedColumn("building", ("Gedung atau kampus", "Building or campus", "Gedung"), required=False, longest=160),
        WantedColumn("floor", ("Lantai", "Floor"), required=False, longest=20),
        WantedColumn("room", ("Ruang", "Room", "Ruangan"), required=False, longest=80),
    )
    labels = {
        "name": _l("Nama"),
        "kind": _l("Jenis"),
        "address": _l("Alamat"),
        "uplink": _l("Induk"),
        "units": _l("Unit yang dilayani"),
        "building": _l("Gedung atau kampus"),
        "floor": _l("Lantai"),
        "room": _l("Ruang"),
    }
    hints = {
        "name": _l("wajib; perangkat dengan nama yang sama diperbarui"),
        "kind": _l("router, sakelar, titik akses, …; bila kosong, sakelar"),
        "address": _l("kosong berarti dikenal, tetapi tidak dipantau"),
        "uplink": _l("nama perangkat di atasnya, boleh dari berkas yang sama"),
        "units": _l("kode unit, dipisahkan spasi atau |"),
    }
    example = ("Sakelar FEB lantai 2", "sakelar", "10.10.1.2", "Router inti", "FEB MN-FEB", "Gedung B", "2", "B.201")

    def look_outside(self, rows: Sequence[TableRow]) -> None:
        """Names are looked up here, where no transaction is open."""
        try:
            allow = allowed()
        except ValueError:
            allow = None  # told by each address
        db.session.rollback()
        found = {row.values.get("address", "").lower() for row in rows if not row.problems} - {""}
        self._faults = {address: list(address_faults(address, allow)) for address in sorted(found)}

    def open(self) -> None:
        self._known = {node.name: node for node in db.session.scalars(select(Node)).unique()}
        self._holders = {node.address: node.name for node in self._known.values() if node.address}
        self._units = {unit.code: unit for unit in db.session.scalars(select(Unit))}
        self._unit_names = UnitNames([(unit.code, unit.code, unit.name) for unit in self._units.values()])
        self._kinds = words_of(NODE_KINDS, KIND_WORDS)

    def line(self, row: TableRow) -> ImportLine:
        name = row.values["name"]
        line = ImportLine(row, name, known=self._known.get(name))
        line.facts = {key: row.values[key] for key in ("building", "floor", "room", "uplink") if self.says(row, key)}
        kind = word_of(row, "kind", _("Jenis"), self._kinds, NODE_KINDS)
        line.facts |= {"kind": kind} if kind else {"kind": "switch"} if line.known is None else {}
        line.facts |= {"name": name} if line.known is None else {}
        if self.says(row, "address"):
            line.facts["address"] = self._address(row, name)
        if self.says(row, "units"):
            line.facts["units"] = self._codes(row)
        return line

    def _address(self, row: TableRow, name: str) -> str:
        address = row.values["address"].lower()
        if not address:
            return ""
        row.problems.extend(self._faults.get(address, ()))
        holder = self._holders.get(address, name)
        if holder != name:
            row.problems.append(_("Alamat itu sudah dipakai %(name)s.", name=holder))
        return address

    def _codes(self, row: TableRow) -> tuple[str, ...]:
        """Codes between blanks, bars or commas; a whole unit's name is taken for it too."""
        text = row.values["units"]
        if whole := self._unit_names.find(text):
            return (whole,)
        parts = text.split(", ") if ", " in text else text.replace("|", " ").replace(",", " ").replace(";", " ").split()
        found = {part: self._unit_names.find(part) for part in dict.fromkeys(parts) if part.strip()}
        row.problems.extend(self._unit_names.why_not(part) for part, code in found.items() if code is None)
        return tuple(sorted({code for code in found.values() if code is not None}))

    def together(self, lines: Sequence[ImportLine]) -> None:
        """Addresses are of one node alone; an uplink may stand anywhere in the file; nobody is their own uplink."""
        self._refuse_shared_addresses(lines)
        names = {*self._known, *(line.name for line in lines)}
        for line in lines:
            uplink = line.facts.get("uplink", "")
            if uplink and uplink not in names:
                line.problems.append(_("Perangkat induk “%(name)s” tidak dikenal.", name=uplink))
        while refused := [*self._orphans(lines), *self._in_circles(lines)]:
            for line, sentence in refused:
                line.problems.append(sentence)

    @staticmethod
    def _refuse_shared_addresses(lines: Sequence[ImportLine]) -> None:
        seen: dict[str, int] = {}
        for line in lines:
            address = line.facts.get("address", "")
            if address and (first := seen.setdefault(address, line.number)) != line.number:
                line.problems.append(_("“%(value)s” sudah ada di baris %(line)d.", value=address, line=first))

    def _orphans(self, lines: Sequence[ImportLine]) -> Iterator[tuple[ImportLine, str]]:
        refused = {line.name: line.number for line in lines if line.outcome is LineOutcome.REFUSED}
        for line in lines:
            uplink = line.facts.get("uplink", "")
            if uplink and not line.problems and uplink in refused and uplink not in self._known:
                yield line, _("Perangkat induk %(name)s ditolak di baris %(line)d.", name=uplink, line=refused[uplink])

    def _in_circles(self, lines: Sequence[ImportLine]) -> Iterator[tuple[ImportLine, str]]:
        uplinks: dict[str, str | None] = {
            node.name: node.uplink.name if node.uplink else None for node in self._known.values()
        }
        taken = [line for line in lines if not line.problems and "uplink" in line.facts]
        uplinks |= {line.name: line.facts["uplink"] or None for line in taken}
        ids = {name: number for number, name in enumerate(uplinks)}
        tree = Topology({ids[name]: ids.get(up) if up else None for name, up in uplinks.items()})
        for line in taken:
            uplink = line.facts["uplink"]
            if uplink in ids and tree.loop_with(ids[line.name], ids[uplink]):
                yield line, _("Perangkat ini menjadi induk dari induknya sendiri.")

    def before(self, known: Node) -> dict[str, Any]:
        return {
            "name": known.name,
            "kind": known.kind,
            "address": known.address or "",
            "uplink": known.uplink.name if known.uplink else "",
            "units": tuple(sorted(unit.code for unit in known.units)),
            "building": known.building,
            "floor": known.floor,
            "room": known.room,
        }

    def words(self, name: str, value: Any) -> str:
        if name == "units":
            return " ".join(value)
        return str(NODE_KINDS.get(value, value)) if name == "kind" else str(value)

    def write(self, lines: Sequence[ImportLine], by: Staff | None) -> None:
        nodes = dict(self._known)
        for line in lines:
            node = line.known or Node(name=line.name, is_watched=True)
            nodes[line.name] = node
            for name in ("kind", "building", "floor", "room"):
                if name in line.facts:
                    setattr(node, name, line.facts[name])
            if "address" in line.facts:
                node.address = line.facts["address"] or None
            if "units" in line.facts:
                node.units = [self._units[code] for code in line.facts["units"]]
            db.session.add(node)
        db.session.flush()
        for line in lines:
            if "uplink" in line.facts:
                nodes[line.name].uplink = nodes.get(line.facts["uplink"])
