"""The gateway against a real slapd: what the directory does, how it is refused, what S8 asks."""

import logging
import socket
import threading
import time
from contextlib import suppress
from itertools import count

import pytest

from gateways.directory import interface as doors
from gateways.directory.interface import EntryExists, RegisterAlone
from gateways.directory.ldap_session import LdapSettings, Session, escape_dn_value
from gateways.directory.open_directory import open_directory
from gateways.directory.openldap import OpenLdap
from tests.accounts.slapd import PEOPLE, SERVICE, SERVICE_PASSWORD, SUFFIX, free_port

PASSWORD, LATER = "kopi-talua-71-manis", "rendang-kapau-83-pedas"
numbers = count(1)


@pytest.fixture
def login(slapd):
    """A new active login with PASSWORD."""
    name = f"andi{next(numbers)}"
    slapd.directory().create(name, "Andi Saputra", f"{name}@kampus.test")
    slapd.directory().activate(name)
    slapd.directory().set_password(name, PASSWORD)
    return name


def test_new_entry_is_suspended_and_without_password_until_activated(slapd):
    directory, name = slapd.directory(), f"andi{next(numbers)}"
    directory.create(name, "Andi Saputra", f"{name}@kampus.test")
    entry = directory.find(name)
    assert (entry.login, entry.name, entry.mail) == (name, "Andi Saputra", f"{name}@kampus.test")
    assert entry.is_suspended
    assert "userPassword" not in slapd.raw(f"uid={name},{PEOPLE}")
    directory.activate(name)
    assert not directory.find(name).is_suspended


def test_new_password_binds_and_old_one_no_longer_does(slapd, login):
    assert slapd.binds(login, PASSWORD)
    assert slapd.directory().set_password(login, LATER) == doors.PasswordResult(must_change=True)
    assert (slapd.binds(login, LATER), slapd.binds(login, PASSWORD)) == (True, False)


def test_password_is_hashed_by_the_server_and_must_be_changed(slapd, login):
    raw = slapd.raw(f"uid={login},{PEOPLE}")
    assert "pwdReset: TRUE" in raw
    assert PASSWORD not in raw
    entry = slapd.directory().find(login)
    assert entry.must_change
    assert entry.password_changed_at.tzinfo is not None


def test_suspended_login_does_not_bind_until_activated_again(slapd, login):
    slapd.directory().suspend(login)
    assert not slapd.binds(login, PASSWORD)
    slapd.directory().activate(login)
    assert slapd.binds(login, PASSWORD)


def test_entries_lists_more_than_one_page(slapd):
    wanted = {f"massal{number}" for number in range(520)}
    with slapd.directory()._session() as session:  # one connection: 520 handshakes are not the test
        for name in wanted:
            session.write("add", f"uid={name},{PEOPLE}", ["inetOrgPerson"], {"uid": name, "cn": name, "sn": name})
    found = [entry.login for entry in slapd.directory().entries()]
    assert sorted(login for login in found if login in wanted) == sorted(wanted)


@pytest.mark.parametrize("act", ["activate", "suspend"])
def test_unknown_login_is_refused(slapd, act):
    with pytest.raises(doors.EntryMissing):
        getattr(slapd.directory(), act)("tidak-ada")


def test_password_for_unknown_login_is_refused(slapd):
    with pytest.raises(doors.EntryMissing) as refusal:
        slapd.directory().set_password("tidak-ada", PASSWORD)
    assert refusal.value.nothing_changed


def test_second_entry_of_a_name_is_refused(slapd, login):
    with pytest.raises(doors.EntryExists):
        slapd.directory().create(login, "Orang Lain", "lain@kampus.test")
    assert slapd.directory().find(login).name == "Andi Saputra"


def test_password_against_the_servers_policy_is_refused(slapd, login):
    with pytest.raises(doors.PasswordRejected) as refusal:
        slapd.directory().set_password(login, "pendek")
    assert refusal.value.nothing_changed
    assert slapd.binds(login, PASSWORD)


def test_server_without_policy_sets_the_password_and_says_the_flag_is_missing(plain_slapd):
    directory = plain_slapd.directory()
    directory.create("wati", "Wati", "wati@kampus.test")
    directory.activate("wati")
    assert directory.set_password("wati", PASSWORD) == doors.PasswordResult(must_change=False)
    assert plain_slapd.binds("wati", PASSWORD)


def test_server_without_policy_refuses_suspension_with_a_way_out(plain_slapd):
    plain_slapd.directory().create("tono", "Tono", "tono@kampus.test")
    with pytest.raises(doors.NotSupported) as refusal:
        plain_slapd.directory().suspend("tono")
    assert "catat di sini" in str(refusal.value.sentence)


