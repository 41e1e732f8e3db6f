"""The mailboxes whose mail becomes complaints: where each is fetched, and what becomes of its mail."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import sealed_secret, setting
from models.base.db import Base, db, utcnow
from models.base.wording import Words
from models.tickets.category import Category

SECURITIES: dict[str, Words] = {"tls": _l("TLS sejak awal (993)"), "starttls": _l("STARTTLS (143)")}
AFTERWARDS: dict[str, Words] = {
    "keep": _l("Biarkan di server apa adanya"),
    "seen": _l("Tandai sudah dibaca"),
    "delete": _l("Hapus dari server setelah tersimpan di sini"),
}
SILENT_AFTER = timedelta(minutes=15)  # nothing was fetched for so long: staff are told


@setting.changes_lists
class Mailbox(Base):
    """An address to which people write; without a host its mail comes by a mail server's pipe (take-mail) alone."""

    __tablename__ = "mailbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(254), unique=True)
    host: Mapped[str] = mapped_column(String(200), default="")
    port: Mapped[int] = mapped_column(default=993)
    security: Mapped[str] = mapped_column(String(10), default="tls")
    username: Mapped[str] = mapped_column(String(200), default="")
    password_sealed: Mapped[str] = mapped_column(String(500), default="")
    token_server: Mapped[str] = mapped_column(String(10), default="")  # of TOKEN_SERVERS; "" where a password opens it
    token_url: Mapped[str] = mapped_column(String(300), default="")
    token_scope: Mapped[str] = mapped_column(String(300), default="")
    consent_url: Mapped[str] = mapped_column(String(300), default="")  # the page on which its owner lets us in
    client_id: Mapped[str] = mapped_column(String(200), default="")
    client_secret_sealed: Mapped[str] = mapped_column(Text, default="")
    refresh_token_sealed: Mapped[str] = mapped_column(Text, default="")
    access_token_sealed: Mapped[str] = mapped_column(Text, default="")
    access_until: Mapped[datetime | None]  # when the access token ends
    folder: Mapped[str] = mapped_column(String(100), default="INBOX")
    afterwards: Mapped[str] = mapped_column(String(10), default="keep")
    authserv_id: Mapped[str] = mapped_column(String(200), default="")  # our own server's name in Authentication-Results
    takes_subaddresses: Mapped[bool] = mapped_column(default=False)  # address+word@… arrives here
    opens_itself: Mapped[bool] = mapped_column(default=False)  # what is plainly a complaint becomes a ticket at once
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))  # proposed where the words say nothing
    channel: Mapped[str] = mapped_column(String(10), default="email")
    is_active: Mapped[bool] = mapped_column(default=True)
    uid_validity: Mapped[int | None] = mapped_column(BigInteger)  # of the folder as last read (RFC 9051, 2.3.1.1)
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)  # all up to here are stored
    settled_uid: Mapped[int] = mapped_column(BigInteger, default=0)  # and up to here marked or deleted on the server
    fetched_at: Mapped[datetime | None]  # when it was last read to its end
    connected_at: Mapped[datetime | None]  # when it was set up or switched on
    last_error: Mapped[str] = mapped_column(String(300), default="")
    category: Mapped[Category | None] = relationship()

    @property
    def password(self) -> str:
        """Raises SecretLost when SECRET_KEY is another than the one it was sealed with."""
        return sealed_secret.unseal(self.password_sealed, "mailbox") if self.password_sealed else ""

    def set_password(self, password: str) -> None:
        self.password_sealed = sealed_secret.seal(password, "mailbox") if password else ""

    @property
    def is_by_token(self) -> bool:
        """Is it opened by an OAuth2 token?"""
        return bool(self.token_server)

    @property
    def may_ask_consent(self) -> bool:
        return self.is_by_token and bool(self.consent_url and self.client_id)

    @property
    def client_secret(self) -> str:
        return sealed_secret.unseal(self.client_secret_sealed, "mailbox client") if self.client_secret_sealed else ""

    @property
    def refresh_token(self) -> str:
        return sealed_secret.unseal(self.refresh_token_sealed, "mailbox refresh") if self.refresh_token_sealed else ""

    @property
    def access_token(self) -> str:
        return sealed_secret.unseal(self.access_token_sealed, "mailbox access") if self.access_token_sealed else ""

    def set_client_secret(self, secret: str) -> None:
        self.client_secret_sealed = sealed_secret.seal(secret, "mailbox client") if secret else ""

    def set_refresh_token(self, token: str) -> None:
        self.refresh_token_sealed = sealed_secret.seal(token, "mailbox refresh") if token else ""

    def keep_token(self, token: str, until: datetime, refresh_token: str) -> None:
        """The access token until its end, and the refresh token where the server gave a new one."""
        self.access_token_sealed, self.access_until = sealed_secret.seal(token, "mailbox access"), until
        if refresh_token:
            self.set_refresh_token(refresh_token)

    def holds_token_until(self, spare: timedelta) -> bool:
        """Does the access token hold for so long yet?"""
        return bool(self.access_token_sealed) and self.access_until is not None and self.access_until > utcnow() + spare

    @property
    def is_fetched(self) -> bool:
        return self.is_active and bool(self.host)

    @property
    def is_silent(self) -> bool:
        """Has nothing been fetched here for a quarter of an hour?"""
        since = self.fetched_at or self.connected_at
        return self.is_fetched and since is not None and since < utcnow() - SILENT_AFTER

    def __str__(self) -> str:
        return self.address


def active_mailboxes() -> list[Mailbox]:
    """The mailboxes in use, the first one set up first."""
    return list(db.session.scalars(select(Mailbox).where(Mailbox.is_active).order_by(Mailbox.id)))


def reply_mailbox() -> Mailbox | None:
    """Where answers to our mails go: the first one in use that takes subaddresses, else the first."""
    found = active_mailboxes()
    return next((box for box in found if box.takes_subaddresses), found[0] if found else None)


def is_mail_connected() -> bool:
    """May the public be invited to write? A mailbox in use is filled by the pipe, or has been fetched."""
    return setting.recent("mail_is_connected", _is_mail_connected, if_away=False)


def _is_mail_connected() -> bool:
    query = select(Mailbox.id).where(Mailbox.is_active, (Mailbox.host == "") | Mailbox.fetched_at.is_not(None))
    return db.session.scalar(query.limit(1)) is not None
