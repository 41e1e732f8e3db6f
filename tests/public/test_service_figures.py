"""The public page of a procedure tells what it really took, from enough tickets and never from one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobs.tickets.count_services import count_services
from models.base.db import db
from models.organisation.service_figure import FEWEST, ServiceFigure
from tests.walk import REQUESTER, file_complaint, take

MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)  # 08.00 WIB
PAGE = "/prosedur/pengaduan"


@pytest.fixture
def done(app, cast, monkeypatch):
    """So many complaints were resolved, the n-th after n working hours."""

    def make(count: int, begins: datetime = MONDAY) -> None:
        for hours in range(1, count + 1):
            now = [begins]
            monkeypatch.setattr("models.base.db.clock", lambda now=now: now[0])
            ticket = file_complaint()
            now[0] += timedelta(hours=hours)
            take(ticket, "reply", "tono", text="Kami kerjakan.")
            take(ticket, "resolve", "tono", cause="Kabel", solution="Diganti.")
            take(ticket, "confirm", REQUESTER)
        count_services()

    return make


def page(app) -> str:
    return app.test_client().get(PAGE).text


def test_five_are_told_with_their_median_and_the_share_on_time(app, done):
    done(FEWEST)
    figure = db.session.get(ServiceFigure, "complaint")
    assert (figure.ended, figure.median_hours) == (5, 3.0)
    assert "separuh selesai dalam 3 jam kerja (5 selesai)" in page(app)
    assert "langkah tepat waktu" in page(app)


def test_of_four_nothing_is_told(app, done):
    done(FEWEST - 1)
    assert "90 hari terakhir" not in page(app)


def test_what_is_older_than_ninety_days_no_longer_counts(app, done, monkeypatch):
    done(FEWEST)
    monkeypatch.setattr("models.base.db.clock", lambda: MONDAY + timedelta(days=91))
    count_services()
    assert "90 hari terakhir" not in page(app)