def test_own_wrong_login_is_told_as_missing_right(slapd):
    with pytest.raises(doors.DirectoryForbidden):
        slapd.directory(bind_password="bukan-ini").find("andi")


def test_missing_right_on_a_branch_is_told(slapd):
    with pytest.raises(doors.DirectoryError) as refusal:
        slapd.directory(base_dn=f"ou=sealed,{SUFFIX}").create("x", "X", "x@kampus.test")
    assert refusal.value.nothing_changed


# --- what is found is what is changed ----------------------------------------------------------------------


def elsewhere(slapd, name, place, classes=("inetOrgPerson",), **more):
    """An entry that somebody else made, below the base but not as we would."""
    with slapd.directory()._session() as session:
        session.write("add", place, list(classes), {"uid": name, "cn": name, "sn": name, **more})
    return place


@pytest.fixture(scope="module")
def faculty(slapd):
    place = f"ou=feb,{PEOPLE}"
    with slapd.directory()._session() as session, suppress(EntryExists):  # tests of this file may be parted by others
        session.write("add", place, ["organizationalUnit"], {"ou": "feb"})
    return place


@pytest.mark.parametrize(
    "named", ["uid={name},{faculty}", "cn={name},{people}", "cn={name} Saputra+uid={name},{faculty}"]
)
def test_entry_in_a_faculty_or_named_by_cn_is_found_and_changed_where_it_lies(slapd, faculty, named):
    directory, name = slapd.directory(), f"dosen{next(numbers)}"
    place = named.format(name=name, faculty=faculty, people=PEOPLE)
    elsewhere(slapd, name, place, cn=[name, f"{name} Saputra"])
    assert directory.find(name).place == place
    assert directory.set_password(name, PASSWORD).must_change
    assert slapd.binds(name, PASSWORD, place)
    directory.suspend(name)
    assert (directory.find(name).is_suspended, slapd.binds(name, PASSWORD, place)) == (True, False)
    directory.activate(name)
    assert slapd.binds(name, PASSWORD, place)
    assert name in {entry.login for entry in directory.entries()}


def test_login_that_lies_in_a_faculty_is_not_made_a_second_time(slapd, faculty):
    name = f"dosen{next(numbers)}"
    elsewhere(slapd, name, f"uid={name},{faculty}")
    for act in (
        lambda d: d.create(name, "X", "x@kampus.test"),
        lambda d: d.make(name, "X", "x@k.test", PASSWORD, "PTK-1"),
    ):
        with pytest.raises(doors.EntryExists):
            act(slapd.directory())


def test_login_of_two_entries_is_changed_in_neither(slapd, faculty):
    name = f"kembar{next(numbers)}"
    places = [elsewhere(slapd, name, f"uid={name},{PEOPLE}"), elsewhere(slapd, name, f"uid={name},{faculty}")]
    for act in ("suspend", "activate"):
        with pytest.raises(doors.SeveralEntries):
            getattr(slapd.directory(), act)(name)
    with pytest.raises(doors.SeveralEntries) as refusal:
        slapd.directory().set_password(name, PASSWORD)
    assert refusal.value.nothing_changed
    assert not any(slapd.binds(name, PASSWORD, place) for place in places)


def test_new_logins_are_made_where_the_setting_says(slapd, faculty):
    name = f"baru{next(numbers)}"
    slapd.directory(new_dn=faculty).make(name, "Baru", f"{name}@kampus.test", PASSWORD, "PTK-9")
    assert slapd.directory().find(name).place == f"uid={name},{faculty}"
    assert slapd.binds(name, PASSWORD, f"uid={name},{faculty}")


def test_second_name_of_an_entry_is_found_as_it_was_asked_for(slapd):
    name = f"dewi{next(numbers)}"
    elsewhere(slapd, name, f"uid={name},{PEOPLE}", uid=[name, f"{name}.lama"])
    assert slapd.directory().find(f"{name}.LAMA").login == f"{name}.LAMA"
    slapd.directory().set_password(f"{name}.lama", PASSWORD)
    assert slapd.binds(name, PASSWORD)


# --- S8: injection, empty password, plain LDAP -------------------------------------------------------------


@pytest.mark.parametrize("hostile", ["*", "*)(uid=*", "andi)(|(cn=*", "a\\2a", "and\0i", "(", "Ünï"])
def test_s8_filter_characters_find_nobody(slapd, login, hostile):
    assert slapd.directory().find(hostile) is None


