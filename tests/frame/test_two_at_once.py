"""Two people at the same tickets at the same moment, over HTTP: one act each, no cycle, and never a fault."""

from __future__ import annotations

import threading

import pytest

from models.base.db import db, write_transaction
from models.organisation.roles import Role
from models.organisation.staff import GroupMember, Staff
from models.tickets.canned_reply import CannedReply
from models.tickets.draft import Draft
from models.tickets.merge import Merge
from models.tickets.ticket import Event, Ticket
from tests.browse import Person
from tests.installation.installation_walk import installation_at
from tests.walk import REQUESTER, complaint_at, file_complaint, take


def both_at_once(*acts):
    """The answers of acts that are started at the same moment."""
    start, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        start.wait()
        found[place] = act()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def merge_post(person, ticket, into, token, once):
    fields = {"into": into[1], "version": ticket[2], "once": once}
    return lambda: person.post(f"/admin/ticket/{ticket[0]}/do/merge", fields, token=token).status_code


def facts_of(*tickets):
    found = [(t.id, t.number, t.version) for t in tickets]
    db.session.remove()
    return found


def test_two_who_join_a_into_b_and_b_into_a_at_once_make_one_merge_and_no_cycle(app):
    tono, rina = Person(app, "tono"), Person(app, "rina")
    tokens = tono.token(), rina.token()
    for turn in range(4):
        a, b = facts_of(file_complaint(subject="Satu"), file_complaint(subject="Dua"))
        answers = both_at_once(
            merge_post(tono, a, b, tokens[0], f"a{turn}"), merge_post(rina, b, a, tokens[1], f"b{turn}")
        )
        assert sorted(answers) == [303, 409], answers
        standing = [
            (m.ticket_id, m.target_id) for m in db.session.query(Merge).filter(Merge.ticket_id.in_([a[0], b[0]]))
        ]
        assert standing in ([(a[0], b[0])], [(b[0], a[0])])
        db.session.remove()


def test_taking_out_and_joining_again_at_once_is_never_a_fault(app):
    tono, rina = Person(app, "tono"), Person(app, "rina")
    tokens = tono.token(), rina.token()
    for turn in range(4):
        target, ticket = file_complaint(subject="Satu"), file_complaint(subject="Dua")
        take(ticket, "merge", "tono", into=target.number)
        a, t = facts_of(target, ticket)
        undo = {"reason": "Lain.", "version": t[2], "once": f"u{turn}"}
        answers = both_at_once(
            lambda t=t, undo=undo: rina.post(f"/admin/ticket/{t[0]}/do/unmerge", undo, token=tokens[1]).status_code,
            merge_post(tono, t, a, tokens[0], f"m{turn}"),
        )
        assert set(answers) <= {303, 409, 503}, "PostgreSQL ends one of two that wait for each other: press again"
        db.session.remove()


def test_a_request_of_another_procedure_is_refused_with_a_sentence_and_stays(app):
    letter, ticket = installation_at("disposition"), file_complaint()
    fields = {"into": letter.number, "version": ticket.version, "once": "a"}
    answer = Person(app, "sari").post(f"/admin/ticket/{ticket.id}/do/merge", fields)
    assert (answer.status_code, "Hanya tiket prosedur yang sama yang digabungkan." in answer.text) == (409, True)
    assert db.session.query(Merge).count() == 0


def test_taken_out_after_the_other_was_closed_it_stands_where_it_stood_and_the_other_stays_closed(app):
    target, ticket = complaint_at("in_progress"), file_complaint()
    take(ticket, "follow_up", "tono", text="")
    take(ticket, "merge", "tono", into=target.number)
    take(target, "resolve", "tono", cause="A", solution="B")
    take(target, "confirm", REQUESTER)
    answer = Person(app, "tono").post(f"/admin/ticket/{ticket.id}/do/unmerge", {"reason": "Lain.", "once": "a"})
    assert answer.status_code == 303
    db.session.expire_all()
    assert (ticket.state, ticket.is_open, target.state) == ("in_progress", True, "closed")


