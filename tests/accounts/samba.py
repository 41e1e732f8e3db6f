"""A real Active Directory for the tests: Samba's domain controller with its own folder, loopback address and test CA.

It listens on ports 389 and 636, which only root may: elsewhere its tests are left out, in CI they fail.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

import ldap3
import trustme

from gateways.directory.active_directory import ActiveDirectory
from gateways.directory.ldap import LdapDirectory
from gateways.directory.ldap_session import LdapSettings

DOMAIN = "DC=kampus,DC=test"
PEOPLE = f"OU=Orang,{DOMAIN}"
FACULTY = f"OU=FEB,{PEOPLE}"
ADMINISTRATOR = f"CN=Administrator,CN=Users,{DOMAIN}"
SERVICE = f"CN=helpdesk,CN=Users,{DOMAIN}"
PASSWORD = "Layanan-direktori-uji-1"  # of this throw-away server alone
TOOLS = ("samba", "samba-tool")


def why_not() -> str:
    """Why the domain controller cannot run here; "" where it can."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    missing = [tool for tool in TOOLS if shutil.which(tool, path=path) is None]
    if missing or not Path("/usr/share/samba/setup").is_dir():
        return f"not installed: {', '.join(missing) or 'samba-ad-provision'}"
    return "" if os.getuid() == 0 else "only root may listen on port 636"


class SambaDC:
    """One running domain controller; `with SambaDC(folder) as server:` provisions, starts and ends it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.address = f"127.{100 + secrets.randbelow(100)}.{secrets.randbelow(250)}.{1 + secrets.randbelow(250)}"

    def __enter__(self) -> SambaDC:
        self.home.mkdir(parents=True)
        self._provision()
        self._write_certificates()
        self.process = subprocess.Popen(
            [_tool("samba"), "-i", "-M", "single", "-s", str(self.home / "etc/smb.conf"), *self._options()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()
        self._settle()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)

    def directory(self, **changes: object) -> LdapDirectory:
        given: dict = {
            "url": f"ldaps://{self.address}",
            "bind_dn": SERVICE,
            "bind_password": PASSWORD,
            "base_dn": PEOPLE,
            "ca_file": str(self.home / "ca.pem"),
        }
        return LdapDirectory(LdapSettings(**(given | changes)))

    def binds(self, login: str, password: str) -> bool:
        """Whether this login and password open a session, as a workstation of the domain would ask."""
        return self._connection(f"{login}@kampus.test", password).bind()

    def add_user(self, place: str, login: str, **more: str) -> None:
        """An entry that somebody else made, long before us."""
        with self._as_administrator() as connection:
            attributes = {"sAMAccountName": login, "userAccountControl": "514", **more}
            assert connection.add(place, ["top", "person", "organizationalPerson", "user"], attributes), (
                connection.result
            )

    def raw(self, place: str) -> dict[str, list[bytes]]:
        with self._as_administrator() as connection:
            connection.search(place, "(objectClass=*)", ldap3.BASE, attributes=["*"])
            return connection.response[0]["raw_attributes"]

    def put(self, place: str, attribute: str, value: str) -> None:
        with self._as_administrator() as connection:
            assert connection.modify(place, {attribute: [(ldap3.MODIFY_REPLACE, [value])]}), connection.result

    def forget_people(self) -> None:
        with self.directory(bind_dn=ADMINISTRATOR)._session() as session:
            for row in [row for page in session.pages(ActiveDirectory.everybody, ["cn"]) for row in page]:
                session.write("delete", row.place)

    def _provision(self) -> None:
        subprocess.run(
            [
                _tool("samba-tool"), "domain", "provision", "--realm=KAMPUS.TEST", "--domain=KAMPUS", "--server-role=dc",
                "--dns-backend=NONE", f"--adminpass={PASSWORD}", f"--targetdir={self.home}", "--host-name=dc",
                f"--host-ip={self.address}", f"--option=posix:eadb={self.home}/eadb.tdb",
                "--option=vfs objects=dfs_samba4 acl_xattr xattr_tdb",
            ],
            check=True, capture_output=True,
        )  # fmt: skip

    def _options(self) -> list[str]:
        facts = {
            "server services": "ldap",
            "interfaces": f"{self.address}/8",
            "bind interfaces only": "yes",
            "old password allowed period": "0",  # minutes for which the one before would still bind
            "pid directory": str(self.home),
            "tls cafile": str(self.home / "ca.pem"),
            "tls certfile": str(self.home / "server.pem"),
            "tls keyfile": str(self.home / "server.key"),
        }
        return [f"--option={name}={value}" for name, value in facts.items()]

    def _write_certificates(self) -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.home / "ca.pem")
        trustme.CA().cert_pem.write_to_path(self.home / "stranger-ca.pem")
        server = authority.issue_cert(self.address)
        server.private_key_pem.write_to_path(self.home / "server.key")
        (self.home / "server.key").chmod(0o600)
        server.cert_chain_pems[0].write_to_path(self.home / "server.pem")

    def _wait(self) -> None:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex((self.address, 636)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("samba did not come up")

    def _settle(self) -> None:
        """The folders of people, and a service account that may manage accounts and is no administrator."""
        self.add_user(SERVICE, "helpdesk")
        with self.directory(bind_dn=ADMINISTRATOR)._session() as session:
            ActiveDirectory().set_password(session, SERVICE, PASSWORD)
            session.replace(SERVICE, "pwdLastSet", "-1")
            ActiveDirectory().unlock(session, SERVICE)
            operators = f"CN=Account Operators,CN=Builtin,{DOMAIN}"
            session.write("modify", operators, {"member": [(ldap3.MODIFY_ADD, [SERVICE])]})
            for place in (PEOPLE, FACULTY):
                session.write("add", place, ["organizationalUnit"], {})

    def _as_administrator(self) -> ldap3.Connection:
        connection = self._connection(ADMINISTRATOR, PASSWORD)
        connection.bind()
        return connection

    def _connection(self, name: str, password: str) -> ldap3.Connection:
        server = ldap3.Server(self.address, port=636, use_ssl=True, get_info=ldap3.NONE)
        return ldap3.Connection(server, name, password, check_names=False, auto_referrals=False)


def _tool(name: str) -> str:
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") or name
