"""deploy/install, its functions one by one, and what goes with it; the whole was run in a bare Debian (deploy/README.md)."""

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

from config import load

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
SCRIPTS = [DEPLOY / name for name in ("install", "helpdesk", "drill", "trim", "imported")]


def bash(words, *given, **environment):
    """Run words after the script's functions were read."""
    command = ["bash", "-c", f". {DEPLOY}/install; {words}", "install", *given]
    environment = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_can_be_read_and_run(script):
    assert subprocess.run(["bash", "-n", script], timeout=20).returncode == 0
    assert script.stat().st_mode & stat.S_IXUSR


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("https://helpdesk.kampus.ac.id", "helpdesk.kampus.ac.id 443"),
        ("https://helpdesk.kampus.ac.id:8443/", "helpdesk.kampus.ac.id 8443"),
    ],
)
def test_the_address_says_host_and_port(address, parts):
    assert bash('read_address "$1"; echo "$host $port"', address).stdout.strip() == parts


@pytest.mark.parametrize(
    "address", ["", "http://kampus.ac.id", "kampus.ac.id", "https://a.id/x", "https://a|b", "https://-a"]
)
def test_any_other_address_is_refused_with_an_example(address):
    ran = bash('read_address "$1"', address)

    assert ran.returncode == 2 and "https://helpdesk.kampus.ac.id" in ran.stderr


def test_it_refuses_a_tree_that_lies_elsewhere_before_it_does_anything():
    ran = bash("add_packages() { echo installed; }; main https://helpdesk.kampus.ac.id")

    assert ran.returncode == 2 and "installed" not in ran.stdout


