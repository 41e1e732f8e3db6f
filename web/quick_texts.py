"""Looks each translation up once for each language, instead of at every use; counts of one have their own English."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from types import SimpleNamespace

import flask_admin.babel
import flask_babel
from flask import Flask, g
from flask_babel import Babel, Domain, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

ONE = (1, "1")
MOST_KEPT = 20_000  # texts are the program's own; a caller who translates other people's words fills no memory

Key = str | tuple[str] | tuple[str, str]  # a text; in a tuple as templates show it, or after what counts one in it


class QuickDomain(Domain):
    """Flask-Babel's messages with the answers kept by language."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, dict[Key, str]] = {}

    def gettext(self, string: str, **variables: object) -> str:
        found = self.counted(string, variables) if variables else self.said(string)
        return found % variables if variables else found

    def counted(self, string: str, variables: Mapping[str, Hashable]) -> str:
        """The text, or what the catalogue has for a count of one ("1 minute ago"); Indonesian has one form for both.

        Its context names the counts that are one: "n=1", or "accounts=1 tries=1" where both are.
        """
        ones = sorted(f"{name}=1" for name, value in variables.items() if isinstance(value, int | str) and value in ONE)
        for context in (" ".join(ones), *ones) if ones else ():
            if found := self._of_context(context, string):
                return found
        return self.said(string)

    def said(self, string: str) -> str:
        """The text in the language of this request."""
        kept = self._of_language()
        found = kept.get(string)
        return self._keep(kept, string, self.get_translations().ugettext(string)) if found is None else found

    def in_template(self, string: str) -> str:
        """The same as Jinja's new style gives it to HTML: markup, with doubled percent signs made single."""
        kept = self._of_language()
        found = kept.get((string,))
        return self._keep(kept, (string,), Markup(self.said(string)) % {}) if found is None else found

    def _of_context(self, context: str, string: str) -> str:
        """The text of this context; empty where the catalogue has none."""
        kept = self._of_language()
        found = kept.get((context, string))
        if found is None:
            told = self.get_translations().upgettext(context, string)
            found = self._keep(kept, (context, string), "" if told == string else told)
        return found

    def _of_language(self) -> dict[Key, str]:
        locale = get_locale()
        return self._kept.setdefault(locale.language if locale else "", {})

    def _keep(self, kept: dict[Key, str], key: Key, found: str) -> str:
        if len(kept) < MOST_KEPT:
            kept[key] = found
        return found


def _kept_of_request() -> SimpleNamespace | None:
    """Where Flask-Babel keeps language and domain of a request; its own way goes through a proxy four times.

    A page of a ticket asks 275 times: a tenth of its time (docs/decisions/12-caches-that-pay.md).
    """
    try:
        own = vars(g._get_current_object())  # what every proxy of Werkzeug has
    except RuntimeError:  # no application at work
        return None
    kept: SimpleNamespace | None = own.get("_flask_babel")
    if kept is None:
        kept = own["_flask_babel"] = SimpleNamespace()
    return kept


def init_texts(app: Flask, babel: Babel) -> None:
    """Let code, lazy texts and templates ask the kept answers."""
    flask_babel._get_current_context = _kept_of_request  # type: ignore[attr-defined]  # its stubs show no private names
    domain = babel.domain_instance = QuickDomain()
    # Flask-Admin's forms, ours among them, look for WTForms' own sentences where no Indonesian is.
    flask_admin.babel.wtforms_domain = Domain(app.config["BABEL_TRANSLATION_DIRECTORIES"], domain="wtforms")

    @pass_eval_context
    def said(context: EvalContext, string: str, **variables: str | int) -> str:
        if context.autoescape and not variables:
            return domain.in_template(string)
        found = domain.counted(string, variables)
        return (Markup(found) if context.autoescape else found) % variables  # noqa: S704  # the catalogue's own words

    app.jinja_env.globals["_"] = said
