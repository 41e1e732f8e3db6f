"""Where and how a mailbox is reached, with its secrets unsealed, for whoever fetches it or tries it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from gateways.mailbox.imap import NotFetched, Place
from gateways.mailbox.oauth import TokenOrder, TokenRefused, fetch_token
from gateways.smtp import TOKENS, NoToken
from models.base.db import db, utcnow, write_transaction
from models.base.sealed_secret import SecretLost
from models.tickets.mailbox import Mailbox

SPARE = timedelta(minutes=1)  # before its end a token is no longer begun with


def place_of(box: Mailbox) -> Place:
    """Raises SecretLost, and NotFetched where no token is given; afterwards no transaction is open."""
    box_id = box.id
    token = box.access_token if box.is_by_token and box.holds_token_until(SPARE) else ""
    password = "" if box.is_by_token else box.password
    place = Place(box.host, box.port, box.security, box.username, password, box.folder, token)
    order, asked_with = (order_of(box) if box.is_by_token and not token else None), _secrets(box)
    db.session.rollback()
    if order is None:
        return place
    token = _new_token(box_id, order, asked_with)
    return Place(place.host, place.port, place.security, place.username, "", place.folder, token)


def token_of(address: str) -> str:
    """The token of the mailbox of this address, for sending by the same account (MAIL_TOKEN_OF). Raises NoToken."""
    box = db.session.scalars(select(Mailbox).where(Mailbox.address == address)).unique().one_or_none()
    if box is None or not box.is_by_token:
        raise NoToken("OAuth2: MAIL_TOKEN_OF names no mailbox that is opened by a token")
    try:
        return place_of(box).token
    except NotFetched as fault:
        raise NoToken(str(fault)) from None
    except SecretLost:
        raise NoToken("OAuth2: SECRET_KEY has changed: type the secrets of the mailbox again") from None


TOKENS[:] = [token_of]


def order_of(box: Mailbox) -> TokenOrder:
    """By what right a token is asked for. Raises SecretLost."""
    return TokenOrder(box.token_url, box.client_id, box.client_secret, box.refresh_token, box.token_scope)


def _secrets(box: Mailbox) -> tuple[str, ...]:
    return box.token_url, box.client_id, box.client_secret_sealed, box.refresh_token_sealed


def _new_token(box_id: int, order: TokenOrder, asked_with: tuple[str, ...]) -> str:
    """What the server gave is kept only where nobody gave the mailbox other secrets while it was asked."""
    try:
        given = fetch_token(order)
    except TokenRefused as refused:
        raise NotFetched(str(refused)) from None
    with write_transaction():
        box = db.session.get_one(Mailbox, box_id, with_for_update=True, populate_existing=True)
        if _secrets(box) == asked_with:
            box.keep_token(given.token, utcnow() + timedelta(seconds=given.seconds), given.refresh_token)
    return given.token


def forget_token(box: Mailbox) -> None:
    """The server refused it: the next turn asks for another; inside the caller's transaction."""
    box.access_token_sealed, box.access_until = "", None
