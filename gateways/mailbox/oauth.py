"""Asks an OAuth2 server for an access token, by which a mailbox is opened instead of with a password.

One POST by the refresh token (RFC 6749, 6), by the application's own right (4.4), or by the code that the owner's
consent brought (4.1 with PKCE, RFC 7636), over a checked connection. What is asked and answered stands in no log and no
fault: those name the server's error code alone.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from flask import current_app

from models.base.columns.json_value import Json

SECONDS = 20
LONGEST_ANSWER = 64 * 1024
MOST_SECONDS = 24 * 3600


class TokenRefused(Exception):
    """No token came; the words say why: the server's error code, or what kept us from asking."""


@dataclass(frozen=True)
class TokenOrder:
    """Which server is asked, and by what right."""

    url: str
    client_id: str
    client_secret: str
    refresh_token: str
    scope: str


@dataclass(frozen=True)
class AccessToken:
    """The token, the seconds for which it holds, and a new refresh token where the server gave one."""

    token: str
    seconds: int
    refresh_token: str = ""


@dataclass(frozen=True)
class ConsentQuestion:
    """What one browser was sent away with to the server's page; it must come back with the same."""

    page: str
    state: str
    verifier: str
    redirect_uri: str


def consent_address(order: TokenOrder, asked: ConsentQuestion, account: str) -> str:
    """Where the browser is sent, so that the owner of `account` lets us in for as long as they want (`offline`)."""
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # noqa: PLC0415  # for who asks for consent alone
    from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415  # as above

    return str(
        prepare_grant_uri(
            asked.page,
            client_id=order.client_id,
            response_type="code",
            redirect_uri=asked.redirect_uri,
            scope=order.scope,
            state=asked.state,
            code_challenge=create_s256_code_challenge(asked.verifier),
            code_challenge_method="S256",
            access_type="offline",  # Google's way to a refresh token; Microsoft's is its scope
            prompt="consent",  # a second consent gives a refresh token too
            login_hint=account,
        )
    )


def token_by_code(order: TokenOrder, asked: ConsentQuestion, code: str) -> AccessToken:
    """The tokens for the code that came back. Raises TokenRefused."""
    given = {"grant_type": "authorization_code", "code": code, "code_verifier": asked.verifier}
    return _asked(order, {**given, "redirect_uri": asked.redirect_uri})


def fetch_token(order: TokenOrder) -> AccessToken:
    """Raises TokenRefused."""
    if order.refresh_token:
        grant = {"grant_type": "refresh_token", "refresh_token": order.refresh_token}
    else:
        grant = {"grant_type": "client_credentials"}
    return _asked(order, {**grant, "scope": order.scope})


def _asked(order: TokenOrder, grant: dict[str, str]) -> AccessToken:
    import httpx  # noqa: PLC0415  # 5 MB, for who asks for a token alone

    if not order.url.startswith("https://"):
        raise TokenRefused("OAuth2: no https address")
    asked = {"client_id": order.client_id, "client_secret": order.client_secret, **grant}
    context = ssl.create_default_context(cafile=current_app.config.get("MAIL_CA_FILE"))
    try:
        with httpx.Client(verify=context, timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
            answer = client.post(order.url, data={key: value for key, value in asked.items() if value})
            told: Json = answer.json() if len(answer.content) <= LONGEST_ANSWER else None
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise TokenRefused(f"OAuth2: {type(fault).__name__}") from None
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise TokenRefused(f"OAuth2: answer {answer.status_code} without words")
    token = told.get("access_token")
    if answer.status_code != httpx.codes.OK or not isinstance(token, str) or not token:
        raise TokenRefused(f"OAuth2: {_code(told.get('error'))}")
    return AccessToken(token, _seconds(told.get("expires_in")), str(told.get("refresh_token") or ""))


def _code(said: Json) -> str:
    """An error code has letters and underlines (RFC 6749, 5.2); anything else is not repeated."""
    return said if isinstance(said, str) and said.replace("_", "").isalpha() and len(said) < 60 else "refused"


def _seconds(said: Json) -> int:
    try:
        return max(0, min(int(said), MOST_SECONDS)) if isinstance(said, str | int | float) else 0
    except (OverflowError, ValueError):
        return 0
