"""What a visit to a real web server finds; security.md N2 and N5."""

import asyncio
import gzip
import ipaddress
import ssl
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import trustme

from gateways.probes import http
from gateways.probes.addresses import AllowList
from gateways.probes.http import Expectation, VisitFinding, WebProbe
from tests.probes.webserver import answer, serving

HEALTHY = Expectation()


def visit(url, expects=HEALTHY, *, port=None, networks="127.0.0.1/32", ca_file=None, deadline=10.0):
    ports = {int(url.split(":")[2].split("/")[0])} if port is None else set(port)
    allow = AllowList.parse(networks, " ".join(map(str, ports)))
    return asyncio.run(WebProbe(allow, ca_file, deadline).visit(url, expects))


@pytest.fixture
def authority(tmp_path):
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    ca.path = str(tmp_path / "ca.pem")
    return ca


def tls_server(ca, *names, ends_in_days=365):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    end = datetime.now(UTC) + timedelta(days=ends_in_days)
    ca.issue_cert(*names, not_after=end).configure_cert(context)
    return context


def test_healthy_service_is_ok_with_its_first_bytes():
    with serving(answer(b"Portal akademik siap")) as server:
        found = visit(f"http://127.0.0.1:{server.port}/masuk?x=1", Expectation(text="akademik"))
    assert (found.finding, found.answers, found.status) == (VisitFinding.OK, True, 200)
    assert (found.first_bytes, found.peer) == ("Portal akademik siap", "127.0.0.1")
    assert server.requests[0].startswith("GET /masuk?x=1 HTTP/1.1\r\n")


def test_stopped_erring_slow_changed_and_ageing_servers_give_five_findings(authority):
    found = {}
    with serving(answer()) as server:
        url = f"http://127.0.0.1:{server.port}/"
        server.stop()
        found["stopped"] = visit(url)
    with serving(answer(b"oops", "500 Internal Server Error")) as server:
        found["500"] = visit(f"http://127.0.0.1:{server.port}/")
    with serving(lambda connection, request: (time.sleep(0.5), answer()(connection, request))) as server:
        found["slow"] = visit(f"http://127.0.0.1:{server.port}/", Expectation(slow_after_ms=300))
    with serving(answer(b"<h1>Diretas</h1>")) as server:
        found["text"] = visit(f"http://127.0.0.1:{server.port}/", Expectation(text="Selamat datang"))
    with serving(answer(), tls_server(authority, "127.0.0.1", ends_in_days=5)) as server:
        found["ageing"] = visit(f"https://127.0.0.1:{server.port}/", ca_file=authority.path)
    assert {name: (result.finding, result.answers, result.status) for name, result in found.items()} == {
        "stopped": (VisitFinding.STOPPED, False, None),
        "500": (VisitFinding.STATUS, False, 500),
        "slow": (VisitFinding.SLOW, True, 200),
        "text": (VisitFinding.TEXT, False, 200),
        "ageing": (VisitFinding.CERTIFICATE_ENDS, True, 200),
    }
    assert 4 <= (found["ageing"].certificate_ends_at - datetime.now(UTC)).days <= 5
    assert found["slow"].duration_ms >= 500


def test_certificate_of_another_name_expired_or_from_a_stranger_is_down(authority):
    wrong = tls_server(authority, "lain.kampus.ac.id")
    expired = tls_server(authority, "127.0.0.1", ends_in_days=-1)
    stranger = tls_server(trustme.CA(), "127.0.0.1")
    for context in (wrong, expired, stranger):
        with serving(answer(), context) as server:
            found = visit(f"https://127.0.0.1:{server.port}/", ca_file=authority.path)
        assert (found.finding, found.answers) == (VisitFinding.CERTIFICATE, False)
        assert found.detail


def test_name_goes_to_host_header_and_sni_while_the_checked_address_is_connected(authority, monkeypatch):
    async def lookup(*_args, **_more):
        return [(2, 1, 6, "", ("127.0.0.1", 0))]

    seen = []
    context = tls_server(authority, "siak.kampus.ac.id")
    context.sni_callback = lambda _socket, name, _context: seen.append(name)
    with serving(answer(), context) as server:
        url = f"https://siak.kampus.ac.id:{server.port}/"

        async def ask():
            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
            allow = AllowList.parse("127.0.0.1/32", str(server.port))
            return await WebProbe(allow, authority.path).visit(url)

        found = asyncio.run(ask())
    assert (found.finding, found.peer) == (VisitFinding.OK, "127.0.0.1")
    assert seen == ["siak.kampus.ac.id"]
    assert f"\r\nHost: siak.kampus.ac.id:{server.port}\r\n" in server.requests[0]


def test_n2_redirect_to_a_forbidden_address_is_not_followed():
    with serving(answer(b"rahasia"), address="127.0.0.2") as secret:
        target = f"http://127.0.0.2:{secret.port}/latest/meta-data/"
        with serving(answer(b"", "302 Found", [f"Location: {target}"])) as server:
            found = visit(f"http://127.0.0.1:{server.port}/", port={server.port, secret.port})
    assert (found.finding, found.answers, found.first_bytes) == (VisitFinding.FORBIDDEN, None, "")
    assert secret.requests == []


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "gopher://127.0.0.1/", "http://2130706433/", "http://u:p@127.0.0.1/"]
)
def test_n2_redirect_to_another_scheme_or_spelling_is_refused(location):
    with serving(answer(b"", "302 Found", [f"Location: {location}"])) as server:
        found = visit(f"http://127.0.0.1:{server.port}/")
    assert found.finding == VisitFinding.FORBIDDEN


