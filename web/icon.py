"""One icon of static/img/icons.svg as HTML."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

ICON = Markup('<svg class="pk-icon" aria-hidden="true"><use href="/static/img/icons.svg#i-{}"/></svg>')


@lru_cache(maxsize=200)  # a page shows thirty; as many as there are
def icon(name: str) -> Markup:
    return ICON.format(name)
