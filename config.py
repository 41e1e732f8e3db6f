"""The configuration: the one place that reads the environment."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from config_readers import (
    ConfigError,
    database_url,
    flag,
    host_name,
    issuer_address,
    link,
    listed,
    mail_address,
    networks,
    number,
    read_url,
    readable_file,
    web_address,
    writable_folder,
)
from gateways.web_push import SERVICES
from models.tickets.access_key import KeyRing

ROOT = Path(__file__).resolve().parent
ENVIRONMENTS = ("production", "development", "test")
WEAK_SECRETS = {"dev", "secret", "changeme", "change-me", "password", "secretkey", "secret-key"}
MEGABYTE = 1024 * 1024


def load(needs_secrets: bool = True) -> dict[str, str | int | bool | None]:
    """Read the environment into Flask's configuration.

    `needs_secrets` is false only for commands that print what the code declares.
    Raises ConfigError in production when a secret is missing or weak, BASE_URL is not https,
    or debugging is on (security.md S10).
    """
    env = os.environ.get("HELPDESK_ENV", "production")
    if env not in ENVIRONMENTS:
        raise ConfigError(f"HELPDESK_ENV must be one of {', '.join(ENVIRONMENTS)}, not {env!r}.")
    production = env == "production"
    instance = Path(os.environ.get("INSTANCE_PATH") or ROOT / "instance").resolve()
    if needs_secrets:
        writable_folder("INSTANCE_PATH", str(instance))
    config = {
        "HELPDESK_ENV": env,
        "INSTANCE_PATH": str(instance),
        "SECRET_KEY": _secret("SECRET_KEY", instance, production, needs_secrets),
        "SECRET_KEY_FALLBACKS": listed("SECRET_KEY_FALLBACKS"),
        "LINK_KEY": _link_key(instance, production, needs_secrets),
        "AUDIT_KEY": _audit_key(instance, needs_secrets),
        "BASE_URL": _base_url(production and needs_secrets),
        "SQLALCHEMY_DATABASE_URI": database_url(f"sqlite:///{instance / 'helpdesk.db'}"),
        "DATABASE_READ_URL": read_url(),
        "TESTING": env == "test",
        "TRUSTED_HOSTS": listed("TRUSTED_HOSTS") or None,
        "PROXY_HOPS": number("PROXY_HOPS", 0, least=0, most=9),
        "SESSION_COOKIE_NAME": "__Host-sid" if production else "sid",
        "SESSION_COOKIE_SECURE": production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PASSWORD_COST": (1, 8) if env == "test" else (2, 19 * 1024),  # Argon2id: passes, KiB; OWASP's minimum
        "SECOND_FACTOR": _second_factor(production and needs_secrets),
        "SESSION_IDLE_MINUTES": 30,
        "SESSION_HOURS": 8,
        "MAX_CONTENT_LENGTH": 26 * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": MEGABYTE,
        "MAX_FORM_PARTS": 200,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "id",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Jakarta",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "BACKUP_FOLDER": writable_folder("BACKUP_FOLDER"),  # backups in the instance folder when empty
        "OUTAGE_COPY_FOLDER": writable_folder("OUTAGE_COPY_FOLDER"),  # where the copy of /gangguan is written
        "OUTAGE_PUSH_COMMAND": os.environ.get("OUTAGE_PUSH_COMMAND", ""),  # run on each change, without a shell
        "SOURCE_URL": link("SOURCE_URL"),  # where the source of this very version is offered (AGPL, section 13)
        "WATCH_CA_FILE": readable_file("WATCH_CA_FILE") or None,  # a campus's own authority for watched services
        "PUSH_SERVICES": listed("PUSH_SERVICES") or SERVICES,  # which browsers' services may be asked to notify staff
        "METRICS_FROM": networks("METRICS_FROM", ["127.0.0.1", "::1"]),  # who may read /metrics
        "METRICS_FOLDER": writable_folder("METRICS_FOLDER") or _metrics_folder(instance),
        **_mail(instance, env),
        **_directory(),
        **_campus(env),
    }
    if production and needs_secrets:
        if os.environ.get("FLASK_DEBUG", "0") not in ("", "0"):
            raise ConfigError("FLASK_DEBUG must be off in production.")
        _refuse_equal_secrets(config["SECRET_KEY"], config["LINK_KEY"])
        host = config["BASE_URL"].split("://", 1)[1].split("/")[0]
        config["TRUSTED_HOSTS"] = config["TRUSTED_HOSTS"] or [host.split(":")[0], "localhost", "127.0.0.1"]
    return config


def _secret(name: str, instance: Path, production: bool, needed: bool, prefix: str = "") -> str:
    value = os.environ.get(name, "")
    if value:
        if production and needed and (len(value) < 32 or value.lower() in WEAK_SECRETS or len(set(value)) < 8):
            raise ConfigError(f"{name} is too weak: use 32 random characters or more.")
        return value if ":" in value or not prefix else prefix + value
    if not needed:
        return prefix + secrets.token_hex(32)
    if production:
        raise ConfigError(f"{name} is missing: set it to 32 random characters or more.")
    return _kept_secret(instance / name.lower(), prefix)


def _audit_key(instance: Path, needed: bool) -> str:
    """The key of the seals (security.md B2): given, or made once and kept beside the database, in production too."""
    value = os.environ.get("AUDIT_KEY", "")
    if value and needed and (len(value) < 32 or len(set(value)) < 8):
        raise ConfigError("AUDIT_KEY is too weak: use 32 random characters or more.")
    return value or (_kept_secret(instance / "audit_key", "") if needed else secrets.token_hex(32))


def _kept_secret(path: Path, prefix: str) -> str:
    """A key that is generated once per installation and kept with mode 0600."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        part = path.with_suffix(f".{os.getpid()}")
        part.touch(mode=0o600)
        part.write_text(prefix + secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):  # another process was first: its key counts
            os.link(part, path)
        part.unlink()
    return path.read_text().strip()


