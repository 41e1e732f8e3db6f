"""Does a page speak one language? What the catalogues and common words tell about each text on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import lxml.html
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).resolve().parent.parent.parent / "translations"
LETTERS = re.compile(r"[^\W\d_]{2,}")
ADDRESS = re.compile(r"https?://\S+|\S+@\S+|(?<!\S)/\S+")
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]")
# Words that make up most sentences of one language and none of the other.
COMMON = {
    "id": "yang dan dari untuk belum sudah tidak dengan ini itu pada oleh atau akan ada bila agar karena di ke kami"
    " Anda hari jam menit lalu semua baru lagi setiap dalam antara tiket berkas",
    "en": "the and of with for not is are was your this that by when has have been will you our from hours minutes"
    " days ago all new every between within files",
}
WORDS = {language: frozenset(words.lower().split()) for language, words in COMMON.items()}
SHOWN = ("title", "aria-label", "placeholder", "alt")


def texts(html: str) -> Iterator[tuple[str, str]]:
    """Each text that a reader meets, with its language; not what people typed (translate="no", fields, pre)."""
    root = lxml.html.document_fromstring(html)
    page, body = root.get("lang"), root.body  # which is looked for each time it is asked for
    yield page, _words(root.findtext(".//title") or "")
    for element in body.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "textarea", "option", "pre"):
            text = None
        else:
            text = element.text
        around = [element, *element.iterancestors()]
        if isinstance(element.tag, str) and not _typed(around):
            language = _language(around, page)
            yield language, _words(text or "")
            for name in SHOWN:
                yield language, _words(element.get(name) or "")
            if element.tag == "input" and element.get("type") in ("submit", "button"):
                yield language, _words(element.get("value") or "")
        if element.tail and element is not body and not _typed(around[1:]):
            yield _language(around[1:], page), _words(element.tail)


def _typed(around: list[lxml.html.HtmlElement]) -> bool:
    return any(e.get("translate") == "no" for e in around)


def _language(around: list[lxml.html.HtmlElement], page: str) -> str:
    return next((e.get("lang") for e in around if e.get("lang")), page)


def _words(text: str) -> str:
    return " ".join(ADDRESS.sub(" ", text).split())


class Tongue:
    """The sentences of one language that the other does not have."""

    def __init__(self, language: str) -> None:
        own, foreign = set(), set()
        for ours, theirs in _pairs(language):
            own.add(ours)
            if ours != theirs:
                foreign.add(theirs)
        foreign -= own
        self.exact = {f for f in foreign if LETTERS.search(f) and not PLACE.search(f)}
        patterned = [f for f in foreign if PLACE.search(f) and len(LETTERS.findall(PLACE.sub(" ", f))) >= 2]
        self.patterns = [_pattern(f) for f in patterned]
        self.own = [_pattern(o) for o in own if PLACE.search(o) and LETTERS.search(PLACE.sub("", o))]
        self.own_words, self.foreign_words = WORDS[language], WORDS["en" if language == "id" else "id"]

    @cache  # noqa: B019  # two tongues live as long as the tests
    def finds_foreign(self, text: str) -> bool:
        """Is it a sentence of the other language, by the catalogues or by its words?"""
        if text in self.exact:
            return True
        if any(p.fullmatch(text) for p in self.patterns) and not any(p.fullmatch(text) for p in self.own):
            return True
        words = {word.lower() for word in LETTERS.findall(text) if not word.isupper()}
        return bool(words & self.foreign_words) and not words & self.own_words


def _pairs(language: str) -> Iterator[tuple[str, str]]:
    """Every text in this language with the same text in the other one."""
    for path, source in (
        ("en/LC_MESSAGES/messages.po", "id"),
        ("id/LC_MESSAGES/admin.po", "en"),
        ("id/LC_MESSAGES/wtforms.po", "en"),
    ):
        with (CATALOGUES / path).open("rb") as file:
            for message in read_po(file):
                if not message.id:
                    continue
                msgids = message.id if isinstance(message.id, tuple) else (message.id,)
                msgstrs = message.string if isinstance(message.string, tuple) else (message.string,)
                for msgid, msgstr in zip(msgids, msgstrs, strict=False):
                    pair = (_words(msgid), _words(msgstr))
                    yield pair if language == source else pair[::-1]


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile("(.+)".join(re.escape(part) for part in PLACE.split(text)))
