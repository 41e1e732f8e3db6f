"""Z38 and wrong environments: one sentence that names the variable and the cure, exit 2, no trace, no secret."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine

import config
from config_readers import ConfigError, issuer_address
from jobs.operation.backup import backup
from jobs.operation.doctor import examine
from jobs.operation.restore import restore
from models.base.database_fault import database_fault
from models.base.db import db, write_transaction
from models.tickets.access_key import KeyRing
from models.tickets.link_key import LinkKey, note_keys, wrong_keys
from models.tickets.ticket_keys import keys
from tests.conftest import FreshClient
from tests.frame.test_sessions import ROOT
from tests.mail_server import free_port
from tests.walk import file_complaint
from web.proxy import HostOfBaseUrl

SECRET = "geheim-kata-sandi-basis-data"
REFUSED = [
    ("HELPDESK_ENV", "staging", "must be one of production, development, test"),
    ("MAIL_PORT", "abc", "whole number from 1 to 65535"),
    ("MAIL_PORT", "70000", "whole number from 1 to 65535"),
    ("MAIL_TIMEOUT", "0", "whole number from 1 to 300"),
    ("PROXY_HOPS", "-1", "whole number from 0 to 9"),
    ("MAIL_USE_TLS", "maybe", "must be 1 (yes) or 0 (no)"),
    ("MAIL_SERVER", "smtp.kampus.ac.id:587", "host name alone"),
    ("MAIL_SERVER", "smtp://smtp.kampus.ac.id", "host name alone"),
    ("MAIL_DEFAULT_SENDER", "Pustikom", "one mail address"),
    ("MAIL_CA_FILE", "/no/such/ca.pem", "not there or cannot be read"),
    ("DIRECTORY_CA_FILE", "/no/such/ca.pem", "not there or cannot be read"),
    ("WATCH_CA_FILE", "/no/such/ca.pem", "not there or cannot be read"),
    ("SOURCE_URL", "git@kampus.ac.id:helpdesk", "begins with https://"),
    ("DIRECTORY_URL", "http://ldap.kampus.ac.id", "ldaps:// or ldap://"),
    ("DATABASE_URL", f"postgres://helpdesk:{SECRET}@db/helpdesk", "must begin with postgresql+psycopg://"),
    ("DATABASE_URL", f"mysql://helpdesk:{SECRET}@db/helpdesk", "must begin with postgresql+psycopg://"),
    ("DATABASE_URL", "helpdesk.db", "must begin with postgresql+psycopg://"),
    ("DATABASE_URL", f"postgresql://helpdesk:{SECRET}@db:port/helpdesk", "is not complete"),
    ("DATABASE_URL", f"postgresql://helpdesk:{SECRET}@db", "is not complete"),
    ("INSTANCE_PATH", "/dev/null/instance", "cannot write into the folder /dev/null/instance"),
    ("BACKUP_FOLDER", "/dev/null/backups", "cannot write into the folder"),
    ("OUTAGE_COPY_FOLDER", "/dev/null/copy", "cannot write into the folder"),
    ("BASE_URL", "helpdesk.kampus.ac.id", "https address"),
    ("BASE_URL", "https://", "https address"),
    ("BASE_URL", "https://helpdesk.kampus.ac.id:port", "https address"),
    ("BASE_URL", "https://helpdesk.kampus.ac.id/tiket", "https address"),
    ("LINK_KEY", f"{SECRET}:k1-{SECRET}", "A key id, which begins 'geh'"),
    ("LINK_KEY", f"k1:{SECRET}-abcdefgh,{SECRET}", "has no colon"),
    ("LINK_KEY", "k1:kurang-panjang-tapi-beragam,k2:x", "shorter than 32"),
]


@pytest.fixture
def production(monkeypatch, tmp_path):
    """The environment of a sound production."""
    for name in [name for name in __import__("os").environ if name.startswith(("MAIL_", "DIRECTORY_", "DATABASE_"))]:
        monkeypatch.delenv(name)
    for name, value in {**sound(tmp_path), "METRICS_FOLDER": str(tmp_path / "metrics")}.items():
        monkeypatch.setenv(name, value)


def sound(place: Path) -> dict[str, str]:
    return {
        "HELPDESK_ENV": "production",
        "SECRET_KEY": "x9" * 10 + "abcdefghijklmnop",
        "LINK_KEY": "k1:" + "y8zabcdefgh" * 5,
        "BASE_URL": "https://helpdesk.example:8443/",
        "INSTANCE_PATH": str(place),
    }


@pytest.mark.parametrize(("name", "value", "cure"), REFUSED)
def test_a_wrong_value_is_refused_in_a_sentence_that_names_its_variable(production, monkeypatch, name, value, cure):
    assert config.load()["BASE_URL"] == "https://helpdesk.example:8443"
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as refused:
        config.load()
    sentence = str(refused.value)
    assert sentence.startswith(name) and cure in sentence and sentence.endswith(".") and "\n" not in sentence
    assert SECRET not in sentence


def test_s10_equal_secrets_are_refused(production, monkeypatch):
    monkeypatch.setenv("LINK_KEY", "k2:" + "y8zabcdefgh" * 5 + ",k1:" + "x9" * 10 + "abcdefghijklmnop")
    with pytest.raises(ConfigError, match="SECRET_KEY is the same secret as one of LINK_KEY"):
        config.load()


def test_both_kinds_of_tls_at_once_are_refused(production, monkeypatch):
    monkeypatch.setenv("MAIL_USE_TLS", "1")
    monkeypatch.setenv("MAIL_USE_SSL", "1")
    with pytest.raises(ConfigError, match="exclude each other"):
        config.load()


@pytest.mark.parametrize(
    ("url", "cure"),
    [
        (
            "postgresql+psycopg://helpdesk:{secret}@127.0.0.1:{port}/helpdesk",
            "start PostgreSQL, or correct host and port",
        ),
        ("postgresql+psycopg://helpdesk:{secret}@no-such-host.invalid/helpdesk", "not found: correct its name"),
        ("sqlite:////no/such/folder/helpdesk.db", "make it, or correct the path"),
        ("sqlite:////etc/passwd", "restore a backup"),
    ],
)
def test_a_database_that_is_away_is_told_with_its_cure_and_without_its_password(url, cure):
    engine = create_engine(url.format(secret=SECRET, port=free_port()))
    sentence = database_fault(engine, patience=0)
    assert cure in sentence and SECRET not in sentence and "\n" not in sentence


def test_a_database_that_the_server_does_not_have_is_told_by_name(app):
    if db.engine.dialect.name == "sqlite":
        assert database_fault(db.engine) == ""
        return
    sentence = database_fault(create_engine(db.engine.url.set(database="no_such_house")), patience=0)
    assert "has no database no_such_house" in sentence


@pytest.mark.slow
@pytest.mark.parametrize("program", ["flask", "gunicorn"])
def test_web_server_and_commands_end_with_one_sentence_and_two(tmp_path, program):
    commands = {
        "flask": ["-m", "flask", "--app", "app", "work"],
        "gunicorn": ["-m", "gunicorn", "--bind", f"127.0.0.1:{free_port()}", "app:create_app()"],
    }
    environment = {**sound(tmp_path), "MAIL_PORT": "abc", "PATH": "/usr/bin:/bin"}
    ended = subprocess.run(
        [sys.executable, *commands[program]], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2
    said = [line for line in ended.stderr.splitlines() if "[INFO]" not in line]
    assert said == ["MAIL_PORT must be a whole number from 1 to 65535, not 'abc'."]


WEB, WORKER, COMMAND = ["gunicorn"], ["flask", "work"], ["flask", "backup", "b.tar.gz"]
ENDS = [  # what is wrong, and what web server, worker and commands say alike
    ({"MAIL_PORT": "abc"}, "MAIL_PORT must be a whole number"),
    ({"DATABASE_URL": f"postgres://helpdesk:{SECRET}@db/helpdesk"}, "DATABASE_URL must begin with postgresql+psycopg"),
    ({"DATABASE_URL": f"postgresql://helpdesk:{SECRET}@127.0.0.1:1/helpdesk"}, "start PostgreSQL, or correct host"),
    (
        {"DATABASE_URL": "sqlite:////no/such/folder/helpdesk.db"},
        "DATABASE_URL: the folder /no/such/folder is not there",
    ),
    ({"INSTANCE_PATH": "/dev/null/instance"}, "INSTANCE_PATH: the helpdesk cannot write into the folder"),
    ({"BACKUP_FOLDER": "/dev/null/backups"}, "BACKUP_FOLDER: the helpdesk cannot write into the folder"),
]


@pytest.mark.slow
@pytest.mark.parametrize("program", [WEB, WORKER, COMMAND], ids=["web", "worker", "command"])
@pytest.mark.parametrize(
    ("wrong", "cure"), ENDS, ids=[next(iter(wrong)) + str(n) for n, (wrong, _c) in enumerate(ENDS)]
)
def test_whatever_is_started_ends_with_the_sentence_and_two(production, monkeypatch, capsys, program, wrong, cure):
    from app import create_app

    monkeypatch.setattr("app.init_logs", lambda _app: None)  # the tests' own log stays as it is
    monkeypatch.setattr("start.database_fault", lambda engine: database_fault(engine, patience=0))
    monkeypatch.setattr(sys, "argv", program)
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        create_app()
    said = capsys.readouterr().err
    assert (ended.value.code, said.count("\n"), SECRET in said) == (2, 1, False)
    assert cure in said and said.endswith(".\n")


def test_a_command_over_an_empty_database_says_what_to_run(app, tmp_path):
    from app import create_app

    other = create_app(
        {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'empty.db'}", "INSTANCE_PATH": str(tmp_path)}
    )
    with other.app_context():
        done = other.test_cli_runner().invoke(args=["backup", str(tmp_path / "b.tar.gz")])
    assert (done.exit_code, "run flask --app app setup" in done.output, "Traceback" in done.output) == (2, True, False)


def test_z38_a_wrong_link_key_under_a_known_id_is_noticed_at_the_start_and_by_the_doctor(app, monkeypatch):
    from start import _refuse_wrong_keys

    file_complaint()
    _refuse_wrong_keys()
    assert db.session.query(LinkKey).one().fingerprint == keys().fingerprint("t1")
    other = KeyRing({"t1": "x" * 40})
    assert wrong_keys(other) == ["t1"] and wrong_keys(KeyRing({"t2": "x" * 40})) == []
    monkeypatch.setitem(app.extensions, "key_ring", other)
    with pytest.raises(ConfigError, match="LINK_KEY has another secret under the id 't1'"):
        _refuse_wrong_keys()
    assert [f.is_well for f in examine() if "another secret" in f.sentence] == [False]
    assert "x" * 40 not in repr([f.sentence for f in examine()])


@pytest.mark.slow
def test_z38_a_house_whose_old_access_codes_were_given_up_starts_again(app, tmp_path, monkeypatch):
    file_complaint()
    with write_transaction():
        note_keys(keys())
    backup(tmp_path / "b.tar.gz")
    monkeypatch.setitem(app.extensions, "key_ring", KeyRing({"t1": "x" * 40}))
    restore(tmp_path / "b.tar.gz", replace=True, without_keys=True)
    assert wrong_keys(keys()) == []


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("helpdesk.example", "helpdesk.example:8443"),  # proxy_set_header Host $host
        ("helpdesk.example:8443", "helpdesk.example:8443"),
        ("127.0.0.1:8000", "helpdesk.example:8443"),  # no proxy_set_header at all
        ("localhost", "helpdesk.example:8443"),
        ("evil.example", "evil.example"),
        ("helpdesk.example.evil.example", "helpdesk.example.evil.example"),
    ],
)
def test_a_host_that_lost_its_port_behind_a_proxy_is_that_of_base_url(said, taken):
    seen = []
    inner = HostOfBaseUrl(
        lambda environ, _start: seen.append(environ["HTTP_HOST"]) or [], "https://helpdesk.example:8443"
    )
    inner({"HTTP_HOST": said}, None)
    assert seen == [taken]


def test_a_form_is_taken_behind_a_proxy_that_drops_the_port(app, monkeypatch):
    from app import create_app
    from tests.browse import Person

    address = "https://helpdesk.example:8443"
    kept = ("SQLALCHEMY_DATABASE_URI", "INSTANCE_PATH", "MAIL_AS_FILES")
    other = create_app({**{k: app.config[k] for k in kept}, "BASE_URL": address, "PROXY_HOPS": 1})
    other.test_client_class = FreshClient
    sari = Person(other)
    sari.client.environ_base.update(
        HTTP_HOST="helpdesk.example", HTTP_X_FORWARDED_PROTO="https", HTTP_REFERER=f"{address}/admin/login"
    )
    from tests.conftest import PASSWORD

    assert sari.log_in("sari", PASSWORD).status_code in (302, 303)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"OIDC_ISSUER": "http://masuk.kampus.ac.id"}, "https"),
        ({"OIDC_ISSUER": "https://masuk.kampus.ac.id"}, "OIDC_CLIENT_ID"),
        ({"OIDC_ISSUER": "https://masuk.kampus.ac.id?a=b", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}, "issuer"),
        ({"OIDC_ISSUER": "javascript:alert(1)"}, "https"),
        ({"LOCAL_SIGN_IN": "nobody"}, "break_glass"),
        ({"DIRECTORY_SIGN_IN": "1"}, "DIRECTORY_URL"),
        ({"DIRECTORY_SIGN_IN": "perhaps"}, "1 (yes) or 0 (no)"),
    ],
)
def test_a_campus_that_is_half_configured_stops_the_start_in_one_sentence(tmp_path, monkeypatch, given, word):
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=re.escape(word)):
        config.load()


def test_an_issuer_on_this_machine_may_speak_http_outside_production_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    monkeypatch.setenv("OIDC_ISSUER", "http://localhost:8080/realms/kampus")
    monkeypatch.setenv("OIDC_CLIENT_ID", "helpdesk")
    monkeypatch.setenv("OIDC_CLIENT_SECRET", "rahasia")
    assert config.load()["OIDC_ISSUER"] == "http://localhost:8080/realms/kampus"
    with pytest.raises(ConfigError, match="https"):
        issuer_address("OIDC_ISSUER", secure=True)
