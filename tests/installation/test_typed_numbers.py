"""Numbers in the forms of an installation: points as letters write them, a share as the settings write it."""

from __future__ import annotations

import pytest

from models.base import setting
from models.base.db import write_transaction
from models.installation.rab import latest_rab
from models.installation.survey import request_of
from procedures.engine.take_step import StepRefused
from procedures.installation.rabs import draft_rab
from tests.databases import once
from tests.installation.installation_walk import installation_at, send_letter
from tests.walk import as_staff

pytestmark = once


@pytest.mark.parametrize(("typed", "points"), [("4 titik", 4), ("1.200", 1_200), ("12 (dua belas) titik", 12)])
def test_dewi_writes_points_as_in_the_letter_and_they_are_counted(app, typed, points):
    assert request_of(send_letter(points=typed)).points == points


@pytest.mark.parametrize("typed", ["4,5", "4-5", "1_000", "4²", "4 (lima) titik", "banyak"])
def test_dewi_writes_what_is_no_number_of_points_and_reads_what_to_write(app, typed):
    with pytest.raises(StepRefused) as refused:
        send_letter(points=typed)
    assert refused.value.form.points.errors == ["Tulis bilangan bulat antara 1 dan 5.000."]
    assert refused.value.form.points._value() == typed


def test_share_written_with_a_comma_is_the_same_share_in_the_next_rab(app):
    with write_transaction():
        setting.put("ppn_percent", "11,5")
        setting.put("ppn_base", "0,5")
    ticket = installation_at("rab_draft")
    with write_transaction():
        rab = draft_rab(ticket, as_staff("tono").staff)
    assert (latest_rab(ticket).ppn_label, rab.ppn_base) == ("PPN 11,5% dari dasar 1/2", "1/2")
