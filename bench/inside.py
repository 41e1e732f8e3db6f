"""One request looked at from inside: how many statements it issues, how large its answer is, where its time goes."""

import cProfile
import pstats
from pathlib import Path

from sqlalchemy import event

from bench.house import HOST, ROOT
from models.base.db import db

LAYERS = (
    ("sqlalchemy", "SQLAlchemy"), ("psycopg", "driver"), ("sqlite3", "driver"), ("jinja2", "templates"),
    ("markupsafe", "templates"), ("<template>", "templates"), ("/templates/", "templates"), ("babel", "translation"),
    ("gettext", "translation"), ("wtforms", "forms"), ("flask_wtf", "forms"), ("itsdangerous", "signing"),
    ("hashlib", "signing"), ("hmac", "signing"), ("werkzeug", "Flask and Werkzeug"), ("flask", "Flask and Werkzeug"),
)  # fmt: skip


class Inside:
    """The same requests through the application in this process, without a server."""

    def __init__(self, app) -> None:
        self.app, self.statements = app, 0
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._count)

    def _count(self, *_args) -> None:
        self.statements += 1

    def send(self, request: str):
        """The answer to one whole request as the server would give it."""
        head, _found, body = request.partition("\r\n\r\n")
        line, *lines = head.split("\r\n")
        method, path, _version = line.split(" ")
        headers = dict(each.split(": ", 1) for each in lines if each)
        headers.pop("Content-Length", None)
        cookie = headers.pop("Cookie", "")
        environ = {"HTTP_COOKIE": cookie} if cookie else {}
        client = self.app.test_client(use_cookies=False)
        return client.open(
            path,
            method=method,
            headers=headers,
            data=body or None,
            base_url=f"https://{HOST}",
            environ_overrides=environ,
        )

    def counted(self, request: str) -> tuple[int, int, float]:
        """Status, statements and kilobytes of one request, after one like it has warmed the caches."""
        self.statements = 0
        answer = self.send(request)
        return answer.status_code, self.statements, len(answer.get_data()) / 1000

    def layers(self, requests: list[str]) -> dict[str, float]:
        """Milliseconds a request by layer, as the profiler (which slows all Python evenly) sees them."""
        profile = cProfile.Profile()
        profile.enable()
        for request in requests:
            self.send(request)
        profile.disable()
        found: dict[str, float] = {}
        for (file, _line, name), (_calls, _all, own, *_rest) in pstats.Stats(profile).stats.items():
            layer = layer_of(file, name)
            found[layer] = found.get(layer, 0.0) + own * 1000 / len(requests)
        return dict(sorted(found.items(), key=lambda item: -item[1]))


def layer_of(file: str, name: str) -> str:
    """The layer that a profiled function belongs to; what C does is named after its module where that is known."""
    where = f"{file} {name}"
    for part, layer in LAYERS:
        if part in where:
            return layer
    if file.startswith(str(ROOT)) and "site-packages" not in file:
        return Path(file).relative_to(ROOT).parts[0]
    return "Python itself"
