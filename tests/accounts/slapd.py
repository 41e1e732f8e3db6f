"""A real directory server for the tests: Debian's slapd with its own folder, ports and test CA."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import trustme

from gateways.directory.ldap import LdapDirectory
from gateways.directory.ldap_session import LdapSettings
from gateways.directory.openldap import OpenLdap

SUFFIX = "dc=kampus,dc=test"
PEOPLE = f"ou=people,{SUFFIX}"
SERVICE = f"cn=helpdesk,{SUFFIX}"
SERVICE_PASSWORD = "layanan-direktori-uji"  # of this throw-away server alone

RELAX_RULES = "1.3.6.1.4.1.4203.666.5.12"

CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
{ppolicy_module}
pidfile {home}/slapd.pid
TLSCACertificateFile {home}/ca.pem
TLSCertificateFile {home}/server.pem
TLSCertificateKeyFile {home}/server.key
security simple_bind=128
database mdb
suffix "{suffix}"
rootdn "cn=root,{suffix}"
directory {home}/data
maxsize 104857600
limits dn.exact="{service}" size.soft=unlimited size.hard=unlimited size.prtotal=unlimited
access to dn.subtree="ou=sealed,{suffix}" by * none
access to attrs=userPassword by dn.exact="{service}" write by self write by anonymous auth by * none
access to * by dn.exact="{service}" manage by self read by * none
{ppolicy_overlay}
"""

OVERLAY = """
overlay ppolicy
ppolicy_default "cn=default,{suffix}"
"""

DATA = """
dn: {suffix}
objectClass: dcObject
objectClass: organization
o: Kampus
dc: kampus

dn: ou=people,{suffix}
objectClass: organizationalUnit
ou: people

dn: ou=sealed,{suffix}
objectClass: organizationalUnit
ou: sealed

dn: {service}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: helpdesk
userPassword: {service_password}

"""

POLICY = """
dn: cn=default,{suffix}
objectClass: organizationalRole
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
pwdCheckQuality: 2
pwdMinLength: 10
pwdMustChange: FALSE
pwdLockout: TRUE

"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Slapd:
    """One running slapd; `with Slapd(folder) as server:` starts it and takes it down again."""

    def __init__(self, home: Path, *, with_policy: bool = True) -> None:
        self.home, self.with_policy = home, with_policy
        self.port, self.tls_port = free_port(), free_port()

    def __enter__(self) -> "Slapd":
        (self.home / "data").mkdir(parents=True)
        self._write_certificates()
        self._write_config()
        self._load()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        urls = f"ldap://127.0.0.1:{self.port} ldaps://127.0.0.1:{self.tls_port}"
        self.process = subprocess.Popen(
            [self._binary("slapd"), "-d", "0", "-f", str(self.config), "-h", urls],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.tls_port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError("slapd did not come up")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def settings(self, **changes: object) -> LdapSettings:
        given: dict = {
            "url": f"ldaps://localhost:{self.tls_port}",
            "bind_dn": SERVICE,
            "bind_password": SERVICE_PASSWORD,
            "base_dn": PEOPLE,
            "ca_file": str(self.home / "ca.pem"),
        }
        return LdapSettings(**(given | changes))

    def directory(self, **changes: object) -> LdapDirectory:
        return LdapDirectory(self.settings(**changes))

    def forget_people(self) -> None:
        """Remove every login, so that each test begins with none."""
        with self.directory()._session() as session:
            rows = [row for page in session.pages(OpenLdap.everybody, ["uid"]) for row in page]
            for row in rows:
                session.write("delete", row.place)

    def binds(self, login: str, password: str, place: str = "") -> bool:
        """Whether a login and password open a session, asked by OpenLDAP's own client."""
        answer = subprocess.run(
            ["ldapwhoami", "-x", "-H", f"ldaps://localhost:{self.tls_port}", "-w", password]
            + ["-D", place or f"uid={login},{PEOPLE}"],
            env=os.environ | {"LDAPTLS_REQCERT": "never"},  # libldap puts its own host name for "localhost"
            capture_output=True,
        )
        invalid_credentials, must_change_first = 49, 50
        assert answer.returncode in (0, invalid_credentials, must_change_first), answer.stderr
        return answer.returncode != invalid_credentials

    def age_password(self, login: str) -> None:
        """Date the password back to 2020 (by the relax control, which only a manager of the directory may use)."""
        with self.directory()._session() as session:
            old = {"pwdChangedTime": [("MODIFY_REPLACE", ["20200101000000Z"])]}
            session.connection.modify(f"uid={login},{PEOPLE}", old, controls=[(RELAX_RULES, True, None)])
            session._check()

    def raw(self, dn: str) -> str:
        """One entry with its operational attributes as slapcat prints it (the server's own disk)."""
        command = [
            self._binary("slapcat"),
            "-f",
            str(self.config),
            "-a",
            f"(entryDN={dn})",
            "-o",
            "ldif-wrap=no",
        ]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    @staticmethod
    def _binary(name: str) -> str:
        found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
        assert found, f"{name} is missing: run scripts/install-test-tools"
        return found

    def _write_certificates(self) -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.home / "ca.pem"))
        server = authority.issue_cert("localhost")
        server.private_key_pem.write_to_path(str(self.home / "server.key"))
        for number, part in enumerate(server.cert_chain_pems):
            part.write_to_path(str(self.home / "server.pem"), append=number > 0)
        trustme.CA().cert_pem.write_to_path(str(self.home / "stranger-ca.pem"))

    def _write_config(self) -> None:
        self.config = self.home / "slapd.conf"
        names = {"home": self.home, "suffix": SUFFIX, "service": SERVICE}
        module = "moduleload ppolicy" if self.with_policy else ""
        overlay = OVERLAY.format(**names) if self.with_policy else ""
        self.config.write_text(CONFIG.format(ppolicy_module=module, ppolicy_overlay=overlay, **names))

    def _load(self) -> None:
        data = (DATA + (POLICY if self.with_policy else "")).format(
            suffix=SUFFIX, service=SERVICE, service_password=SERVICE_PASSWORD
        )
        subprocess.run(
            [self._binary("slapadd"), "-f", str(self.config)],
            input=data,
            text=True,
            check=True,
            capture_output=True,
        )
