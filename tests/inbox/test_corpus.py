"""Two hundred mails as programs, people and vandals write them, each read as typed beside it; and mutations of them.

In tests/mails/corpus each mail (.eml) has beside it what must be read of it (.json): the keys that it names, no others.
`make mail-torture` reads five thousand mutations and writes the result into docs/reliability.md.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateways.mailbox.guarded import GuardedReader
from gateways.mailbox.mail_read import MailRead, Unreadable
from gateways.mailbox.read_mail import read_mail
from procedures.tickets.inbox.reply_parts import parts_of

CORPUS = Path(__file__).parent.parent / "mails" / "corpus"
MAILS = sorted(CORPUS.glob("*.eml"))
PAGE = CORPUS.parents[2] / "docs" / "reliability.md"
SAMPLE, SEED = 1000, 5150


def seen(mail: MailRead, key: str) -> Any:
    """What was read, under the word that the expectation uses."""
    parts = parts_of(mail.text)
    special = {
        "said": lambda: parts.said,
        "signature": lambda: parts.signature,
        "is_forward": lambda: parts.is_forward,
        "files": lambda: [file.name for file in mail.files],
        "content_ids": lambda: [file.content_id for file in mail.files],
        "has_html": lambda: bool(mail.html),
    }
    return special[key]() if key in special else getattr(mail, key)


def faults_of(path: Path) -> list[str]:
    """Where the reading differs from what is typed beside the mail."""
    mail = read_mail(path.read_bytes())
    found = []
    for key, wanted in json.loads(path.with_suffix(".json").read_text()).items():
        if key == "quoted":
            is_so, got = wanted in parts_of(mail.text).quoted, parts_of(mail.text).quoted
        elif key == "bounce":
            got = {name: getattr(mail.bounce, name, None) for name in wanted}
            is_so = got == wanted
        elif key == "remarks":
            got = mail.remarks
            is_so = set(wanted) <= set(got)
        else:
            got = seen(mail, key)
            is_so = got == wanted
        if not is_so:
            found.append(f"{path.stem}: {key} is {got!r}, not {wanted!r}")
    return found


def test_every_mail_of_the_corpus_is_read_as_typed_beside_it():
    assert len(MAILS) >= 150
    assert [fault for path in MAILS for fault in faults_of(path)] == []


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """The mail with a few of its bytes changed, lost, doubled or cut off."""
    data = bytearray(raw)
    for _turn in range(chance.randint(1, 6)):
        at, length = chance.randrange(len(data) + 1), chance.randint(1, 40)
        kind = chance.randrange(6)
        if kind == 0:
            data[at : at + length] = bytes(chance.randrange(256) for _ in range(length))
        elif kind == 1:
            del data[at : at + length]
        elif kind == 2:
            data[at:at] = data[max(0, at - length) : at] * chance.randint(1, 50)
        elif kind == 3:
            data[at:at] = chance.choice([b"\r\n\r\n", b"\n\n", b"--b", b"=?utf-8?q?", b"<", b'"', b"(", b"\0", b"\xff"])
        elif kind == 4:
            del data[at:]
        else:
            data = bytearray(data.replace(b"\n", b"\r\n")) if chance.random() < 0.5 else data.swapcase()
    return bytes(data)


def torture(count: int, seed: int) -> dict[str, Any]:
    """Read so many mutations in the guarded child: how many were read, set aside, and how long the slowest took."""
    chance, reader = random.Random(seed), GuardedReader()
    reader.read(b"Subject: warm\r\n\r\nx")
    read, aside, slowest, died = 0, 0, 0.0, 0
    for _turn in range(count):
        raw = mutated(chance.choice(MAILS).read_bytes(), chance)
        began = time.process_time_ns(), time.perf_counter()
        try:
            parts_of(reader.read(raw).text)
            read += 1
        except Unreadable as why:
            aside += 1
            died += "died" in str(why) or "not read after" in str(why) or "while it was read" in str(why)
        slowest = max(slowest, time.perf_counter() - began[1])
    reader.close()
    return {"count": count, "read": read, "aside": aside, "died": died, "slowest": slowest}


def test_z12_mutations_of_the_corpus_kill_no_reader_and_none_is_lost():
    found = torture(SAMPLE, SEED)
    assert (found["died"], found["read"] + found["aside"]) == (0, SAMPLE)
    assert found["slowest"] < 3  # a second on an idle machine; here others work too


def report(found: dict[str, Any]) -> None:
    """Write what the long run found into docs/reliability.md, in the place of the last one."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    section = (
        f"## Hostile mail\n\n`make mail-torture`, {datetime.now(UTC):%d %B %Y}, commit {commit.stdout.strip()}: "
        f"{found['count']:,} mutations of {len(MAILS)} mails, seed {SEED}. {found['read']:,} were read, {found['aside']:,} "
        f"set aside with their raw text, **{found['died']} killed their reader**; the slowest took "
        f"{found['slowest'] * 1000:.0f} ms.\n"
    )
    text = PAGE.read_text()
    old = re.compile(r"## Hostile mail\n.*?(?=\n## |\Z)", re.DOTALL)
    PAGE.write_text(old.sub(lambda _: section, text) if old.search(text) else f"{text.rstrip()}\n\n{section}")


if __name__ == "__main__":
    report(torture(5000, SEED))
