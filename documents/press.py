"""Prints composed documents in a warm child process with limits; one that hangs or swells harms no other.

The child prints many documents, since to start it costs more than to print; it is replaced after so many, or when it
has grown, and ends when nothing was asked for a while (documents/press_child.py says after how much).
"""

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

from documents.document import Composed
from documents.typesetting import HOUSE, DocumentNotPrinted

SECONDS = 30.0
MEMORY_BYTES = 512 * 1024 * 1024
MOST_DOCUMENTS = 500  # then another child


class ChildGone(Exception):
    """The child ended before it answered; `has_left`: by itself, with nothing in hand."""

    def __init__(self, why: str, has_left: bool) -> None:
        super().__init__(why)
        self.has_left = has_left


class Press:
    """One child at a time, for all threads of this process; a process that is forked off begins with none."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES, most_documents: int = MOST_DOCUMENTS) -> None:
        self.memory_bytes, self.most_documents = memory_bytes, most_documents
        self._lock, self._owner = threading.Lock(), 0
        self._child: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    def print(self, document: Composed, seconds: float = SECONDS) -> bytes:
        """The document as PDF/A-2b, or DocumentNotPrinted after `seconds` or above the memory limit (U8, Z33)."""
        self._forget_the_parents()
        until = time.monotonic() + seconds
        if not self._lock.acquire(timeout=seconds):
            raise DocumentNotPrinted(f"{document.template}: the press was busy for {seconds} s")
        try:
            try:
                return self._ask(document, seconds, until)
            except ChildGone as gone:
                if not gone.has_left:
                    raise
            return self._ask(document, seconds, until)  # a new one, once: it had just gone home
        except ChildGone as gone:
            raise DocumentNotPrinted(f"{document.template}: {gone}") from gone
        except TimeoutError as late:
            self._end()
            raise DocumentNotPrinted(f"{document.template}: not done after {seconds} s") from late
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the child."""
        with self._lock:
            if self._owner == os.getpid():
                self._end()

    def _ask(self, document: Composed, seconds: float, until: float) -> bytes:
        line = self._line or self._start()
        order = json.dumps([document.template, document.data, document.stamp, seconds])
        received = bytearray()
        try:
            line.settimeout(_left(until))
            line.sendall(order.encode() + b"\n")
            while b"\n" not in received:
                received += self._receive(line, until)
            head, _newline, received = received.partition(b"\n")
            did, size, is_last = json.loads(bytes(head))
            while len(received) < size:
                received += self._receive(line, until)
        except (ConnectionError, BrokenPipeError) as cut:
            raise self._gone(bool(received)) from cut
        if is_last:
            self._end()
        if not did:
            raise DocumentNotPrinted(received.decode(errors="replace"))
        return bytes(received)

    def _receive(self, line: socket.socket, until: float) -> bytes:
        line.settimeout(_left(until))
        if part := line.recv(1 << 16):
            return part
        raise ConnectionError

    def _start(self) -> socket.socket:
        """A child with an empty environment: no key and no password reaches it, and it needs no network."""
        ours, its = socket.socketpair()
        with its:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "documents.press_child", str(self.memory_bytes), str(self.most_documents)],
                stdin=its.fileno(), stdout=its.fileno(), stderr=subprocess.PIPE, cwd=HOUSE, env={"PATH": os.defpath},
            )  # fmt: skip
        self._line, self._owner = ours, os.getpid()
        return ours

    def _gone(self, had_begun: bool) -> ChildGone:
        child = self._child
        assert child is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(1)
        code, said = child.returncode, b""
        if code is not None and child.stderr:
            said = child.stderr.read()[-500:]
        self._end()
        return ChildGone(f"child ended with {code}: {said!r}", has_left=code == 0 and not had_begun)

    def _end(self) -> None:
        child, self._child = self._child, None
        if self._line is not None:
            self._line.close()
        self._line = None
        if child is not None:
            child.kill()
            child.wait()
            if child.stderr:
                child.stderr.close()

    def _forget_the_parents(self) -> None:
        """After a fork the child is the other process's; only the own end of its line is closed here."""
        if self._owner not in (0, os.getpid()):
            if self._line is not None:
                self._line.close()
            self.__init__(self.memory_bytes, self.most_documents)  # type: ignore[misc]  # as new: the lock may be held in the other process


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


PRESS = Press()
atexit.register(PRESS.close)


def print_guarded(document: Composed, seconds: float = SECONDS) -> bytes:
    """By this process's press; raises DocumentNotPrinted."""
    return PRESS.print(document, seconds)