def _second_factor(production: bool) -> str:
    """Whether heads, administrators and operators must have a second factor: in production always."""
    chosen = os.environ.get("SECOND_FACTOR", "").strip() or ("required" if production else "offered")
    if chosen not in ("required", "offered"):
        raise ConfigError(f"SECOND_FACTOR must be required or offered, not {chosen[:40]!r}.")
    if production and chosen != "required":
        raise ConfigError("SECOND_FACTOR must be required in production: leave it out.")
    return chosen


def _base_url(production: bool) -> str:
    default = "" if production else f"http://127.0.0.1:{number('PORT', 5000, least=1, most=65535)}"
    return web_address("BASE_URL", default, secure=production)


def _link_key(instance: Path, production: bool, needed: bool) -> str:
    """The ring of keys, sound enough to make and recognise access codes."""
    text = _secret("LINK_KEY", instance, production, needed, prefix="k1:")
    try:
        KeyRing.parse(text)
    except ValueError as fault:
        raise ConfigError(f"LINK_KEY is not as it must be (id:secret[,older:secret]): {fault}") from None
    return text


def _refuse_equal_secrets(secret_key: str, link_key: str) -> None:
    """Whoever learns one of two equal secrets has both."""
    if secret_key in [part.partition(":")[2] for part in link_key.split(",")]:
        raise ConfigError("SECRET_KEY is the same secret as one of LINK_KEY: give each its own 32 random characters.")


def _directory() -> dict[str, str | int | bool | None]:
    """The campus directory (LDAP); without an address the account register stands alone."""
    url = os.environ.get("DIRECTORY_URL", "").strip()
    if url and not url.startswith(("ldap://", "ldaps://")):
        raise ConfigError(f"DIRECTORY_URL must begin with ldaps:// or ldap://, not {url.partition('://')[0][:40]!r}.")
    names = ("DIRECTORY_BIND_DN", "DIRECTORY_BIND_PASSWORD", "DIRECTORY_BASE_DN", "DIRECTORY_NEW_DN")
    found = {name: os.environ.get(name, "") for name in names}
    return {"DIRECTORY_URL": url, **found, "DIRECTORY_CA_FILE": readable_file("DIRECTORY_CA_FILE")}


