"""Sends a browser to the campus's issuer and reads what it comes back with; staff and requesters come in this way.

The browser's session and the pass in the database must both know the state that comes back, and each pass is used once.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hmac import compare_digest

from flask import current_app, request, session

from gateways.issuer import Issuer, IssuerIdentity, IssuerQuestion, IssuerRefused
from models.base.columns.json_value import Json
from models.base.counter import count_up
from models.base.db import write_transaction
from models.organisation.sign_in_pass import PassKind, SignInPass
from web.reader import network

SENT = "campus_state"  # in the browser's session: the state with which it was sent away
SENT_PER_HOUR = 600  # browsers of one network, which may be a whole campus


class TooManySent(Exception):
    """So many of this network went to the campus within the hour that the next must wait."""


@dataclass(frozen=True)
class Returned:
    """Who came back, and what we noted when they left."""

    identity: IssuerIdentity
    facts: dict[str, Json]


def send_away(of: Issuer, purpose: str, back: str, facts: dict[str, Json]) -> str:
    """Where the browser goes now; the issuer answers to the path `back`. Raises IssuerUnreachable, TooManySent.

    A page leads there and not a redirect: our forms may be sent to ourselves alone (Content-Security-Policy).
    """
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    with write_transaction():
        is_too_many = count_up(f"campus:{network()}") > SENT_PER_HOUR
        noted: dict[str, Json] = {**facts, "purpose": purpose, "nonce": nonce, "verifier": verifier}
        state = "" if is_too_many else SignInPass.issue(PassKind.CAMPUS, None, noted)
    if is_too_many:
        raise TooManySent
    address = of.address_to_ask(IssuerQuestion(state, nonce, verifier, _full(back)))
    session[SENT] = state
    return address


def take_answer(of: Issuer, purpose: str, back: str) -> Returned:
    """What the browser brought back. Raises IssuerUnreachable, IssuerRefused."""
    sent, state = str(session.pop(SENT, "")), request.args.get("state", "")
    if not sent or not compare_digest(sent.encode(), state.encode()):
        raise IssuerRefused("another state than the one we sent")
    with write_transaction():
        row = SignInPass.take(PassKind.CAMPUS, sent)
    if row is None or row.facts.get("purpose") != purpose:
        raise IssuerRefused("used before, too late, or asked for something else")
    code = request.args.get("code", "")
    if not code or "error" in request.args:
        raise IssuerRefused("the issuer sent no code")
    asked = IssuerQuestion(sent, str(row.facts["nonce"]), str(row.facts["verifier"]), _full(back))
    identity = of.identity(asked, code, request.args.get("iss"))
    domain = current_app.config["OIDC_DOMAIN"]
    if domain and not identity.is_of(domain):
        raise IssuerRefused("of another domain")
    return Returned(identity, dict(row.facts))


def _full(path: str) -> str:
    return f"{current_app.config['BASE_URL']}{path}"
