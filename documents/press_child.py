"""The press's child: prints one order after the other within its limits, and ends when its press does.

An order is a line of JSON: template, data, stamp, seconds. The answer is a line of JSON (did it print, how many bytes
follow, is this child's last) and then the bytes: the PDF, or the sentence why there is none.
"""

from __future__ import annotations

import json
import resource
import select
import signal
import sys
import time
from typing import BinaryIO

from documents.typesetting import DocumentNotPrinted, pdf_of

MOST_RESIDENT = 256 * 1024 * 1024  # bytes; Typst keeps what it has laid out
IDLE_SECONDS = 300.0


def main(memory_bytes: int, most_documents: int) -> None:
    """Print until there is no press, nothing to do for five minutes, or enough has been printed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the press, which takes this child along
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    orders, answers = open(0, "rb", buffering=0), open(1, "wb", buffering=0)  # noqa: SIM115  # they end with the child
    for number in range(1, most_documents + 1):
        if not select.select([orders], [], [], IDLE_SECONDS)[0] or not (line := _line(orders)):
            return
        template, data, stamp, seconds = json.loads(line)
        _limit_time(seconds)
        try:
            did, content = True, pdf_of(template, data, stamp)
        except DocumentNotPrinted as why:
            did, content = False, str(why).encode()
        is_last = number == most_documents or _resident() > MOST_RESIDENT
        head = json.dumps([did, len(content), is_last]).encode() + b"\n"
        for part in (head, content):
            view = memoryview(part)
            while view:
                view = view[answers.write(view) or 0 :]
        if is_last:
            return


def _line(orders: BinaryIO) -> bytes:
    """The next order; nothing when the press is gone."""
    parts: list[bytes] = []
    while not parts or not parts[-1].endswith(b"\n"):
        if not (part := orders.read(1 << 16)):
            return b""
        parts.append(part)
    return b"".join(parts)


def _limit_time(seconds: float) -> None:
    """So much processor time for this document; what was used before does not count."""
    limit = int(time.process_time() + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _resident() -> int:
    with open("/proc/self/statm", "rb") as pages:
        return int(pages.read().split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