@pytest.mark.parametrize(
    "hostile", ["x,ou=people", 'q"uote', "plus+cn=y", "back\\slash", "eq=ual", " lead", "#hash", "Ünï;<>"]
)
def test_s8_name_characters_stay_one_value(slapd, hostile):
    directory, name = slapd.directory(), f"{hostile}{next(numbers)}"
    directory.create(name, "Nama", "nama@kampus.test")
    directory.activate(name)
    directory.set_password(name, PASSWORD)
    assert directory.find(name).login == name


def test_s8_every_special_character_of_a_name_becomes_its_bytes():
    assert escape_dn_value('a,b"c\\d e#é\0') == "a\\2cb\\22c\\5cd\\20e\\23\\c3\\a9\\00"


@pytest.mark.parametrize("empty", ["", " ", "\t"])
def test_s8_empty_password_is_refused_before_any_connection(empty):
    nowhere = LdapSettings(url="ldaps://127.0.0.1:1", bind_dn="cn=x", bind_password="y", base_dn="dc=z")
    for directory in (doors.RegisterAlone(), _directory_of(nowhere)):
        with pytest.raises(doors.PasswordRejected):
            directory.set_password("andi", empty)


def test_s8_starttls_is_used_on_the_plain_port(slapd, login):
    by_starttls = slapd.directory(url=f"ldap://localhost:{slapd.port}")
    assert by_starttls.find(login).login == login


def test_s8_server_without_tls_gets_no_password():
    heard, port = [], free_port()
    with socket.create_server(("127.0.0.1", port)) as door:
        listener = threading.Thread(target=_refuse_starttls, args=(door, heard))
        listener.start()
        with pytest.raises(doors.DirectoryError):
            _directory_of(_settings(f"ldap://127.0.0.1:{port}")).set_password("andi", PASSWORD)
        listener.join(5)
    assert b"1.3.6.1.4.1.1466.20037" in heard[0]
    assert SERVICE_PASSWORD.encode() not in b"".join(heard)
    assert PASSWORD.encode() not in b"".join(heard)


@pytest.mark.parametrize("url", ["ldaps://localhost:{tls_port}", "ldap://localhost:{port}"])
def test_s8_certificate_of_a_strange_authority_is_refused(slapd, url):
    address = url.format(port=slapd.port, tls_port=slapd.tls_port)
    with pytest.raises(doors.DirectoryUntrusted) as refusal:
        slapd.directory(url=address, ca_file=str(slapd.home / "stranger-ca.pem")).set_password("andi", LATER)
    assert refusal.value.nothing_changed


def test_s8_certificate_of_another_host_is_refused(slapd):
    with pytest.raises(doors.DirectoryUntrusted):
        slapd.directory(url=f"ldaps://127.0.0.1:{slapd.tls_port}").find("andi")


@pytest.mark.parametrize("url", ["http://localhost", "ldapi:///", "", "localhost:636"])
def test_s8_other_schemes_are_no_setting(url):
    with pytest.raises(ValueError, match="DIRECTORY_URL"):
        _settings(url)


def test_s8_empty_service_password_is_no_setting():
    with pytest.raises(ValueError, match="DIRECTORY_BIND_PASSWORD"):
        LdapSettings(url="ldaps://localhost", bind_dn=SERVICE, bind_password="", base_dn=PEOPLE)


# --- down, slow, half done ---------------------------------------------------------------------------------


def test_server_that_is_down_is_told_and_changes_nothing():
    with pytest.raises(doors.DirectoryUnreachable) as refusal:
        _directory_of(_settings(f"ldaps://127.0.0.1:{free_port()}")).find("andi")
    assert refusal.value.nothing_changed


def test_silent_server_is_left_when_the_limit_is_over():
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        with pytest.raises(doors.DirectoryTimeout) as refusal:  # without the limit it would wait for ever
            _directory_of(_settings(f"ldap://127.0.0.1:{port}", time_limit=0.3)).find("andi")
    assert (refusal.value.nothing_changed, refusal.value.sentence) == (True, doors.NO_ANSWER)


def test_dripping_server_is_left_when_the_limit_is_over():
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        dripper = threading.Thread(target=_drip, args=(door, dripped := []), daemon=True)
        dripper.start()
        with pytest.raises(doors.DirectoryTimeout):
            _directory_of(_settings(f"ldap://127.0.0.1:{port}", time_limit=0.3)).find("andi")
        dripper.join(30)
    assert len(dripped) < 100  # cut off by the limit, not waited for to the end


