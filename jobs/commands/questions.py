"""What commands ask a person at a terminal: an answer that cannot stand is asked again, and is told why."""

from __future__ import annotations

import click
from flask_babel import gettext as _

from models.base.written import clean_line

YES, NO = ("y", "ya", "yes"), ("t", "tidak", "n", "no")


def ask(words: str, shown: str = "") -> str:
    """One line, or what is shown when only Enter is pressed; empty where nothing is shown."""
    return clean_line(str(click.prompt(words, default=shown, show_default=bool(shown))))


def ask_until_given(words: str) -> str:
    """One line that is not empty."""
    while not (answer := ask(words)):
        click.echo(f"{words}: " + _("Bagian ini wajib diisi."), err=True)
    return answer


def confirm(words: str) -> bool:
    """Yes when only Enter is pressed."""
    while (answer := ask(f"{words} [Y/t]").lower()) not in (*YES, *NO, ""):
        click.echo(_("Jawab y untuk ya atau t untuk tidak."), err=True)
    return answer not in NO
