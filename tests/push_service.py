"""A push service for tests (RFC 8030): takes messages over HTTP, opens them as the browser would, and can be told to fail."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class Browser:
    """One browser that subscribed: its address, its keys, and what it was told."""

    def __init__(self, service: PushService, name: str) -> None:
        self.endpoint = f"{service.origin}/to/{name}"
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.told: list[dict[str, Any]] = []

    @property
    def fields(self) -> dict[str, str]:
        """What its page sends to the house."""
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "public_key": b64(point), "auth": b64(self.secret)}

    def open(self, body: bytes) -> dict[str, Any]:
        clear = http_ece.decrypt(body, private_key=self.private, auth_secret=self.secret, version="aes128gcm")
        opened: dict[str, Any] = json.loads(clear)
        return opened


class PushService:
    """`answers`: the statuses of the next messages, then 201. `asked`: every message with its headers and bytes."""

    def __init__(self) -> None:
        self.browsers: dict[str, Browser] = {}
        self.answers: list[int] = []
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Door)
        self.server.service = self  # type: ignore[attr-defined]
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"

    def browser(self, name: str) -> Browser:
        return self.browsers.setdefault(f"/to/{name}", Browser(self, name))

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        self.asked.append((path, headers, body))
        status = self.answers.pop(0) if self.answers else 201
        if status == 201:
            browser = self.browsers[path]
            browser.told.append(browser.open(body))
        return status


@contextmanager
def push_service() -> Iterator[PushService]:
    service = PushService()
    thread = threading.Thread(target=service.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.server.shutdown()
        service.server.server_close()
        thread.join()


class _Door(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        service: PushService = self.server.service  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = service.take(self.path, dict(self.headers), body)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
