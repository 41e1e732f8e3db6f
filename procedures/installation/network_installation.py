"""N. New network installation (Pemasangan jaringan baru), line by line as on the paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l

from mails.installation import notices
from mails.tickets import notices as common_notices
from models.base.wording import today
from models.base.written import is_written
from models.installation.bill import open_bill, overpayment_of
from models.installation.point_counts import point_counts
from models.installation.quality_test import Recheck, latest_test
from models.installation.rab import approved_rab, latest_rab, makers_of, price_setters
from models.installation.survey import appointed, request_of, survey_of
from models.organisation.duties import DUTIES
from models.organisation.roles import Role
from models.tickets.ticket import Ticket
from procedures.base.form_fields import WIB
from procedures.engine import catalog
from procedures.engine.declaration import Actor, Outcome, Procedure, State, Step, Who, working_days
from procedures.installation import forms as asks
from procedures.installation import surveys_and_tests as acts
from procedures.tickets import common_moves, forms


class At(State):
    """The desks of an installation."""

    DISPOSITION = "disposition", _l("Menunggu disposisi"), "N2"
    COMPLETION = "completion", _l("Menunggu kelengkapan dari unit"), "N2"
    SURVEYORS = "surveyors", _l("Menunggu penunjukan surveyor"), "N3"
    SURVEY = "survey", _l("Menunggu survey lapangan"), "N4"
    INFEASIBLE = "infeasible", _l("Tidak layak, menunggu usul Kepala Divisi"), "N4"
    END_PROPOSED = "end_proposed", _l("Tidak layak, menunggu keputusan"), "N5"
    RAB_DRAFT = "rab_draft", _l("Menunggu RAB"), "N5"
    RAB_APPROVAL = "rab_approval", _l("Menunggu persetujuan RAB"), "N6"
    UNIT_AGREEMENT = "unit_agreement", _l("Menunggu jawaban unit"), "N6"
    INSTALLERS = "installers", _l("Menunggu penunjukan pemasang"), "N7"
    INSTALLATION = "installation", _l("Sedang dipasang"), "N7"
    TESTING = "testing", _l("Menunggu uji kualitas"), "N7"
    RECHECK = "recheck", _l("Dicek ulang"), "N9"
    BILLING = "billing", _l("Menunggu tagihan"), "N8"
    BILL_SIGNATURE = "bill_signature", _l("Menunggu tanda tangan kedua"), "N8"
    PAYMENT = "payment", _l("Menunggu pembayaran"), "N8"
    CLOSED = "closed", _l("Selesai"), "N8", True
    REFUSED = "refused", _l("Ditolak"), "N6", True
    NOT_FEASIBLE = "not_feasible", _l("Berakhir, tidak layak dipasang"), "N5", True
    DECLINED = "declined", _l("Tidak disetujui unit"), "N6", True
    CANCELLED = "cancelled", _l("Dibatalkan"), "N1", True
    MERGED = "merged", _l("Digabung ke tiket lain"), "N2", True


AFTER_DISPOSITION = (
    At.SURVEYORS, At.SURVEY, At.INFEASIBLE, At.END_PROPOSED, At.RAB_DRAFT, At.RAB_APPROVAL, At.UNIT_AGREEMENT,
    At.INSTALLERS, At.INSTALLATION, At.TESTING, At.RECHECK, At.BILLING, At.BILL_SIGNATURE, At.PAYMENT,
)  # fmt: skip
NETWORKING = (Role.STAFF_NETWORKING, Role.HEAD_NETWORKING)
procedure = Procedure(
    "network_installation",
    letter="N",
    slug="pemasangan-jaringan",
    title=_l("Pemasangan jaringan baru"),
    states=At,
    form_path="/permohonan/pemasangan-jaringan",
    icon="net",
    summary=_l("Dari surat permohonan unit sampai jaringan diuji dan tagihannya lunas."),
)
procedure.line("N1", _l("Surat"), _l("Unit kerja mengirim surat permohonan yang ditandatangani pimpinannya."))
procedure.line("N2", _l("Disposisi"), _l("Kepala Pustikom mendisposisikan surat itu ke Divisi Networking."))
procedure.line("N3", _l("Surveyor"), _l("Divisi Networking menunjuk staf yang datang mensurvey, dan tanggalnya."))
procedure.line("N4", _l("Survey"), _l("Staf yang ditunjuk mensurvey lokasi dengan formulir survey."))
procedure.line("N5", _l("RAB"), _l("Dari hasil survey disusun RAB dan perkiraan lama pengerjaan."))
procedure.line("N6", _l("Persetujuan"), _l("Pustikom menyetujui RAB, lalu unit yang memohon menjawabnya."))
procedure.line("N7", _l("Pasang, uji"), _l("Jaringan dipasang, lalu setiap titik diuji dengan formulir uji kualitas."))
procedure.line("N8", _l("Tagihan"), _l("Bila uji lulus, Pustikom mengeluarkan tagihan kepada unit."))
procedure.line(
    "N9", _l("Cek ulang"), _l("Bila uji tidak lulus, sambungan dicek ulang lalu diuji lagi."), is_branch=True
)


def has_unconfirmed_disposition(ticket: Ticket, _by: Actor) -> bool:
    return any(not one.is_confirmed for one in acts.letter_of(ticket).dispositions)


def is_named_surveyor(ticket: Ticket, by: Actor) -> bool:
    return by.staff is not None and by.staff.id in [one.staff_id for one in appointed(ticket, "survey")]


def is_named_installer(ticket: Ticket, by: Actor) -> bool:
    if by.staff is None or by.staff.has(Role.HEAD_NETWORKING):
        return by.staff is not None
    return by.staff.id in [one.staff_id for one in appointed(ticket, "installation")]


def survey_is_complete(ticket: Ticket, _by: Actor) -> bool:
    survey = survey_of(ticket)
    return survey is not None and survey.sent_at is None and not survey.gaps()


def rab_is_filled(ticket: Ticket, _by: Actor) -> bool:
    rab = latest_rab(ticket)
    return rab is not None and rab.is_draft and bool(rab.lines)


def rab_is_not_mine(ticket: Ticket, by: Actor) -> bool:
    """Who drafted or submitted a version may not decide on it, delegates included (N6)."""
    rab = latest_rab(ticket)
    return rab is None or DUTIES["rab"].allows(by.staff, made=makers_of(rab))


def rab_prices_are_not_mine(ticket: Ticket, by: Actor) -> bool:
    rab = latest_rab(ticket)
    return rab is None or DUTIES["price"].allows(by.staff, made=price_setters(rab))


def rab_is_still_valid(ticket: Ticket, _by: Actor) -> bool:
    rab = approved_rab(ticket)
    return rab is not None and rab.valid_until >= today()


def test_is_filled(ticket: Ticket, _by: Actor) -> bool:
    test = latest_test(ticket)
    return test is not None and test.sent_at is None and bool(test.points)


def point_counts_agree_or_are_explained(ticket: Ticket, _by: Actor) -> bool:
    test = latest_test(ticket)
    return test is None or not point_counts(ticket).differ or is_written(test.points_reason)


def bill_is_signed_by_another(ticket: Ticket, by: Actor) -> bool:
    bill = open_bill(ticket)
    return bill is None or DUTIES["bill"].allows(by.staff, decided=[bill.signed_by_id])


def bill_is_of_others(ticket: Ticket, by: Actor) -> bool:
    """Who drew the RAB up, approved it or signed the bill does not say that it was paid."""
    bill = open_bill(ticket)
    if bill is None:
        return True
    decided = (bill.rab.decided_by_id, bill.signed_by_id, bill.cosigned_by_id)
    return DUTIES["payment"].allows(by.staff, made=makers_of(bill.rab), decided=decided)


def payment_is_of_another(ticket: Ticket, by: Actor) -> bool:
    payment = overpayment_of(ticket)
    return payment is None or DUTIES["payment_return"].allows(by.staff, made=[payment.recorded_by_id])


def bill_is_unpaid(ticket: Ticket, _by: Actor) -> bool:
    bill = open_bill(ticket)
    return bill is None or not bill.payments


def has_overpayment(ticket: Ticket, _by: Actor) -> bool:
    return overpayment_of(ticket) is not None


OWN_RAB = _l("Anda yang menyusun RAB ini; keputusannya harus diambil orang lain.")
OWN_PRICE = _l("RAB ini memakai harga yang Anda sendiri tulis di daftar harga; mintalah pimpinan lain menyetujuinya.")
OWN_BILL = _l("Anda ikut menyusun atau menyetujui tagihan ini; pembayarannya dicatat orang lain.")
OWN_PAYMENT = _l("Anda yang mencatat pembayaran ini; pengembaliannya dicatat orang lain.")


@procedure.step(
    "N1",
    _l("Kirim surat permohonan"),
    by=Who.UNIT,
    moves=(None, At.DISPOSITION),
    asks=asks.LetterForm,
    tells={Who.REQUESTER: notices.letter_received, Role.HEAD_OF_CENTRE: notices.letter_arrived},
)
def send_letter(ticket: Ticket, by: Actor, form: asks.LetterForm) -> Outcome:
    """The unit sends its request letter, signed or acknowledged by its head, with the scan."""
    return acts.receive_letter(ticket, form, by.name)


@procedure.step(
    "N1b",
    _l("Catat surat permohonan"),
    by=Role.OPERATOR,
    moves=(None, At.DISPOSITION),
    asks=asks.LetterEntryForm,
    tells={Who.REQUESTER: notices.letter_received, Role.HEAD_OF_CENTRE: notices.letter_arrived},
)
def enter_letter(ticket: Ticket, by: Actor, form: asks.LetterEntryForm) -> Outcome:
    """The operator enters a paper letter, with its true time of receipt."""
    ticket.channel, ticket.received_at = "letter", form.received_utc
    return acts.receive_letter(ticket, form, by.name)


@procedure.step("N2", _l("Disposisikan ke Divisi Networking"), by=Role.HEAD_OF_CENTRE,
                moves=(At.DISPOSITION, At.SURVEYORS), within=working_days(1), asks=asks.InstallationDispositionForm,
                tells={Role.HEAD_NETWORKING: notices.disposed, Who.REQUESTER: notices.disposed},
                is_public=False, says=_l("Surat diteruskan ke Divisi Networking dengan instruksi Anda."))  # fmt: skip
def dispose(ticket: Ticket, by: Actor, form: asks.InstallationDispositionForm) -> Outcome:
    """The head of the centre sends the letter to the networking division with an instruction."""
    return acts.dispose(ticket, by, form)


@procedure.step("N2b", _l("Kembalikan ke unit"), by=Role.HEAD_OF_CENTRE, moves=(At.DISPOSITION, At.COMPLETION),
                asks=asks.MissingForm, tells={Who.REQUESTER: notices.letter_returned},
                says=_l("Unit diminta melengkapi suratnya."))  # fmt: skip
def return_letter(ticket: Ticket, by: Actor, form: asks.MissingForm) -> None:
    """The letter goes back to the unit to be completed, with what is missing."""


@procedure.step("N2c", _l("Lengkapi surat"), by=(Who.UNIT, Role.OPERATOR), moves=(At.COMPLETION, At.DISPOSITION),
                within=working_days(10), asks=asks.CompletionForm,
                tells={Role.HEAD_OF_CENTRE: notices.letter_completed},
                says=_l("Kelengkapan dan berkasnya diteruskan ke Kepala Pustikom."))  # fmt: skip
def complete_letter(ticket: Ticket, by: Actor, form: asks.CompletionForm) -> Outcome:
    """The unit completes its letter, and corrects its number, date or points where they were wrong."""
    return acts.complete_letter(ticket, by, form)


@procedure.step("N2d", _l("Tolak permohonan"), by=Role.HEAD_OF_CENTRE, moves=(At.DISPOSITION, At.REFUSED),
                asks=forms.PublicReasonForm, tells={Who.REQUESTER: notices.request_refused}, is_danger=True,
                says=_l("Tiket berakhir; alasan Anda dikirim ke unit."))  # fmt: skip
def refuse_letter(ticket: Ticket, by: Actor, form: forms.PublicReasonForm) -> None:
    """The head of the centre refuses the request, with a reason."""


@procedure.step(
    "N2e",
    _l("Catat disposisi di kertas"),
    by=Role.OPERATOR,
    moves=(At.DISPOSITION, At.SURVEYORS),
    asks=asks.SheetDispositionForm,
    is_public=False,
    tells={
        Role.HEAD_NETWORKING: notices.disposed,
        Role.HEAD_OF_CENTRE: notices.disposed,
        Who.REQUESTER: notices.disposed,
    },
    says=_l("Lampirkan pindaian lembar yang ditandatangani; Kepala Pustikom mengonfirmasi kemudian."),
)
def enter_disposition(ticket: Ticket, by: Actor, form: asks.SheetDispositionForm) -> Outcome:
    """The operator enters a disposition that the head signed on paper, with the sheet as scan."""
    return acts.dispose(ticket, by, form, on_paper=True)


@procedure.step(
    "N2f",
    _l("Konfirmasi disposisi di kertas"),
    by=Role.HEAD_OF_CENTRE,
    moves=(AFTER_DISPOSITION, None),
    is_public=False,
    is_quiet=True,
    says=_l("Anda menyatakan lembar yang dipindai itu benar dari Anda."),
    needs={_l("Tidak ada disposisi di kertas yang menunggu konfirmasi."): has_unconfirmed_disposition},
)
def confirm_disposition(ticket: Ticket, by: Actor, form: Any) -> None:
    """The head confirms what was entered from paper."""
    acts.confirm_disposition(ticket, by)


@procedure.step("N2g", _l("Teruskan disposisi ke staf"), by=Role.HEAD_NETWORKING, moves=(At.SURVEYORS, None),
                asks=asks.OnwardForm, is_public=False, tells={Who.ASSIGNEE: notices.passed_on},
                told_as={Who.ASSIGNEE: _l("staf yang dipilih")},
                says=_l("Instruksi Anda tercatat pada lembar disposisi."))  # fmt: skip
def pass_on(ticket: Ticket, by: Actor, form: asks.OnwardForm) -> Outcome:
    """The head of networking passes the disposition on to staff."""
    return acts.pass_on(ticket, by, form)


@procedure.step("N3", _l("Tunjuk surveyor"), by=Role.HEAD_NETWORKING, moves=((At.SURVEYORS, At.SURVEY), At.SURVEY),
                within=working_days(2), asks=asks.VisitForm,
                tells={Who.ASSIGNEE: notices.survey_assigned, Who.REQUESTER: notices.survey_planned},
                told_as={Who.ASSIGNEE: _l("surveyor yang ditunjuk")},
                is_public=False, says=_l("Surveyor dan narahubung unit dikabari tanggalnya."))  # fmt: skip
def name_surveyors(ticket: Ticket, by: Actor, form: asks.VisitForm) -> Outcome:
    """The head of networking names the surveyors and the date."""
    crew = acts.appoint(ticket, "survey", form.people.data, form.starts_utc, None, form.text.data or "")
    acts.tell_others(ticket, crew, notices.survey_assigned)
    acts.open_survey(ticket)
    return Outcome(text=acts.visit_words(crew, form), data={"people": [one.name for one in crew]})


@procedure.step("N4", _l("Kirim hasil survey"), by=NETWORKING, moves=(At.SURVEY, (At.RAB_DRAFT, At.INFEASIBLE)),
                within=working_days(5), is_public=False, is_quiet=True,
                tells={Role.HEAD_NETWORKING: notices.survey_sent},
                needs={_l("Hanya surveyor yang ditunjuk mengirim hasilnya."): is_named_surveyor,
                       _l("Formulir survey belum lengkap."): survey_is_complete})  # fmt: skip
def send_survey(ticket: Ticket, by: Actor, form: Any) -> Outcome:
    """A named surveyor surveys the place and sends the survey form."""
    survey = acts.send_survey(ticket, by)
    to = At.INFEASIBLE if survey.result == "infeasible" else At.RAB_DRAFT
    return Outcome(to=to, text=survey.condition, data={"result": survey.result, "survey": survey.id})


@procedure.step("N4b", _l("Usulkan akhir"), by=Role.HEAD_NETWORKING, moves=(At.INFEASIBLE, At.END_PROPOSED),
                within=working_days(2), asks=forms.ReasonForm, is_public=False,
                tells={Role.HEAD_OF_CENTRE: notices.end_proposed},
                says=_l("Kepala Pustikom memutuskan berdasarkan usul Anda."))  # fmt: skip
def propose_end(ticket: Ticket, by: Actor, form: forms.ReasonForm) -> None:
    """Not feasible: the head of networking proposes to end the request."""


@procedure.step("N4c", _l("Survey ulang"), by=Role.HEAD_NETWORKING, moves=(At.INFEASIBLE, At.SURVEYORS),
                asks=forms.ReasonForm, is_public=False, says=_l("Lokasi disurvey sekali lagi."))  # fmt: skip
def survey_again(ticket: Ticket, by: Actor, form: forms.ReasonForm) -> None:
    """The head of networking has the place surveyed once more."""


@procedure.step("N5b", _l("Akhiri, tidak layak"), by=Role.HEAD_OF_CENTRE, moves=(At.END_PROPOSED, At.NOT_FEASIBLE),
                within=working_days(2), asks=forms.PublicReasonForm, is_danger=True,
                tells={Who.REQUESTER: notices.request_refused, Role.HEAD_NETWORKING: notices.request_refused},
                says=_l("Tiket berakhir; alasannya dikirim ke unit."))  # fmt: skip
def end_infeasible(ticket: Ticket, by: Actor, form: forms.PublicReasonForm) -> None:
    """The head of the centre ends a request that is not feasible, with the reason."""


@procedure.step("N5c", _l("Jangan diakhiri"), by=Role.HEAD_OF_CENTRE, moves=(At.END_PROPOSED, At.INFEASIBLE),
                asks=forms.ReasonForm, is_public=False, tells={Role.HEAD_NETWORKING: notices.sent_back},
                says=_l("Kembali ke Divisi Networking."))  # fmt: skip
def keep_going(ticket: Ticket, by: Actor, form: forms.ReasonForm) -> None:
    """The head of the centre does not end it; the division looks for another way."""


@procedure.step("N5", _l("Ajukan RAB"), by=NETWORKING, moves=(At.RAB_DRAFT, At.RAB_APPROVAL), within=working_days(3),
                is_public=False, is_quiet=True, tells={Role.HEAD_OF_CENTRE: notices.rab_submitted},
                needs={_l("RAB belum diisi."): rab_is_filled})  # fmt: skip
def submit_rab(ticket: Ticket, by: Actor, form: Any) -> Outcome:
    """From the survey the division draws up the RAB and an estimate of the duration."""
    return acts.submit_rab(ticket, by)


@procedure.step(
    "N6",
    _l("Setujui RAB"),
    by=Role.HEAD_OF_CENTRE,
    moves=(At.RAB_APPROVAL, At.UNIT_AGREEMENT),
    within=working_days(2),
    asks=forms.OptionalNoteForm,
    needs={OWN_RAB: rab_is_not_mine, OWN_PRICE: rab_prices_are_not_mine},
    tells={
        Who.REQUESTER: notices.rab_approved,
        Who.CONTACT: notices.rab_approved,
        Role.HEAD_NETWORKING: notices.rab_approved,
    },
    is_public=False,
    says=_l("RAB dikirim sebagai PDF ke unit; unit menjawab setuju atau tidak."),
)
def approve_rab(ticket: Ticket, by: Actor, form: forms.OptionalNoteForm) -> Outcome:
    """The head of the centre approves the RAB; it goes to the unit that asked."""
    return acts.approve_rab(ticket, by, form.text.data or "")


@procedure.step("N6c", _l("Kembalikan RAB"), by=Role.HEAD_OF_CENTRE, moves=(At.RAB_APPROVAL, At.RAB_DRAFT),
                asks=forms.ReasonForm, needs={OWN_RAB: rab_is_not_mine}, is_public=False,
                tells={Who.MEMBER: notices.rab_returned},
                says=_l("Kembali ke Divisi Networking untuk diperbaiki."))  # fmt: skip
def return_rab(ticket: Ticket, by: Actor, form: forms.ReasonForm) -> Outcome:
    """The RAB goes back with a note; a new version follows, the old one stays readable."""
    return acts.return_rab(ticket, by, form.reason.data)


@procedure.step("N6d", _l("Tolak permohonan"), by=Role.HEAD_OF_CENTRE, moves=(At.RAB_APPROVAL, At.REFUSED),
                asks=forms.PublicReasonForm, needs={OWN_RAB: rab_is_not_mine}, is_danger=True,
                tells={Who.REQUESTER: notices.request_refused, Role.HEAD_NETWORKING: notices.request_refused},
                says=_l("Tiket berakhir; alasan Anda dikirim ke unit."))  # fmt: skip
def refuse_rab(ticket: Ticket, by: Actor, form: forms.PublicReasonForm) -> None:
    """The head of the centre refuses the RAB and with it the request."""
    acts.decide_rab(ticket, by, "refused", form.reason.data)


@procedure.step("N6b", _l("Jawab RAB"), by=(Who.UNIT, Role.OPERATOR), asks=asks.AnswerForm,
                moves=(At.UNIT_AGREEMENT, (At.INSTALLERS, At.DECLINED)), within=working_days(10),
                tells={Role.HEAD_NETWORKING: notices.unit_answered}, is_public=False,
                needs={_l("Masa berlaku RAB sudah lewat. Mintalah RAB baru lewat jawaban di tiket ini."):
                       rab_is_still_valid},
                says=_l("Pemasangan baru dimulai setelah unit setuju."))  # fmt: skip
def answer_rab(ticket: Ticket, by: Actor, form: asks.AnswerForm) -> Outcome:
    """The unit agrees or declines; who decides so is recorded before installation starts."""
    agreed, data = acts.answer_rab(ticket, by, form)
    return Outcome(to=At.INSTALLERS if agreed else At.DECLINED, text=form.reason.data or "", data=data)


@procedure.step("N6e", _l("Susun RAB baru"), by=NETWORKING, moves=(At.UNIT_AGREEMENT, At.RAB_DRAFT),
                asks=forms.PublicReasonForm, tells={Who.REQUESTER: notices.rab_revised},
                says=_l("RAB yang dikirim tidak berlaku lagi; unit menerima yang baru."))  # fmt: skip
def revise_rab(ticket: Ticket, by: Actor, form: forms.PublicReasonForm) -> None:
    """The division draws the RAB up anew: its validity ended, or the unit wants it otherwise."""
    acts.revise_rab(ticket, by, form.reason.data)


@procedure.step("N6f", _l("Ingatkan unit"), by=Who.PRODUCT, moves=(At.UNIT_AGREEMENT, None), is_quiet=True,
                kind="system", is_public=False, tells={Who.REQUESTER: notices.unit_reminded,
                                                       Who.IT_MANAGERS: notices.unit_reminded})  # fmt: skip
def remind_unit(ticket: Ticket, by: Actor, form: Any) -> None:
    """A silent unit is reminded before the RAB's validity ends."""
    acts.note_reminded(ticket)


