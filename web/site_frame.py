"""What the head and foot of every page outside the panel say: links, names, address, opening hours."""

from __future__ import annotations

from flask import request
from flask_babel import lazy_gettext as _l

from models.base import setting
from models.base.columns.shown import Shown
from models.base.wording import Words
from models.tickets.mailbox import is_mail_connected
from web.reader import language

# The head's links, in order: address and word. A later part of the site adds its own here.
NAVIGATION: list[tuple[str, Words]] = [
    ("/pengaduan", _l("Pengaduan")),
    ("/tiket", _l("Cek tiket")),
    ("/gangguan", _l("Gangguan")),
    ("/prosedur", _l("Prosedur")),
    ("/panduan", _l("Panduan")),
    ("/unduhan", _l("Unduhan")),
]


def head_and_foot() -> dict[str, Shown]:
    """The values that templates/public/frame/layout.html shows."""
    here = request.path
    return {
        "language": language(),
        "here": here,
        "navigation": NAVIGATION,
        "centre": setting.get("centre_name"),
        "university": setting.get("university_name"),
        "centre_address": setting.get("centre_address"),
        "centre_email": setting.get("centre_email") if is_mail_connected() else "",
        "centre_phone": setting.get("centre_phone"),
        "desk_hours": setting.get("desk_hours"),
    }
