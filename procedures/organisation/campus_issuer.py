"""The campus's issuer of identities, as the configuration names it."""

from __future__ import annotations

from flask import current_app

from gateways.issuer import Issuer, IssuerSettings


def issuer() -> Issuer | None:
    """The campus's issuer, or None where none is configured."""
    config = current_app.config
    if not config["OIDC_ISSUER"]:
        return None
    return Issuer(
        IssuerSettings(
            issuer=config["OIDC_ISSUER"],
            client_id=config["OIDC_CLIENT_ID"],
            client_secret=config["OIDC_CLIENT_SECRET"],
            ca_file=config["OIDC_CA_FILE"],
            number_claim=config["OIDC_NUMBER_CLAIM"],
        )
    )
