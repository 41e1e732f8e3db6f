"""A real Dovecot for tests, started on free ports by whoever runs them, and a mail server that delivers into it.

The delivering server stands for the campus's own: it writes who vouches for the sender on top of the mail, as that does.
"""

from __future__ import annotations

import grp
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import trustme

from tests.mail_server import Controller, free_port

PASSWORD = "surat-masuk-5150"
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {place}/run
state_dir = {place}/run
log_path = {place}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
ssl = required
ssl_cert = <{place}/server.pem
ssl_key = <{place}/server.pem
mail_location = maildir:{place}/%n
mail_fsync = never
auth_mechanisms = {mechanisms}
{tokens}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={place}/%n
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service imap {{
  process_limit = 8
}}
"""
TOKENS = """
introspection_url = {url}
introspection_mode = post
force_introspection = yes
active_attribute = active
active_value = true
username_attribute = username
"""


class ImapServer:
    """A running Dovecot; `deliver` puts a mail into somebody's inbox as a mail server does.

    `token_check` is the address at which it asks whether an OAuth2 token is good (RFC 7662), spoken by `mechanisms`.
    """

    def __init__(self, place: Path, token_check: str = "", mechanisms: str = "xoauth2 oauthbearer") -> None:
        program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
        assert program, "dovecot-imapd is not installed: scripts/install-test-tools"
        self.place, self.port, self.plain_port = place, free_port(), free_port()
        self.ca_file = place / "ca.pem"
        self._count = itertools.count(1)
        place.mkdir()
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.ca_file))
        authority.issue_cert("localhost", "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
            str(place / "server.pem")
        )
        config = place / "dovecot.conf"
        tokens = ""
        if token_check:
            (place / "tokens.ext").write_text(TOKENS.format(url=token_check))
            tokens = f"passdb {{\n  driver = oauth2\n  mechanisms = {mechanisms}\n  args = {place}/tokens.ext\n}}"
        spoken = f"plain login {mechanisms}" if token_check else "plain login"
        config.write_text(CONFIG.format(place=place, tokens=tokens, mechanisms=spoken, port=self.port, plain_port=self.plain_port, password=PASSWORD,
                                        **self._people()))  # fmt: skip
        self._server = subprocess.Popen([program, "-F", "-c", str(config)])
        self._wait()

    def _people(self) -> dict[str, Any]:
        """As root mails lie with another user, since Dovecot gives root no mailbox."""
        user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        if os.getuid():
            return {"user": user, "group": group, "mail_user": user, "mail_group": group}
        self.place.chmod(0o777)
        for parent in self.place.parents:
            if parent.stat().st_uid == 0 and parent.stat().st_mode & 0o005 != 0o005 and str(parent) != "/":
                parent.chmod(parent.stat().st_mode | 0o011)
        return {"user": "nobody", "group": "nogroup", "mail_user": "nobody", "mail_group": "nogroup"}

    def _wait(self) -> None:
        for _turn in range(200):
            if self._server.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        log = self.place / "dovecot.log"
        raise AssertionError(log.read_text() if log.exists() else "dovecot did not start")

    def deliver(self, raw: bytes, user: str = "pengaduan") -> None:
        folder = self.place / user
        for name in ("", "tmp", "new", "cur"):
            (folder / name).mkdir(exist_ok=True)
            if not os.getuid():
                (folder / name).chmod(0o777)
        name = f"{time.time():.6f}.M{next(self._count)}.test"
        (folder / "tmp" / name).write_bytes(raw)
        if not os.getuid():
            (folder / "tmp" / name).chmod(0o666)
        (folder / "tmp" / name).rename(folder / "new" / name)

    def mails(self, user: str = "pengaduan") -> list[Path]:
        return sorted([*(self.place / user / "new").glob("*"), *(self.place / user / "cur").glob("*")])

    def renumber(self, user: str = "pengaduan") -> None:
        """What happens when a server is rebuilt: another UIDVALIDITY, and every mail has another UID."""
        for index in (self.place / user).glob("dovecot*"):
            index.unlink()

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait(10)


class Delivering:
    """aiosmtpd's handler of the campus's own mail server; `says` is what it found out about the sender."""

    def __init__(self, server: ImapServer, says: str = "") -> None:
        self.server, self.says = server, says

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        head = f"Authentication-Results: mx.kampus.example; {self.says}\r\n".encode() if self.says else b""
        self.server.deliver(head + envelope.content, envelope.rcpt_tos[0].partition("@")[0].partition("+")[0])
        return "250 accepted"


def delivering_smtp(server: ImapServer, says: str = "") -> Any:
    """A started aiosmtpd whose mails lie in Dovecot's inboxes; `.port` and `.stop()`."""
    controller = Controller(Delivering(server, says), hostname="127.0.0.1", port=free_port())
    controller.start()
    return controller
