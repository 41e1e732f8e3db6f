"""Who makes something, and who else must confirm it: the table that every check of two people asks.

The page of rights prints it (through `admin_views/frame/permissions.py`), the procedures and the panel read it before
they let anybody confirm. A line says who may confirm by role, and which people of the same matter may not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from models.base.wording import Words
from models.organisation.roles import Role
from models.organisation.staff import Staff


class DutyPart(StrEnum):
    """The part that somebody has had in a matter before it is confirmed."""

    MADE = "made"
    DECIDED = "decided"
    FOR = "owner"
    CONTACT = "contact"
    SECOND = "second"


PART_WORDS: dict[DutyPart, Words] = {
    DutyPart.MADE: _l("yang membuat atau memintanya"),
    DutyPart.DECIDED: _l("yang memutuskan atau menandatanganinya"),
    DutyPart.FOR: _l("yang diangkat olehnya, atau pemiliknya"),
    DutyPart.CONTACT: _l("yang baru mengubah data kontaknya"),
    DutyPart.SECOND: _l("yang menyetujui sebagai orang kedua"),
}


@dataclass(frozen=True)
class Duty:
    """One line of the table; `apart` are those who may not confirm, whatever roles they hold or were lent."""

    what: Words
    made_by: tuple[Role, ...]
    confirms: Words
    confirmed_by: tuple[Role, ...]
    apart: tuple[DutyPart, ...]
    steps: tuple[str, ...] = ()  # names of the steps that ask it; empty: a page of the panel does

    def allows(self, by: Staff | None, **parts: Iterable[int | None]) -> bool:
        """Is this person none of those who must stay apart? `parts` names the people of each part, by their ids.

        A part that this line keeps apart must be given (KeyError); roles are asked beside this.
        """
        return by is not None and all(by.id not in set(parts[part.value]) for part in self.apart)


NETWORKING = (Role.STAFF_NETWORKING, Role.HEAD_NETWORKING)
ACCOUNT_SECONDS = (Role.HEAD_OF_CENTRE, Role.SERVICE_OFFICER, Role.HEAD_NETWORKING, Role.HEAD_SYSTEMS)
LIFTED_BY = (Role.ADMINISTRATOR, Role.HEAD_OF_CENTRE)

DUTIES: dict[str, Duty] = {
    "roles": Duty(
        _l("Peran kepala atau administrator"),
        (Role.ADMINISTRATOR,),
        _l("Menyetujui sebagai orang kedua"),
        LIFTED_BY,
        (DutyPart.MADE, DutyPart.FOR),
    ),
    "password_link": Duty(
        _l("Tautan kata sandi kepala atau administrator"),
        (Role.ADMINISTRATOR,),
        _l("Menyetujui sebagai orang kedua"),
        LIFTED_BY,
        (DutyPart.MADE, DutyPart.FOR),
    ),
    "delegation": Duty(
        _l("Pendelegasian yang tidak ditulis kepalanya sendiri"),
        (Role.ADMINISTRATOR,),
        _l("Menyetujui; juga kepala yang langkahnya dipinjamkan"),
        LIFTED_BY,
        (DutyPart.MADE, DutyPart.FOR),
    ),
    "factor_reset": Duty(
        _l("Atur ulang faktor kedua petugas yang kehilangan ponselnya, setelah bukti diri"),
        (Role.ADMINISTRATOR,),
        _l("Menyetujui sebagai orang kedua"),
        LIFTED_BY,
        (DutyPart.MADE, DutyPart.FOR),
    ),
    "own_roles": Duty(
        _l("Peran dan masa tugas sendiri"),
        (Role.ADMINISTRATOR,),
        _l("Mengubahnya"),
        (Role.ADMINISTRATOR,),
        (DutyPart.FOR,),
    ),
    "rab": Duty(
        _l("RAB: menyusun dan mengajukan"),
        NETWORKING,
        _l("Menyetujui, mengembalikan, atau menolak RAB"),
        (Role.HEAD_OF_CENTRE,),
        (DutyPart.MADE,),
        ("approve_rab", "return_rab", "refuse_rab"),
    ),
    "price": Duty(
        _l("Harga di daftar harga"),
        (*NETWORKING, Role.HEAD_OF_CENTRE),
        _l("Menyetujui RAB yang memakai harga itu"),
        (Role.HEAD_OF_CENTRE,),
        (DutyPart.MADE,),
        ("approve_rab",),
    ),
    "bill": Duty(
        _l("Tagihan: tanda tangan pertama"),
        (Role.HEAD_OF_CENTRE,),
        _l("Tanda tangan kedua, bila diminta"),
        (Role.HEAD_OF_CENTRE,),
        (DutyPart.DECIDED,),
        ("cosign_bill",),
    ),
    "payment": Duty(
        _l("RAB dan tagihan: menyusun, menyetujui, menandatangani"),
        (*NETWORKING, Role.HEAD_OF_CENTRE),
        _l("Mencatat pembayaran"),
        (Role.OPERATOR,),
        (DutyPart.MADE, DutyPart.DECIDED),
        ("record_payment",),
    ),
    "payment_return": Duty(
        _l("Pembayaran: mencatatnya"),
        (Role.OPERATOR,),
        _l("Mencatat pengembalian kelebihan"),
        (Role.OPERATOR, Role.HEAD_OF_CENTRE),
        (DutyPart.MADE,),
        ("return_overpayment",),
    ),
    "payment_reversal": Duty(
        _l("Pembayaran: mencatatnya"),
        (Role.OPERATOR,),
        _l("Membalik pembayaran yang salah"),
        (Role.OPERATOR, Role.HEAD_OF_CENTRE),
        (DutyPart.MADE,),
        ("reverse_payment",),
    ),
    "password_proof": Duty(
        _l("Bukti diri untuk akun unit, istimewa, pimpinan, atau yang nomornya tidak dapat dibandingkan"),
        (Role.OPERATOR,),
        _l("Menyetujui sebagai orang kedua"),
        ACCOUNT_SECONDS,
        (DutyPart.MADE, DutyPart.FOR, DutyPart.CONTACT),
        ("approve_second", "reject_second"),
    ),
    "password": Duty(
        _l("Pencocokan bukti diri, dan persetujuan orang kedua"),
        (Role.OPERATOR, *ACCOUNT_SECONDS),
        _l("Mengganti password akun itu"),
        (Role.OPERATOR,),
        (DutyPart.SECOND, DutyPart.FOR),
        ("change_password",),
    ),
    "contact": Duty(
        _l("Nama, nomor, email, atau telepon di register orang dan kontak unit"),
        (Role.OPERATOR, Role.ADMINISTRATOR),
        _l("Mengganti password orang itu tanpa orang kedua"),
        (Role.OPERATOR,),
        (DutyPart.CONTACT,),
        ("compare", "change_password"),
    ),
}
