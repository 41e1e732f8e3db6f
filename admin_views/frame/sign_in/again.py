"""Asks for the password again before what is grave, unless it was proved within the last five minutes.

GRAVE is the one list of what is grave. How a form goes through it:
 1. a view's right is asked first; then, if the proof is old, this page stands in for the answer;
 2. all that was typed lies sealed in that page, bound to the person and the address (a password too stays unreadable);
 3. with the right password the very same request goes on, as if nothing had come between.
"""

from __future__ import annotations

import json
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import ImmutableMultiDict

from admin_views.frame.sign_in.login_slowdown import count_failure, own_key, says_slow_down, waiting_time
from admin_views.frame.sign_in.opening import CHALLENGE
from models.base.db import utcnow, write_transaction
from models.base.sealed_secret import SecretLost, seal, unseal
from models.organisation.second_factor import has_app, has_passkey
from models.organisation.sessions import StaffSession
from procedures.organisation import passkeys
from procedures.organisation.passkeys import PasskeyRefused, why_not_here
from procedures.organisation.second_factor import take_code
from web.lost_session import ask_to_log_in, own_path

again_pages = Blueprint("again", __name__, url_prefix="/admin")
FRESH_FOR = timedelta(minutes=5)
PASSWORD, CODE, KEPT, CREDENTIAL = "again_password", "again_code", "again_kept", "credential"

# Endpoint's view, and which of its functions: roles, delegations, password links, exports of people, keys, mail.
GRAVE: dict[str, frozenset[str]] = {
    "staff": frozenset({"create_view", "edit_view", "invite", "reset_factor", "export_view"}),
    "delegation": frozenset({"create_view", "edit_view", "revoke"}),
    "pending_change": frozenset({"confirm"}),
    "person": frozenset({"export_view"}),
    "account": frozenset({"export_view"}),
    "contact": frozenset({"export_view"}),
    "mailbox": frozenset({"create_view", "edit_view", "consent"}),
    "alert_source": frozenset({"create_view", "edit_view", "revoke_view"}),
    "setting": frozenset({"save"}),
    "setup": frozenset({"mail"}),
    "factor": frozenset({"begin_totp", "remove_totp", "renew_codes"}),
    "passkey": frozenset({"add", "remove"}),
    "my_sessions": frozenset({"end"}),
    "agenda": frozenset({"make_feed"}),
    "campus": frozenset({"begin_link", "link_directory", "unlink"}),
}
GIVEN_BY_GET = frozenset({"export_view"})  # everything else only shows a form when it is fetched


def ask_again(view: str, name: str) -> ResponseReturnValue | None:
    """The page that stands in for the answer, or None: this request goes on."""
    if name not in GRAVE.get(view, ()) or (request.method != "POST" and name not in GIVEN_BY_GET):
        return None
    if utcnow() - current_user.session_proof[1] < FRESH_FOR:
        return None
    is_answer = request.method == "POST" and KEPT in request.form
    sentence = _fault() if is_answer else ""
    if not is_answer or sentence:
        return _page(request.full_path.rstrip("?"), sentence)
    try:
        kept = json.loads(unseal(request.form[KEPT], _purpose()))
    except (SecretLost, ValueError):
        return _page(request.full_path.rstrip("?"), _("Isian ini sudah terlalu lama. Ulangi dari formulirnya."))
    request.form = ImmutableMultiDict(kept)
    return None


@again_pages.route("/again", methods=("POST",))
def again() -> ResponseReturnValue:
    """The same for what is fetched: back to it once the password was right."""
    if not current_user.is_authenticated:
        return ask_to_log_in()
    target = own_path(request.form.get("next"))
    sentence = _fault()
    return _page(target, sentence, is_fetched=True) if sentence else redirect(target, 303)


def _fault() -> str:
    """What is wrong with the proof, or an empty text; a right one is good for five minutes of this session."""
    keys, staff_id, username = own_key(current_user), current_user.id, current_user.username
    session_id = current_user.session_seen[0]
    if wait := waiting_time(keys):
        return says_slow_down(wait)
    is_right = current_user.is_password(request.form.get(PASSWORD, ""))
    if not is_right and request.form.get(CODE):
        with write_transaction(stays_fresh=True):
            is_right = take_code(staff_id, request.form[CODE])
    if not is_right and request.form.get(CREDENTIAL):
        is_right = _by_passkey(staff_id, request.form[CREDENTIAL])
    if not is_right:
        count_failure(keys, username)
        return _("Kata sandi, kode, atau passkey itu tidak cocok.")
    with write_transaction(stays_fresh=True):
        session["_user_id"] = StaffSession.renew(session_id)
    return ""


def _by_passkey(staff_id: int, answer: str) -> bool:
    """Is it one of this person's own passkeys that answered the challenge of this page?"""
    challenge, asked_at, _handle = session.pop(CHALLENGE, ("", 0.0, ""))
    try:
        with write_transaction(stays_fresh=True):
            return passkeys.use(answer, challenge, asked_at).id == staff_id
    except PasskeyRefused:
        return False


def _page(target: str, sentence: str, is_fetched: bool = False) -> ResponseReturnValue:
    is_fetched = is_fetched or request.method != "POST"
    kept = "" if is_fetched else request.form.get(KEPT) or seal(json.dumps(_typed()), _purpose())
    page = render_template(
        "admin/frame/again.html",
        target=target,
        kept=kept,
        sentence=sentence,
        is_fetched=is_fetched,
        has_app=has_app(current_user.id),
        has_key=not why_not_here() and has_passkey(current_user.id),
    )
    return page, 401


def _typed() -> list[tuple[str, str]]:
    return [(key, value) for key, value in request.form.items(multi=True) if key != "csrf_token"]


def _purpose() -> str:
    return f"again:{current_user.id}:{request.full_path}"
