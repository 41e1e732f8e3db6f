"""N. New network installation (Pemasangan jaringan baru), line by line as on the paper."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from mails.installation import notices
from models.organisation.roles import Role
from models.tickets.ticket import Ticket
from procedures.engine.declaration import Actor, Outcome, Who, working_days
from procedures.engine.step_facts import also, needs, says, tells
from procedures.installation import bills, handing_over, letters, rabs, surveys_and_tests, visits
from procedures.installation import forms as asks
from procedures.installation import installation_conditions as only_if
from procedures.installation.installation_states import (
    COMMON,
    DISPOSED,
    HEAD,
    HEAD_OF_CENTRE,
    INSTALLED,
    NETWORKING,
    UNIT,
    At,
    N,
)
from procedures.tickets import common_moves, forms


@N.line("N1", _l("Surat"), _l("Unit kerja mengirim surat permohonan yang ditandatangani pimpinannya."))
@N.step("N1", _l("Kirim surat permohonan"), Who.UNIT, None, At.DISPOSITION)
@tells(notices.letter_received, Who.REQUESTER)
@tells(notices.letter_arrived, HEAD_OF_CENTRE)
def send_letter(ticket: Ticket, by: Actor, form: asks.LetterForm) -> Outcome:
    """The unit sends its request letter, signed or acknowledged by its head, with the scan."""
    return letters.receive_letter(ticket, form, by.name)


@N.step("N1b", _l("Catat surat permohonan"), Role.OPERATOR, None, At.DISPOSITION)
@tells(notices.letter_received, Who.REQUESTER)
@tells(notices.letter_arrived, HEAD_OF_CENTRE)
@also(is_public=True)
def enter_letter(ticket: Ticket, by: Actor, form: asks.LetterEntryForm) -> Outcome:
    """The operator enters a paper letter, with its true time of receipt."""
    return letters.enter_letter(ticket, form, by.name)


@N.line("N2", _l("Disposisi"), _l("Kepala Pustikom mendisposisikan surat itu ke Divisi Networking."))
@N.step("N2", _l("Disposisikan ke Divisi Networking"), HEAD_OF_CENTRE, At.DISPOSITION, At.SURVEYORS, working_days(1))
@tells(notices.disposed, HEAD, Who.REQUESTER)
@says(_l("Surat diteruskan ke Divisi Networking dengan instruksi Anda."))
def dispose(ticket: Ticket, by: Actor, form: asks.InstallationDispositionForm) -> Outcome:
    """The head of the centre sends the letter to the networking division with an instruction."""
    return letters.dispose(ticket, by, form)


@N.step("N2b", _l("Kembalikan ke unit"), HEAD_OF_CENTRE, At.DISPOSITION, At.COMPLETION)
@tells(notices.letter_returned, Who.REQUESTER)
@says(_l("Unit diminta melengkapi suratnya."))
@also(is_public=True)
def return_letter(ticket: Ticket, by: Actor, form: asks.MissingForm) -> None:
    """The letter goes back to the unit to be completed, with what is missing."""


@N.step("N2c", _l("Lengkapi surat"), UNIT, At.COMPLETION, At.DISPOSITION, working_days(10))
@tells(notices.letter_completed, HEAD_OF_CENTRE)
@says(_l("Kelengkapan dan berkasnya diteruskan ke Kepala Pustikom."))
def complete_letter(ticket: Ticket, by: Actor, form: asks.CompletionForm) -> Outcome:
    """The unit completes its letter, and corrects its number, date or points where they were wrong."""
    return letters.complete_letter(ticket, by, form)


@N.step("N2d", _l("Tolak permohonan"), HEAD_OF_CENTRE, At.DISPOSITION, At.REFUSED)
@tells(notices.request_refused, Who.REQUESTER)
@says(_l("Tiket berakhir; alasan Anda dikirim ke unit."))
@also(is_public=True, is_danger=True)
def refuse_letter(ticket: Ticket, by: Actor, form: forms.PublicReasonForm) -> None:
    """The head of the centre refuses the request, with a reason."""


@N.step("N2e", _l("Catat disposisi di kertas"), Role.OPERATOR, At.DISPOSITION, At.SURVEYORS)
@tells(notices.disposed, HEAD, HEAD_OF_CENTRE, Who.REQUESTER)
@says(_l("Lampirkan pindaian lembar yang ditandatangani; Kepala Pustikom mengonfirmasi kemudian."))
def enter_disposition(ticket: Ticket, by: Actor, form: asks.SheetDispositionForm) -> Outcome:
    """The operator enters a disposition that the head signed on paper, with the sheet as scan."""
    return letters.dispose(ticket, by, form, on_paper=True)


@N.step("N2f", _l("Konfirmasi disposisi di kertas"), HEAD_OF_CENTRE, DISPOSED, None)
@needs(only_if.has_unconfirmed_disposition, _l("Tidak ada disposisi di kertas yang menunggu konfirmasi."))
@says(_l("Anda menyatakan lembar yang dipindai itu benar dari Anda."))
@also(is_quiet=True)
def confirm_disposition(ticket: Ticket, by: Actor, form: None) -> None:
    """The head confirms what was entered from paper."""
    letters.confirm_disposition(ticket, by)


@N.step("N2g", _l("Teruskan disposisi ke staf"), HEAD, At.SURVEYORS, None)
@tells(notices.passed_on, Who.ASSIGNEE, told_as=_l("staf yang dipilih"))
@says(_l("Instruksi Anda tercatat pada lembar disposisi."))
def pass_on(ticket: Ticket, by: Actor, form: asks.OnwardForm) -> Outcome:
    """The head of networking passes the disposition on to staff."""
    return letters.pass_on(ticket, by, form)


@N.line("N3", _l("Surveyor"), _l("Divisi Networking menunjuk staf yang datang mensurvey, dan tanggalnya."))
@N.step("N3", _l("Tunjuk surveyor"), HEAD, (At.SURVEYORS, At.SURVEY), At.SURVEY, working_days(2))
@tells(notices.survey_assigned, Who.ASSIGNEE, told_as=_l("surveyor yang ditunjuk"))
@tells(notices.survey_planned, Who.REQUESTER)
@says(_l("Surveyor dan narahubung unit dikabari tanggalnya."))
def name_surveyors(ticket: Ticket, by: Actor, form: asks.VisitForm) -> Outcome:
    """The head of networking names the surveyors and the date."""
    return visits.appoint_surveyors(ticket, form)


@N.line("N4", _l("Survey"), _l("Staf yang ditunjuk mensurvey lokasi dengan formulir survey."))
@N.step("N4", _l("Kirim hasil survey"), NETWORKING, At.SURVEY, (At.RAB_DRAFT, At.INFEASIBLE), working_days(5))
@needs(only_if.is_named_surveyor, _l("Hanya surveyor yang ditunjuk mengirim hasilnya."))
@needs(only_if.survey_is_complete, _l("Formulir survey belum lengkap."))
@tells(notices.survey_sent, HEAD)
@also(is_quiet=True)
def send_survey(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """A named surveyor surveys the place and sends the survey form."""
    return surveys_and_tests.send_survey(ticket, by, feasible=At.RAB_DRAFT, infeasible=At.INFEASIBLE)


@N.step("N4b", _l("Usulkan akhir"), HEAD, At.INFEASIBLE, At.END_PROPOSED, working_days(2))
@tells(notices.end_proposed, HEAD_OF_CENTRE)
@says(_l("Kepala Pustikom memutuskan berdasarkan usul Anda."))
def propose_end(ticket: Ticket, by: Actor, form: forms.ReasonForm) -> None:
    """Not feasible: the head of networking proposes to end the request."""


@N.step("N4c", _l("Survey ulang"), HEAD, At.INFEASIBLE, At.SURVEYORS)
@says(_l("Lokasi disurvey sekali lagi."))
def survey_again(ticket: Ticket, by: Actor, form: forms.ReasonForm) -> None:
    """The head of networking has the place surveyed once more."""


@N.line("N5", _l("RAB"), _l("Dari hasil survey disusun RAB dan perkiraan lama pengerjaan."))
@N.step("N5b", _l("Akhiri, tidak layak"), HEAD_OF_CENTRE, At.END_PROPOSED, At.NOT_FEASIBLE, working_days(2))
@tells(notices.request_refused, Who.REQUESTER, HEAD)
@says(_l("Tiket berakhir; alasannya dikirim ke unit."))
@also(is_public=True, is_danger=True)
def end_infeasible(ticket: Ticket, by: Actor, form: forms.PublicReasonForm) -> None:
    """The head of the centre ends a request that is not feasible, with the reason."""


@N.step("N5c", _l("Jangan diakhiri"), HEAD_OF_CENTRE, At.END_PROPOSED, At.INFEASIBLE)
@tells(notices.sent_back, HEAD)
@says(_l("Kembali ke Divisi Networking."))
def keep_going(ticket: Ticket, by: Actor, form: forms.ReasonForm) -> None:
    """The head of the centre does not end it; the division looks for another way."""


@N.step("N5", _l("Ajukan RAB"), NETWORKING, At.RAB_DRAFT, At.RAB_APPROVAL, working_days(3))
@needs(only_if.rab_is_filled, _l("RAB belum diisi. Isi barisnya di halaman RAB."))
@tells(notices.rab_submitted, HEAD_OF_CENTRE)
@also(is_quiet=True)
def submit_rab(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """From the survey the division draws up the RAB and an estimate of the duration."""
    return rabs.submit_rab(ticket, by)


@N.line("N6", _l("Persetujuan"), _l("Pustikom menyetujui RAB, lalu unit yang memohon menjawabnya."))
@N.step("N6", _l("Setujui RAB"), HEAD_OF_CENTRE, At.RAB_APPROVAL, At.UNIT_AGREEMENT, working_days(2))
@needs(only_if.rab_is_not_mine, only_if.OWN_RAB)
@needs(only_if.rab_prices_are_not_mine, only_if.OWN_PRICE)
@tells(notices.rab_approved, Who.REQUESTER, Who.CONTACT, HEAD)
@says(_l("RAB dikirim sebagai PDF ke unit; unit menjawab setuju atau tidak."))
def approve_rab(ticket: Ticket, by: Actor, form: forms.OptionalNoteForm) -> Outcome:
    """The head of the centre approves the RAB; it goes to the unit that asked."""
    return rabs.approve_rab(ticket, by, form.text.data or "")


@N.step("N6c", _l("Kembalikan RAB"), HEAD_OF_CENTRE, At.RAB_APPROVAL, At.RAB_DRAFT)
@needs(only_if.rab_is_not_mine, only_if.OWN_RAB)
@tells(notices.rab_returned, Who.MEMBER)
@says(_l("Kembali ke Divisi Networking untuk diperbaiki."))
def return_rab(ticket: Ticket, by: Actor, form: forms.ReasonForm) -> Outcome:
    """The RAB goes back with a note; a new version follows, the old one stays readable."""
    return rabs.return_rab(ticket, by, form.reason.data)


@N.step("N6d", _l("Tolak permohonan"), HEAD_OF_CENTRE, At.RAB_APPROVAL, At.REFUSED)
@needs(only_if.rab_is_not_mine, only_if.OWN_RAB)
@tells(notices.request_refused, Who.REQUESTER, HEAD)
@says(_l("Tiket berakhir; alasan Anda dikirim ke unit."))
@also(is_public=True, is_danger=True)
def refuse_rab(ticket: Ticket, by: Actor, form: forms.PublicReasonForm) -> None:
    """The head of the centre refuses the RAB and with it the request."""
    rabs.decide_rab(ticket, by, "refused", form.reason.data)


@N.step("N6b", _l("Jawab RAB"), UNIT, At.UNIT_AGREEMENT, (At.INSTALLERS, At.DECLINED), working_days(10))
@needs(only_if.rab_is_still_valid, _l("Masa berlaku RAB sudah lewat. Mintalah RAB baru lewat jawaban di tiket ini."))
@tells(notices.unit_answered, HEAD)
@says(_l("Pemasangan baru dimulai setelah unit setuju."))
@also(is_public=False)
def answer_rab(ticket: Ticket, by: Actor, form: asks.AnswerForm) -> Outcome:
    """The unit agrees or declines; who decides so is recorded before installation starts."""
    return rabs.answer_rab(ticket, by, form, agreed=At.INSTALLERS, declined=At.DECLINED)


@N.step("N6e", _l("Susun RAB baru"), NETWORKING, At.UNIT_AGREEMENT, At.RAB_DRAFT)
@tells(notices.rab_revised, Who.REQUESTER)
@says(_l("RAB yang dikirim tidak berlaku lagi; unit menerima yang baru."))
@also(is_public=True)
def revise_rab(ticket: Ticket, by: Actor, form: forms.PublicReasonForm) -> None:
    """The division draws the RAB up anew: its validity ended, or the unit wants it otherwise."""
    rabs.revise_rab(ticket, by, form.reason.data)


@N.step("N6f", _l("Ingatkan unit"), Who.PRODUCT, At.UNIT_AGREEMENT, None)
@tells(notices.unit_reminded, Who.REQUESTER, Who.IT_MANAGERS)
def remind_unit(ticket: Ticket, by: Actor, form: None) -> None:
    """A silent unit is reminded before the RAB's validity ends."""
    rabs.note_reminded(ticket)