@pytest.mark.parametrize(("hops", "finding"), [(3, VisitFinding.OK), (4, VisitFinding.STATUS)])
def test_n2_three_redirects_are_followed_and_no_more(hops, finding):
    def handle(connection, request):
        at = int(request.split()[1].strip("/") or 0)
        go_on = answer(b"", "302 Found", [f"Location: /{at + 1}"])
        (go_on if at < hops else answer())(connection, request)

    with serving(handle) as server:
        found = visit(f"http://127.0.0.1:{server.port}/")
    assert (found.finding, len(server.requests)) == (finding, 4)


def test_n2_name_that_changes_between_lookups_is_looked_up_once(monkeypatch):
    """DNS rebinding: the second answer would be forbidden, and is never asked for."""
    answers = [("127.0.0.1", 0), ("127.0.0.2", 0)]

    async def lookup(*_args, **_more):
        return [(2, 1, 6, "", answers.pop(0))]

    with serving(answer()) as server:

        async def ask():
            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
            allow = AllowList.parse("127.0.0.1/32", str(server.port))
            return await WebProbe(allow).visit(f"http://rebind.kampus.ac.id:{server.port}/")

        found = asyncio.run(ask())
    assert (found.finding, found.peer, answers) == (VisitFinding.OK, "127.0.0.1", [("127.0.0.2", 0)])


def test_n2_peer_that_is_not_the_checked_address_gets_no_request(monkeypatch):
    """Something between us and the network (a proxy, a NAT rule) connects elsewhere."""
    monkeypatch.setattr(http, "_peer", lambda _stream: ipaddress.ip_address("127.0.0.9"))
    with serving(answer()) as server:
        found = visit(f"http://127.0.0.1:{server.port}/")
    assert (found.finding, [request for request in server.requests if request]) == (VisitFinding.FORBIDDEN, [])


def endless(connection, _request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    sent = 0
    try:
        while sent < 200_000_000:
            sent += connection.send(b"x" * 65536)
    finally:
        endless.sent = sent


def test_n5_endless_body_is_cut_at_64_kb():
    with serving(endless) as server:
        found = visit(f"http://127.0.0.1:{server.port}/", Expectation(text="x" * 100))
        time.sleep(0.2)
    assert (found.finding, len(found.first_bytes)) == (VisitFinding.OK, 300)
    assert endless.sent < 20_000_000
    assert found.duration_ms < 2_000


def test_n5_gzip_bomb_stays_small():
    bomb = gzip.compress(b"A" * 50_000_000)
    with serving(answer(bomb, headers=["Content-Encoding: gzip"])) as server:
        found = visit(f"http://127.0.0.1:{server.port}/", Expectation(text="AAAA"))
    assert found.finding == VisitFinding.OK
    assert asyncio.run(_unpacked(bomb)) == http.BODY_LIMIT


async def _unpacked(body):
    async def parts():
        yield body

    response = SimpleNamespace(headers={"content-encoding": "gzip"}, stream=parts())
    return len(await http._read_body(response))


def drip(connection, _request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _second in range(50):
        connection.sendall(b".")
        time.sleep(0.1)


def test_n5_slow_drip_ends_at_the_total_deadline():
    with serving(drip) as server:
        started = time.monotonic()
        found = visit(f"http://127.0.0.1:{server.port}/", deadline=1.0)
    assert (found.finding, found.answers) == (VisitFinding.TIMEOUT, False)
    assert time.monotonic() - started < 2


def test_n5_silent_server_and_broken_answers_are_down():
    with serving(lambda connection, _request: time.sleep(2)) as server:
        assert visit(f"http://127.0.0.1:{server.port}/", deadline=0.5).finding == VisitFinding.TIMEOUT
    with serving(lambda connection, _request: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")) as server:
        assert visit(f"http://127.0.0.1:{server.port}/").finding == VisitFinding.STOPPED
    with serving(lambda connection, _request: connection.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500_000)) as server:
        assert visit(f"http://127.0.0.1:{server.port}/").answers is False


def test_n5_control_characters_of_the_far_side_are_dropped_from_what_is_shown():
    with serving(answer(b"\x1b[31m<script>alert(1)</script>\x00\xff")) as server:
        found = visit(f"http://127.0.0.1:{server.port}/")
    assert found.first_bytes == " [31m<script>alert(1)</script> \ufffd"


def test_redirect_that_is_itself_expected_is_healthy():
    with serving(answer(b"", "302 Found", ["Location: http://169.254.169.254/"])) as server:
        assert visit(f"http://127.0.0.1:{server.port}/", Expectation(status=302)).finding == VisitFinding.OK


def test_unknown_name_is_stopped_and_our_own_want_of_descriptors_is_unknown(monkeypatch):
    async def exhausted(*_args, **_more):
        raise OSError(24, "Too many open files")

    with serving(answer()) as server:

        async def ask():
            monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", exhausted)
            allow = AllowList.parse("127.0.0.1/32", str(server.port))
            return await WebProbe(allow).visit(f"http://127.0.0.1:{server.port}/")

        found = asyncio.run(ask())
    assert (found.finding, found.answers) == (VisitFinding.UNKNOWN, None)