@procedure.step("N7b", _l("Tunjuk pemasang"), by=Role.HEAD_NETWORKING, asks=asks.InstallersForm,
                moves=((At.INSTALLERS, At.INSTALLATION), At.INSTALLATION), within=working_days(3), is_public=False,
                tells={Who.ASSIGNEE: notices.installation_assigned, Who.REQUESTER: notices.installation_planned},
                told_as={Who.ASSIGNEE: _l("pemasang yang ditunjuk")},
                says=_l("Pemasang dan unit dikabari tanggalnya."))  # fmt: skip
def name_installers(ticket: Ticket, by: Actor, form: asks.InstallersForm) -> Outcome:
    """The head of networking names the installers and the dates."""
    begins = datetime.combine(form.starts_on.data, time(8), WIB).astimezone(UTC)
    crew = acts.appoint(ticket, "installation", form.people.data, begins, form.ends_on.data, form.text.data or "")
    acts.tell_others(ticket, crew, notices.installation_assigned)
    return Outcome(text=acts.visit_words(crew, form), data={"people": [one.name for one in crew]})


@procedure.step("N7c", _l("Laporkan terpasang"), by=NETWORKING, moves=(At.INSTALLATION, At.TESTING),
                within=working_days(10), asks=asks.InstalledForm, is_public=False, in_field=True,
                needs={_l("Hanya pemasang yang ditunjuk melaporkannya."): is_named_installer},
                tells={Role.HEAD_NETWORKING: notices.installed}, says=_l("Berikutnya uji kualitas."))  # fmt: skip
