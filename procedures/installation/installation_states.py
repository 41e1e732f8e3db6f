"""The desks of an installation (N), what each waits for, and the groups of them that several steps name."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from models.organisation.roles import Role
from procedures.engine.declaration import ENDS, Awaits, State, Who
from procedures.engine.procedure import Procedure
from procedures.tickets.common_declaration import Adoption

HEAD_OF_CENTRE, HEAD = Role.HEAD_OF_CENTRE, Role.HEAD_NETWORKING
NETWORKING = (Role.STAFF_NETWORKING, HEAD)
UNIT = (Who.UNIT, Role.OPERATOR)  # the operator, from the unit's letter


class At(State):
    """The desks of an installation."""

    DISPOSITION = "disposition", _l("Menunggu disposisi"), "N2", Awaits("dispose", _l("Putuskan surat permohonan"))
    COMPLETION = "completion", _l("Menunggu kelengkapan dari unit"), "N2", Awaits("complete_letter")
    SURVEYORS = "surveyors", _l("Menunggu penunjukan surveyor"), "N3", Awaits("name_surveyors")
    SURVEY = "survey", _l("Menunggu survey lapangan"), "N4", Awaits("send_survey")
    INFEASIBLE = "infeasible", _l("Tidak layak, menunggu usul Kepala Divisi"), "N4", Awaits("propose_end")
    END_PROPOSED = (
        "end_proposed",
        _l("Tidak layak, menunggu keputusan"),
        "N5",
        Awaits("keep_going", _l("Putuskan usul mengakhiri")),
    )
    RAB_DRAFT = "rab_draft", _l("Menunggu RAB"), "N5", Awaits("submit_rab")
    RAB_APPROVAL = "rab_approval", _l("Menunggu persetujuan RAB"), "N6", Awaits("approve_rab", _l("Putuskan RAB"))
    UNIT_AGREEMENT = "unit_agreement", _l("Menunggu jawaban unit"), "N6", Awaits("answer_rab")
    INSTALLERS = "installers", _l("Menunggu penunjukan pemasang"), "N7", Awaits("name_installers")
    INSTALLATION = "installation", _l("Sedang dipasang"), "N7", Awaits("report_installed")
    TESTING = "testing", _l("Menunggu uji kualitas"), "N7", Awaits("send_test")
    RECHECK = "recheck", _l("Dicek ulang"), "N9", Awaits("recheck")
    BILLING = "billing", _l("Menunggu tagihan"), "N8", Awaits("issue_bill")
    BILL_SIGNATURE = "bill_signature", _l("Menunggu tanda tangan kedua"), "N8", Awaits("cosign_bill")
    PAYMENT = "payment", _l("Menunggu pembayaran"), "N8", Awaits("record_payment", _l("Bayar tagihan"), by=(Who.UNIT,))
    CLOSED = "closed", _l("Selesai"), "N8", ENDS
    REFUSED = "refused", _l("Ditolak"), "N6", ENDS
    NOT_FEASIBLE = "not_feasible", _l("Berakhir, tidak layak dipasang"), "N5", ENDS
    DECLINED = "declined", _l("Tidak disetujui unit"), "N6", ENDS
    CANCELLED = "cancelled", _l("Dibatalkan"), "N1", ENDS
    MERGED = "merged", _l("Digabung ke tiket lain"), "N2", ENDS


DISPOSED = tuple(state for state in At if state.awaits and state not in (At.DISPOSITION, At.COMPLETION))
INSTALLED = (At.TESTING, At.RECHECK, At.BILLING, At.BILL_SIGNATURE, At.PAYMENT)

N = Procedure(
    "network_installation",
    letter="N",
    slug="pemasangan-jaringan",
    title=_l("Pemasangan jaringan baru"),
    states=At,
    form_path="/permohonan/pemasangan-jaringan",
    icon="net",
    summary=_l("Dari surat permohonan unit sampai jaringan diuji dan tagihannya lunas."),
)
COMMON = Adoption(
    N,
    cancelled=At.CANCELLED,
    no_end_in=(At.BILL_SIGNATURE, At.PAYMENT),  # what was billed ends by payment or by a cancelled bill
    also_tells={"cancel": (Who.MEMBER,)},
    merged=At.MERGED,
    merges_from=(At.DISPOSITION, At.COMPLETION, At.SURVEYORS, At.SURVEY, At.RAB_DRAFT),
)
