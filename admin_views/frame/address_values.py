"""Reads the values in a list's address; one that no list knows is refused with a sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from flask import request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, HTTPException

from models.base.written import clean_line
from web.errors import error_saying
from web.row_ids import row_id

MOST_WORDS = 20
SHOWN = 40  # letters of what somebody typed


def refuse_unknown(args: Mapping[str, str], known: Collection[str]) -> None:
    """A 400 that names the first word of the address which this list does not know."""
    for name in args:
        if name not in known:
            raise error_saying(
                BadRequest,
                _(
                    "Daftar ini tidak mengenal “%(name)s” dalam alamatnya. "
                    "Buka daftarnya dari menu, lalu saring di sana.",
                    name=_shown(name),
                ),
            )


def not_a_value(name: str, value: str) -> HTTPException:
    """A 400 that says which part of the address has a value that it cannot have."""
    return error_saying(
        BadRequest,
        _(
            "“%(value)s” tidak dapat menjadi nilai “%(name)s” dalam alamat daftar ini. "
            "Buka daftarnya dari menu, lalu saring di sana.",
            value=_shown(value),
            name=_shown(name),
        ),
    )


def row_named(name: str) -> int | None:
    """The row that the address names under this word, None without it; a 400 says when no row can be called so."""
    typed = request.args.get(name, "")
    if not typed:
        return None
    try:
        return row_id(typed)
    except ValueError:
        raise not_a_value(name, typed) from None


def is_too_long(words: str, letters: int) -> bool:
    """Is this search longer than what is looked for?"""
    return len(clean_line(words)) > letters or len(words.split()) > MOST_WORDS


def _shown(typed: str) -> str:
    kept = "".join(c for c in typed if c.isprintable())
    return kept if len(kept) <= SHOWN else f"{kept[:SHOWN]}…"