def report_installed(ticket: Ticket, by: Actor, form: asks.InstalledForm) -> Outcome:
    """The installers report that the connection is complete."""
    acts.open_test(ticket)
    request_of(ticket).installed_points = form.points.data
    return Outcome(text=form.text.data or "", data={"points": form.points.data})


@procedure.step("N7", _l("Kirim hasil uji"), by=NETWORKING, moves=(At.TESTING, (At.BILLING, At.RECHECK, At.CLOSED)),
                within=working_days(2), is_public=False, is_quiet=True,
                tells={Role.HEAD_NETWORKING: notices.tested, Role.HEAD_OF_CENTRE: notices.tested},
                needs={_l("Formulir uji belum diisi."): test_is_filled,
                       _l("Jumlah titik di surat, survey, RAB, laporan pemasang, dan uji berbeda; alasannya belum "
                          "ditulis di formulir uji."): point_counts_agree_or_are_explained})  # fmt: skip
def send_test(ticket: Ticket, by: Actor, form: Any) -> Outcome:
    """Networking staff test each point; pass or fail is computed from the limits."""
    test, owed_rp = acts.send_test(ticket, by)
    to = At.RECHECK if not test.passed else At.BILLING if owed_rp else At.CLOSED
    words = acts.verdict_words(test)
    return Outcome(to=to, text=words, data={"passed": test.passed, "round": test.round, "test": test.id})


