"""The consent by which a mailbox is opened with a token: its owner gives it on a page of Google, Microsoft or others.

How it goes (RFC 6749 4.1, RFC 7636):
 1. the administrator's browser is sent there with a state that is good once and the challenge of a secret that we keep;
 2. it must come back within ten minutes, in the same session, for a mailbox that is set up as it was;
 3. the code that it brings is exchanged for tokens, which lie sealed in the mailbox.
There is no nonce: that belongs to an ID token (OpenID Connect), and none is asked for.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import current_app

from gateways.mailbox.oauth import ConsentQuestion, TokenOrder, TokenRefused, consent_address, token_by_code
from models.base.columns.json_value import Json
from models.base.db import db, utcnow, write_transaction
from models.organisation import audit
from models.organisation.sign_in_pass import PassKind, SignInPass
from models.organisation.staff import Staff
from models.tickets.mailbox import Mailbox
from procedures.tickets.inbox.mailbox_place import order_of

BACK = "/admin/mailbox/consent_back/"


def back_address() -> str:
    """What the application of the mailbox must know at Google or Microsoft as its redirect URI."""
    return f"{current_app.config['BASE_URL']}{BACK}"


def ask_consent(box: Mailbox, staff_id: int) -> tuple[str, str]:
    """Where the browser goes now, and the state that its session keeps. Raises TokenRefused, SecretLost."""
    if not box.consent_url.startswith("https://"):
        raise TokenRefused("OAuth2: no https address")
    order, account, box_id, page = order_of(box), box.username or box.address, box.id, box.consent_url
    verifier = secrets.token_urlsafe(48)
    with write_transaction():
        of: list[Json] = [*_application(order, page)]
        noted: dict[str, Json] = {"box": box_id, "staff": staff_id, "verifier": verifier, "of": of}
        state = SignInPass.issue(PassKind.MAILBOX, staff_id, noted)
    return consent_address(order, ConsentQuestion(page, state, verifier, back_address()), account), state


def keep_consent(state: str, code: str, error: str, staff: Staff, ip: str) -> int:
    """Which mailbox the tokens of this answer were kept for. Raises TokenRefused, SecretLost."""
    staff_id = staff.id
    with write_transaction():
        row = SignInPass.take(PassKind.MAILBOX, state) if state else None
    if row is None or row.facts.get("staff") != staff_id:
        raise TokenRefused("OAuth2: another state")
    if error or not code:
        raise TokenRefused("OAuth2: access_denied" if error == "access_denied" else "OAuth2: no code")
    box = db.session.get(Mailbox, int(str(row.facts["box"])))
    if box is None or row.facts.get("of") != _application(order_of(box), box.consent_url):
        raise TokenRefused("OAuth2: another mailbox")
    order, box_id = order_of(box), box.id
    asked = ConsentQuestion(box.consent_url, state, str(row.facts["verifier"]), back_address())
    db.session.rollback()
    given = token_by_code(order, asked, code)
    if not given.refresh_token:
        raise TokenRefused("OAuth2: no refresh token")
    with write_transaction():
        kept = db.session.get_one(Mailbox, box_id, with_for_update=True, populate_existing=True)
        if row.facts["of"] != _application(order_of(kept), kept.consent_url):
            raise TokenRefused("OAuth2: another mailbox")
        kept.keep_token(given.token, utcnow() + timedelta(seconds=given.seconds), given.refresh_token)
        kept.last_error = ""
        audit.record("mailbox_consented", "Mailbox", box_id, staff=db.session.get_one(Staff, staff_id), ip=ip)
    return box_id


def _application(order: TokenOrder, page: str) -> list[str]:
    """By what a changed mailbox is known."""
    return [page, order.url, order.client_id, order.scope]
