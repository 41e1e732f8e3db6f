"""What the complaint form offers while it is typed: articles that may help at once, and the kind of problem."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from models.base import setting
from models.base.counter import count_up
from models.base.db import keep_house
from models.base.setting import LIMITS, Spec
from models.tickets.knowledge.found_articles import FoundArticle, articles_for
from procedures.tickets.knowledge.proposed_category import ProposedCategory, proposed_categories
from public.frame.blueprint import site
from web.reader import language, network

LONGEST_READ = 2_000  # characters of what is typed, from its beginning
setting.declare(
    "suggestions_per_hour",
    Spec(
        600,
        _l("Saran saat mengetik per jam per alamat jaringan"),
        LIMITS,
        _l("Selebihnya formulir tetap dapat dikirim, tanpa saran."),
        least=10,
        most=1_000_000,
    ),
)


@dataclass(frozen=True)
class TypedSuggestions:
    """Articles and categories, the likeliest first; `is_later`: so much was asked that nothing was looked up."""

    articles: list[FoundArticle]
    categories: list[ProposedCategory]
    is_later: bool = False


@site.post("/pengaduan/saran")
def suggestions() -> ResponseReturnValue:
    """The part of the page that the script puts beside the words; they come by POST, so that no log holds them."""
    found = suggested_for(request.form.get("subject", ""), request.form.get("description", ""))
    return render_template("public/tickets/suggestions.html", suggested=found), 429 if found.is_later else 200


def suggested_for(subject: str, description: str) -> TypedSuggestions:
    """Two statements at most, and one that counts for this network's hour."""
    words = [part[:LONGEST_READ].replace("\x00", "") for part in (subject, description)]
    asked = keep_house(lambda: count_up(f"suggest:{network()}"))
    if (asked or 0) > int(setting.get("suggestions_per_hour")):
        return TypedSuggestions([], [], is_later=True)
    return TypedSuggestions(articles_for(*words, language=language()), proposed_categories(*words))
