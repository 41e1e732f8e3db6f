"""Asks the campus directory whether a name and a password belong together, for staff who sign in with them."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app

from gateways.directory.open_directory import open_directory
from models.organisation.campus_identity import LONGEST_ISSUER
from procedures.organisation.campus_identity import Proved


def asks_directory() -> bool:
    """Is the directory configured to answer for staff?"""
    return bool(current_app.config["DIRECTORY_SIGN_IN"] and current_app.config["DIRECTORY_URL"])


def directory_name() -> str:
    """Under which an identity of the directory is kept: its base, for servers move and are several."""
    base = current_app.config["DIRECTORY_BASE_DN"].lower()
    return f"ldap:{base or urlsplit(current_app.config['DIRECTORY_URL']).hostname}"[:LONGEST_ISSUER]


def prove(login: str, password: str) -> Proved | None:
    """Who it is, or None where they do not belong together. Raises DirectoryError."""
    entry = open_directory(current_app.config).prove(login, password, current_app.config["DIRECTORY_NUMBER_ATTRIBUTE"])
    if entry is None:
        return None
    return Proved(directory_name(), entry.unique, login, entry.number)
