"""Reads texts and typed words into what is compared when something is searched.

"Wi-Fi" is found by `wifi` and by `wi fi`, "Ma'ruf" by `maruf`, "e-mail" by `email`, a telephone number in any grouping,
with or without the country's code: where a text has a hyphen, an apostrophe, a point or a short gap inside a word, both
its parts and the whole are kept, and what is typed is looked for in both ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from models.base.phone import COUNTRY, MOST_DIGITS
from models.base.search.folding import digits_in, fold
from models.base.written import searched_words

LONGEST_KEY = 40
MOST_PARTS = 6  # of one word with hyphens or points inside; a longer one is a list
FEWEST_OF_A_NUMBER = 7
_WORD = re.compile(r"[^\W_]+(?:[-'.][^\W_]+)*")
_JOINT = re.compile(r"[-'.]")
_RUPIAH = re.compile(r"\brp\.? ?(?=\d)", re.IGNORECASE)
_NO_SEN = re.compile(r"(?<=\d),(?:00|-+)(?!\w)")  # behind a sum
_NUMBER = re.compile(r"(?<![^\W_])\+?\(?\d[\d ()/.-]{5,40}\d(?![^\W_])")


@dataclass(frozen=True)
class Term:
    """One thing that is looked for: all of its parts, or one of the ways to write them together.

    `typed` is what stood there, for the columns of registers.
    """

    typed: str
    parts: tuple[str, ...]
    whole: tuple[str, ...] = ()
    number: str = ""  # the figures of a telephone number without country code and leading zero


class TypedWord(NamedTuple):
    """A word, or a telephone number with its gaps, as it was typed to search a register; `number` as in Term."""

    text: str
    number: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """What a hyphen, stroke or comma inside it holds together: "mega-sari" is written "Mega Sari" in a register.

        Addresses, numbers of papers and what has a single letter ("e-mail") are one thing: they have none.
        """
        parts = self._between_marks
        figures = sum(not part.isalpha() for part in parts)
        is_one = "@" in self.text or figures > 1 or any(len(part) == 1 and part.isalpha() for part in parts)
        return () if is_one or len(parts) < 2 else parts

    @property
    def paper(self) -> tuple[str, ...]:
        """What stands between the marks of a paper's number, in its order: 045-RAB-XII-2026 is written with strokes."""
        parts = self._between_marks
        figures = sum(not part.isalpha() for part in parts)
        has_letters = any(c.isalpha() for c in "".join(parts))
        return parts if figures > 1 and has_letters and "@" not in self.text else ()

    @property
    def _between_marks(self) -> tuple[str, ...]:
        return tuple(re.findall(r"[^\W_]+", fold(self.text)))


def keys_of(*texts: str) -> list[str]:
    """The keys by which texts are found, each once, in the order in which they stand there."""
    found: dict[str, None] = {}
    for text in texts:
        folded, last, end = _RUPIAH.sub("rp, ", fold(text)), "", -1
        for word in _WORD.finditer(folded):
            parts = _JOINT.split(word[0])
            if last and folded[end : word.start()] == " " and _may_be_one(last, parts[0]):
                found[last + parts[0]] = None
            found.update(dict.fromkeys(part[:LONGEST_KEY] for part in parts))
            if 1 < len(parts) <= MOST_PARTS:
                found.update(dict.fromkeys(_together(parts)))
            last, end = parts[-1], word.end()
        for _start, _end, figures in _numbers(folded):
            found[national(figures)] = None
    found.pop("", None)
    return list(found)


def terms_of(typed: str) -> list[Term]:
    """What was typed into a box of search, as what is looked for; all of the terms have to be there."""
    folded = _plain_sums(fold(typed))
    found: list[tuple[int, Term]] = []
    rest = folded
    for start, end, figures in _numbers(folded):
        parts = tuple(dict.fromkeys(_JOINT.split(part)[0] or part for part in re.findall(r"\d+", folded[start:end])))
        number = national(figures)
        found.append((start, Term(folded[start:end].strip(), parts, tuple({number, figures}), number)))
        rest = rest[:start] + "\n" * (end - start) + rest[end:]
    groups: list[tuple[int, int, list[str]]] = []
    for word in _WORD.finditer(rest):
        parts_here = _JOINT.split(word[0])
        if groups and rest[groups[-1][1] : word.start()] == " " and _may_be_one(groups[-1][2][-1], parts_here[0]):
            start, _end, before = groups.pop()
            groups.append((start, word.end(), before + parts_here))
        else:
            groups.append((word.start(), word.end(), parts_here))
    for start, end, several in groups:
        whole = ("".join(several)[:LONGEST_KEY],) if 1 < len(several) <= MOST_PARTS else ()
        found.append((start, Term(rest[start:end], tuple(p[:LONGEST_KEY] for p in several), whole)))
    return [term for _start, term in sorted(found, key=lambda pair: pair[0])]


def typed_words(typed: str) -> list[TypedWord]:
    """What was typed into a box of search, for the columns of a register: as registers write it."""
    text = _plain_sums(" ".join(searched_words(typed)))
    found, rest = [], text
    for start, end, figures in _numbers(text):
        found.append(TypedWord(text[start:end], national(figures)))
        rest = f"{rest[:start]}{' ' * (end - start)}{rest[end:]}"
    words = [*(TypedWord(word) for word in rest.split()), *found]
    return [word for word in words if any(map(str.isalnum, word.text))] or words  # "&" between two words is no word


def _plain_sums(text: str) -> str:
    return _NO_SEN.sub("", _RUPIAH.sub("", text))


def national(figures: str) -> str:
    """The figures of a number as all its spellings have them: without 00, +62 and the leading zero."""
    figures = figures.removeprefix("00")
    if len(figures) >= 10:
        figures = figures.removeprefix(COUNTRY)
    return figures.lstrip("0")


def _may_be_one(one: str, other: str) -> bool:
    """Do people write these two also without the gap: "wi fi", "e mail", "lab 3"?"""
    if one.isalpha() and other.isalpha():
        return (len(one) <= 2 and len(other) <= 2) or (len(one) == 1 and len(other) <= 8)
    return one.isalpha() and len(one) <= 12 and other.isdecimal() and len(other) <= 4


def _together(parts: list[str]) -> Iterator[str]:
    """Written together from each part on: a beginning of it is found as well."""
    for at in range(len(parts) - 1):
        yield "".join(parts[at:])[:LONGEST_KEY]


def _numbers(folded: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, figures) of what may be a telephone number."""
    for run in _NUMBER.finditer(folded):
        figures = digits_in(run[0])
        if len(figures) <= MOST_DIGITS:
            if len(figures) >= FEWEST_OF_A_NUMBER:
                yield run.start(), run.end(), figures
            continue
        for part in re.finditer(r"\S+", run[0]):  # several beside each other
            figures = digits_in(part[0])
            if FEWEST_OF_A_NUMBER <= len(figures) <= MOST_DIGITS:
                yield run.start() + part.start(), run.start() + part.end(), figures
