"""deploy/systemd: systemd reads every unit without a word, and finds each shut as far as it can be."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parent.parent.parent / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
MOST_EXPOSED = 30  # tenths of systemd's own scale, which ends at 10

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd here; scripts/install-test-tools brings it"
)


def analyze(*words):
    command = ["systemd-analyze", "--no-pager", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.stem)
def test_a_service_is_shut_as_far_as_it_can_be(unit):
    ran = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", unit)

    assert ran.returncode == 0, ran.stdout[-300:] + ran.stderr


def test_systemd_reads_every_unit_and_has_nothing_to_say(tmp_path):
    """Verified as copies whose programs are there, since nothing is installed where the tests run."""
    for unit in (*SERVICES, *UNITS.glob("*.timer")):
        text = re.sub(r"/opt/helpdesk/(\.venv/bin|deploy)/(gunicorn|flask|drill)", "/bin/true", unit.read_text())
        (tmp_path / unit.name).write_text(text)

    ran = analyze("verify", "--man=false", *tmp_path.iterdir())

    ours = [line for line in ran.stderr.splitlines() if "helpdesk" in line]
    assert (ran.returncode, ours) == (0, [])


def test_every_timer_starts_a_service_that_is_there_and_every_program_is_in_the_tree():
    timers = {path.stem for path in UNITS.glob("*.timer")}
    text = "\n".join(path.read_text() for path in SERVICES)

    assert timers == {"helpdesk-doctor", "helpdesk-drill"} and timers < {path.stem for path in SERVICES}
    assert (UNITS.parent / "drill").stat().st_mode & 0o111
    assert set(re.findall(r"(?<=\n)User=.*", text)) == {"User=helpdesk"}
