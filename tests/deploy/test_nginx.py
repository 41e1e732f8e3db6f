"""deploy/nginx: the real nginx before the real product, on a port that is not 443."""

import os
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import httpx
import pytest
import trustme
from PIL import Image

from tests.operations.test_setup import STAFF
from tests.public.visitor import hidden

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
PATH = f"{BIN}:{os.environ['PATH']}:/usr/sbin:/sbin"
NGINX = shutil.which("nginx", path=PATH)
ANSWERS = [  # no more staff, the proposed wait, an institution, hours and holidays as proposed; all else later
    *("", "", "y", "", "", "", "", "0751-7051678", "bantuan@kampus.example"),
    *("y", "", "", "", "", "y"),
    *([""] * 9),
]
pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="no nginx here; scripts/install-test-tools brings it"),
    pytest.mark.slow,
]


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def wait_until(is_so, seconds=30):
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.05)


class Site:
    """nginx and gunicorn, each a process of its own, over a house that `setup` made."""

    def __init__(self, place):
        self.place, self.port, self.plain, self.behind = place, free_port(), free_port(), free_port()
        self.url = f"https://localhost:{self.port}"
        authority = trustme.CA()
        server = authority.issue_cert("localhost")
        server.private_key_pem.write_to_path(str(place / "key.pem"))
        server.cert_chain_pems[0].write_to_path(str(place / "certificate.pem"))
        self.trust = ssl.create_default_context()
        authority.configure_trust(self.trust)
        self.environment = {
            "PATH": PATH,
            "BASE_URL": self.url,
            "SECRET_KEY": secrets.token_hex(32),
            "LINK_KEY": f"k1:{secrets.token_hex(32)}",
            "INSTANCE_PATH": str(place / "house"),
            "METRICS_FOLDER": str(place / "metrics"),
            "PROXY_HOPS": "1",
        }
        self.log = place / "access.log"

    def start(self):
        said = [word for person in STAFF for word in ("--staff", person)]
        self._run([BIN / "flask", "--app", "app", "setup", *said], "\n".join(ANSWERS))
        self.product = subprocess.Popen(
            [
                BIN / "gunicorn",
                "--workers",
                "1",
                "--threads",
                "4",
                "--bind",
                f"127.0.0.1:{self.behind}",
                "app:create_app()",
            ],
            cwd=ROOT,
            env=self.environment,
            stderr=(self.place / "gunicorn.log").open("w"),
        )
        self._write_configuration()
        self.nginx = [NGINX, "-c", self.place / "nginx.conf", "-p", self.place, "-e", self.place / "error.log"]
        self._run([*self.nginx, "-t", "-q"])
        self._run(self.nginx)
        wait_until(lambda: self.ask().get("/livez").status_code == 200)

    def _run(self, command, typed=""):
        asked = {"input": typed, "capture_output": True, "text": True, "timeout": 120}
        ran = subprocess.run(command, cwd=ROOT, env=self.environment, **asked)
        assert ran.returncode == 0, ran.stdout + ran.stderr

    def _write_configuration(self):
        words = {
            "@URL@": self.url,
            "@HOST@": "localhost",
            "@HTTPS_PORT@": f"127.0.0.1:{self.port}",
            "@HTTP_PORT@": f"127.0.0.1:{self.plain}",
            "@BEHIND@": str(self.behind),
            "@ROOT@": str(ROOT),
            "@LOGS@": str(self.place),
            "@CERTIFICATE@": str(self.place / "certificate.pem"),
            "@KEY@": str(self.place / "key.pem"),
        }
        site = (ROOT / "deploy" / "nginx" / "helpdesk.conf").read_text()
        site = re.sub(r"^ *listen \[::\].*\n", "", site, flags=re.MULTILINE)  # a test needs no second family
        for mark, word in words.items():
            site = site.replace(mark, word)
        assert not re.search("@[A-Z_]+@", site)
        (self.place / "site.conf").write_text(site)
        user = "user root;" if os.getuid() == 0 else ""  # who may read the tree, wherever it was cloned to
        temporary = "".join(
            f"{kind}_temp_path {self.place}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.place / "nginx.conf").write_text(
            f"{user} worker_processes 1; pid {self.place}/nginx.pid; events {{}}\n"
            f"http {{ include /etc/nginx/mime.types; {temporary} include {self.place}/site.conf; }}\n"
        )

    def ask(self, source="127.0.0.1"):
        """A browser that comes from `source`, an address of this machine."""
        line = httpx.HTTPTransport(verify=self.trust, local_address=source)
        return httpx.Client(base_url=self.url, transport=line, timeout=30)

    def stop(self):
        subprocess.run([*self.nginx, "-s", "stop"], capture_output=True, timeout=20)
        self.stop_product()

    def stop_product(self):
        self.product.send_signal(signal.SIGTERM)
        self.product.wait(30)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    made = Site(tmp_path_factory.mktemp("site"))
    made.start()
    yield made
    made.stop()


def test_a_page_comes_over_tls_with_the_headers_of_the_product_once(site):
    answer = site.ask().get("/")

    assert answer.status_code == 200
    for name in ("content-security-policy", "strict-transport-security", "x-content-type-options", "x-frame-options"):
        assert len(answer.headers.get_list(name)) == 1, name
    assert answer.headers["server"] == "nginx"  # and no version


def test_who_comes_without_tls_is_led_to_the_address_with_its_port(site):
    answer = httpx.get(f"http://localhost:{site.plain}/pengaduan?x=1")

    assert (answer.status_code, answer.headers["location"]) == (301, f"{site.url}/pengaduan?x=1")