@N.line("N7", _l("Pasang, uji"), _l("Jaringan dipasang, lalu setiap titik diuji dengan formulir uji kualitas."))
@N.step("N7b", _l("Tunjuk pemasang"), HEAD, (At.INSTALLERS, At.INSTALLATION), At.INSTALLATION, working_days(3))
@tells(notices.installation_assigned, Who.ASSIGNEE, told_as=_l("pemasang yang ditunjuk"))
@tells(notices.installation_planned, Who.REQUESTER)
@says(_l("Pemasang dan unit dikabari tanggalnya."))
def name_installers(ticket: Ticket, by: Actor, form: asks.InstallersForm) -> Outcome:
    """The head of networking names the installers and the dates."""
    return visits.appoint_installers(ticket, form)


@N.step("N7c", _l("Laporkan terpasang"), NETWORKING, At.INSTALLATION, At.TESTING, working_days(10))
@needs(only_if.is_named_installer, _l("Hanya pemasang yang ditunjuk melaporkannya."))
@tells(notices.installed, HEAD)
@says(_l("Berikutnya uji kualitas."))
@also(in_field=True)
def report_installed(ticket: Ticket, by: Actor, form: handing_over.InstalledForm) -> Outcome:
    """The installers report that the connection is complete; who receives it for the unit may sign at once."""
    return surveys_and_tests.report_installed(ticket, by, form)


