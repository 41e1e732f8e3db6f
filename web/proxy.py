"""What a proxy in front changes about a request: the visitor's address, the scheme, and a Host that lost its port."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

OWN_MACHINE = ("localhost", "127.0.0.1", "[::1]")


class HostOfBaseUrl:
    """Gives a request the Host of BASE_URL where the proxy passed on another spelling of it.

    `proxy_set_header Host $host` drops the port of https://…:8443, and without that line the Host is the address behind
    the proxy. Either way every form would be refused: its Referer names another origin than the request. A name that is
    neither is left alone, for TRUSTED_HOSTS to judge.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]], base_url: str) -> None:
        self.app, self.host, self.name = app, urlsplit(base_url).netloc, urlsplit(base_url).hostname or ""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name = urlsplit(f"//{environ.get('HTTP_HOST', '')}").netloc.rpartition(":")[0] or environ.get("HTTP_HOST", "")
        if name.lower() in (self.name, *OWN_MACHINE):
            environ["HTTP_HOST"] = self.host
        return self.app(environ, start_response)


def init_proxy(app: Flask) -> None:
    """With PROXY_HOPS proxies in front, believe the last of them and none before it."""
    hops = app.config["PROXY_HOPS"]
    if hops:
        inner = HostOfBaseUrl(app.wsgi_app, app.config["BASE_URL"])
        app.wsgi_app = ProxyFix(inner, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]  # Flask's documented way
