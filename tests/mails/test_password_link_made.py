"""The mail by which a person learns that a link to their login was made."""

from __future__ import annotations

import re

from mails.render import render
from models.base.db import db, write_transaction
from models.organisation.staff import Staff
from models.tickets.outbox import Mail
from tests.browse import Person


def test_person_learns_who_made_a_link_to_their_login_and_the_mail_holds_no_link(app, cast):
    rudi, people = Person(app, "rudi"), {name: (cast[name].id, cast[name].email) for name in ("lina", "tono")}
    said = {"id": "Rudi membuat tautan", "en": "Rudi made a link"}
    for (name, (staff_id, email)), language in zip(people.items(), said, strict=True):
        with write_transaction():
            db.session.get_one(Staff, staff_id).language = language
        html = rudi.post(f"/admin/staff/invite/?id={staff_id}").text
        token = re.search(r"/admin/invite/([\w-]+)", html)[1]
        mail = db.session.query(Mail).filter_by(notice="password_link_made", recipient=email).one()
        text = render(mail).text
        assert said[language] in text and name in text
        assert token not in text + str(mail.facts)
