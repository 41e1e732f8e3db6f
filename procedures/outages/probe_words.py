"""Says in words what a ping, a connection or a visit met, for pages and histories; the raw words stay in the log.

The probes speak to whoever repairs them ("name unknown: x"); people read what it means here.
"""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models.base.wording import Words

NO_PING = _l("mesin pemantau tidak boleh mengirim ping; administrator melihat sebabnya di “flask doctor”")
SIGNS: dict[str, Words] = {  # a part of what the probe says: what it means
    "ping unavailable": _l(
        "mesin pemantau tidak boleh mengirim ping; administrator melihat sebabnya di “flask doctor”"
    ),
    "not permitted": NO_PING,
    "ermission denied": _l(
        "mesin pemantau tidak boleh mengirim ping; administrator melihat sebabnya di “flask doctor”"
    ),
    "No such file": _l("mesin pemantau tidak punya program ping"),
    "name resolution failed": _l("server nama kami tidak menjawab"),
    "name unknown": _l("nama itu tidak dikenal server nama"),
    "no connection in time": _l("tidak tersambung pada waktunya"),
    "no whole answer in time": _l("jawabannya tidak selesai pada waktunya"),
    "connected to another address": _l("tersambung ke alamat lain dari yang diperiksa"),
    "expected text not found": _l("teks yang diharapkan tidak ada"),
    "ConnectionRefused": _l("sambungan ditolak"),
    "onnection refused": _l("sambungan ditolak"),
    "ConnectionReset": _l("sambungan diputus"),
    "RemoteProtocolError": _l("jawabannya bukan jawaban server web"),
    "ReadError": _l("sambungan putus di tengah jawaban"),
    "ConnectError": _l("tidak dapat disambung"),
    "redirect": _l("terus dialihkan ke alamat lain"),
    "certificate has expired": _l("sertifikatnya sudah berakhir"),
    "self-signed": _l("sertifikatnya ditandatangani sendiri"),
    "self signed": _l("sertifikatnya ditandatangani sendiri"),
    "unable to get local issuer": _l("penerbit sertifikatnya tidak dikenal"),
    "certificate is not valid for": _l("sertifikatnya untuk nama lain"),
    "ostname mismatch": _l("sertifikatnya untuk nama lain"),
    "etwork is unreachable": _l("mesin pemantau tidak punya jalan ke jaringan itu"),
    "o route to host": _l("tidak ada jalan ke perangkat itu"),
    "OSError": _l("tidak dapat dihubungi"),
    "Error": _l("tidak dapat dihubungi"),
}


def detail_words(detail: str) -> str:
    """What the probe's words mean; a sentence of our own, a number or a date stays as it is."""
    found = next((words for sign, words in SIGNS.items() if sign in detail), None)
    if found is not None:
        return str(found)
    if " != " in detail:
        status, wanted = detail.split(" != ", 1)
        return _("status %(status)s, diharapkan %(wanted)s", status=status, wanted=wanted)
    if detail.startswith("> "):
        return _("lebih dari %(time)s", time=detail[2:])
    return detail
