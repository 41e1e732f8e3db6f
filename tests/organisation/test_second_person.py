"""No one lifts himself: roles of heads, their password links and delegations need a second person (I4, I5)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

import models.base.db
from models.base.db import db, utcnow, write_transaction
from models.base.wording import today
from models.organisation.audit import AuditEntry
from models.organisation.delegation import Delegation, roles_of
from models.organisation.pending_change import PendingChange
from models.organisation.roles import Role
from models.organisation.staff import Staff
from models.tickets.outbox import Mail
from tests.browse import Person


def edit(admin: Person, staff: Staff, *roles: str, is_active: str = "y") -> int:
    path = f"/admin/staff/edit/?id={staff.id}"
    seen = admin.get(path).text.split('name="seen" value="')[1].split('"')[0]
    fields = {"username": staff.username, "name": staff.name, "email": staff.email, "language": "id", "seen": seen}
    answer = admin.post(path, {**fields, "number_kind": "NIK", "role_names": list(roles), "is_active": is_active})
    return int(answer.status_code)


def change() -> PendingChange:
    db.session.expire_all()
    return db.session.scalars(select(PendingChange).order_by(PendingChange.id.desc())).first()


def roles(username: str) -> set[str]:
    db.session.expire_all()
    return {role.value for role in db.session.scalars(select(Staff).filter_by(username=username)).one().roles}


def told(notice: str) -> set[str]:
    return {mail.recipient for mail in db.session.query(Mail).filter_by(notice=notice)}


def decide(person: Person, act: str = "confirm") -> int:
    return int(person.post(f"/admin/pending_change/{act}/?id={change().id}").status_code)


def test_i5_a_heads_role_waits_for_a_second_person_and_everybody_concerned_hears_before(app, cast):
    rudi, budi, lina = (Person(app, name) for name in ("rudi", "budi", "lina"))
    assert edit(rudi, cast["lina"], "staff_systems", "head_of_centre") == 303
    assert roles("lina") == {"staff_systems"}
    assert told("change_asked") >= {cast["lina"].email, cast["budi"].email, cast["rudi"].email}
    for who in (rudi, lina):  # neither who asked nor whom it lifts
        decide(who)
        assert roles("lina") == {"staff_systems"}
    assert decide(budi) == 303
    assert roles("lina") == {"staff_systems", "head_of_centre"}
    assert told("change_decided") >= {cast["lina"].email, cast["budi"].email}
    acts = [entry.act for entry in db.session.query(AuditEntry).filter_by(object_kind="PendingChange")]
    assert acts == ["ask_change", "confirm_change"]


def test_i5_what_was_refused_never_takes_effect(app, cast):
    rudi, budi = Person(app, "rudi"), Person(app, "budi")
    edit(rudi, cast["lina"], "administrator")
    assert decide(budi, "refuse") == 303
    decide(budi)
    assert (roles("lina"), change().is_accepted) == (set(), False)


def test_i5_other_roles_change_at_once_and_a_returning_head_waits_too(app, cast):
    rudi = Person(app, "rudi")
    assert edit(rudi, cast["lina"], "operator") == 303
    assert (roles("lina"), db.session.query(PendingChange).count()) == ({"operator"}, 0)
    with write_transaction():
        db.session.get(Staff, cast["hadi"].id).is_active = False
    edit(rudi, cast["hadi"], "head_systems")
    assert (roles("hadi"), change().kind) == (set(), "roles")


def test_i5_the_password_link_of_a_head_is_made_only_after_a_second_person_agreed(app, cast):
    rudi, rina = Person(app, "rudi"), Person(app, "rina")
    path = f"/admin/staff/invite/?id={cast['budi'].id}"
    assert "/admin/invite/" not in rudi.client.post(path, data={"csrf_token": rudi.token()}, follow_redirects=True).text
    assert cast["budi"].email in told("change_asked")
    decide(rina)  # no administrator and not the head of the centre
    assert change().decided_at is None
    with write_transaction():
        db.session.get(Staff, cast["yusuf"].id).roles = {Role.ADMINISTRATOR}
    assert decide(Person(app, "yusuf")) == 303
    assert "/admin/invite/" in rudi.post(path).text
    assert "/admin/invite/" not in rudi.client.post(path, data={"csrf_token": rudi.token()}, follow_redirects=True).text


def test_i5_a_single_administrator_goes_on_alone_after_the_hours_of_the_setting(app, cast, monkeypatch):
    """The head of the centre has lost the password, and nobody else may decide."""
    rudi = Person(app, "rudi")
    path = f"/admin/staff/invite/?id={cast['budi'].id}"
    rudi.client.post(path, data={"csrf_token": rudi.token()})
    assert change().alone_at is not None
    decide(rudi)
    assert change().decided_at is None
    moved = utcnow() + timedelta(hours=25)
    monkeypatch.setattr(models.base.db, "clock", lambda: moved)
    rudi = Person(app, "rudi")
    assert decide(rudi) == 303
    assert "/admin/invite/" in rudi.post(path).text


def lend(person: Person, lender: Staff, receiver: Staff, role: str) -> int:
    fields = {"from_staff_id": lender.id, "to_staff_id": receiver.id, "role": role, "reason": "Surat 12/2026"}
    days = {"starts_on": today().isoformat(), "ends_on": (today() + timedelta(days=7)).isoformat()}
    return int(person.post("/admin/delegation/new/", {**fields, **days}).status_code)


def test_i4_a_delegation_that_the_head_did_not_write_counts_only_when_confirmed(app, cast):
    rudi, rina = Person(app, "rudi"), Person(app, "rina")
    assert lend(rudi, cast["rina"], cast["rudi"], "head_networking") == 422  # never to oneself
    assert lend(rudi, cast["rina"], cast["tono"], "head_networking") == 303
    tono = db.session.get(Staff, cast["tono"].id)
    assert Role.HEAD_NETWORKING not in roles_of(tono)
    assert cast["rina"].email in told("change_asked")
    assert decide(rina) == 303  # the head whose steps are lent
    with app.app_context():
        assert Role.HEAD_NETWORKING in roles_of(db.session.get(Staff, cast["tono"].id))


def test_i4_a_heads_own_delegation_is_in_force_at_once_and_told(app, cast):
    rina = Person(app, "rina")
    assert lend(rina, cast["rina"], cast["tono"], "head_networking") == 303
    lent = db.session.query(Delegation).one()
    assert (not lent.is_waiting, db.session.query(PendingChange).count()) == (True, 0)
    assert told("delegation_made") == {cast["rina"].email, cast["tono"].email, cast["budi"].email}


def test_i4_a_delegation_that_was_changed_while_it_waited_is_not_confirmed_by_its_older_words(app, cast):
    """Somebody agrees to Tono for a week; meanwhile it was turned into another role for somebody else."""
    rudi, rina, budi = (Person(app, name) for name in ("rudi", "rina", "budi"))
    assert lend(rudi, cast["rina"], cast["tono"], "head_networking") == 303
    asked, lent = change().id, db.session.query(Delegation).one()
    path = f"/admin/delegation/edit/?id={lent.id}"
    seen = rudi.get(path).text.split('name="seen" value="')[1].split('"')[0]
    fields = {"from_staff_id": cast["budi"].id, "to_staff_id": cast["lina"].id, "role": "head_of_centre", "seen": seen}
    days = {"starts_on": today().isoformat(), "ends_on": (today() + timedelta(days=300)).isoformat(), "reason": "Surat"}
    assert rudi.post(path, {**fields, **days}).status_code == 303
    for second in (rina, budi):
        second.post(f"/admin/pending_change/confirm/?id={asked}")
    with app.app_context():
        assert Role.HEAD_OF_CENTRE not in roles_of(db.session.get(Staff, cast["lina"].id))
    assert (change().id > asked, "Lina" in change().what, decide(budi)) == (True, True, 303)
    with app.app_context():
        assert Role.HEAD_OF_CENTRE in roles_of(db.session.get(Staff, cast["lina"].id))


def test_i5_whoever_took_the_second_person_away_does_not_go_on_alone(app, cast, monkeypatch):
    rudi = Person(app, "rudi")
    with write_transaction():
        db.session.get(Staff, cast["yusuf"].id).roles = {Role.ADMINISTRATOR}
    for name in ("budi", "yusuf"):
        assert edit(rudi, cast[name], is_active="") == 303
    assert edit(rudi, cast["lina"], "head_of_centre") == 303
    assert (change().alone_at, roles("lina")) == (None, set())
    moved = utcnow() + timedelta(hours=25)
    monkeypatch.setattr(models.base.db, "clock", lambda: moved)
    decide(Person(app, "rudi"))
    assert (change().decided_at, roles("lina")) == (None, set())
    assert cast["yusuf"].email in told("roles_changed") and cast["budi"].email in told("roles_changed")


def test_i5_a_second_person_taken_away_while_it_waited_stops_it_too(app, cast, monkeypatch):
    rudi = Person(app, "rudi")
    rudi.client.post(f"/admin/staff/invite/?id={cast['budi'].id}", data={"csrf_token": rudi.token()})
    assert change().alone_at is not None  # the link is budi's own, so nobody else may decide
    with write_transaction():
        db.session.get(Staff, cast["yusuf"].id).roles = {Role.ADMINISTRATOR}
    assert edit(rudi, cast["yusuf"]) == 303
    moved = utcnow() + timedelta(hours=25)
    monkeypatch.setattr(models.base.db, "clock", lambda: moved)
    decide(Person(app, "rudi"))
    assert change().decided_at is None


def test_i5_somebody_new_is_on_record_with_their_roles_and_the_head_of_the_centre_hears_of_it(app, cast):
    """Two new people of one administrator could be each other's second person at the password desk."""
    fields = {"username": "baru", "name": "Orang Baru", "email": "baru@bunghatta.ac.id", "language": "id"}
    more = {"number_kind": "NIK", "role_names": ["operator", "service_officer"], "is_active": "y"}
    assert Person(app, "rudi").post("/admin/staff/new/", {**fields, **more}).status_code == 303
    assert told("roles_changed") == {"baru@bunghatta.ac.id", cast["budi"].email, cast["rudi"].email}
    noted = db.session.query(AuditEntry).filter_by(act="roles").one().diff
    assert (noted["name"], noted["before"], noted["after"]) == ("Orang Baru", [], ["operator", "service_officer"])