def test_connection_lost_after_a_write_was_sent_is_uncertain(slapd, login):
    with pytest.raises(doors.DirectoryTimeout) as refusal, slapd.directory()._session() as session:
        session.wrote = True
        session._cut()
        session.search(OpenLdap().named(login), ["uid"])
    assert not refusal.value.nothing_changed


def test_limit_is_ten_seconds_in_all_and_cuts_the_connection(slapd):
    assert slapd.settings().time_limit == open_directory(_config(slapd)).settings.time_limit == 10
    with slapd.directory()._session() as session:
        timer = session.timer
        assert (timer.interval, timer.function, timer.daemon, timer.is_alive()) == (10, session._cut, True, True)
        session.search(OpenLdap().named("andi"), ["uid"])
        assert session.timer is timer  # one clock for the whole conversation, not one a call
    assert not session.timer.is_alive() or session.timer.finished.is_set()


def test_account_is_made_in_one_conversation(slapd, monkeypatch):
    opened, name = [], f"andi{next(numbers)}"
    original = Session.open
    monkeypatch.setattr(Session, "open", lambda self: (opened.append(self), original(self)))
    assert slapd.directory().make(name, "Andi", f"{name}@kampus.test", PASSWORD, "PTK-1").must_change
    assert (len(opened), slapd.binds(name, PASSWORD)) == (1, True)
    entry = slapd.directory().find(name)
    assert (entry.made_for, entry.is_suspended) == ("PTK-1", False)


def test_account_of_another_ticket_is_not_taken_over(slapd):
    name = f"andi{next(numbers)}"
    slapd.directory().make(name, "Andi", f"{name}@kampus.test", PASSWORD, "PTK-1")
    for ticket in ("PTK-2", ""):
        with pytest.raises(doors.EntryExists) as refusal:
            slapd.directory().make(name, "Lain", f"{name}@kampus.test", LATER, ticket)
        assert refusal.value.nothing_changed
    assert slapd.binds(name, PASSWORD)
    slapd.directory().make(name, "Andi", f"{name}@kampus.test", LATER, "PTK-1")
    assert slapd.binds(name, LATER)


def test_s11_failed_call_shows_no_password(slapd, caplog):
    caplog.set_level(logging.DEBUG)
    directory = slapd.directory(ca_file=str(slapd.home / "stranger-ca.pem"))
    with pytest.raises(doors.DirectoryError) as refusal:
        directory.set_password("andi", "kenari-rahasia-5521")
    shown = f"{refusal.value!r} {refusal.value.detail} {refusal.value.sentence} {directory.settings!r}"
    assert refusal.value.__cause__ is None
    for secret in ("kenari-rahasia-5521", SERVICE_PASSWORD):
        assert secret not in shown + caplog.text


# --- the campus without a directory ------------------------------------------------------------------------


def test_without_settings_the_register_stands_alone():
    directory = open_directory({"DIRECTORY_URL": ""})
    assert isinstance(directory, RegisterAlone)
    assert not directory.is_connected
    assert list(directory.entries()) == []
    assert directory.set_password("andi", PASSWORD) == doors.PasswordResult(must_change=False)


def test_settings_open_the_directory_they_name(slapd, login):
    directory = open_directory(_config(slapd))
    assert directory.is_connected
    assert directory.find(login).login == login


def _config(server):
    wanted = server.settings()
    return {
        "DIRECTORY_URL": wanted.url,
        "DIRECTORY_BIND_DN": wanted.bind_dn,
        "DIRECTORY_BIND_PASSWORD": wanted.bind_password,
        "DIRECTORY_BASE_DN": wanted.base_dn,
        "DIRECTORY_CA_FILE": wanted.ca_file,
    }


def _settings(url, **changes):
    return LdapSettings(url=url, bind_dn=SERVICE, bind_password=SERVICE_PASSWORD, base_dn=PEOPLE, **changes)


def _directory_of(settings):
    from gateways.directory.ldap import LdapDirectory

    return LdapDirectory(settings)


def _refuse_starttls(door, heard):
    """Answer the first request with protocolError (2), as a server that knows no STARTTLS, and listen on."""
    caller, _ = door.accept()
    caller.settimeout(3)
    with caller:
        heard.append(caller.recv(4096))
        caller.sendall(bytes.fromhex("300c02010178070a010204000400"))
        try:
            heard.append(caller.recv(4096))
        except OSError:
            return


def _drip(door, dripped):
    """Promise a long answer, then send one byte every 0.2 seconds."""
    caller, _ = door.accept()
    with caller:
        caller.sendall(bytes.fromhex("30820fff"))
        try:
            for _ in range(100):
                caller.sendall(b"\x02")
                dripped.append(1)
                time.sleep(0.2)
        except OSError:
            return
