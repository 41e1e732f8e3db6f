"""Sends the trial mail of the set-up and writes down how it went."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _
from flask_mail import Message

from gateways.smtp_trial import MailTrial, try_mail
from models.base import setting
from models.base.db import db, write_transaction
from models.organisation import audit
from models.organisation.setup_point import SetupPoint, settle
from models.organisation.staff import Staff


def send_trial(to: str, staff: Staff | None = None, actor_name: str = "", ip: str = "") -> MailTrial:
    """Try first, then write down: no transaction is open while a server is asked."""
    staff_id = staff.id if staff else None
    message = Message(
        _("Email uji dari %(centre)s", centre=setting.get("centre_name")),
        recipients=[to],
        body=_("Email ini menguji pengiriman dari %(url)s. Tidak perlu dibalas.", url=current_app.config["BASE_URL"]),
        sender=(str(setting.get("centre_name")), current_app.config["MAIL_DEFAULT_SENDER"]),
    )
    db.session.rollback()
    trial = try_mail(message)
    with write_transaction():
        by = db.session.get(Staff, staff_id) if staff_id else None
        found = {"to": to, "fault": trial.fault, "talk": [list(line) for line in trial.talk]}
        before = db.session.get(SetupPoint, "mail")
        went_once = before is not None and before.is_settled  # a later fault is the doctor's matter, not the set-up's
        settle("mail", by, is_settled=went_once or not trial.fault, data=found)
        audit.record("mail_trial", "Setup", "mail", staff=by, actor_name=actor_name, ip=ip, diff={"to": to})
    return trial
