"""docs/administrators: every command in it runs, or is at least taken by the real command line; every doctor line is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from jobs.commands.all_commands import init_commands
from jobs.operation.doctor import SLOW
from procedures.operation.watched import WATCHED
from tests.databases import once

pytestmark = once

ROOT = Path(__file__).parent.parent.parent
INDONESIAN, ENGLISH = "docs/administrators/panduan.md", "docs/administrators/guide.md"
LANGUAGES = (INDONESIAN, ENGLISH)
UNITS = "code,name,kind,parent_code,building\nFTI,Fakultas Teknologi Industri,faculty,,\n"
PEOPLE = "number,name,kind\n2110001,Andi Saputra,student\n"
NODES = "name,kind,address,uplink,units,building,floor,room\nsw-inti,switch,10.0.0.1,,,,,\n"
ASK = {"setup"}  # asks its way by questions: tests/operations/test_setup.py answers them
FINDS = {"doctor", "upgrade"}  # end with 1 where they find something, as in a house without a mail server
REPLACE = {"restore --replace", "restore --undo"}  # they change the house: tests/operations/test_restore.py


def commands_of(page):
    """Every `helpdesk …` of a page, in order, without what is left open by …"""
    text = (ROOT / page).read_text()
    found = re.findall(r"^\s*(helpdesk .+)$", text, re.MULTILINE) + re.findall(r"`(helpdesk [^`]+)`", text)
    return list(dict.fromkeys(c.strip() for c in found if "…" not in c))


def words_of(command):
    return shlex.split(command)[1:]


def test_both_languages_have_the_same_commands_and_the_same_sections():
    one, other = (commands_of(page) for page in LANGUAGES)
    assert one == other and len(one) > 10
    headings = [len(re.findall(r"^## ", (ROOT / page).read_text(), re.MULTILINE)) for page in LANGUAGES]
    assert headings == [11, 11]


@pytest.mark.parametrize("command", commands_of(ENGLISH))
def test_a_command_is_taken_by_the_real_command_line(app, command):
    init_commands(app)
    name, *rest = words_of(command)
    found = app.cli.commands[name]
    rest = [str(ROOT / "README.md") if word.endswith((".csv", ".gz")) else word for word in rest]

    try:
        found.make_context(name, list(rest), resilient_parsing=False)
    except click.UsageError as refused:
        raise AssertionError(f"{command}: {refused.format_message()}") from None


@pytest.mark.slow
def test_the_commands_of_the_first_week_and_the_drill_run_in_the_order_of_the_guide(app, tmp_path):
    for name, text in (("units.csv", UNITS), ("people.csv", PEOPLE), ("nodes.csv", NODES)):
        (tmp_path / name).write_text(text)
    init_commands(app)
    ran = []
    for command in commands_of(ENGLISH):
        words = [on_this_desk(word, tmp_path) for word in words_of(command)]
        if words[0] in ASK or " ".join(words[:2]) in REPLACE:
            continue
        done = app.test_cli_runner().invoke(args=words)
        assert done.exit_code == 0 or words[0] in FINDS, (command, done.output)
        assert done.exception is None or isinstance(done.exception, SystemExit), (command, done.output)
        ran.append(words[0])
    assert {"doctor", "backup", "restore", "upgrade", "create-staff", "import-units", "backup-key"} <= set(ran)


def on_this_desk(word, place):
    """Files lie in a folder of the test, and the cast has a Sari already."""
    if word.endswith(".csv"):
        return str(place / word)
    for folder in ("/var/backups/helpdesk", "/var/lib/helpdesk"):
        word = word.replace(folder, str(place))
    return "siti" if word == "sari" else word


@pytest.mark.parametrize("page", LANGUAGES)
def test_every_line_of_the_doctor_has_its_entry(page):
    table = (ROOT / page).read_text().split("|---|---|")[1].split("\n\n")[0]

    assert re.findall(r"^\| (\w+) \|", table, re.MULTILINE) == [*WATCHED, *SLOW, "setup"]


OTHERS = {  # program: what may follow it
    "apt-get": r"update && apt-get install -y git ca-certificates",
    "git": r"clone <[^>]+> /opt/helpdesk|-C /opt/helpdesk pull",
    "/opt/helpdesk/deploy/install": r"(https://[a-z.]+)?",
    "systemctl": r"(stop|start|restart|reload|status) (nginx|postgresql|helpdesk-(web|worker)( helpdesk-worker)?)",
    "journalctl": r'-u helpdesk-web( -u helpdesk-worker)? --since (today|"-7 days" > /root/journal\.txt)',
    "chown": r"-R helpdesk:",
    "timedatectl": "",
    "flask": r"--app app …",
}


@pytest.mark.parametrize("page", LANGUAGES)
def test_every_command_of_another_program_is_written_as_that_program_takes_it(page):
    text = (ROOT / page).read_text()
    typed = [
        line.strip()
        for block in re.findall(r"^ *```\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
        for line in block.splitlines()
    ]
    typed += [said for said in re.findall(r"`([a-z]+ [^`]+)`", text) if said.split()[0] in OTHERS]

    typed = [line for line in typed if line and not line.startswith("helpdesk ")]
    assert len(typed) > 12
    for line in typed:
        program, _space, words = line.partition(" ")
        assert program in OTHERS and re.fullmatch(OTHERS[program], words), line


@pytest.mark.parametrize("page", LANGUAGES)
def test_other_commands_name_units_programs_and_files_that_are_there(page):
    """What only root of a server can do is compared with what deploy/ installs."""
    text = (ROOT / page).read_text()
    units = {path.name for path in (ROOT / "deploy" / "systemd").iterdir()}

    named = set(re.findall(r"helpdesk-[a-z]+(?:\.timer)?", text))
    assert {name if "." in name else f"{name}.service" for name in named} <= units
    for path in re.findall(r"/opt/helpdesk/(\S+?)(?=[\s`])", text):
        assert (ROOT / path).exists(), path
    variables = set(re.findall(r"`([A-Z][A-Z]+_[A-Z_]+)`", text))
    source = (ROOT / "config.py").read_text() + (ROOT / "config_readers.py").read_text()
    assert {name for name in variables if f'"{name}"' not in source} == set()