@procedure.step("N9", _l("Catat cek ulang"), by=NETWORKING, moves=(At.RECHECK, At.TESTING), within=working_days(3),
                asks=asks.RecheckForm, is_public=False, in_field=True, tells={Role.HEAD_NETWORKING: notices.rechecked},
                says=_l("Setelah itu sambungan diuji lagi."))  # fmt: skip
def recheck(ticket: Ticket, by: Actor, form: asks.RecheckForm) -> Outcome:
    """Test failed: the installed connection is checked again, then tested again."""
    made: Recheck = acts.recheck(ticket, by, form.findings.data, form.action.data)
    return Outcome(text=f"{made.findings}\n{made.action}")


@procedure.step("N8", _l("Terbitkan tagihan"), by=Role.HEAD_OF_CENTRE, within=working_days(2),
                moves=(At.BILLING, (At.PAYMENT, At.BILL_SIGNATURE)), asks=asks.BillForm, is_public=False,
                tells={Who.REQUESTER: notices.bill_issued, Who.CONTACT: notices.bill_issued,
                       Role.HEAD_OF_CENTRE: notices.signature_wanted},
                told_as={Role.HEAD_OF_CENTRE: _l("penanda tangan kedua, bila diminta")},
                says=_l("Tagihan dikirim sebagai PDF ke unit."))  # fmt: skip
