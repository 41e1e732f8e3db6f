"""The child that reads mails: one after the other within its limits; it ends when whoever asks it does.

An order is a line of JSON (bytes that follow, seconds) and the raw mail. The answer is a line of JSON (was it read, the
reading or why not) and then the bytes of its files, whose sizes stand in the reading.
"""

from __future__ import annotations

import json
import resource
import select
import signal
import sys
import time
from typing import BinaryIO

from gateways.mailbox.mail_read import Unreadable
from gateways.mailbox.read_mail import read_mail

IDLE_SECONDS = 300.0


def main(memory_bytes: int, most_mails: int) -> None:
    """Read until nobody asks, nothing came for five minutes, or enough has been read."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    orders, answers = open(0, "rb", buffering=0), open(1, "wb", buffering=0)  # noqa: SIM115  # they end with the child
    for _number in range(most_mails):
        if not select.select([orders], [], [], IDLE_SECONDS)[0] or not (line := _line(orders)):
            return
        size, seconds = json.loads(line)
        raw = _read(orders, size)
        limit = int(time.process_time() + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        _answer(answers, raw)


def _answer(answers: BinaryIO, raw: bytes) -> None:
    datas: list[bytes] = []
    try:
        found = read_mail(raw)
        datas = [file.data for file in found.files]
        said = [True, found.without_data()]
    except Unreadable as why:
        said = [False, str(why)]
    except MemoryError:
        said = [False, "it needs more memory than it may have"]
    except Exception as fault:  # whatever Python's parser falls over
        said = [False, f"{type(fault).__name__} while it was read"]
    head = json.dumps(said).encode() + b"\n"
    for part in (head, *datas):
        view = memoryview(part)
        while view:
            view = view[answers.write(view) or 0 :]


def _line(orders: BinaryIO) -> bytes:
    """The next order, byte by byte: what follows it is the mail. Nothing when whoever asked is gone."""
    line = bytearray()
    while not line.endswith(b"\n"):
        if not (byte := orders.read(1)):
            return b""
        line += byte
    return bytes(line)


def _read(orders: BinaryIO, size: int) -> bytes:
    parts, left = [], size
    while left and (part := orders.read(min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
