"""How the words that staff wrote for a mail are checked, previewed and filled.

A text from the panel is never a template: its placeholders in braces are looked up in a fixed map, once, and what
stands there is never read again (security.md U9). Where a text says something that a mail does not have (no date up to
which a ticket may be opened again), or cannot be filled at all, that mail is made of the shipped words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from jinja2.runtime import Context

from mails.placeholders import GAPS, NOT_IN_SUBJECT, MailFacts
from mails.worded_notices import EDITABLE, folders, is_to_staff, notice_of
from mails.wording_examples import example_facts
from models.base.columns.shown import Shown
from models.base.rupiah import rupiah

GAP = re.compile(r"\{([a-z_]{1,30})\}")
BRACE = re.compile(r"\{[^{}]{0,40}\}?|\}")
FIGURES = {"total_rp": 987_654_321, "outstanding_rp": 876_543_219, "over_rp": 765_432_198}  # stand for sums at first
PARTS = ("subject", "body")


@dataclass(frozen=True)
class _TicketByWord:
    number: str = "{nomor}"


def shipped_words(key: str, language: str) -> tuple[str, str]:
    """Subject and text as the product ships them, with placeholders where a mail says its own facts."""
    return shipped_subject(key, language), re.sub(r"\n{3,}", "\n\n", _shipped(key, "body", language).strip())


def shipped_subject(key: str, language: str) -> str:
    """The subject alone, for a list of many."""
    return " ".join(_shipped(key, "subject", language).split())


def _shipped(key: str, part: str, language: str) -> str:
    with force_locale(language):
        text = _with_blocks_named(f"{_folder(key)}/{part}.txt", _placeholders_as_facts(key))
    for word in EDITABLE[key].words:
        if figure := FIGURES.get(GAPS[word].fact):
            text = text.replace(rupiah(figure), f"{{{word}}}")
    return text


def _folder(key: str) -> str:
    return folders()[notice_of(key)]


def _placeholders_as_facts(key: str) -> dict[str, Shown]:
    """The facts of a mail that says its placeholders in place of facts."""
    made = EDITABLE[key]
    holder = {"number": "{nomor}", "code": "{kode}", "link": "{tautan}", "page": "{tautan}"}
    words = {GAPS[word].fact: f"{{{word}}}" for word in made.words if GAPS[word].fact}
    house: dict[str, Shown] = {
        "panel_url": "{tautan}",
        "page": "{tautan}",
        "ticket": _TicketByWord(),
        "to_staff": is_to_staff(key),
    }
    tickets = [] if is_to_staff(key) else [holder]
    return {"outage": "", **words, **FIGURES, "people": ["{petugas}"], "tickets": tickets, **house, **made.given}


def _context(template: str, facts: MailFacts) -> Context:
    values = dict(facts)
    current_app.update_template_context(values)
    return current_app.jinja_env.get_template(template).new_context(values)


def _with_blocks_named(template: str, facts: MailFacts) -> str:
    """The template's words, where each of its blocks says its own name in braces."""
    context = _context(template, facts)
    for word in context.blocks:
        context.blocks[word] = [_naming(word)]
    return "".join(current_app.jinja_env.get_template(template).root_render_func(context))


def _naming(word: str) -> Callable[[Context], Iterator[str]]:
    def named(_context: Context) -> Iterator[str]:
        yield f"{{{word}}}"

    return named


def blocks_of(key: str, part: str) -> frozenset[str]:
    """The placeholders of this subject or body that stand for a sentence of the shipped template."""
    return frozenset(current_app.jinja_env.get_template(f"{_folder(key)}/{part}.txt").blocks)


def fault_of(key: str, text: str, is_subject: bool = False) -> str:
    """Why these words may not stand in a mail of this notice, as a sentence, or nothing."""
    without = NOT_IN_SUBJECT | (blocks_of(key, "body") - blocks_of(key, "subject")) if is_subject else frozenset()
    known = [word for word in EDITABLE[key].words if word not in without]
    left = GAP.sub(lambda gap: "" if gap[1] in known else gap[0], text)
    unknown = sorted({found[0] for found in BRACE.finditer(left)})
    if not unknown:
        return ""
    return _(
        "Tidak dikenal di surat ini: %(unknown)s. Yang dapat dipakai: %(known)s.",
        unknown=", ".join(unknown),
        known=", ".join(f"{{{word}}}" for word in known),
    )


def missing_of(key: str, words: tuple[str, str], language: str) -> str:
    """Which facts of the shipped words this subject and text lack and need, as a sentence, or nothing."""
    used, usual = (set(GAP.findall(" ".join(both))) for both in (words, shipped_words(key, language)))
    lacks = [word for word in EDITABLE[key].words if GAPS[word].is_needed and word in usual - used]
    if not lacks:
        return ""
    return _(
        "Belum ada %(words)s; tanpanya surat ini tidak berguna bagi penerimanya.",
        words=", ".join(f"{{{word}}} ({GAPS[word].label})" for word in lacks),
    )


def filled(key: str, text: str, facts: MailFacts) -> str | None:
    """The words with what this mail says; None where they ask for something that it does not have."""
    made, asked = EDITABLE[key], set(GAP.findall(text))
    if not made.holds(facts) or not asked <= set(made.words):
        return None
    values = {word: _value(key, word, facts) for word in asked}
    empty = {word for word in asked if not values[word]}
    if any(GAPS[word].when_empty == "shipped" for word in empty):
        return None
    lines = [line for line in text.split("\n") if not _falls_away(line, empty)]
    if _needed_in(text) - _needed_in("\n".join(lines)) - empty:
        return None  # with a line something would be lost that this mail has
    return GAP.sub(lambda gap: values[gap[1]], "\n".join(lines))


def _falls_away(line: str, empty: set[str]) -> bool:
    return any(word in empty and GAPS[word].when_empty == "line" for word in GAP.findall(line))


def _needed_in(text: str) -> set[str]:
    return {word for word in GAP.findall(text) if GAPS[word].is_needed}


def _value(key: str, word: str, facts: MailFacts) -> str:
    read = GAPS[word].value
    if read is not None:
        value = read(facts)
        return "" if value is None else str(value)
    for template in (f"{_folder(key)}/{part}.txt" for part in PARTS):
        context = _context(template, facts)
        if word in context.blocks:
            return "".join(context.blocks[word][0](context)).strip()
    raise KeyError(word)


def example(key: str, text: str, language: str) -> str:
    """The words filled as in a mail of an example, for a preview."""
    facts = {**example_facts(is_to_staff(key)), **EDITABLE[key].given, **EDITABLE[key].like}
    with force_locale(language):
        return filled(key, text, facts) or text