def issue_bill(ticket: Ticket, by: Actor, form: asks.BillForm) -> Outcome:
    """Test passed: the head of the centre and/or another leader on its behalf issues the bill."""
    bill = acts.issue_bill(ticket, by, form)
    return Outcome(to=At.PAYMENT if bill.sent_at else At.BILL_SIGNATURE, text=bill.difference_reason,
                   data={"bill": bill.number, "total_rp": bill.total_rp})  # fmt: skip


@procedure.step("N8c", _l("Tandatangani tagihan"), by=Role.HEAD_OF_CENTRE, moves=(At.BILL_SIGNATURE, At.PAYMENT),
                within=working_days(2), is_public=False,
                needs={_l("Tanda tangan kedua harus dari orang lain."): bill_is_signed_by_another},
                tells={Who.REQUESTER: notices.bill_issued, Who.CONTACT: notices.bill_issued},
                says=_l("Dengan dua tanda tangan, tagihan dikirim ke unit."))  # fmt: skip
def cosign_bill(ticket: Ticket, by: Actor, form: Any) -> None:
    """Another leader signs too; with both signatures the bill goes out."""
    acts.cosign_bill(ticket, by)


@procedure.step("N8d", _l("Batalkan tagihan"), by=Role.HEAD_OF_CENTRE, is_danger=True,
                moves=((At.BILL_SIGNATURE, At.PAYMENT), At.BILLING), asks=forms.PublicReasonForm,
                needs={_l("Tagihan ini sudah dibayar sebagian dan tidak dapat dibatalkan."): bill_is_unpaid},
                tells={Who.REQUESTER: notices.bill_cancelled},
                says=_l("Nomornya tetap tercatat; tagihan baru mendapat nomor baru."))  # fmt: skip
