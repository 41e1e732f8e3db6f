"""Machines of their own as far as the network goes: namespaces on one switch, of which a cable can be pulled.

Everything happens inside a namespace that the run makes for itself (`alone()`), so that no address and no name of it
meets the machine's own.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

HUB = "192.0.2.1"  # of the addresses for documents (RFC 5737): nobody's
SWITCH = "switch"
PORT = 8000


def alone() -> list[str]:
    """What stands before a command so that it runs in a network of its own."""
    if os.geteuid() == 0:
        return ["unshare", "--net", "--"]
    return ["unshare", "--user", "--map-current-user", "--keep-caps", "--net", "--"]


def why_not() -> str:
    """Why this machine lets nobody make such a network; empty where it does."""
    trial = f"ip link set lo up && ip link add {SWITCH} type bridge && ip link add va type veth peer name vb"
    try:
        made = subprocess.run([*alone(), "sh", "-c", trial], capture_output=True, text=True, timeout=20)
    except OSError as fault:
        return f"no tools for network namespaces: {fault}"
    return "" if made.returncode == 0 else f"network namespaces are not allowed here: {made.stderr.strip()[:200]}"


def make_switch() -> None:
    """Of this process's network, where its own address stands."""
    _ip("link", "set", "lo", "up")
    _ip("link", "add", SWITCH, "type", "bridge")
    _ip("address", "add", f"{HUB}/24", "dev", SWITCH)
    _ip("link", "set", SWITCH, "up")


@dataclass
class Machine:
    """A host with one cable to the switch."""

    name: str
    address: str

    def __post_init__(self) -> None:
        program = f"hostname {self.name} && echo ready && exec sleep infinity"
        self._holder = subprocess.Popen(["unshare", "--net", "--uts", "sh", "-c", program], stdout=subprocess.PIPE)
        assert self._holder.stdout is not None and self._holder.stdout.readline() == b"ready\n"
        self._port, inside = f"to-{self.name}", "eth0"
        _ip("link", "add", self._port, "type", "veth", "peer", "name", inside, "netns", str(self._holder.pid))
        for words in (
            ("link", "set", "lo", "up"), ("address", "add", f"{self.address}/24", "dev", inside), ("link", "set", inside, "up"),
        ):  # fmt: skip
            subprocess.run(self.inside("ip", *words), check=True, capture_output=True)
        _ip("link", "set", self._port, "up")
        self.plug_in()

    @property
    def base(self) -> str:
        return f"http://{self.address}:{PORT}"

    def inside(self, *words: str) -> Sequence[str]:
        """The command, run on this machine."""
        return ["nsenter", "--target", str(self._holder.pid), "--net", "--uts", "--", *words]

    def cut_off(self) -> None:
        """The cable is pulled at the switch: both ends believe that all is well, and nothing arrives."""
        _ip("link", "set", self._port, "nomaster")

    def plug_in(self) -> None:
        _ip("link", "set", self._port, "master", SWITCH)

    def end(self) -> None:
        self._holder.kill()
        self._holder.wait()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
