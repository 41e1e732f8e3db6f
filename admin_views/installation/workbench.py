"""What the workbench shows of an installation: the RAB or bill in question, forms to fill in, documents."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.frame.permissions import may
from admin_views.frame.reader import person
from admin_views.tickets.related_view import why_not
from admin_views.tickets.workbench.workbench_parts import BASIS, EVENT_FACTS, RESULT_WORDS, SIDE
from models.base.columns.shown import Shown
from models.base.rupiah import rupiah
from models.installation.bill import credit_of, open_bill
from models.installation.point_counts import BEFORE_INSTALLATION, point_counts
from models.installation.quality_test import latest_test
from models.installation.rab import latest_rab
from models.installation.survey import RESULTS, appointed, letter_file, survey_of
from models.tickets.issued_document import documents_of
from models.tickets.ticket import Ticket
from procedures.installation.price_catalogue import marks_of
from procedures.tickets.letter_twins import letter_twins

# state -> the step that its form sends, the form's address
FORMS = {
    "survey": ("send_survey", "/admin/survey/fill/"),
    "rab_draft": ("submit_rab", "/admin/rab/fill/"),
    "testing": ("send_test", "/admin/quality_test/fill/"),
}
# where the numbers of points stand side by side: from the RAB on, until the bill has gone out
COUNTED = ("rab_draft", "rab_approval", "unit_agreement", "installers", "installation", "testing", "recheck", "billing",
           "bill_signature")  # fmt: skip

TESTED = tuple(state for state in COUNTED if state not in BEFORE_INSTALLATION)


def basis(ticket: Ticket) -> dict[str, Shown]:
    shows_rab = ticket.state in ("rab_draft", "rab_approval", "unit_agreement", "billing")
    shows_bill = ticket.state in ("billing", "bill_signature", "payment", "closed")
    rab, survey = latest_rab(ticket) if shows_rab else None, survey_of(ticket) if shows_rab else None
    return {
        "rab": rab,
        "condition": survey.condition_for_rab if survey else "",
        "marked": len(marks_of(rab)) if rab and ticket.state in ("rab_draft", "rab_approval") else 0,
        "bill": open_bill(ticket) if shows_bill else None,
        "credit_rp": credit_of(ticket.unit_id) if ticket.state == "payment" else 0,
        "counts": point_counts(ticket) if ticket.state in COUNTED else None,
        "points_reason": _points_reason(ticket) if ticket.state in TESTED else "",
        "pages": _pages(ticket),
        "may_confirm": not why_not(ticket, "confirm_disposition"),
    }


def _points_reason(ticket: Ticket) -> str:
    test = latest_test(ticket)
    return test.points_reason if test else ""


def _pages(ticket: Ticket) -> list[dict[str, str]]:
    pages = []
    labels = {
        "survey": (_("Isi formulir survey"), _("Formulir untuk ponsel; tersimpan sendiri selama diisi.")),
        "rab_draft": (_("Susun RAB"), _("Baris sudah terisi dari bahan survey dan daftar harga.")),
        "testing": (_("Isi hasil uji"), _("Satu baris setiap titik; berkas ping dan iperf3 mengisinya.")),
    }
    if ticket.state in FORMS and not why_not(ticket, FORMS[ticket.state][0]):
        label, says = labels[ticket.state]
        pages.append({"label": label, "says": says, "href": f"{FORMS[ticket.state][1]}{ticket.id}"})
    if ticket.state in ("installation", "testing", "recheck", "billing") and may(person(), "rab", "fill"):
        pages.append({"label": _("Volume terpasang"), "says": _("Bila yang terpasang berbeda dari RAB."),
                      "href": f"/admin/rab/built/{ticket.id}"})  # fmt: skip
    return pages


def side(ticket: Ticket) -> dict[str, Shown]:
    survey, (letter, asked, twins) = survey_of(ticket), letter_file(ticket)
    return {
        "issued": documents_of(ticket),
        "surveys": [survey] if survey and survey.sent_at else [],
        "asked": asked,
        "letter": letter,
        "twins": letter_twins(ticket, twins),
        "crew": appointed(ticket, "survey") + appointed(ticket, "installation"),
    }


RESULT_WORDS.update(RESULTS)
EVENT_FACTS.update(
    {
        "agreed": (_l("Jawaban unit"), lambda agreed: _("setuju") if agreed else _("tidak setuju")),
        "people": (_l("Ditunjuk"), ", ".join),
        "points": (_l("Titik terpasang"), str),
        "signed_by": (_l("Diterima oleh"), str),
        "bill": (_l("Tagihan"), str),
        "total_rp": (_l("Jumlah"), rupiah),
        "amount_rp": (_l("Dibayar"), rupiah),
        "receipt": (_l("Kuitansi"), str),
    }
)
BASIS["network_installation"] = ("admin/installation/workbench_basis.html", basis)
SIDE["network_installation"] = ("admin/installation/workbench_documents.html", side)
