"""What makes the panel an app on a phone: its manifest, its service worker, and the page where there is no signal."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from flask import Response, current_app, jsonify, render_template
from flask_babel import gettext as _

from doors.blueprint import doors
from models.base import setting

WORKER = "js/field-worker.js"
KEPT = ("css/*.css", "js/*.js", "vendor/idb.js", "img/*")  # what every page of the panel may name
SIZES = (192, 512)  # pixels of a side


@doors.get("/sw.js")
def service_worker() -> Response:
    """The worker behind the list of what the pages are made of; another list or file is another worker."""
    version, files = shell(str(current_app.static_folder))
    head = f"const VERSION = {json.dumps(version)}, SHELL = {json.dumps(files)};\n"
    code = Path(str(current_app.static_folder), WORKER).read_text(encoding="utf-8")
    answer = Response(head + code, mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@lru_cache(maxsize=4)  # the files change with a release, which starts the program anew
def shell(folder: str) -> tuple[str, list[str]]:
    """(a digest of the files, their addresses)"""
    files = sorted(path for pattern in KEPT for path in Path(folder).glob(pattern) if path.is_file())
    digest = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files))
    addresses = [f"/static/{path.relative_to(folder).as_posix()}" for path in files]
    return digest.hexdigest()[:16], [each for each in addresses if not each.endswith(WORKER)]


@doors.get("/manifest.webmanifest")
def manifest() -> Response:
    """How the panel is called and looks among a phone's apps; it opens at the field work."""
    name = str(setting.get("centre_name"))
    icons = [{"src": f"/static/img/app-{n}.png", "sizes": f"{n}x{n}", "type": "image/png"} for n in SIZES]
    answer = jsonify(
        id="/admin/",
        name=_("%(centre)s, meja layanan", centre=name),
        short_name=name[:12],
        lang="id",
        start_url="/admin/field/",
        scope="/admin/",
        display="standalone",
        background_color="#10305f",
        theme_color="#10305f",
        icons=[*icons, {**icons[-1], "src": "/static/img/app-mask-512.png", "purpose": "maskable"}],
    )
    answer.mimetype = "application/manifest+json"
    return answer


@doors.get("/tanpa-sinyal")
def without_signal() -> str:
    """Laid up on the phone by the worker, and shown where a page is neither there nor reached."""
    return render_template("doors/without_signal.html")
