"""Says above the next page what was recorded, who was told of it, and who could not be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import flash
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from mails.queue import Collected, collected
from models.base.db import utcnow
from models.base.phone import dialled
from models.base.wording import short_when
from procedures.engine.declaration import Actor
from procedures.engine.telling import Reader, telling_of

MOST_NAMED = 6


@contextmanager
def saying(words: str, by: Actor) -> Iterator[Collected]:
    """When the step in the block was taken: `words`, and who was told of it, above the next page."""
    with collected() as found:
        yield found
    say(words, found, by)


def say(words: str, found: Collected, by: Actor) -> None:
    """Put it above the next page: what was recorded with who was told; and a line for whoever was not."""
    telling = telling_of(found, by)
    told = listed([_by_mail(reader) for reader in telling.told])
    flash(" ".join([words, _("Dikabari: %(who)s.", who=told)] if told else [words]), "success")
    if telling.silent:
        lines = [not_told(reader) for reader in telling.silent[:MOST_NAMED]]
        if more := len(telling.silent) - MOST_NAMED:
            lines += [escape(_("%(n)s orang lagi belum dikabari.", n=more))] if more > 0 else []
        flash(Markup("<br>").join(lines), "untold")


def _by_mail(reader: Reader) -> str:
    name = reader.name or reader.email
    if reader.later_at is not None:
        return _(
            "%(name)s (email, dikirim %(when)s)",
            name=name,
            when=short_when(reader.later_at, utcnow(), str(get_locale())),
        )
    return _("%(name)s (email)", name=name)


def not_told(reader: Reader) -> Markup:
    """One sentence: who, why not, and the number to call."""
    if not reader.name:
        return Markup("<b>%s</b> %s") % (
            _("%(whom)s: belum dikabari.", whom=reader.why), _("Belum ada orang atau alamatnya di daftar.")
        )  # fmt: skip
    who = Markup("<b>%s</b> ") % _("%(name)s belum dikabari:", name=reader.name)
    if not reader.phone:
        return who + _("tanpa email dan tanpa telepon.")
    call = Markup('<a href="%s">%s</a>') % (dialled(reader.phone), reader.phone)
    return who + Markup(escape(_("tanpa email, telepon %(number)s."))) % {"number": call}


def listed(names: Sequence[Any]) -> str:
    few = [str(name) for name in names[:MOST_NAMED]]
    if len(names) > MOST_NAMED:
        few.append(_("%(n)s orang lagi", n=len(names) - MOST_NAMED))
    return ", ".join(few)