@N.step("N7d", _l("Minta tanda tangan serah terima"), NETWORKING, INSTALLED, None)
@says(_l("Berita acara terbit dengan tanda tangan unit; yang lama tetap tersimpan."))
@also(in_field=True)
def sign_handover(ticket: Ticket, by: Actor, form: handing_over.HandoverForm) -> Outcome:
    """Who receives the installation for the unit signs for it later, or signs again, with the reason."""
    return handing_over.sign_handover(ticket, by, form)


@N.step("N7", _l("Kirim hasil uji"), NETWORKING, At.TESTING, (At.BILLING, At.RECHECK, At.CLOSED), working_days(2))
@needs(only_if.test_is_filled, _l("Formulir uji belum diisi."))
@needs(only_if.point_counts_agree_or_are_explained, only_if.COUNTS_DIFFER)
@tells(notices.tested, HEAD, HEAD_OF_CENTRE)
@also(is_quiet=True)
def send_test(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """Networking staff test each point; pass or fail is computed from the limits."""
    return surveys_and_tests.send_test(ticket, by, failed=At.RECHECK, passed=At.BILLING, passed_for_free=At.CLOSED)


@N.line("N9", _l("Cek ulang"), _l("Bila uji tidak lulus, sambungan dicek ulang lalu diuji lagi."), is_branch=True)
@N.step("N9", _l("Catat cek ulang"), NETWORKING, At.RECHECK, At.TESTING, working_days(3))
@tells(notices.rechecked, HEAD)
@says(_l("Setelah itu sambungan diuji lagi."))
@also(in_field=True)
def recheck(ticket: Ticket, by: Actor, form: asks.RecheckForm) -> Outcome:
    """Test failed: the installed connection is checked again, then tested again."""
    return surveys_and_tests.recheck(ticket, by, form.findings.data, form.action.data)


@N.line("N8", _l("Tagihan"), _l("Bila uji lulus, Pustikom mengeluarkan tagihan kepada unit."))
@N.step("N8", _l("Terbitkan tagihan"), HEAD_OF_CENTRE, At.BILLING, (At.PAYMENT, At.BILL_SIGNATURE), working_days(2))
@tells(notices.bill_issued, Who.REQUESTER, Who.CONTACT)
@tells(notices.signature_wanted, HEAD_OF_CENTRE, told_as=_l("penanda tangan kedua, bila diminta"))
@says(_l("Tagihan dikirim sebagai PDF ke unit."))
def issue_bill(ticket: Ticket, by: Actor, form: asks.BillForm) -> Outcome:
    """Test passed: the head of the centre and/or another leader on its behalf issues the bill."""
    return bills.issue_bill(ticket, by, form, sent=At.PAYMENT, signed_once=At.BILL_SIGNATURE)


@N.step("N8c", _l("Tandatangani tagihan"), HEAD_OF_CENTRE, At.BILL_SIGNATURE, At.PAYMENT, working_days(2))
@needs(only_if.bill_is_signed_by_another, _l("Tanda tangan kedua harus dari orang lain."))
@tells(notices.bill_issued, Who.REQUESTER, Who.CONTACT)
@says(_l("Dengan dua tanda tangan, tagihan dikirim ke unit."))
def cosign_bill(ticket: Ticket, by: Actor, form: None) -> None:
    """Another leader signs too; with both signatures the bill goes out."""
    bills.cosign_bill(ticket, by)


@N.step("N8d", _l("Batalkan tagihan"), HEAD_OF_CENTRE, (At.BILL_SIGNATURE, At.PAYMENT), At.BILLING)
@needs(only_if.bill_is_unpaid, _l("Tagihan ini sudah dibayar sebagian dan tidak dapat dibatalkan."))
@tells(notices.bill_cancelled, Who.REQUESTER)
@says(_l("Nomornya tetap tercatat; tagihan baru mendapat nomor baru."))
@also(is_public=True, is_danger=True)
def cancel_bill(ticket: Ticket, by: Actor, form: forms.PublicReasonForm) -> Outcome:
    """A bill is cancelled and keeps its number."""
    return Outcome(data={"number": bills.cancel_bill(ticket, form.reason.data)})


@N.step("N8b", _l("Catat pembayaran"), Role.OPERATOR, At.PAYMENT, (At.PAYMENT, At.CLOSED))
@needs(only_if.bill_is_of_others, only_if.OWN_BILL)
@tells(notices.payment_received, Who.REQUESTER)
@says(_l("Lampirkan bukti; lunas menutup tiket."))
def record_payment(ticket: Ticket, by: Actor, form: asks.PaymentForm) -> Outcome:
    """Payments in part or in full, with proof; paid in full closes the ticket."""
    return bills.record_payment(ticket, by, form, paid=At.CLOSED, in_part=At.PAYMENT)


@N.step("N8f", _l("Catat pengembalian kelebihan"), (Role.OPERATOR, HEAD_OF_CENTRE), At.CLOSED, None)
@needs(only_if.has_overpayment, _l("Tidak ada kelebihan bayar yang belum dikembalikan."))
@needs(only_if.payment_is_of_another, only_if.OWN_PAYMENT)
@tells(notices.overpayment_returned, Who.REQUESTER)
@says(_l("Lampirkan bukti pengembaliannya."))
@also(hides_when_shut=True)
def return_overpayment(ticket: Ticket, by: Actor, form: asks.ReturnForm) -> Outcome:
    """What was paid too much goes back to who paid it, with proof."""
    return bills.return_overpayment(ticket, by, form)


@N.step("N8g", _l("Balik pembayaran"), (Role.OPERATOR, HEAD_OF_CENTRE), (At.PAYMENT, At.CLOSED), At.PAYMENT)
@needs(only_if.another_recorded_a_payment, _l("Belum ada pembayaran yang dicatat orang lain."))
@tells(notices.payment_reversed, Who.REQUESTER)
@says(_l("Yang salah tetap tercatat dan dibalik dengan catatan kedua; tagihannya terutang lagi."))
@also(is_danger=True, hides_when_shut=True)
def reverse_payment(ticket: Ticket, by: Actor, form: asks.ReversalForm) -> Outcome:
    """A payment recorded wrongly is reversed by a second entry, never deleted; the bill is owed again."""
    return bills.reverse_payment(ticket, by, form)


@N.step("N8e", _l("Ingatkan pembayaran"), Who.PRODUCT, At.PAYMENT, None)
@tells(notices.payment_due, Who.REQUESTER)
def remind_payment(ticket: Ticket, by: Actor, form: None) -> Outcome:
    """A reminder before and after the due date."""
    return Outcome(data=bills.note_payment_reminded(ticket))


common_moves.complete(COMMON)
