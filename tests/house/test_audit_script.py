"""scripts/audit: silence of the source is never told as "no known faults", and the bill names every package."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def audit(tmp_path):
    """A copy of script and list; the function runs it beside a pip-audit that answers as told."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "audit", tmp_path / "scripts")
    (tmp_path / "requirements.txt").write_text("flask==3.1.3 \\\n    --hash=sha256:" + "a" * 64 + "\nwtforms==3.3.2\n")
    (tmp_path / "python").symlink_to(sys.executable)

    def run(answer):
        (tmp_path / "pip-audit").write_text(f"#!/bin/sh\ncat <<'END'\n{answer}\nEND\n")
        (tmp_path / "pip-audit").chmod(0o755)
        script = f"import sys, runpy; sys.executable = {str(tmp_path / 'python')!r}; runpy.run_path({str(tmp_path / 'scripts' / 'audit')!r}, run_name='__main__')"
        return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20)

    run.folder = tmp_path
    return run


def answers(*more):
    return json.dumps({"dependencies": [{"name": "flask", "version": "3.1.3", "vulns": []}, *more]})


def test_no_fault_known_of_any_package_ends_well(audit):
    ran = audit(answers({"name": "wtforms", "version": "3.3.2", "vulns": []}))
    assert ran.returncode == 0 and "2 packages were asked about; 0 have" in ran.stdout


def test_a_known_fault_is_named_with_its_cure(audit):
    fault = {"id": "PYSEC-1", "fix_versions": ["3.3.3"]}
    ran = audit(answers({"name": "wtforms", "version": "3.3.2", "vulns": [fault]}))
    assert ran.returncode == 1 and "wtforms 3.3.2: PYSEC-1, mended in 3.3.3" in ran.stdout


@pytest.mark.parametrize("answer", ["", answers({"name": "wtforms", "skip_reason": "not found"})])
def test_who_could_not_be_asked_is_said_to_be_not_audited(audit, answer):
    ran = audit(answer)
    assert ran.returncode == 3 and "NOT AUDITED" in ran.stdout


def test_the_bill_of_materials_names_every_package_with_its_hash(audit):
    audit("")
    bill = json.loads((audit.folder / "sbom.json").read_text())
    assert [one["purl"] for one in bill["components"]] == ["pkg:pypi/flask@3.1.3", "pkg:pypi/wtforms@3.3.2"]
    assert bill["components"][0]["properties"] == [{"name": "pip:hash", "value": "sha256:" + "a" * 64}]
