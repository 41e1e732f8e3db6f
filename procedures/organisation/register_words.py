"""Understands the words of registers in files: units by code or name, and kinds by their key, label or usual word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from gateways.files.import_table import TableRow
from models.base.db import db
from models.base.wording import Words
from models.organisation.unit import Unit

LANGUAGES = ("id", "en")
YES = frozenset({"ya", "y", "yes", "true", "benar", "1", "aktif", "active", "v", "x"})
NO = frozenset({"tidak", "t", "no", "n", "false", "salah", "0", "nonaktif", "non aktif", "inactive"})
_TYPE_OF_UNIT = re.compile(r"^(?:fakultas|program studi|prodi|jurusan|departemen|biro|bagian|upt|lembaga) ")


def word_key(text: str) -> str:
    """Equal for two spellings of a word: "Non-Aktif", "non aktif"."""
    return " ".join(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).split())


def listed(words: str) -> tuple[str, ...]:
    """The words of a list with commas."""
    return tuple(words.split(", "))


def meant_by(words: Mapping[str, str]) -> dict[str, str]:
    """Each word of a list with commas to the key that the list stands for."""
    return {word: key for key, said in words.items() for word in listed(said)}


def words_of(labels: Mapping[str, Words], more: Mapping[str, str]) -> dict[str, str]:
    """What each word means: the key itself, its label in every language, and `more` words."""
    found = {word_key(word): key for word, key in more.items()}
    for language in LANGUAGES:
        with force_locale(language):
            found |= {word_key(str(label)): key for key, label in labels.items()}
    return found | {word_key(key): key for key in labels}


def word_of(row: TableRow, name: str, title: str, words: Mapping[str, str], labels: Mapping[str, Words]) -> str:
    """The key of the kind that a line names; "" where it names none. An unknown word goes to the row's problems."""
    text = row.values.get(name, "")
    if not text:
        return ""
    key = words.get(word_key(text), "")
    if not key:
        known = ", ".join(str(label).lower() for label in labels.values())
        row.problems.append(
            _(
                "%(title)s “%(text)s” tidak dikenal. Tulis salah satu: %(known)s.",
                title=title,
                text=text[:40],
                known=known,
            )
        )
    return key


def yes_or_no(text: str) -> bool | None:
    """None where the word is neither."""
    word = word_key(text)
    return True if word in YES else False if word in NO else None


def flag_of(row: TableRow, name: str, title: str) -> bool | None:
    """The yes or no of a line; None where it says neither. Another word goes to the row's problems."""
    text = row.values.get(name, "")
    said = yes_or_no(text) if text else None
    if text and said is None:
        row.problems.append(_("%(title)s “%(text)s” tidak dikenal. Tulis ya atau tidak.", title=title, text=text[:40]))
    return said


class UnitNames:
    """Units by code, by name, and by the name without its kind; a word that several units bear means none of them."""

    def __init__(self, units: Iterable[tuple[Any, str, str]] | None = None) -> None:
        """`units` are (what `find` gives, code, name); those of the register by default."""
        rows = list(units) if units is not None else _registered()
        self._codes = {code.casefold(): ident for ident, code, _name in rows}
        self._names = {ident: name for ident, _code, name in rows}
        self._words: dict[str, set[int]] = {}
        for spelled in (word_key, lambda text: _TYPE_OF_UNIT.sub("", word_key(text))):
            more: dict[str, set[int]] = {}
            for ident, code, name in rows:
                for text in (code, name):
                    more.setdefault(spelled(text), set()).add(ident)
            self._words = {**more, **self._words}  # the fuller spelling counts

    def find(self, text: str) -> Any | None:
        """The unit that is meant, or None: nobody, or more than one."""
        meant = self._meant(text)
        return next(iter(meant)) if len(meant) == 1 else None

    def name_of(self, ident: int | None) -> str:
        """The unit's name, "" for none."""
        return self._names.get(ident, "")

    def why_not(self, text: str) -> str:
        """The sentence for a word by which no unit is found."""
        if len(self._meant(text)) > 1:
            return _("Lebih dari satu unit bernama “%(text)s”. Tulis kodenya.", text=text[:60])
        return _("Unit “%(text)s” tidak ada di daftar unit.", text=text[:60])

    def _meant(self, text: str) -> set[int]:
        if (unit := self._codes.get(text.strip().casefold())) is not None:
            return {unit}
        word = word_key(text)
        return self._words.get(word) or self._words.get(_TYPE_OF_UNIT.sub("", word)) or set()


def _registered() -> list[tuple[Any, str, str]]:
    return list(db.session.execute(select(Unit.id, Unit.code, Unit.name)).tuples())
