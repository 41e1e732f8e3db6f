"""Puts the addresses for machines, documents and links together."""

from __future__ import annotations

from flask import Flask

from doors import agenda, alerts, field_app, health, one_time_password, qr_label, security_txt, verification
from doors.blueprint import doors

# Imported for the addresses that they declare.
PAGES = (agenda, alerts, field_app, health, one_time_password, qr_label, security_txt, verification)


def init_doors(app: Flask) -> None:
    """Register the blueprint; alerts carry a bearer token instead of a cookie, so CSRF does not apply to them."""
    app.register_blueprint(doors)
    app.extensions["csrf"].exempt(alerts.receive_alerts)
