"""A small campus in network namespaces: a monitor, a router, three switches, ten hosts, and their cables."""

import ctypes
import os
import shutil
import subprocess
from contextlib import contextmanager

import pytest

CLONE_NEWNET = 0x40000000
SWITCHES = {"sw1": 4, "sw2": 3, "sw3": 3}


def _ip(*arguments, check=True):
    return subprocess.run(["ip", *arguments], check=check, capture_output=True, text=True)


def why_not():
    """The reason why this machine cannot build namespaces, or an empty text."""
    if shutil.which("ip") is None:
        return "iproute2 is not installed"
    name = f"pk{os.getpid()}try"
    tried = _ip("netns", "add", name, check=False)
    if tried.returncode:
        return f"network namespaces are not allowed here: {tried.stderr.strip()}"
    link = _ip("-n", name, "link", "add", "name", "near", "type", "veth", "peer", "name", "far", check=False)
    _ip("netns", "del", name, check=False)
    return f"veth links are not allowed here: {link.stderr.strip()}" if link.returncode else ""


class Campus:
    """`addresses` maps each node's name to its address, `uplinks` to the node before it."""

    def __init__(self):
        self.prefix = f"pk{os.getpid()}"
        self.addresses, self.uplinks, self.cables = {"router": "10.77.0.1"}, {"router": None}, {}

    def build(self):
        for name in ("monitor", "router"):
            self._namespace(name)
        self._cable("monitor", "eth0", "router", "up0")
        self._address("monitor", "eth0", "10.77.0.2/24")
        self._address("router", "up0", "10.77.0.1/24")
        self._in("monitor", "route", "add", "default", "via", "10.77.0.1")
        self._sysctl("router", "net.ipv4.ip_forward=1")
        for number, (switch, hosts) in enumerate(SWITCHES.items(), start=1):
            self._switch(number, switch, hosts)

    def _switch(self, number, switch, hosts):
        self._namespace(switch)
        self._in(switch, "link", "add", "name", "br0", "type", "bridge")
        self._in(switch, "link", "set", "br0", "up")
        self._cable("router", f"down{number}", switch, "up0")
        self._address("router", f"down{number}", f"10.77.{number}.1/24")
        self._in(switch, "link", "set", "up0", "master", "br0")
        self._node(switch, "router", "br0", f"10.77.{number}.2", f"10.77.{number}.1")
        for host in range(1, hosts + 1):
            name = f"h{number}{host}"
            self._namespace(name)
            self._cable(switch, name, name, "eth0")
            self._in(switch, "link", "set", name, "master", "br0")
            self._node(name, switch, "eth0", f"10.77.{number}.{10 + host}", f"10.77.{number}.1")

    def _node(self, name, uplink, device, address, gateway):
        self._address(name, device, f"{address}/24")
        self._in(name, "route", "add", "default", "via", gateway)
        self.addresses[name], self.uplinks[name] = address, uplink

    def _namespace(self, name):
        _ip("netns", "add", f"{self.prefix}{name}")
        self._in(name, "link", "set", "lo", "up")

    def _cable(self, near, near_device, far, far_device):
        ends = ("peer", "name", far_device, "netns", f"{self.prefix}{far}")
        self._in(near, "link", "add", "name", near_device, "type", "veth", *ends)
        self._in(near, "link", "set", near_device, "up")
        self._in(far, "link", "set", far_device, "up")
        self.cables[far] = (near, near_device)

    def _address(self, name, device, address):
        self._in(name, "addr", "add", address, "dev", device)

    def _in(self, name, *arguments):
        return _ip("-n", f"{self.prefix}{name}", *arguments)

    def _sysctl(self, name, setting):
        _ip("netns", "exec", f"{self.prefix}{name}", "sysctl", "-q", "-w", setting)

    def cut(self, name):
        """Take the cable between this node and its uplink out."""
        near, device = self.cables[name]
        self._in(near, "link", "set", device, "down")

    def mend(self, name):
        """Put the cable back."""
        near, device = self.cables[name]
        self._in(near, "link", "set", device, "up")

    def allow_datagram_pings(self):
        self._sysctl("monitor", "net.ipv4.ping_group_range=0 2147483647")

    @contextmanager
    def monitor(self):
        """Run the block, and the threads it starts, in the monitor's namespace."""
        libc = ctypes.CDLL(None, use_errno=True)
        with (
            open("/proc/thread-self/ns/net", "rb") as home,
            open(f"/run/netns/{self.prefix}monitor", "rb") as there,
        ):
            _set_namespace(libc, there)
            try:
                yield
            finally:
                _set_namespace(libc, home)

    def tear_down(self):
        for line in _ip("netns", "list").stdout.split("\n"):
            if line.startswith(self.prefix):
                _ip("netns", "del", line.split()[0], check=False)


def _set_namespace(libc, file):
    if libc.setns(file.fileno(), CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


@pytest.fixture(scope="module")
def campus():
    """The campus, whole; skipped with the reason where namespaces are not allowed."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    built = Campus()
    try:
        built.build()
        yield built
    finally:
        built.tear_down()