def test_taken_out_after_its_person_left_it_waits_for_anybody_of_its_group(app, cast):
    target, ticket = file_complaint(), file_complaint()
    take(ticket, "take", "tono")
    take(ticket, "merge", "rina", into=target.number)
    with write_transaction():
        db.session.get_one(Staff, cast["tono"].id).is_active = False
    take(ticket, "unmerge", "rina", reason="Lain.")
    assert (ticket.state, ticket.assignee_id) == ("with_group", None)


def test_r1_a_person_who_left_meanwhile_is_no_choice_and_the_words_are_kept(app, cast):
    ticket, tono = complaint_at("in_progress"), Person(app, "tono")
    lina = cast["lina"].id
    fields = {"assignee": lina, "text": "Tolong dilanjutkan.", "version": ticket.version, "once": "a"}
    with write_transaction():
        db.session.get_one(Staff, lina).is_active = False
    answer = tono.post(f"/admin/ticket/{ticket.id}/do/assign", fields)
    assert (answer.status_code, "Tolong dilanjutkan." in answer.text) == (422, True)


def test_r1_differences_name_a_former_assignee_who_has_left(app, cast):
    ticket, tono = complaint_at("in_progress"), Person(app, "tono")
    version, lina, rina = ticket.version, cast["lina"].id, cast["rina"].id
    take(ticket, "assign", "rina", assignee=str(lina))
    with write_transaction():
        db.session.get_one(Staff, lina).is_active = False
    fields = {"assignee": rina, "text": "", "version": version, "once": "a"}
    late = tono.post(f"/admin/ticket/{ticket.id}/do/assign", fields)
    assert (late.status_code, "Lina" in late.text) == (409, True)


def test_draft_of_a_right_that_was_withdrawn_is_neither_shown_nor_kept_nor_sent(app, cast):
    ticket = file_complaint()
    tono, place = Person(app, "tono"), f"/admin/draft/{ticket.id}/reply"
    tono.post(place, {"text": "Rahasia jaringan."})
    with write_transaction():
        db.session.query(GroupMember).filter_by(staff_id=cast["tono"].id).delete()
        db.session.get_one(Staff, cast["tono"].id).roles = {Role.STAFF_SYSTEMS}
    assert "Rahasia" not in tono.get("/admin/draft/").text
    assert tono.post(place, {"text": "x"}).status_code == 404
    assert tono.post(f"/admin/ticket/{ticket.id}/do/reply", {"text": "Rahasia jaringan."}).status_code == 404
    assert db.session.query(Event).filter_by(step="reply").count() == 0


def test_ready_reply_whose_gap_was_written_into_the_table_by_hand_is_shown_as_it_stands(app):
    ticket = complaint_at("in_progress")
    with write_transaction():
        db.session.add(CannedReply(title="Uji", text="Halo {entah} {nama!r} {0} { {nomor}"))
    page = Person(app, "tono").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert f"Halo {{entah}} {{nama!r}} {{0}} {{ {ticket.number}" in page


def test_two_tabs_of_one_person_send_one_form_once_and_two_forms_twice(app):
    ticket, tono = complaint_at("in_progress"), Person(app, "tono")
    path, token = f"/admin/ticket/{ticket.id}/do/reply", tono.token()
    same = {"text": "Kami datang.", "once": "tab"}
    answers = both_at_once(*[lambda: tono.post(path, same, token=token).status_code] * 2)
    assert answers == [303, 303]
    tono.post(path, {"text": "Sudah.", "once": "tab-2"}, token=token)
    assert db.session.query(Event).filter_by(step="reply").count() == 2
    assert db.session.query(Draft).count() == 0


@pytest.mark.parametrize("into", ["", "x" * 5_000, "PTK-00000-00000-0", "\u0000", "１２３", "<b>"])
def test_senseless_target_of_a_merge_gets_a_sentence(app, into):
    ticket, tono = file_complaint(), Person(app, "tono")
    answer = tono.post(f"/admin/ticket/{ticket.id}/do/merge", {"into": into, "version": 1, "once": "a"})
    assert answer.status_code in ((400,) if "\0" in into else (409, 422))
    assert tono.get(f"/admin/merge/?id={ticket.id}", check=False).status_code == 200
    assert db.session.query(Ticket).filter_by(state="merged").count() == 0
