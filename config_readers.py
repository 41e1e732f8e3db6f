"""Reads single values of the environment, each refused in one sentence that names the variable and the cure."""

from __future__ import annotations

import os
import re
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

ON, OFF = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
ADDRESS = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,189}")


class ConfigError(RuntimeError):
    """The environment does not allow a (safe) start; the message says what to set."""


def number(name: str, default: int, least: int, most: int) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        raise ConfigError(f"{name} must be a whole number from {least} to {most}, not {text[:40]!r}.")
    return int(text)


def flag(name: str) -> bool:
    text = os.environ.get(name, "").strip().lower()
    if text not in ON + OFF:
        raise ConfigError(f"{name} must be 1 (yes) or 0 (no), not {text[:40]!r}.")
    return text in ON


def listed(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def networks(name: str, default: list[str]) -> list[str]:
    """Networks or single addresses, with commas between."""
    found = listed(name) or default
    for text in found:
        try:
            ip_network(text, strict=False)
        except ValueError:
            raise ConfigError(
                f"{name} must be networks such as 10.1.0.0/16 or addresses with commas between, not {text[:60]!r}."
            ) from None
    return found


def mail_address(name: str, default: str) -> str:
    text = os.environ.get(name, "").strip() or default
    if not ADDRESS.fullmatch(text):
        raise ConfigError(f"{name} must be one mail address such as pustikom@kampus.ac.id, not {text[:80]!r}.")
    return text


def host_name(name: str) -> str:
    text = os.environ.get(name, "").strip()
    if "/" in text or " " in text or text.count(":") == 1:
        raise ConfigError(f"{name} must be a host name alone, not {text[:80]!r}; the port has a variable of its own.")
    return text


def link(name: str) -> str:
    """An address that people open, or nothing."""
    text = os.environ.get(name, "").strip()
    if text and not text.startswith(("https://", "http://")):
        raise ConfigError(f"{name} must be an address that begins with https://, not {text[:80]!r}.")
    return text


def readable_file(name: str) -> str:
    """The path of a file that is there, or nothing."""
    text = os.environ.get(name, "").strip()
    if text and not (Path(text).is_file() and os.access(text, os.R_OK)):
        raise ConfigError(f"{name}: the file {text} is not there or cannot be read; correct the path or its rights.")
    return text


def writable_folder(name: str, default: str = "") -> str:
    """The path of a folder into which the helpdesk can write, made if it is not there; or nothing."""
    text = os.environ.get(name, "").strip() or default
    if not text:
        return ""
    path = Path(text).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
        cause = "" if os.access(path, os.W_OK | os.X_OK) else "permission denied"
    except OSError as fault:
        cause = (fault.strerror or type(fault).__name__).lower()
    if cause:
        raise ConfigError(
            f"{name}: the helpdesk cannot write into the folder {path} ({cause}); give it to the user that runs the "
            "helpdesk, or name another folder."
        )
    return str(path)


def web_address(name: str, default: str, secure: bool) -> str:
    """An address with scheme and host and nothing behind them; `secure`: https alone."""
    typed = os.environ.get(name, "").strip()
    text = typed.rstrip("/") or default
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        sound = False
    if secure and not text.startswith("https://"):
        sound = False
    if not sound or parts.path or parts.query or parts.fragment or parts.username:
        kind = "https" if secure else "http or https"
        raise ConfigError(
            f"{name} must be the {kind} address under which people reach the helpdesk, such as "
            f"https://helpdesk.kampus.ac.id, not {typed[:80]!r}."
        )
    return text


def issuer_address(name: str, secure: bool) -> str:
    """The address of an issuer as it writes it, a path included, or nothing; http for one on this machine alone."""
    text = os.environ.get(name, "").strip()
    try:
        parts = urlsplit(text)
        is_near = not secure and parts.hostname in ("localhost", "127.0.0.1")
        sound = bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_near))
    except ValueError:
        sound = False
    if text and (not sound or parts.query or parts.fragment or parts.username):
        raise ConfigError(
            f"{name} must be the https address that the issuer calls itself, such as https://masuk.kampus.ac.id, "
            f"not {text[:80]!r}."
        )
    return text


def database_url(default: str) -> str:
    """DATABASE_URL for SQLAlchemy; its password never stands in a refusal."""
    return _sound_url("DATABASE_URL", os.environ.get("DATABASE_URL", "").strip() or default)


def read_url() -> str:
    """DATABASE_READ_URL, a streaming replica of the PostgreSQL of DATABASE_URL; empty where there is none."""
    text = os.environ.get("DATABASE_READ_URL", "").strip()
    if text and not os.environ.get("DATABASE_URL", "").startswith("postgresql"):
        raise ConfigError("DATABASE_READ_URL names a replica of PostgreSQL: leave it out where DATABASE_URL has none.")
    if text.startswith("sqlite"):
        raise ConfigError("DATABASE_READ_URL must begin with postgresql+psycopg://: SQLite has no replica.")
    return _sound_url("DATABASE_READ_URL", text) if text else ""


def _sound_url(name: str, text: str) -> str:
    scheme = text.partition("://")[0]
    if scheme not in ("sqlite", "postgresql", "postgresql+psycopg"):
        shown = f"{scheme[:30]}://…" if "://" in text else "what it is now"
        raise ConfigError(f"{name} must begin with postgresql+psycopg:// or sqlite:///, not {shown!r}.")
    text = text.replace("postgresql://", "postgresql+psycopg://", 1)
    try:
        url = make_url(text)
        complete = bool(url.database)
    except (ArgumentError, ValueError):
        complete = False
    if not complete:
        raise ConfigError(
            f"{name} is not complete: write postgresql+psycopg://user:password@host:5432/database, with %40 for "
            "an @ in the password, or sqlite:////absolute/path/helpdesk.db."
        )
    return text