def test_an_upgrade_with_the_same_packages_still_compiles_the_texts_and_code_of_the_new_tree(tmp_path):
    """The services cannot write them, and would speak with the texts of the version before."""
    (tmp_path / "requirements.txt").write_text("flask==3\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "installed").write_text("flask==3\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/asked\n')
    python.chmod(0o755)
    others = (
        "add_packages add_user_and_folders add_database add_settings add_services add_site stop start helpdesk refuse"
    )
    stubs = "; ".join(f"{name}() {{ :; }}" for name in others.split())

    ran = bash(f'root={tmp_path}; {stubs}; main "$1"', "https://helpdesk.kampus.ac.id")

    assert ran.returncode == 0, ran.stderr
    texts, code = (tmp_path / "asked").read_text().splitlines()
    assert texts == "scripts/translations --compile" and code.startswith("-m compileall")


def written_settings(tmp_path):
    """The configuration as the script writes it, by name."""
    wanted = f'settings={tmp_path}/helpdesk.env; chown() {{ :; }}; read_address "$1"; add_settings'
    ran = bash(wanted, "https://helpdesk.kampus.ac.id:8443")
    assert ran.returncode == 0, ran.stderr
    lines = (tmp_path / "helpdesk.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_configuration_that_it_writes_lets_production_start(tmp_path, monkeypatch):
    found = written_settings(tmp_path)
    for name in list(os.environ):
        if name in found or name.startswith(("MAIL_", "DIRECTORY_", "FLASK_")):
            monkeypatch.delenv(name, raising=False)
    places = {name: str(tmp_path / name) for name in ("INSTANCE_PATH", "BACKUP_FOLDER", "METRICS_FOLDER")}
    for name, value in {**found, **places}.items():
        monkeypatch.setenv(name, value)

    config = load()

    assert config["HELPDESK_ENV"] == "production" and config["BASE_URL"] == "https://helpdesk.kampus.ac.id:8443"
    assert config["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg:///helpdesk" and config["PROXY_HOPS"] == 1


def test_keys_are_new_for_each_house_kept_at_the_second_run_and_nobody_elses_to_read(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    one, other, again = written_settings(first), written_settings(second), written_settings(first)

    assert one == again
    assert one["SECRET_KEY"] != other["SECRET_KEY"] and one["LINK_KEY"] != other["LINK_KEY"]
    assert not (first / "helpdesk.env").stat().st_mode & stat.S_IRWXO


def test_a_command_gets_the_settings_as_they_stand_and_its_words_untouched(tmp_path):
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    flask = tmp_path / ".venv" / "bin" / "flask"
    flask.write_text('#!/bin/sh\necho "$MAIL_PASSWORD"; pwd; for word; do echo "<$word>"; done\n')
    flask.chmod(0o755)
    (tmp_path / "settings").write_text("# a remark\n\nMAIL_PASSWORD=a b$c'd\"e%\n")
    script = (DEPLOY / "helpdesk").read_text().replace('[ "$(id -u)" -eq 0 ]', "false")
    (tmp_path / "helpdesk").write_text(script)
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "unit kita.csv").touch()
    (tmp_path / "root" / "units").touch()

    ran = command(tmp_path, "create-staff", "x", "A B")

    assert ran.stdout.splitlines() == [
        "a b$c'd\"e%",
        str(tmp_path),
        "<--app>",
        "<app>",
        "<create-staff>",
        "<x>",
        "<A B>",
    ]
    here = tmp_path / "root"  # a file is one of the folder in which the command was typed
    for words, meant in (
        (["import-units", "unit kita.csv", "--dry-run"], ["import-units", f"{here}/unit kita.csv", "--dry-run"]),
        (["import-units", "units"], ["import-units", f"{here}/units"]),
        (["backup", "new.tar.gz.age"], ["backup", f"{here}/new.tar.gz.age"]),
        (["restore", "--try", "/a/b.tar.gz"], ["restore", "--try", "/a/b.tar.gz"]),
        (["audit", "verify"], ["audit", "verify"]),
    ):
        assert command(tmp_path, *words).stdout.splitlines()[4:] == [f"<{word}>" for word in meant]


def test_a_file_that_the_helpdesk_may_not_read_is_told_with_what_to_do(tmp_path):
    """As root, whose folder is shut to the user helpdesk."""
    script = (DEPLOY / "helpdesk").read_text()
    script = script.replace('[ "$(id -u)" -eq 0 ]', "false").replace("as_helpdesk test -r", "false test -r")
    (tmp_path / "helpdesk").write_text(script)
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "units.csv").touch()

    ran = command(tmp_path, "import-units", "units.csv")

    assert (ran.returncode, ran.stdout) == (2, "")
    assert f"install -o helpdesk -m 600 '{tmp_path}/root/units.csv' /var/lib/helpdesk/" in ran.stderr


def command(place, *words):
    """The script of /usr/local/bin over a tree of the test's own, called in its folder `root`."""
    given = {"HELPDESK_SETTINGS": str(place / "settings"), "HELPDESK_ROOT": str(place), "PATH": os.environ["PATH"]}
    whole = ["sh", place / "helpdesk", *words]
    return subprocess.run(whole, cwd=place / "root", env=given, capture_output=True, text=True, timeout=20)


def test_the_container_installs_by_hashes_runs_as_nobody_and_leaves_the_workshop_out():
    """As far as it can be said without building it, which no machine of ours can."""
    text = (DEPLOY / "Containerfile").read_text()
    last = text.rsplit("\nFROM ", 1)[1]

    assert "--require-hashes -r requirements.txt" in text and "requirements-dev" not in text
    assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", last, re.MULTILINE)
    assert not re.search(r"^ADD|curl|wget|:latest", text, re.MULTILINE)
    assert {".git", ".venv", "instance", "tests", "*.env"} <= set((DEPLOY.parent / ".dockerignore").read_text().split())
    compose = (DEPLOY / "compose.yaml").read_text()
    for rule in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", '"127.0.0.1:8000:8000"'):
        assert rule in compose


def test_logs_of_addresses_go_after_thirty_days():
    assert {"rotate 30", "daily", "maxage 30"} <= {
        line.strip() for line in (DEPLOY / "logrotate").read_text().splitlines()
    }
