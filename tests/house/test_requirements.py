"""A fresh clone installs what the tests ran with: pins are what is installed, and they fit one another."""

from importlib.metadata import requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PINS = {
    canonicalize_name(pin.name): pin
    for line in (Path(__file__).parent.parent.parent / "requirements.txt").read_text().splitlines()
    if (text := line.partition("#")[0].strip())
    for pin in [Requirement(text)]
}


def faults_of(name: str) -> list[str]:
    """What is wrong with one pin: another version installed, or a dependency that is not pinned or not that one."""
    found = [] if PINS[name].specifier.contains(version(name)) else [f"{PINS[name]}, but {version(name)} is installed"]
    for line in requires(name) or []:
        needed = Requirement(line)
        if needed.marker is not None and not needed.marker.evaluate({"extra": ""}):
            continue
        pin = PINS.get(canonicalize_name(needed.name))
        if pin is None:
            found.append(f"{name} needs {needed}, which is not pinned")
        elif not needed.specifier.contains(str(pin.specifier).removeprefix("=="), prereleases=True):
            found.append(f"{name} needs {needed}, but {pin} is pinned")
    return found


def test_a_fresh_clone_installs_every_pin_with_all_that_it_needs():
    assert [fault for name in sorted(PINS) for fault in faults_of(name)] == []
