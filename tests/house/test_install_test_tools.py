"""scripts/install-test-tools: silent when all is there, plain about what is missing, an error only in CI."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "install-test-tools"
COMMANDS = ("chromium", "slapd", "ldapsearch", "iperf3", "ping", "ip", "pdftotext", "nginx", "strip", "systemd-analyze")


@pytest.fixture
def desk(tmp_path):
    """A PATH that holds bash, an `id` that is not root, and the tools that the test puts there."""
    (tmp_path / "bash").symlink_to(shutil.which("bash"))
    put(tmp_path, "id", "echo 1000")
    return tmp_path


def put(desk, command, body=":"):
    (desk / command).write_text(f"#!{shutil.which('bash')}\n{body}\n")
    (desk / command).chmod(0o755)


def run(desk, ci):
    command = [shutil.which("bash"), SCRIPT]
    return subprocess.run(command, env={"PATH": str(desk), "CI": ci}, capture_output=True, text=True, timeout=20)


@pytest.mark.parametrize("ci", ["true", "false"])
def test_it_is_silent_when_everything_is_there(desk, ci):
    for command in COMMANDS:
        put(desk, command)
    ran = run(desk, ci)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("false", 0)])
def test_a_missing_tool_is_named_and_fails_only_ci(desk, ci, code):
    for command in COMMANDS:
        if command != "pdftotext":
            put(desk, command)
    ran = run(desk, ci)
    assert ran.returncode == code
    assert ran.stderr.startswith("Not installed: poppler-utils.")
