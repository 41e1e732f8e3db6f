"""Tries sign-in through the campus out for whoever sets it up: what was asked and said, without a secret."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app
from flask_babel import gettext as _

from gateways.directory.interface import DirectoryError
from gateways.directory.open_directory import open_directory
from gateways.issuer import IssuerUnreachable
from procedures.organisation.campus_directory import asks_directory
from procedures.organisation.campus_issuer import issuer

NOBODY = "setup-looks-for-nobody"


@dataclass
class CampusTrial:
    """The talk in order, each line with whether the other side said it; and what is wrong, if anything."""

    talk: list[tuple[bool, str]] = field(default_factory=list)
    fault: str = ""


def try_campus() -> CampusTrial:
    """Asks issuer and directory, as far as they are configured."""
    trial = CampusTrial()
    if (of := issuer()) is not None:
        address = f"{of.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        trial.talk.append((False, _("%(address)s: siapa Anda, dan apa kunci Anda?", address=address)))
        try:
            of.is_well()
            trial.talk.append((True, _("Saya %(issuer)s; kuncinya ada.", issuer=of.settings.issuer)))
        except IssuerUnreachable as fault:
            trial.talk.append((True, str(fault)))
            trial.fault = _("Layanan masuk kampus tidak menjawab semestinya. Periksa OIDC_ISSUER dan OIDC_CA_FILE.")
    if asks_directory():
        url = current_app.config["DIRECTORY_URL"]
        trial.talk.append((False, _("%(address)s: adakah nama yang tidak ada?", address=url)))
        try:
            open_directory(current_app.config).find(NOBODY)
            trial.talk.append((True, _("Tidak ada. Akun layanan diterima, sertifikat sah.")))
        except DirectoryError as fault:
            trial.talk.append((True, fault.detail))
            trial.fault = trial.fault or str(fault.sentence)
    return trial
