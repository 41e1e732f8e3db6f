"""Keeps the HTML of forms that nobody has filled yet; what differs between tickets stands in gaps.

Only forms are kept that show nothing but their own words and what their selects offer; all others are drawn for each
page.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from markupsafe import Markup
from wtforms import RadioField, StringField, TextAreaField

from models.base.columns.json_value import Json
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket
from procedures.base.form_fields import StepForm
from procedures.tickets.forms import AssignForm, HandOverForm
from procedures.tickets.labelling import TicketLabelsForm
from procedures.tickets.offers import offers

PLAIN = (RadioField, StringField, TextAreaField)
# The form: what its select offers this reader for this ticket; other rooms add theirs.
OFFERS: dict[type[StepForm], Callable[[Ticket, Staff], Hashable]] = {
    AssignForm: lambda _ticket, _staff: tuple(offers()["assignee"]),
    HandOverForm: lambda _ticket, _staff: tuple(offers()["group"]),
    TicketLabelsForm: lambda _ticket, _staff: tuple(offers()["label"]),
}
MOST_CACHED = 200

_secret = secrets.token_hex(8)  # nobody can write a gap into a name that a select offers
_cache: dict[Hashable, Markup] = {}
_plain: dict[type[StepForm], bool] = {}


@dataclass(frozen=True)
class FormFilling:
    """What the same form has of its own on every page."""

    ticket: str
    version: str
    once: str
    csrf: str
    told: str = ""  # who hears of the step: Markup, or a gap


GAPS = FormFilling(*(f"{name}-{_secret}" for name in ("ticket", "version", "once", "csrf", "told")))


def cache_key(
    form_class: type[StepForm], starts_with: dict[str, Json], ticket: Ticket, staff: Staff
) -> Hashable | None:
    """What the untouched form's HTML depends on beside the language, or None where that is not known."""
    if form_class in OFFERS:
        return (form_class, str(starts_with), OFFERS[form_class](ticket, staff))
    if form_class not in _plain:
        _plain[form_class] = _is_plain(form_class)
    return (form_class,) if _plain[form_class] else None


def cached_html(key: Hashable, here: FormFilling, draw: Callable[[FormFilling], Markup]) -> Markup:
    """The HTML kept under the key with its gaps filled; `draw` is asked for it with gaps where it is not kept."""
    html = _cache.get(key)
    if html is None:
        if len(_cache) >= MOST_CACHED:  # selects change what they offer: the old ones are of no use
            _cache.clear()
        html = _cache[key] = draw(GAPS)
    text = str(html)
    for gap, filled in zip(vars(GAPS).values(), vars(here).values(), strict=True):
        text = text.replace(gap, filled)
    return Markup(text)  # noqa: S704  # numbers and tokens of our own in HTML that the template made


def _is_plain(form_class: type[StepForm]) -> bool:
    """Nothing of the ticket in it, nothing prepared, and only fields whose words and choices never change."""
    unbound = [field for name in dir(form_class) if hasattr(field := getattr(form_class, name), "field_class")]
    own = form_class.prepare is not StepForm.prepare or hasattr(form_class, "is_about")
    return not own and all(field.field_class in PLAIN and not _is_asked(field.kwargs) for field in unbound)


def _is_asked(options: dict[str, Json]) -> bool:
    return any(callable(options.get(name)) for name in ("default", "choices"))
