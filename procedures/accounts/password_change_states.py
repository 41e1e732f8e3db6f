"""The desks of a password change (P), and what each waits for."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from models.organisation.roles import Role
from procedures.engine.declaration import ENDS, Awaits, State
from procedures.engine.procedure import Procedure
from procedures.tickets.common_declaration import Adoption


class At(State):
    """The desks of a password change."""

    PROOF = "proof", _l("Menunggu bukti diri"), "P2", Awaits("record_proof")
    COMPARISON = "comparison", _l("Menunggu pencocokan"), "P3", Awaits("compare")
    SECOND = "second", _l("Menunggu orang kedua"), "P3", Awaits("approve_second", _l("Putuskan sebagai orang kedua"))
    CHANGE = "change", _l("Cocok, password siap diganti"), "P4", Awaits("change_password")
    CHANGING = "changing", _l("Password sedang diganti"), "P4", Awaits("password_changed", by=(Role.OPERATOR,))
    SETTING = "setting", _l("Password baru dibuat, menunggu dipasang"), "P4", Awaits("record_set")
    TELLING = "telling", _l("Password diganti, menunggu disampaikan"), "P5", Awaits("inform")
    DONE = "done", _l("Selesai"), "P5", ENDS
    REFUSED = "refused", _l("Ditolak"), "P3", ENDS
    CANCELLED = "cancelled", _l("Dibatalkan"), "P3", ENDS


P = Procedure(
    "password_change",
    letter="P",
    slug="perubahan-password",
    title=_l("Perubahan password"),
    states=At,
    icon="key",
    summary=_l("Datang ke meja layanan dengan bukti diri; password diganti saat itu juga."),
)
COMMON = Adoption(P, cancelled=At.CANCELLED, no_end_in=(At.CHANGING, At.SETTING))
