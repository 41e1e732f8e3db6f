"""Reads the file of a ping run, whatever campus tool wrote it."""

import re
from collections.abc import Callable

from flask_babel import gettext as _

from gateways.probes.measurement_text import UnreadableMeasurement, text_of
from gateways.probes.ping_judged import judged
from gateways.probes.ping_lines import read_lines
from gateways.probes.ping_marks import read_cisco, read_fping
from gateways.probes.ping_run import PingResult, PingRun
from gateways.probes.ping_tables import read_mtr, read_routeros, read_test_connection_5, read_test_connection_7

MAX_CHARACTERS = 1_000_000
DIALECTS: tuple[Callable[[str], PingRun | None], ...] = (
    read_routeros,
    read_mtr,
    read_test_connection_7,
    read_cisco,
    read_fping,
)

_PROGRAM = re.compile(r"^(?:ping6?|fping6?|mtr|connect): \S.*$", re.M)

__all__ = ["PingResult", "UnreadableMeasurement", "read_ping"]


def read_ping(file: bytes | str) -> PingResult:
    """What one run of ping came to; UnreadableMeasurement, with a sentence, where the file does not tell.

    Read are iputils, BSD and macOS, BusyBox, Windows, RouterOS, Cisco IOS, Ruijie, Huawei VRP, H3C, fping,
    `mtr --report` and PowerShell's Test-Connection, in any language and encoding that they print.
    """
    text = file if isinstance(file, str) else text_of(file)
    if len(text) > MAX_CHARACTERS:
        raise UnreadableMeasurement(_("Berkas ping terlalu besar. Unggah keluaran satu kali pengujian saja."))
    answers_only = read_test_connection_5(text)
    if answers_only is not None:
        return answers_only
    special = [run for dialect in DIALECTS if (run := dialect(text)) is not None]
    plain = read_lines(text)
    if len(special) > 1 or (special and plain.summaries):
        raise UnreadableMeasurement(
            _("Berkas ini memuat keluaran lebih dari satu alat. Unggah satu berkas untuk satu pengujian.")
        )
    run = special[0] if special else plain
    if run.is_empty and (said := _PROGRAM.search(text)):
        raise UnreadableMeasurement(
            _(
                "Ping tidak mengirim satu paket pun: “%(said)s”. Periksa alamat dan sambungannya, lalu ulangi.",
                said=said[0].strip()[:200],
            )
        )
    if run.is_empty:
        raise UnreadableMeasurement(
            _("Berkas ini bukan keluaran ping. Unggah teks yang dicetak perintah ping, utuh dari awal sampai akhir.")
        )
    return judged(run)