def cancel_bill(ticket: Ticket, by: Actor, form: forms.PublicReasonForm) -> Outcome:
    """A bill is cancelled and keeps its number."""
    return Outcome(data={"number": acts.cancel_bill(ticket, form.reason.data)})


@procedure.step("N8b", _l("Catat pembayaran"), by=Role.OPERATOR, moves=(At.PAYMENT, (At.PAYMENT, At.CLOSED)),
                asks=asks.PaymentForm, is_public=False, needs={OWN_BILL: bill_is_of_others},
                tells={Who.REQUESTER: notices.payment_received},
                says=_l("Lampirkan bukti; lunas menutup tiket."))  # fmt: skip
def record_payment(ticket: Ticket, by: Actor, form: asks.PaymentForm) -> Outcome:
    """Payments in part or in full, with proof; paid in full closes the ticket."""
    bill, payment = acts.record_payment(ticket, by, form)
    data = {"amount_rp": payment.amount_rp, "receipt": payment.receipt_number}
    if payment.over_rp:
        data |= {"over_rp": payment.over_rp, "over_use": payment.over_use}
    return Outcome(to=At.CLOSED if bill.is_paid else At.PAYMENT, text=acts.payment_words(payment), data=data)


@procedure.step("N8f", _l("Catat pengembalian kelebihan"), by=(Role.OPERATOR, Role.HEAD_OF_CENTRE),
                moves=(At.CLOSED, None), asks=asks.ReturnForm, is_public=False, hides_when_shut=True,
                needs={_l("Tidak ada kelebihan bayar yang belum dikembalikan."): has_overpayment,
                       OWN_PAYMENT: payment_is_of_another},
                tells={Who.REQUESTER: notices.overpayment_returned},
                says=_l("Lampirkan bukti pengembaliannya."))  # fmt: skip
