"""A client of the same shape as `wrk -t1 -c4`: each connection sends its next request when the last was answered.

Two workers share four connections; each connection is opened anew after twenty requests, as one that happened to
stay with three others on one worker would measure chance.

Run as a program of its own, so that its CPU is not the server's: requests as JSON lines on standard input are
{"port", "connections", "seconds", "requests": [latin-1 texts of whole requests]}; the figures come out as JSON.
"""

import itertools
import json
import selectors
import socket
import sys
import time

from bench.house import HOST

ANEW_AFTER = 20  # requests: which worker takes a connection is chance, and evens out over many


class Connection:
    """One connection and what it still has to read."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection((HOST, self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.data, self.length, self.began, self.used = b"", -1, 0.0, 0

    def send(self, request: bytes) -> None:
        self.data, self.length, self.began, self.used = b"", -1, time.perf_counter(), self.used + 1
        self.socket.sendall(request)

    def read(self) -> int:
        """The status when the whole answer is there, else 0."""
        more = self.socket.recv(262_144)
        if not more:
            raise ConnectionError("the server closed the connection in an answer")
        self.data += more
        if self.length < 0:
            head, found, _body = self.data.partition(b"\r\n\r\n")
            if not found:
                return 0
            self.length = len(head) + 4 + int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        return int(self.data[9:12]) if len(self.data) >= self.length else 0


def drive(port: int, connections: int, seconds: float, requests: list[bytes]) -> dict:
    """Send the requests in turn for so many seconds (or once each when `seconds` is 0)."""
    chooser = selectors.DefaultSelector()
    left = itertools.cycle(requests) if seconds else iter(requests)
    latencies, statuses, size = [], {}, 0
    until = time.perf_counter() + (seconds or 3600)
    alive = 0
    for _ in range(connections):
        connection = Connection(port)
        if (first := next(left, None)) is not None:
            connection.send(first)
            chooser.register(connection.socket, selectors.EVENT_READ, connection)
            alive += 1
    began = time.perf_counter()
    while alive:
        for key, _events in chooser.select(timeout=30):
            connection = key.data
            status = connection.read()
            if not status:
                continue
            now = time.perf_counter()
            latencies.append(now - connection.began)
            statuses[status] = statuses.get(status, 0) + 1
            size += len(connection.data)
            following = next(left, None) if now < until else None
            if following is None:
                chooser.unregister(connection.socket)
                connection.socket.close()
                alive -= 1
                continue
            if connection.used >= ANEW_AFTER or b"connection: close" in connection.data[:600].lower():
                chooser.unregister(connection.socket)
                connection.socket.close()
                connection.open()
                chooser.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(following)
    took = time.perf_counter() - began
    latencies.sort()
    count = len(latencies)
    return {
        "count": count, "took": took, "statuses": statuses, "bytes": size / max(count, 1),
        "p50": latencies[count // 2], "p95": latencies[int(count * 0.95)],
    }  # fmt: skip


def main() -> None:
    order = json.loads(sys.stdin.read())
    requests = [text.encode("latin-1") for text in order.pop("requests")]
    print(json.dumps(drive(requests=requests, **order)))


if __name__ == "__main__":
    main()
