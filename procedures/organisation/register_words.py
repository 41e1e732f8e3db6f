"""Understands the words of registers in files: units by code or name, and kinds by their key, label or usual word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select

from models.base.db import db
from models.organisation.unit import Unit

LANGUAGES = ("id", "en")
YES = frozenset({"ya", "y", "yes", "true", "benar", "1", "aktif", "active", "v", "x"})
NO = frozenset({"tidak", "t", "no", "n", "false", "salah", "0", "nonaktif", "non aktif", "inactive"})
_TYPE_OF_UNIT = re.compile(r"^(?:fakultas|program studi|prodi|jurusan|departemen|biro|bagian|upt|lembaga) ")


def word_key(text: str) -> str:
    """Equal for two spellings of a word: "Non-Aktif", "non aktif"."""
    return " ".join(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).split())


def words_of(labels: Mapping[str, Any], more: Mapping[str, str]) -> dict[str, str]:
    """What each word means: the key itself, its label in every language, and `more` words."""
    found = {word_key(word): key for word, key in more.items()}
    for language in LANGUAGES:
        with force_locale(language):
            found |= {word_key(str(label)): key for key, label in labels.items()}
    return found | {word_key(key): key for key in labels}


def yes_or_no(text: str) -> bool | None:
    """None where the word is neither."""
    word = word_key(text)
    return True if word in YES else False if word in NO else None


class UnitNames:
    """All units by code, by name, and by the name without its kind where that is one unit's alone."""

    def __init__(self) -> None:
        rows = db.session.execute(select(Unit.id, Unit.code, Unit.name)).tuples().all()
        short: dict[str, list[int]] = {}
        for unit_id, _code, name in rows:
            short.setdefault(_TYPE_OF_UNIT.sub("", word_key(name)), []).append(unit_id)
        self._ids = {word: ids[0] for word, ids in short.items() if len(ids) == 1}
        self._ids |= {word_key(name): unit_id for unit_id, _code, name in rows}
        self._ids |= {word_key(code): unit_id for unit_id, code, _name in rows}

    def find(self, text: str) -> int | None:
        word = word_key(text)
        return self._ids.get(word) or self._ids.get(_TYPE_OF_UNIT.sub("", word))
