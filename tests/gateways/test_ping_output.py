"""Ping is read by structure: a real Linux run, and other systems' samples typed from documentation."""

import subprocess
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.probes.ping_output import PingResult, UnreadableMeasurement, read_ping

# Typed from documentation and manuals, not captured here; each as (sent, received, min, avg, max, jitter).
TYPED = {
    "macOS": (
        """PING 10.0.0.1 (10.0.0.1): 56 data bytes
64 bytes from 10.0.0.1: icmp_seq=0 ttl=64 time=1.203 ms
64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=1.617 ms

--- 10.0.0.1 ping statistics ---
2 packets transmitted, 2 packets received, 0.0% packet loss
round-trip min/avg/max/stddev = 1.203/1.410/1.617/0.207 ms
""",
        ("2", "2", "1.203", "1.410", "1.617", "0.207"),
    ),
    "BusyBox": (
        """PING 10.0.0.1 (10.0.0.1): 56 data bytes
64 bytes from 10.0.0.1: seq=0 ttl=64 time=0.812 ms
64 bytes from 10.0.0.1: seq=1 ttl=64 time=0.612 ms

--- 10.0.0.1 ping statistics ---
2 packets transmitted, 2 packets received, 0% packet loss
round-trip min/avg/max = 0.612/0.712/0.812 ms
""",
        ("2", "2", "0.612", "0.712", "0.812", "0.200"),
    ),
    "Windows, English": (
        """
Pinging 10.0.0.1 with 32 bytes of data:
Reply from 10.0.0.1: bytes=32 time=1ms TTL=64
Reply from 10.0.0.1: bytes=32 time<1ms TTL=64
Reply from 10.0.0.1: bytes=32 time=4ms TTL=64
Request timed out.

Ping statistics for 10.0.0.1:
    Packets: Sent = 4, Received = 3, Lost = 1 (25% loss),
Approximate round trip times in milli-seconds:
    Minimum = 0ms, Maximum = 4ms, Average = 2ms
""",
        ("4", "3", "0", "2", "4", "1.500"),
    ),
    "Windows, Indonesian": (
        """
Melakukan ping 10.0.0.1 dengan 32 byte data:
Balasan dari 10.0.0.1: byte=32 waktu=1md TTL=64
Balasan dari 10.0.0.1: byte=32 waktu<1md TTL=64

Statistik ping untuk 10.0.0.1:
    Paket: Terkirim = 2, Diterima = 2, Hilang = 0 (0% hilang),
Perkiraan waktu pulang pergi dalam milidetik:
    Minimum = 0md, Maksimum = 1md, Rata-rata = 0md
""",
        ("2", "2", "0", "0", "1", "0.000"),
    ),
    "Windows, German, % on the next line": (
        """
Antwort von 10.0.0.1: Bytes=32 Zeit=14ms TTL=64
Antwort von 10.0.0.1: Bytes=32 Zeit=15ms TTL=64

Ping-Statistik für 10.0.0.1:
    Pakete: Gesendet = 2, Empfangen = 2, Verloren = 0
    (0% Verlust),
Ca. Zeitangaben in Millisek.:
    Minimum = 14ms, Maximum = 15ms, Mittelwert = 14ms
""",
        ("2", "2", "14", "14", "15", "1.000"),
    ),
    "Windows, French": (
        """
Statistiques Ping pour 10.0.0.1:
    Paquets : envoyés = 4, reçus = 4, perdus = 0 (perte 0%),
Durée approximative des boucles en millisecondes :
    Minimum = 11ms, Maximum = 12ms, Moyenne = 11ms
""",
        ("4", "4", "11", "11", "12", None),
    ),
    "Windows, Russian": (
        """
Ответ от 10.0.0.1: число байт=32 время=1мс TTL=64
Ответ от 10.0.0.1: число байт=32 время<1мс TTL=64

Статистика Ping для 10.0.0.1:
    Пакетов: отправлено = 2, получено = 2, потеряно = 0
    (0% потерь)
Приблизительное время приема-передачи в мс:
    Минимальное = 0мсек, Максимальное = 1 мсек, Среднее = 0 мсек
""",
        ("2", "2", "0", "0", "1", "0.000"),
    ),
    "Linux, Turkish, % before the number": (
        """
--- 10.0.0.1 ping istatistikleri ---
2 paket iletildi, 2 alındı, %0 paket kaybı, süre 1001ms
rtt min/avg/max/mdev = 0,051/0,059/0,067/0,008 ms
""",
        ("2", "2", "0.051", "0.059", "0.067", "0.008"),
    ),
    "Linux, errors and duplicates": (
        """
--- 10.0.0.9 ping statistics ---
10 packets transmitted, 8 received, +1 duplicates, +2 errors, 20% packet loss, time 9012ms
rtt min/avg/max/mdev = 0.051/0.059/0.067/0.008 ms, pipe 3
""",
        ("10", "8", "0.051", "0.059", "0.067", "0.008"),
    ),
    "Linux, nothing answered": (
        """
--- 10.0.0.9 ping statistics ---
3 packets transmitted, 0 received, 100% packet loss, time 2031ms
""",
        ("3", "0", None, None, None, None),
    ),
}


@pytest.mark.parametrize("system", TYPED)
def test_typed_sample_is_read_whatever_its_language(system):
    text, (sent, received, *times) = TYPED[system]
    figures = [None if one is None else Decimal(one) for one in times]
    assert read_ping(text) == PingResult(int(sent), int(received), *figures)
    assert read_ping(text.replace("\n", "\r\n")) == read_ping(text)


def test_real_linux_ping_of_this_machine_is_read():
    run = subprocess.run(["ping", "-c", "5", "-i", "0.2", "127.0.0.1"], capture_output=True, text=True, check=True)
    result = read_ping(run.stdout)
    assert (result.sent, result.received, result.lost, result.loss_percent) == (5, 5, 0, 0)
    assert result.rtt_avg_ms is not None and result.jitter_ms is not None
    assert Decimal(0) < result.rtt_min_ms <= result.rtt_avg_ms <= result.rtt_max_ms < 1000


BAD = {
    "Berkas ping terpotong: ringkasan": "64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=1.2 ms\n64 by",
    "Berkas ping terpotong: baris waktu": "4 packets transmitted, 4 received, 0% packet loss, time 3004ms\n",
    "bukan keluaran ping": '{"start": {}, "end": {}}',
    "tidak memuat satu paket pun": "0 packets transmitted, 0 received, 0% packet loss\n",
    "tidak cocok": "4 packets transmitted, 4 received, 50% packet loss\nrtt min/avg/max/mdev = 1/1/1/0 ms",
    "tidak berurutan": "4 packets transmitted, 4 received, 0% packet loss\nrtt min/avg/max/mdev = 9/1/3/0 ms",
    "terlalu besar": "x" * 1_000_001,
}


@pytest.mark.parametrize("sentence", BAD)
def test_bad_file_is_refused_with_its_sentence(sentence):
    with pytest.raises(UnreadableMeasurement, match=sentence):
        read_ping(BAD[sentence])


@given(st.text(alphabet="0123456789=/%.,()abc \n", max_size=300))
def test_any_text_is_read_or_refused_and_never_crashes(text):
    try:
        result = read_ping(text)
    except UnreadableMeasurement:
        return
    assert 0 <= result.received <= result.sent
