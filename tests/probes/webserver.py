"""A real web server for the tests, written on sockets so that it may also misbehave."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import contextmanager

Handler = Callable[[socket.socket, str], None]


def answer(body=b"Selamat datang", status="200 OK", headers=()):
    """A handler that answers properly."""

    def handle(connection, _request):
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return handle


class WebServer:
    """Serves `handler` on 127.0.0.1; `requests` keeps each request's head."""

    def __init__(self, handler: Handler, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1") -> None:
        self.handler, self.tls, self.requests = handler, tls, []
        self.listener = socket.create_server((address, 0))
        self.port = self.listener.getsockname()[1]
        self.open = True
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _peer = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            try:
                if self.tls:
                    connection = self.tls.wrap_socket(connection, server_side=True)
                request = connection.recv(65536).decode()
                self.requests.append(request)
                self.handler(connection, request)
            except OSError:
                return

    def stop(self):
        if self.open:
            self.open = False
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()


@contextmanager
def serving(handler, tls=None, address="127.0.0.1"):
    server = WebServer(handler, tls, address)
    try:
        yield server
    finally:
        server.stop()
