"""The OAuth2 servers that a mailbox is set up with by choosing their name."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from models.base.wording import Words


@dataclass(frozen=True)
class TokenServer:
    """Where a token is asked for, for what, and where its owner consents; empty where it is typed."""

    name: Words
    url: str = ""
    scope: str = ""
    consent_url: str = ""


TOKEN_SERVERS: dict[str, TokenServer] = {
    "google": TokenServer(
        "Google",
        "https://oauth2.googleapis.com/token",
        "https://mail.google.com/",
        "https://accounts.google.com/o/oauth2/v2/auth",
    ),
    "microsoft": TokenServer(
        "Microsoft 365",
        "https://login.microsoftonline.com/organizations/oauth2/v2.0/token",
        "https://outlook.office365.com/IMAP.AccessAsUser.All offline_access",
        "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize",
    ),
    "other": TokenServer(_l("Lainnya")),
}
