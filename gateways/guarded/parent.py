"""Asks a child with limits to read something; one that hangs, swells or dies is ended, and the next one begins anew."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parent.parent.parent
MEMORY_BYTES = 512 * 1024 * 1024


class NotDone(Exception):
    """The child did not do it; the words say why, for a log or for whoever looks after it."""


class GuardedChild:
    """One child at a time, for all threads of this process; it is started when it is first asked.

    `module` is its program, which calls serve() of gateways/guarded/child.py; after `most` orders another is started.
    """

    def __init__(self, module: str, seconds: float, memory_bytes: int = MEMORY_BYTES, most: int = 500) -> None:
        self.module, self.seconds, self.memory_bytes, self.most = module, seconds, memory_bytes, most
        self._lock, self._owner, self._left = threading.Lock(), 0, 0
        self._child: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    def ask(self, raw: bytes, how: str = "") -> tuple[Any, list[bytes]]:
        """What the child says of these bytes, and files beside it. Raises NotDone.

        NotDone after `seconds`, above the memory limit, or whatever the bytes do to the child.
        """
        with self._lock:
            if self._owner != os.getpid() or not self._left or (self._child and self._child.poll() is not None):
                self._end()
            try:
                return self._ask(raw, how)
            except TimeoutError:
                self._end()
                raise NotDone(f"not read after {self.seconds:.0f} seconds") from None
            except (ConnectionError, OSError, ValueError):
                self._end()
                raise NotDone("the reader died of it") from None

    def close(self) -> None:
        with self._lock:
            self._end()

    def _ask(self, raw: bytes, how: str) -> tuple[Any, list[bytes]]:
        line, until = self._line or self._start(), time.monotonic() + self.seconds
        self._left -= 1
        line.settimeout(self.seconds)
        line.sendall(json.dumps([len(raw), self.seconds, how]).encode() + b"\n" + raw)
        received = bytearray()
        while b"\n" not in received:
            received += self._receive(line, until)
        head, _newline, received = received.partition(b"\n")
        is_done, said, sizes = json.loads(bytes(head))
        if not is_done:
            raise NotDone(said)
        while len(received) < sum(sizes):
            received += self._receive(line, until)
        datas, at = [], 0
        for size in sizes:
            datas.append(bytes(received[at : at + size]))
            at += size
        return said, datas

    def _receive(self, line: socket.socket, until: float) -> bytes:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        line.settimeout(left)
        if part := line.recv(1 << 16):
            return part
        raise ConnectionError

    def _start(self) -> socket.socket:
        """A child with an empty environment: no key and no password reaches it, and it needs no network."""
        ours, its = socket.socketpair()
        with its:
            self._child = subprocess.Popen(
                [sys.executable, "-m", self.module, str(self.memory_bytes), str(self.most)],
                stdin=its.fileno(), stdout=its.fileno(), stderr=subprocess.DEVNULL, cwd=HOUSE, env={"PATH": os.defpath},
            )  # fmt: skip
        self._line, self._owner, self._left = ours, os.getpid(), self.most
        return ours

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
        child, self._child, self._line, self._left = self._child, None, None, 0
        if child is not None and self._owner == os.getpid():  # after a fork it is the other process's
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            child.wait()