@pytest.mark.parametrize("path", ["/api/alerts", "/api/alerts/api/v2/alerts", "/metrics", "/healthz", "/livez"])
def test_a_machine_that_comes_without_tls_is_refused_and_not_led_over(site, path):
    """It would go on telling its token in clear, and nobody would see it (ASVS 4.1.2)."""
    assert httpx.get(f"http://localhost:{site.plain}{path}").status_code == 403


@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")
def test_an_old_tls_is_refused(site):
    old = ssl.create_default_context()
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", site.port)) as line, pytest.raises(ssl.SSLError):
        old.wrap_socket(line, server_hostname="localhost")
    kept = (site.place / "site.conf").read_text()  # where OpenSSL would take it, nginx must not offer it
    assert re.findall("ssl_protocols ([^;]+)", kept) == ["TLSv1.2 TLSv1.3"]


def test_static_files_come_from_nginx_with_headers_of_their_own_and_nothing_beside_them(site):
    browser = site.ask()
    answer = browser.get("/static/css/pk.css")

    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/css")
    assert answer.headers["x-content-type-options"] == "nosniff" and "max-age=3600" in answer.headers["cache-control"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for name, value in (
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ):
        assert answer.headers.get_list(name) == [value], name
    assert answer.headers["content-encoding"] == "gzip"
    assert browser.get("/static/../config.py").status_code == 404
    assert browser.get("/static../config.py").status_code == 404
    assert browser.post("/static/css/pk.css").status_code == 403


def test_the_product_sees_the_address_of_the_visitor_and_not_the_claimed_one(site):
    here = {"X-Forwarded-For": "127.0.0.1"}

    assert site.ask().get("/metrics").status_code == 200
    assert site.ask("127.0.0.9").get("/metrics").status_code == 403
    assert site.ask("127.0.0.9").get("/metrics", headers=here).status_code == 403


def test_a_complaint_with_a_photo_of_twenty_megabytes_is_filed_behind_a_port(site):
    browser = site.ask()
    page = browser.get("/pengaduan").text
    category = re.search(r'<select[^>]*name="category".*?<option value="([1-9]\d*)"', page, re.DOTALL)[1]
    form = {
        **hidden(page, "/pengaduan"),
        "name": "Andi Saputra",
        "email": "andi@mhs.example",
        "unit": "0",
        "category": category,
        "subject": "Wi-Fi perpustakaan tidak tersambung",
        "description": "Sejak Rabu sore Wi-Fi di lantai 2 tersambung tetapi portal tidak terbuka.",
    }
    photo = BytesIO()
    Image.frombytes("RGB", (2700, 2600), os.urandom(2700 * 2600 * 3)).save(photo, "PNG", compress_level=0)

    answer = browser.post(
        "/pengaduan",
        data=form,
        files={"attachments": ("foto.png", photo.getvalue(), "image/png")},
        headers={"Referer": f"{site.url}/pengaduan", "Origin": site.url},
    )

    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(("/", site.url))
    assert browser.get(answer.headers["location"]).status_code == 200


def test_a_visitor_who_sends_nothing_or_slowly_holds_no_thread_of_the_product(site):
    """More lines than the product has threads, each with half a form, and a page comes at once."""
    half = f"POST /pengaduan HTTP/1.1\r\nHost: localhost:{site.port}\r\nContent-Length: 90000\r\n\r\nname=".encode()
    with ExitStack() as open_lines:
        for _ in range(20):
            line = open_lines.enter_context(socket.create_connection(("127.0.0.1", site.port)))
            safe = open_lines.enter_context(site.trust.wrap_socket(line, server_hostname="localhost"))
            safe.sendall(half)
        began = time.monotonic()
        assert site.ask().get("/").status_code == 200
        assert time.monotonic() - began < 5


def test_one_address_has_no_more_than_so_many_lines(site):
    with ExitStack() as open_lines:
        for _ in range(401):
            here = socket.create_connection(("127.0.0.1", site.port), source_address=("127.0.0.7", 0))
            line = open_lines.enter_context(here)
            safe = open_lines.enter_context(site.trust.wrap_socket(line, server_hostname="localhost"))
            safe.sendall(f"POST / HTTP/1.1\r\nHost: localhost:{site.port}\r\nContent-Length: 9\r\n\r\n".encode())
        safe.settimeout(5)
        assert b" 429 " in safe.recv(200)


def test_a_body_larger_than_any_form_is_refused_before_it_is_sent(site):
    with (
        socket.create_connection(("127.0.0.1", site.port)) as line,
        site.trust.wrap_socket(line, server_hostname="localhost") as safe,
    ):
        safe.sendall(
            f"POST /pengaduan HTTP/1.1\r\nHost: localhost:{site.port}\r\nContent-Length: 110000000\r\n\r\n".encode()
        )
        assert b" 413 " in safe.recv(200)


def test_the_log_of_nginx_holds_nothing_that_opens_a_ticket(site):
    browser = site.ask()
    browser.get("/tiket/PK-2026-00001?code=geheimnis")
    browser.get("/password/geheimnis-token")

    wait_until(lambda: '"GET /password"' in site.log.read_text())  # it writes after it has answered
    kept = site.log.read_text()
    assert '"GET /tiket"' in kept and '"GET /password"' in kept and "geheimnis" not in kept and "00001" not in kept


def test_when_the_product_is_away_a_page_says_so_and_too_many_requests_are_refused(site):
    """Last, since it ends the product."""
    site.stop_product()
    browser = site.ask()

    answer = browser.get("/")
    assert answer.status_code == 502 and "sedang diperbarui" in answer.text and answer.headers["retry-after"] == "60"
    assert answer.headers["cache-control"] == "no-store" and answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert browser.get("/static/css/pk.css").status_code == 200
    assert any(browser.get("/helpdesk-none").status_code == 429 for _ in range(2000))