def return_overpayment(ticket: Ticket, by: Actor, form: asks.ReturnForm) -> Outcome:
    """What was paid too much goes back to who paid it, with proof."""
    payment = acts.return_overpayment(ticket, by, form)
    return Outcome(text=payment.returned_note, data={"over_rp": payment.over_rp})


@procedure.step("N8e", _l("Ingatkan pembayaran"), by=Who.PRODUCT, moves=(At.PAYMENT, None), is_quiet=True,
                kind="system", is_public=False, tells={Who.REQUESTER: notices.payment_due})  # fmt: skip
def remind_payment(ticket: Ticket, by: Actor, form: Any) -> Outcome:
    """A reminder before and after the due date."""
    return Outcome(data=acts.note_payment_reminded(ticket))


common_moves.adopt_common(
    procedure,
    cancelled=At.CANCELLED,
    merged=At.MERGED,
    merges_from=(At.DISPOSITION, At.COMPLETION, At.SURVEYORS, At.SURVEY, At.RAB_DRAFT),
)
# Work that was billed ends by payment or by a cancelled bill, never by cancelling the ticket above it.
_cancel: Step = procedure.steps["cancel"]
procedure.steps["cancel"] = replace(
    _cancel,
    sources=tuple(state for state in _cancel.sources if state not in (At.BILL_SIGNATURE, At.PAYMENT)),
    tells={Who.REQUESTER: common_notices.cancelled, Who.MEMBER: common_notices.cancelled},
)
# What is due on each desk; where the answer has two ways the decision has its own name.
procedure.due(At.DISPOSITION, "dispose", _l("Putuskan surat permohonan"))
procedure.due(At.COMPLETION, "complete_letter")
procedure.due(At.SURVEYORS, "name_surveyors")
procedure.due(At.SURVEY, "send_survey")
procedure.due(At.INFEASIBLE, "propose_end")
procedure.due(At.END_PROPOSED, "keep_going", _l("Putuskan usul mengakhiri"))
procedure.due(At.RAB_DRAFT, "submit_rab")
procedure.due(At.RAB_APPROVAL, "approve_rab", _l("Putuskan RAB"))
procedure.due(At.UNIT_AGREEMENT, "answer_rab")
procedure.due(At.INSTALLERS, "name_installers")
procedure.due(At.INSTALLATION, "report_installed")
procedure.due(At.TESTING, "send_test")
procedure.due(At.RECHECK, "recheck")
procedure.due(At.BILLING, "issue_bill")
procedure.due(At.BILL_SIGNATURE, "cosign_bill")
procedure.due(At.PAYMENT, "record_payment", _l("Bayar tagihan"), by=Who.UNIT)
catalog.register(procedure)
