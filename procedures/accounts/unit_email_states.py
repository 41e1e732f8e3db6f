"""The desks of a request for a unit's e-mail (E), and what each waits for."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from models.organisation.roles import Role
from procedures.engine.declaration import ENDS, Awaits, State
from procedures.engine.procedure import Procedure
from procedures.tickets.common_declaration import Adoption


class At(State):
    """The desks of an e-mail request."""

    DISPOSITION = (
        "disposition",
        _l("Menunggu disposisi Kepala Pustikom"),
        "E3",
        Awaits("dispose", _l("Putuskan surat permohonan")),
    )
    NETWORKING = (
        "networking",
        _l("Menunggu jawaban Divisi Networking"),
        "E3",
        Awaits("find_feasible", _l("Jawab permohonan alamat")),
    )
    UNIT_ANSWER = (
        "unit_answer",
        _l("Menunggu persetujuan unit atas penyesuaian"),
        "E3",
        Awaits("accept_adjustment", _l("Jawab penyesuaian alamat")),
    )
    REFUSAL_ADVICE = (
        "refusal_advice",
        _l("Usul penolakan di Kepala Pustikom"),
        "E3",
        Awaits("overrule_refusal", _l("Putuskan usul penolakan")),
    )
    CREATION = "creation", _l("Menunggu pembuatan akun"), "E4", Awaits("create_account")
    CREATING = "creating", _l("Akun sedang dibuat"), "E4", Awaits("account_ready", by=(Role.SERVICE_OFFICER,))
    TELLING = "telling", _l("Menunggu kontak teknis dikabari"), "E4", Awaits("record_call")
    DONE = "done", _l("Akun aktif, kontak teknis dikabari"), "E4", ENDS
    DECLINED = "declined", _l("Penyesuaian tidak disetujui unit"), "E3", ENDS
    REFUSED = "refused", _l("Ditolak"), "E3", ENDS
    CANCELLED = "cancelled", _l("Dibatalkan"), "E3", ENDS
    MERGED = "merged", _l("Digabung ke tiket lain"), "E3", ENDS


E = Procedure(
    "unit_email",
    letter="E",
    slug="email-unit",
    title=_l("Email unit kerja atau organisasi"),
    states=At,
    form_path="/permohonan/email-unit",
    icon="mail",
    summary=_l("Alamat email resmi untuk unit kerja atau organisasi, dengan surat pimpinan."),
)
COMMON = Adoption(
    E,
    cancelled=At.CANCELLED,
    no_end_in=(At.CREATING,),
    merged=At.MERGED,
    merges_from=(At.DISPOSITION, At.NETWORKING, At.UNIT_ANSWER, At.CREATION),
)
