"""Archives as they come back from a cellar: cut, flipped, mixed up, foreign; each with the words of its refusal."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

Members = dict[str, bytes]
Row = dict[str, Any]


def members_of(archive: Path) -> Members:
    with tarfile.open(archive) as tar:
        return {name: tar.extractfile(name).read() for name in tar.getnames()}


def packed(members: Members, twice: str = "") -> bytes:
    """The archive of these members, its list last as a backup writes it."""
    out, members = io.BytesIO(), {name: members[name] for name in sorted(members, key="manifest.json".__eq__)}
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name in [*members, twice] if twice else members:
            info = tarfile.TarInfo(name)
            info.size = len(members[name])
            tar.addfile(info, io.BytesIO(members[name]))
    return out.getvalue()


def with_list(members: Members, change: Callable[[dict[str, Any]], None]) -> Members:
    facts = json.loads(members["manifest.json"])
    change(facts)
    return {**members, "manifest.json": json.dumps(facts).encode()}


def with_rows(members: Members, table: str, change: Callable[[list[Row]], list[Row]]) -> Members:
    """Other rows in a table, whose hash and count on the list are right."""
    rows = change([json.loads(line) for line in members[f"tables/{table}.jsonl"].splitlines()])
    return with_lines(members, table, [json.dumps(row).encode() for row in rows])


def with_lines(members: Members, table: str, lines: list[bytes]) -> Members:
    data = b"".join(line + b"\n" for line in lines)
    return with_list({**members, f"tables/{table}.jsonl": data}, lambda facts: _enter(facts, table, data, len(lines)))


def _enter(facts: dict[str, Any], table: str, data: bytes, count: int) -> None:
    facts["hashes"][table], facts["counts"][table] = sha256(data).hexdigest(), count


def without(members: Members, name: str, listed: bool = False) -> Members:
    """A member left out; `listed`: from the list too."""
    left = {key: data for key, data in members.items() if key != name}
    table = name.removeprefix("tables/").removesuffix(".jsonl")
    return left if listed else with_list(left, lambda facts: (facts["counts"].pop(table), facts["hashes"].pop(table)))


def changed(key: str, value: Any) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [{**rows[0], key: value}, *rows[1:]]


def damaged(archive: Path) -> Iterator[tuple[str, bytes, str]]:
    """(what happened to it, its bytes, a part of the sentence that refuses it)"""
    raw, members = archive.read_bytes(), members_of(archive)
    tar = gzip.decompress(raw)
    yield from _cut(raw, tar)
    yield from _flipped(raw, members)
    yield from _foreign(tar, members)
    yield from _incomplete(members)
    yield from _impossible(members)


def _cut(raw: bytes, tar: bytes) -> Iterator[tuple[str, bytes, str]]:
    yield "empty", b"", "is empty"
    for percent in (1, 20, 40, 60, 80, 99):
        yield f"cut at {percent} percent", raw[: len(raw) * percent // 100], "damaged or cut off"
    yield "cut before its checksum", raw[:-8], "damaged or cut off"
    with tarfile.open(fileobj=io.BytesIO(tar)) as read:
        infos = read.getmembers()
    for kind in ("tables/", "files/", "manifest"):
        info = max((info for info in infos if info.name.startswith(kind)), key=lambda info: info.size)
        cut = tar[: info.offset_data + info.size // 2]
        yield f"packed anew and cut inside {kind}", gzip.compress(cut), "The archive is"
        yield f"packed anew and cut before {kind}", gzip.compress(tar[: info.offset]), "The archive is"


def _flipped(raw: bytes, members: Members) -> Iterator[tuple[str, bytes, str]]:
    for share in (3, 5, 7, 9):
        place = len(raw) * share // 10
        yield f"a bit flipped at {share} tenths", raw[:place] + bytes([raw[place] ^ 4]) + raw[place + 1 :], "damaged"
    unit, file = members["tables/unit.jsonl"], next(name for name in members if name.startswith("files/"))
    yield (
        "a word of a row changed",
        packed({**members, "tables/unit.jsonl": unit.replace(b"Rektorat", b"Rektorak")}),
        "unit",
    )
    yield "a file changed", packed({**members, file: members[file][:-1] + b"?"}), "file"
    yield "something behind its end", raw + b"more", "damaged"


def _foreign(tar: bytes, members: Members) -> Iterator[tuple[str, bytes, str]]:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as file:
        file.writestr("manifest.json", members["manifest.json"])
    yield "a zip", zipped.getvalue(), "not packed as one"
    yield "a tar without gzip", tar, "not packed as one"
    yield "a packed text", gzip.compress(b"Laporan bulanan\n" * 100), "damaged or cut off"
    yield "another program's tar", packed({"etc/passwd": b"root"}), "it holds etc/passwd"
    yield "of a newer schema", packed(with_list(members, lambda f: f.update(revision="9999"))), "does not know"
    yield "of a newer format", packed(with_list(members, lambda f: f.update(format=2))), "newer version"
    yield "a list of another program", packed({**members, "manifest.json": b'{"name": "x"}'}), "cannot be read"
    yield "a list that is none", packed(with_list(members, lambda f: f.update(counts=[1]))), "not as a backup writes it"
    yield "a table of no schema", packed(with_lines(members, "payroll", [])), "has no table payroll"


def _incomplete(members: Members) -> Iterator[tuple[str, bytes, str]]:
    file = next(name for name in members if name.startswith("files/"))
    yield "without its list", packed(without(members, "manifest.json", listed=True)), "manifest.json"
    yield (
        "without a table that it lists",
        packed(without(members, "tables/staff.jsonl", listed=True)),
        "table staff is missing",
    )
    yield "without a table of its schema", packed(without(members, "tables/staff.jsonl")), "staff of its schema"
    yield "without a file that it lists", packed(without(members, file, listed=True)), "is missing"
    yield "with a table twice", packed(members, twice="tables/unit.jsonl"), "twice"
    counted = with_list(members, lambda facts: facts["counts"].update(unit=1))
    yield "with fewer rows listed than there are", packed(counted), "rows, not 1"


def _impossible(members: Members) -> Iterator[tuple[str, bytes, str]]:
    def rows(table: str, change: Callable[[list[Row]], list[Row]]) -> bytes:
        return packed(with_rows(members, table, change))

    yield "a row without what is required", rows("unit", changed("name", None)), "does not take a row of table unit"
    yield "a row twice", rows("unit", lambda found: [found[0], *found]), "does not take a row of table unit"
    yield "a row that refers to none", rows("contact", changed("unit_id", 987654)), "refers to one"
    yield "a word for a number", rows("unit", changed("id", "satu")), "value in id"
    yield "a day that does not exist", rows("holiday", changed("day", "2026-02-30")), "value in day"
    yield "a column of no table", rows("unit", changed("colour", "red")), "other columns"
    yield "a line that is no row", packed(with_lines(members, "unit", [b"{"])), "line 1 of table unit is no row"
