"""What the steps on surveys (N4), the installation done (N7c) and quality tests (N7, N9) write."""

from __future__ import annotations

from flask_babel import gettext as _

from models.base.db import db, utcnow
from models.base.wording import today
from models.installation.quality_test import QualityTest, Recheck, TestPoint, latest_test
from models.installation.survey import Survey, request_of, survey_of
from models.organisation.office_number import take_number
from models.tickets.ticket import Ticket
from procedures.engine.declaration import Actor, Outcome, State
from procedures.engine.take_step import StepRefused
from procedures.installation import documents as documents
from procedures.installation.bills import owed_by_rab
from procedures.installation.handing_over import InstalledForm, keep_signing, named
from procedures.installation.rabs import draft_rab


def _verdict_words(test: QualityTest) -> str:
    failed = [point.name for point in test.points if point.failures]
    words = _("Putaran %(n)s: lulus.", n=test.round) if test.passed else _("Putaran %(n)s: tidak lulus.", n=test.round)
    return f"{words} {', '.join(failed[:10])}".strip()


def open_survey(ticket: Ticket) -> Survey:
    """The draft of this round, made where there is none yet."""
    survey = survey_of(ticket)
    if survey is None or survey.sent_at is not None:
        survey = Survey(ticket_id=ticket.id, round=survey.round + 1 if survey else 1)
        db.session.add(survey)
        db.session.flush()
    return survey


def send_survey(ticket: Ticket, by: Actor, feasible: State, infeasible: State) -> Outcome:
    """N4: the draft becomes the report, with a number and its document."""
    survey = open_survey(ticket)
    survey.sent_at, survey.sent_by_id, survey.sent_by = utcnow(), by.staff.id, by.staff
    survey.surveyed_on = survey.surveyed_on or today()
    survey.number = take_number("survey", today())
    db.session.flush()
    documents.issue_survey(ticket, survey)
    if survey.result != "infeasible":
        draft_rab(ticket, by.staff)
    to = infeasible if survey.result == "infeasible" else feasible
    return Outcome(to, survey.condition, {"result": survey.result, "survey": survey.id})


def open_test(ticket: Ticket) -> QualityTest:
    """The draft of the coming round; its points are those of the round before, or those of the survey."""
    last = latest_test(ticket)
    if last is not None and last.sent_at is None:
        return last
    test = QualityTest(
        ticket_id=ticket.id, round=last.round + 1 if last else 1, points_reason=last.points_reason if last else ""
    )
    test.points = [_point_again(point) for point in last.points] if last else _points_of(survey_of(ticket))
    db.session.add(test)
    db.session.flush()
    return test


def _point_again(point: TestPoint) -> TestPoint:
    return TestPoint(
        position=point.position,
        name=point.name,
        connection=point.connection,
        nominal_mbps=point.nominal_mbps,
        failures=[],
    )


def _points_of(survey: Survey | None) -> list[TestPoint]:
    places = [point.location for point in survey.points for _one in range(point.count)] if survey else []
    return [
        TestPoint(position=number, name=f"{number:02} {place}"[:80], connection="wired", nominal_mbps=1000, failures=[])
        for number, place in enumerate(places[:500], 1)
    ]


def send_test(ticket: Ticket, by: Actor, failed: State, passed: State, passed_for_free: State) -> Outcome:
    """N7: the verdict is computed and kept, and the report issued; an RAB of zero leaves nothing to bill."""
    test = open_test(ticket)
    test.sent_at, test.tested_by_id, test.tested_by = utcnow(), by.staff.id, by.staff
    test.judge()
    test.number = take_number("test", today())
    db.session.flush()
    documents.issue_test(ticket, test)
    to = failed if not test.passed else passed if owed_by_rab(ticket) else passed_for_free
    return Outcome(to, _verdict_words(test), {"passed": test.passed, "round": test.round, "test": test.id})


def report_installed(ticket: Ticket, by: Actor, form: InstalledForm) -> Outcome:
    """N7c: how many points there are now, and who signed for them; the form of their test lies ready."""
    open_test(ticket)
    request_of(ticket).installed_points = form.points.data
    told = {"points": form.points.data}
    if form.is_signed:
        signing = keep_signing(ticket, by, form, installed=form.text.data or "")
        return Outcome(text=form.text.data or "", data={**told, "signed_by": named(signing)})
    return Outcome(text=form.text.data or "", data=told)


def recheck(ticket: Ticket, by: Actor, findings: str, action: str) -> Outcome:
    """N9: findings and action, then the next round of tests."""
    failed = latest_test(ticket)
    if failed is None:
        raise StepRefused(_("Belum ada uji yang gagal. Periksa ulang dicatat setelah sebuah uji gagal."), "need")
    db.session.add(Recheck(test_id=failed.id, findings=findings, action=action, made_by_id=by.staff.id))
    db.session.flush()
    open_test(ticket)
    return Outcome(text=f"{findings}\n{action}")
