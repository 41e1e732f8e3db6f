"""Opens the campus directory that the configuration names, or the stand-in of a campus that has none."""

from collections.abc import Mapping
from typing import Any

from gateways.directory.interface import TIME_LIMIT_SECONDS, Directory, RegisterAlone


def open_directory(config: Mapping[str, Any]) -> Directory:
    """The directory that the settings name; without DIRECTORY_URL the register stands alone."""
    if not config.get("DIRECTORY_URL"):
        return RegisterAlone()
    from gateways.directory.ldap import LdapDirectory  # noqa: PLC0415 - LDAP is optional
    from gateways.directory.ldap_session import LdapSettings  # noqa: PLC0415 - LDAP is optional

    return LdapDirectory(
        LdapSettings(
            url=config["DIRECTORY_URL"],
            bind_dn=config["DIRECTORY_BIND_DN"],
            bind_password=config["DIRECTORY_BIND_PASSWORD"],
            base_dn=config["DIRECTORY_BASE_DN"],
            new_dn=config.get("DIRECTORY_NEW_DN") or "",
            ca_file=config.get("DIRECTORY_CA_FILE") or None,
            time_limit=config.get("DIRECTORY_SECONDS", TIME_LIMIT_SECONDS),
        )
    )
