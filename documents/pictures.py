"""Pictures in documents: the photos of a report and the institution's emblem, printed from the files that are kept.

A document holds the hash of a picture, so that its row stays small; the picture itself is put in where it is printed.
"""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import replace
from pathlib import Path

from flask import current_app

from documents.document import Composed
from models.base.columns.json_value import Json
from models.base.columns.photo_marks import read_marks

LONGEST_SIDE = {"photo": 1000, "emblem": 400}  # pixels, by the name under which a document holds the hash
_HASH = re.compile(r"[0-9a-f]{64}")


def with_pictures(composed: Composed) -> Composed:
    """The same document with each hash of a picture replaced by the picture; one that is lost stays a hash.

    The template draws a frame with words for a picture that is not there.
    """
    if not any(f'"{name}": "' in composed.data for name in LONGEST_SIDE):
        return composed
    return replace(composed, data=json.dumps(_filled(json.loads(composed.data))))


def _filled(value: Json, name: str = "") -> Json:
    if isinstance(value, dict):
        return _with_marks({key: _filled(item, key) for key, item in value.items()})
    if isinstance(value, list):
        return [_filled(item) for item in value]
    if name in LONGEST_SIDE and isinstance(value, str) and _HASH.fullmatch(value):
        return _drawn(value, LONGEST_SIDE[name]) or value
    return value


def _with_marks(value: dict[str, Json]) -> dict[str, Json]:
    """A photo that was found, with its arrows, circles and words as lines over it."""
    photo, marks = value.get("photo"), value.get("marks")
    drawing = read_marks(marks) if isinstance(marks, str) else None
    if drawing is None or not isinstance(photo, str) or not photo.startswith("<svg"):
        return value
    scale = _number(photo, "width") / drawing.width, _number(photo, "height") / drawing.height
    over = f'<g transform="scale({scale[0]:.5f} {scale[1]:.5f})">{drawing.shapes}</g></svg>'
    return {**value, "photo": photo.removesuffix("</svg>") + over}


def _number(svg: str, side: str) -> int:
    found = re.search(rf' {side}="(\d+)"', svg[:200])
    return int(found[1]) if found else 0


def _drawn(sha256: str, longest: int) -> str:
    """The kept picture as an SVG that holds it: Typst reads pictures as text in no other way."""
    from PIL import Image  # noqa: PLC0415  # 10 MB, for documents with pictures alone

    place = Path(current_app.config["INSTANCE_PATH"]) / "files" / sha256[:2] / sha256[2:]
    try:
        with Image.open(place, formats=["JPEG", "PNG", "WEBP"]) as kept:
            kept.draft("RGB", (longest, longest))
            picture = kept.convert("RGBA" if "A" in kept.getbands() or "transparency" in kept.info else "RGB")
            picture.thumbnail((longest, longest))
    except OSError:
        return ""
    out, kind = io.BytesIO(), "png" if picture.mode == "RGBA" or longest < 500 else "jpeg"
    picture.save(out, kind, **({"quality": 75} if kind == "jpeg" else {}))
    width, height = picture.size
    data = base64.b64encode(out.getvalue()).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/{kind};base64,{data}"/></svg>'
    )
