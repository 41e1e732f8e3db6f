"""Two people fill in one survey from the same page: nothing is lost silently, and what both changed is chosen (N4)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import pytest

from models.base.db import db
from models.base.wording import today
from models.installation.survey import survey_of
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.databases import both
from tests.installation.installation_walk import installation_at

pytestmark = both
SCRIPT = {"X-Requested-With": "fetch"}
FIRST = {"distribution_point": "SW-B2-01", "distance_m": "12,5", "obstacles": "Plafon gipsum", "cable": "fo"}
ROWS = {"point-location": ["Meja dosen", "Pojok"], "point-count": ["1", "2"], "point-remark": ["", ""]}


@pytest.fixture
def survey(app, cast):
    """The form's address, Tono, and what the survey holds, after a first draft."""
    ticket_id = installation_at("survey").id
    path, tono = f"/admin/survey/fill/{ticket_id}", Person(app, "tono")
    assert tono.post(path, {**FIRST, **ROWS}).status_code == 303

    def now():
        db.session.expire_all()
        return survey_of(db.session.get_one(Ticket, ticket_id))

    return path, tono, now


def base_of(tono, path):
    found = re.search(r'name="base" value="([^"]*)"', tono.get(path).text)
    return unescape(found[1])


def points(survey):
    return [(row.location, row.count) for row in survey.points]


def sent(tono, path, base, **changes):
    return tono.post(path, {**FIRST, **ROWS, "base": base, **changes})


def chosen(page, **choices):
    seen = dict(re.findall(r'name="(seen-\w+)" value="(\w+)"', page))
    return {**seen, **{f"choose-{name}": choice for name, choice in choices.items()}}


def test_what_only_one_of_two_changed_is_kept_whoever_sends_last(survey):
    path, tono, now = survey
    base = base_of(tono, path)
    sent(tono, path, base, distance_m="20", **{"point-remark": ["dekat AC", ""]})
    assert sent(tono, path, base, obstacles="Tidak ada", cable="utp").status_code == 303
    kept = now()
    assert (str(kept.distance_m), kept.obstacles, kept.cable) == ("20.000", "Tidak ada", "utp")
    assert kept.points[0].remark == "dekat AC"


def test_both_values_stand_side_by_side_and_nothing_is_saved_before_the_choice(survey):
    path, tono, now = survey
    base = base_of(tono, path)
    sent(tono, path, base, distance_m="20", distribution_point="SW-B2-07")
    mine = {"distribution_point": "SW-B2-09", "obstacles": "Pipa"}
    answer = sent(tono, path, base, **mine)
    assert answer.status_code == 409
    shown = answer.text[answer.text.index('class="pk-card pk-meet"') :]
    shown = shown[: shown.index("</section>")]
    assert all(words in shown for words in ("Semula: SW-B2-01", "SW-B2-07", "SW-B2-09"))
    assert "Hambatan" not in shown and "Jarak" not in shown, "only one of the two changed these"
    assert 'value="SW-B2-09"' in answer.text and ">Pipa</textarea>" in answer.text and 'value="20"' in answer.text
    assert (now().distribution_point, now().obstacles) == ("SW-B2-07", "Plafon gipsum")
    assert unescape(re.search(r'name="base" value="([^"]*)"', answer.text)[1]) == base

    again = sent(tono, path, base, **mine, **chosen(answer.text, distribution_point="yours"))
    assert again.status_code == 303
    assert (now().distribution_point, now().obstacles, str(now().distance_m)) == ("SW-B2-09", "Pipa", "20.000")


def test_choice_counts_for_the_value_that_was_seen_alone(survey):
    path, tono, now = survey
    base = base_of(tono, path)
    sent(tono, path, base, distribution_point="SW-B2-07")
    page = sent(tono, path, base, distribution_point="SW-B2-09").text
    sent(tono, path, base_of(tono, path), distribution_point="SW-B2-08")
    pick = chosen(page, distribution_point="yours")
    answer = sent(tono, path, base, distribution_point="SW-B2-09", **pick)
    assert answer.status_code == 409 and "SW-B2-08" in answer.text
    assert sent(
        tono, path, base, distribution_point="SW-B2-09", **chosen(answer.text, distribution_point="theirs")
    ).status_code == 303  # fmt: skip
    assert now().distribution_point == "SW-B2-08"


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ("theirs", [("Meja dosen", 1), ("Pintu", 4)]),
        ("yours", [("Meja dosen", 1), ("Pojok", 3), ("Jendela", 1)]),
        ("both", [("Meja dosen", 1), ("Pojok", 3), ("Jendela", 1), ("Pintu", 4)]),
        ("rubbish", [("Meja dosen", 1), ("Pintu", 4)]),
    ],
)
def test_rows_of_a_table_are_chosen_together_or_put_together(survey, choice, kept):
    path, tono, now = survey
    base = base_of(tono, path)
    sent(tono, path, base, **{"point-location": ["Meja dosen", "Pintu"], "point-count": ["1", "4"]})
    mine = {"point-location": ["Meja dosen", "Pojok", "Jendela"], "point-count": ["1", "3", ""],
            "point-remark": ["", "", ""]}  # fmt: skip
    answer = sent(tono, path, base, **mine)
    assert answer.status_code == 409 and "Pintu, 4" in answer.text
    answer = sent(tono, path, base, **mine, **chosen(answer.text, point=choice))
    assert answer.status_code == (409 if choice == "rubbish" else 303)
    assert points(now()) == kept


def test_phone_is_told_which_fields_and_how_to_compare(survey):
    path, tono, now = survey
    base = base_of(tono, path)
    sent(tono, path, base, cable="utp", result="feasible")
    data = {"csrf_token": tono.token(), **FIRST, "cable": "radio", "base": base, "do": "draft"}
    answer = tono.client.post(path, data=data, headers=SCRIPT)
    assert (answer.status_code, answer.json["differs"]) == (409, True)
    assert answer.json["wrong"][0].startswith("rekan Anda mengisi lain: Jenis kabel utama. Tekan")
    assert now().cable == "utp"


def test_same_words_in_another_spelling_are_no_difference(survey):
    path, tono, now = survey
    base = base_of(tono, path)
    day = today() - timedelta(days=1)
    sent(tono, path, base, distance_m="15", surveyed_on=day.isoformat(), **{"point-count": ["1 titik", "2"]})
    assert sent(tono, path, base, distance_m="15,0", surveyed_on=f"{day:%d/%m/%Y}").status_code == 303
    assert (str(now().distance_m), now().surveyed_on) == ("15.000", day)


@pytest.mark.parametrize(
    "base",
    ["", "[]x", "{", "7", "null", '{"a": 1}', "[1, [2]]", '[["cable", 5]]', "[" * 5000, '[["cable", "\\u0000"]]'],
)
def test_page_that_does_not_say_what_it_showed_is_taken_or_compared_and_never_a_fault(survey, base):
    path, tono, now = survey
    assert sent(tono, path, base, obstacles="Baru").status_code == (409 if base.startswith('[["cable", "') else 303)


def test_own_draft_saved_over_again_from_what_the_page_sent_last_asks_nothing(survey):
    path, tono, now = survey
    typed = {**FIRST, "distance_m": "13"}
    base = json.dumps([[name, text] for name, text in typed.items()] + [["point-location", "Meja dosen"]])
    tono.post(path, {**typed, "base": base_of(tono, path), "point-location": ["Meja dosen"]})
    answer = tono.post(path, {**typed, "distance_m": "14", "base": base, "point-location": ["Meja dosen"]})
    assert answer.status_code == 303 and str(now().distance_m) == "14.000"