def _campus(env: str) -> dict[str, str | int | bool | list[str] | None]:
    """Sign-in through the campus: an issuer (OpenID Connect), the directory, or neither; local logins always work."""
    issuer = issuer_address("OIDC_ISSUER", secure=env == "production")
    client = {name: os.environ.get(name, "").strip() for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")}
    if issuer and not all(client.values()):
        raise ConfigError("OIDC_ISSUER is set: OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are needed too.")
    local = os.environ.get("LOCAL_SIGN_IN", "").strip() or "everybody"
    if local not in ("everybody", "break_glass"):
        raise ConfigError(f"LOCAL_SIGN_IN must be everybody or break_glass, not {local[:40]!r}.")
    if flag("DIRECTORY_SIGN_IN") and not os.environ.get("DIRECTORY_URL", "").strip():
        raise ConfigError("DIRECTORY_SIGN_IN=1 needs a directory: set DIRECTORY_URL.")
    if flag("REQUESTER_SIGN_IN") and not (issuer or flag("DIRECTORY_SIGN_IN")):
        raise ConfigError("REQUESTER_SIGN_IN=1 needs a way in: set OIDC_ISSUER, or DIRECTORY_SIGN_IN=1.")
    return {
        "OIDC_ISSUER": issuer,
        **client,
        "OIDC_NAME": os.environ.get("OIDC_NAME", "").strip()[:60],  # on the button
        "OIDC_DOMAIN": os.environ.get("OIDC_DOMAIN", "").strip().lower(),
        "OIDC_NUMBER_CLAIM": os.environ.get("OIDC_NUMBER_CLAIM", "").strip(),
        "OIDC_SECOND_FACTOR": listed("OIDC_SECOND_FACTOR"),  # values of `amr` that prove one
        "OIDC_CA_FILE": readable_file("OIDC_CA_FILE") or None,
        "DIRECTORY_SIGN_IN": flag("DIRECTORY_SIGN_IN"),
        "REQUESTER_SIGN_IN": flag("REQUESTER_SIGN_IN"),  # requesters may, to see their own tickets; never must
        "DIRECTORY_NUMBER_ATTRIBUTE": os.environ.get("DIRECTORY_NUMBER_ATTRIBUTE", "").strip(),
        "LOCAL_SIGN_IN": local,
    }


def _metrics_folder(instance: Path) -> str:
    """In memory where there is such a folder: counts are small, and a full disk would kill whoever counts on it."""
    memory = Path("/dev/shm")  # noqa: S108  # the name holds user and installation, and the folder is its owner's alone
    if not os.access(memory, os.W_OK | os.X_OK):
        return str(instance / "metrics")
    house = hashlib.sha256(str(instance).encode()).hexdigest()[:12]
    return str(memory / f"helpdesk-metrics-{os.getuid()}-{house}")


def _mail(instance: Path, env: str) -> dict[str, str | int | bool | None]:
    """Flask-Mail's settings; without MAIL_SERVER outside production mails become files."""
    server = host_name("MAIL_SERVER")
    if flag("MAIL_USE_TLS") and flag("MAIL_USE_SSL"):
        raise ConfigError("MAIL_USE_TLS and MAIL_USE_SSL exclude each other: keep MAIL_USE_SSL=1 for port 465 alone.")
    return {
        "MAIL_SERVER": server or "localhost",
        "MAIL_PORT": number("MAIL_PORT", 25, least=1, most=65535),
        "MAIL_USE_TLS": flag("MAIL_USE_TLS"),
        "MAIL_USE_SSL": flag("MAIL_USE_SSL"),
        "MAIL_USERNAME": os.environ.get("MAIL_USERNAME") or None,
        "MAIL_PASSWORD": os.environ.get("MAIL_PASSWORD") or None,
        "MAIL_TOKEN_OF": (os.environ.get("MAIL_TOKEN_OF") or "").strip().lower(),
        "MAIL_CA_FILE": readable_file("MAIL_CA_FILE") or None,
        "MAIL_DEFAULT_SENDER": mail_address("MAIL_DEFAULT_SENDER", "pustikom@localhost"),
        "MAIL_TIMEOUT": number("MAIL_TIMEOUT", 20, least=1, most=300),
        "MAIL_AS_FILES": "" if server or env == "production" else str(instance / "mail"),
    }
