"""Says while a unit's form is typed whether an address is free, taken or not allowed."""

from __future__ import annotations

from flask import Response, jsonify, request
from flask_babel import gettext as _

from models.accounts.account import judge_address
from models.base import setting
from models.base.counter import count_up
from models.base.db import keep_house
from public.frame.blueprint import site
from web.reader import network


@site.get("/permohonan/email-unit/alamat")
def address_state() -> tuple[Response, int]:
    """The sentence that sending would give; so many an hour for one network, so that nobody reads the register."""
    wish = request.args.get("wish", "")[:254]
    if not may_ask():
        return jsonify(state="later", sentence=_("Alamat diperiksa saat formulir dikirim.")), 429
    finding = judge_address(wish)
    if finding.is_allowed:
        return jsonify(state="free", sentence=_("%(address)s masih bebas.", address=finding.address)), 200
    sentence = finding.problems[0]
    if finding.suggestion:
        offer = _("Yang masih bebas: %(address)s.", address=finding.suggestion)
        sentence = f"{sentence} {offer}"
    return jsonify(state="taken" if finding.is_taken else "not_allowed", sentence=sentence), 200


def may_ask() -> bool:
    """Count one more question of this network; False above the hour's limit."""
    asked = keep_house(lambda: count_up(f"address:{network()}"))
    return (asked or 0) <= int(setting.get("address_checks_per_hour"))
