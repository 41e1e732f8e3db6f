"""Writes /gangguan as a static copy into a configured folder, and pushes it on each change."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

from flask import current_app, render_template
from flask_babel import force_locale

from models.base import setting
from models.base.db import db, utcnow
from models.base.whole_file import written_aside
from procedures.outages import board

PUSH_SECONDS = 60
BESIDE = ("css/pk.css", "css/pk-public.css", "js/as-of.js")


def has_copy() -> bool:
    """Is a folder configured for it?"""
    return bool(current_app.config.get("OUTAGE_COPY_FOLDER"))


def write_outage_copy() -> bool:
    """Write the copy with its "as of"; True where its contents changed and were pushed, if a command is set.

    Written beside and renamed, so that a reader never sees half a file.
    """
    if not has_copy():
        return False
    place = Path(current_app.config["OUTAGE_COPY_FOLDER"])
    place.mkdir(parents=True, exist_ok=True)
    for name in BESIDE:
        _replace(place / Path(name).name, (Path(current_app.static_folder or "static") / name).read_bytes())
    with force_locale("id"):
        current, planned = board.current(), board.planned()
        html = render_template(
            "public/outages/static_copy.html",
            current=current,
            planned=planned,
            as_of=utcnow(),
            centre=setting.get("centre_name"),
        )
    data = {"current": [n.as_data() for n in current], "planned": [n.as_data() for n in planned]}
    said = json.dumps(data, ensure_ascii=False, indent=1).encode()
    before = (place / "gangguan.json").read_bytes() if (place / "gangguan.json").exists() else b""
    _replace(place / "index.html", html.encode())
    db.session.rollback()  # no transaction is open while the command runs
    if said == before:
        return False
    _push(place)
    _replace(place / "gangguan.json", said)  # last: a push that failed is tried again at the next turn
    return True


def _replace(path: Path, content: bytes) -> None:
    with written_aside(path, mode=0o644) as file:
        file.write(content)


def _push(place: Path) -> None:
    """Run the configured command, without a shell, with the folder as its last argument."""
    command = shlex.split(str(current_app.config.get("OUTAGE_PUSH_COMMAND") or ""))
    if command:
        subprocess.run([*command, str(place)], check=True, timeout=PUSH_SECONDS, capture_output=True)
