"""Staff that are added by command or set-up are read by the readers that the forms use."""

from __future__ import annotations

import pytest

from models.base.db import db
from models.organisation.staff import Staff
from tests.databases import once

pytestmark = once


def test_staff_pasted_from_a_chat_are_kept_without_what_nobody_sees(app):
    args = [
        "create-staff",
        "\u200eMaya ",
        "Maya\u00a0Sari\u200b",
        "--email",
        "Maya <maya@Kampus.example>",
        "--role",
        "operator",
    ]
    said = app.test_cli_runner().invoke(args=args)
    assert said.exit_code == 0, said.output
    maya = db.session.query(Staff).filter_by(username="maya").one()
    assert (maya.name, maya.email) == ("Maya Sari", "maya@kampus.example")


@pytest.mark.parametrize(
    ("name", "email", "words"),
    [("\u200b\u200b", "", "Tulis namanya"), ("Maya", "mäya@kampus.example", "Huruf “ä” sebelum @"),
     ("Maya", "maya", "Tulis alamat lengkap")],
)  # fmt: skip
def test_staff_whom_no_mail_can_reach_are_refused_where_they_are_typed(app, name, email, words):
    said = app.test_cli_runner().invoke(args=["create-staff", "maya", name, "--email", email])
    assert (said.exit_code, words in said.output) == (1, True)
    assert db.session.query(Staff).filter_by(username="maya").count() == 0
