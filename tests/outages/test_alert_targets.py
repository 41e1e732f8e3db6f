"""Every spelling of a host or URL that monitors use finds the node or service that is meant, and no other."""

import pytest

from procedures.outages.alert_targets import AlertTarget, AlertTargets

NODES = [
    (1, "Sakelar FEB", "10.10.1.1"), (2, "Router inti", "2001:0DB8:0::1"), (3, "Server web", "portal.kampus.ac.id"),
    (4, "Tanpa alamat", None), (5, "UPS", "10.10.1.9"),
]  # fmt: skip
SERVICES = [
    (1, "Portal", "https://portal.kampus.ac.id/"), (2, "Jurnal", "https://portal.kampus.ac.id/jurnal"),
    (3, "Perpustakaan", "http://pustaka.kampus.ac.id:8080/opac/"), (4, "Kembar satu", "https://kembar.ac.id/satu"),
    (5, "Kembar dua", "https://kembar.ac.id/dua"), (6, "Enam", "http://[2001:db8::9]/"),
]  # fmt: skip
OURS = AlertTargets(NODES, SERVICES)


def found(*hosts):
    target = OURS.find(hosts)
    return target and f"{target.kind} {target.name}"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("10.10.1.1", "node Sakelar FEB"), ("10.10.1.1:9100", "node Sakelar FEB"), (" 10.10.1.1 ", "node Sakelar FEB"),
        ("icmp://10.10.1.1", "node Sakelar FEB"), ("tcp://10.10.1.1:22", "node Sakelar FEB"),
        ("http://10.10.1.1/", "node Sakelar FEB"), ("http://10.10.1.1:9100/metrics", "node Sakelar FEB"),
        ("10.10.1.1/24", "node Sakelar FEB"), ("::ffff:10.10.1.1", "node Sakelar FEB"),
        ("sakelar feb", "node Sakelar FEB"), ("SAKELAR  FEB", "node Sakelar FEB"),
        ("[2001:db8::1]:9100", "node Router inti"), ("2001:db8::1", "node Router inti"),
        ("2001:0db8:0000::0001", "node Router inti"), ("[2001:DB8::1]", "node Router inti"),
        ("http://[2001:db8::1]:9090", "node Router inti"), ("2001:db8::1%eth0", "node Router inti"),
        ("https://portal.kampus.ac.id", "service Portal"), ("https://portal.kampus.ac.id/", "service Portal"),
        ("HTTPS://Portal.Kampus.ac.id:443/", "service Portal"), ("https://portal.kampus.ac.id./", "service Portal"),
        ("http://portal.kampus.ac.id", "service Portal"), ("portal.kampus.ac.id:443", "service Portal"),
        ("https://portal.kampus.ac.id/masuk?x=1", "service Portal"),
        ("https://portal.kampus.ac.id/jurnal/", "service Jurnal"),
        ("https://portal.kampus.ac.id/jurnal/index.php", "service Jurnal"),
        ("https://portal.kampus.ac.id/jurnalistik", "service Portal"),
        ("portal.kampus.ac.id", "node Server web"), ("portal.kampus.ac.id:22", "node Server web"),
        ("http://pustaka.kampus.ac.id:8080/opac", "service Perpustakaan"),
        ("pustaka.kampus.ac.id:8080", "service Perpustakaan"), ("pustaka.kampus.ac.id", "service Perpustakaan"),
        ("http://pustaka.kampus.ac.id/opac/", "service Perpustakaan"),
        ("[2001:db8::9]:80", "service Enam"), ("http://[2001:db8::9]", "service Enam"),
        ("Portal", "service Portal"), ("kembar.ac.id/satu", None), ("https://kembar.ac.id/dua/", "service Kembar dua"),
        ("kembar.ac.id", None), ("kembar.ac.id:443", None), ("https://kembar.ac.id/", None),
        ("10.10.1.2", None), ("10.10.1.10", None), ("10.10.1.11", None), ("feb", None), ("", None), ("?", None),
        ("http://", None), ("https://:443", None), ("http://[::", None), ("10.10.1.1:99999", None), ("x" * 500, None),
        ("evilportal.kampus.ac.id", None), ("portal.kampus.ac.id.evil.example", None),
    ],
)  # fmt: skip
def test_each_spelling_finds_what_is_meant(host, expected):
    assert found(host) == expected


def test_first_host_that_is_ours_counts():
    assert found("localhost:9115", "", "10.10.1.9", "10.10.1.1") == "node UPS"
    assert OURS.find([]) is None
    assert OURS.find(["UPS"]) == AlertTarget("node", 5, "UPS")
