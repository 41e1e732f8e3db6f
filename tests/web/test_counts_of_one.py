"""What counts one says so in English: "1 minute ago", on every page and in every mail; Indonesian has one form for both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import render_template_string
from flask_babel import force_locale, lazy_gettext
from flask_babel import gettext as _

from models.base.wording import duration


@pytest.mark.parametrize(
    ("minutes", "english", "indonesian"),
    [
        (1, "1 minute", "1 menit"),
        (2, "2 minutes", "2 menit"),
        (60, "1 hour", "1 jam"),
        (61, "1 hour 1 minute", "1 jam 1 menit"),
        (125, "2 hours 5 minutes", "2 jam 5 menit"),
        (48 * 60, "2 days", "2 hari"),
    ],
)
def test_a_span_of_one_is_singular_in_english(app, minutes, english, indonesian):
    span = timedelta(minutes=minutes)
    with app.test_request_context():
        with force_locale("en"):
            assert duration(span) == english
        with force_locale("id"):
            assert duration(span) == indonesian


def test_code_lazy_texts_and_templates_count_alike(app):
    with app.test_request_context(), force_locale("en"):
        in_template = render_template_string("{{ _('%(n)s tiket', n=1) }}, {{ _('%(n)s tiket', n='1') }}")
        assert (_("%(n)s tiket", n=1), in_template) == ("1 ticket", "1 ticket, 1 ticket")
        assert (str(lazy_gettext("%(n)s tiket", n=1)), _("%(n)s tiket", n=21)) == ("1 ticket", "21 tickets")


def test_each_of_two_counts_has_its_own_form(app):
    text = "%(units)s unit, %(complaints)s pengaduan"
    with app.test_request_context(), force_locale("en"):
        told = [_(text, units=units, complaints=complaints) for units, complaints in ((1, 1), (1, 2), (2, 1), (2, 2))]
    assert told == ["1 unit, 1 complaint", "1 unit, 2 complaints", "2 units, 1 complaint", "2 units, 2 complaints"]
