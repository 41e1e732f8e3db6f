"""What a guarded child does: one order after the other within its limits; it ends when whoever asks it does.

An order is a line of JSON (bytes that follow, seconds, how) and the bytes. The answer is a line of JSON (was it done,
what is said or why not, the sizes of what follows) and then those bytes.
"""

from __future__ import annotations

import json
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import BinaryIO

from models.base.columns.json_value import Json

IDLE_SECONDS = 300.0


def serve(read: Callable[[bytes, str], tuple[Json, list[bytes]]], refused: type[Exception]) -> None:
    """Read until nobody asks, nothing came for five minutes, or enough has been read.

    `read` answers with a value that JSON can say, and files; `refused` is what it raises with a reason. The program's
    arguments are the bytes of memory that it may have, and the number of orders after which it ends.
    """
    memory_bytes, most = int(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    orders, answers = open(0, "rb", buffering=0), open(1, "wb", buffering=0)  # noqa: SIM115  # they end with the child
    for _number in range(most):
        if not select.select([orders], [], [], IDLE_SECONDS)[0] or not (line := _line(orders)):
            return
        size, seconds, how = json.loads(line)
        raw = _read(orders, size)
        limit = int(time.process_time() + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        _send(answers, *_answer(read, refused, raw, how))


def _answer(
    read: Callable[[bytes, str], tuple[Json, list[bytes]]], refused: type[Exception], raw: bytes, how: str
) -> tuple[list[Json], list[bytes]]:
    try:
        said, datas = read(raw, how)
        return [True, said, [len(data) for data in datas]], datas
    except refused as why:
        return [False, str(why), []], []
    except MemoryError:
        return [False, "it needs more memory than it may have", []], []
    except Exception as fault:  # whatever a parser falls over
        return [False, f"{type(fault).__name__} while it was read", []], []


def _send(answers: BinaryIO, head: list[Json], datas: list[bytes]) -> None:
    for part in (json.dumps(head).encode() + b"\n", *datas):
        view = memoryview(part)
        while view:
            view = view[answers.write(view) or 0 :]


def _line(orders: BinaryIO) -> bytes:
    """The next order, byte by byte: what follows it are the bytes. Nothing when whoever asked is gone."""
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
