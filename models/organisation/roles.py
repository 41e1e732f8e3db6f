"""The roles and divisions of the computing centre, with their names on screens."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from models.base.wording import Words


class Role(StrEnum):
    """The roles of docs/procedures/README.md, section Words."""

    HEAD_OF_CENTRE = "head_of_centre"
    HEAD_NETWORKING = "head_networking"
    STAFF_NETWORKING = "staff_networking"
    HEAD_SYSTEMS = "head_systems"
    STAFF_SYSTEMS = "staff_systems"
    OPERATOR = "operator"
    SERVICE_OFFICER = "service_officer"
    ADMINISTRATOR = "administrator"
    VIEWER = "viewer"

    @property
    def label(self) -> Words:
        return ROLE_LABELS[self]


class Division(StrEnum):
    """Where a helpdesk group belongs: a division, or the front desk."""

    FRONT_DESK = "front_desk"
    NETWORKING = "networking"
    SYSTEMS = "systems"

    @property
    def label(self) -> Words:
        return DIVISION_LABELS[self]


ROLE_LABELS: dict[Role, Words] = {
    Role.HEAD_OF_CENTRE: _l("Kepala Pustikom"),
    Role.HEAD_NETWORKING: _l("Kepala Divisi Networking"),
    Role.STAFF_NETWORKING: _l("Staf Divisi Networking"),
    Role.HEAD_SYSTEMS: _l("Kepala Divisi Sistem Informasi"),
    Role.STAFF_SYSTEMS: _l("Staf Divisi Sistem Informasi"),
    Role.OPERATOR: _l("Operator"),
    Role.SERVICE_OFFICER: _l("Petugas Layanan"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.VIEWER: _l("Peninjau"),
}
DIVISION_LABELS: dict[Division, Words] = {
    Division.FRONT_DESK: _l("Meja Layanan"),
    Division.NETWORKING: _l("Divisi Networking"),
    Division.SYSTEMS: _l("Divisi Sistem Informasi"),
}
HEAD_OF_DIVISION = {
    Division.NETWORKING: Role.HEAD_NETWORKING,
    Division.SYSTEMS: Role.HEAD_SYSTEMS,
    Division.FRONT_DESK: Role.HEAD_OF_CENTRE,
}
HEADS = frozenset({Role.HEAD_OF_CENTRE, Role.HEAD_NETWORKING, Role.HEAD_SYSTEMS})
MEMBER_ROLES = frozenset(Role) - {Role.ADMINISTRATOR, Role.VIEWER}  # who may belong to a helpdesk group
SEES_ALL = frozenset({Role.HEAD_OF_CENTRE, Role.OPERATOR, Role.VIEWER})
DIVISION_ROLES = {
    Role.HEAD_NETWORKING: Division.NETWORKING,
    Role.STAFF_NETWORKING: Division.NETWORKING,
    Role.HEAD_SYSTEMS: Division.SYSTEMS,
    Role.STAFF_SYSTEMS: Division.SYSTEMS,
}
