"""Reads mails in a child process with limits of time and memory, so that a hostile one harms no other (M11, Z12)."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from gateways.mailbox.mail_read import MailRead, Unreadable

HOUSE = Path(__file__).resolve().parent.parent.parent
SECONDS = 10.0
MEMORY_BYTES = 512 * 1024 * 1024
MOST_MAILS = 500  # then another child


class GuardedReader:
    """One child at a time, for all threads of this process; it is started when the first mail comes."""

    def __init__(self, seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES) -> None:
        self.seconds, self.memory_bytes = seconds, memory_bytes
        self._lock, self._owner, self._left = threading.Lock(), 0, 0
        self._child: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    def read(self, raw: bytes) -> MailRead:
        """The mail as read; Unreadable after `seconds`, above the memory limit, or whatever it does to the child."""
        with self._lock:
            if self._owner != os.getpid() or not self._left or (self._child and self._child.poll() is not None):
                self._end()
            try:
                return self._ask(raw)
            except TimeoutError:
                self._end()
                raise Unreadable(f"not read after {self.seconds:.0f} seconds") from None
            except (ConnectionError, OSError, ValueError):
                self._end()
                raise Unreadable("the reader died of it") from None

    def close(self) -> None:
        with self._lock:
            self._end()

    def _ask(self, raw: bytes) -> MailRead:
        line, until = self._line or self._start(), time.monotonic() + self.seconds
        self._left -= 1
        line.settimeout(self.seconds)
        line.sendall(json.dumps([len(raw), self.seconds]).encode() + b"\n" + raw)
        received = bytearray()
        while b"\n" not in received:
            received += self._receive(line, until)
        head, _newline, received = received.partition(b"\n")
        is_read, said = json.loads(bytes(head))
        if not is_read:
            raise Unreadable(said)
        sizes = [file["data"] for file in said["files"]]
        while len(received) < sum(sizes):
            received += self._receive(line, until)
        datas, at = [], 0
        for size in sizes:
            datas.append(bytes(received[at : at + size]))
            at += size
        return MailRead.put_together(said, datas)

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
                [sys.executable, "-m", "gateways.mailbox.reader_child", str(self.memory_bytes), str(MOST_MAILS)],
                stdin=its.fileno(), stdout=its.fileno(), stderr=subprocess.DEVNULL, cwd=HOUSE, env={"PATH": os.defpath},
            )  # fmt: skip
        self._line, self._owner, self._left = ours, os.getpid(), MOST_MAILS
        return ours

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
        child, self._child, self._line, self._left = self._child, None, None, 0
        if child is not None and self._owner == os.getpid():  # after a fork it is the other process's
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            child.wait()


READER = GuardedReader()
atexit.register(READER.close)


def read_guarded(raw: bytes) -> MailRead:
    """By this process's child; raises Unreadable."""
    return READER.read(raw)
