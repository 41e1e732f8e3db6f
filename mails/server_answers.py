"""What a mail server's answer means and what to do about it, in the reader's language; its own words stand beside it.

Servers answer in English and by codes: three figures (RFC 5321) and mostly three more with dots, class, subject and
detail (RFC 3463). Where there are no dots the words decide. What the product wrote begins with a word of its own.
"""

from __future__ import annotations

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models.base.wording import Words

MEANINGS: dict[str, Words] = {
    "missing": _l("Kotak surat itu tidak ada. Periksa ejaan alamatnya, atau hubungi orangnya dengan cara lain."),
    "domain": _l("Nama di belakang @ tidak ditemukan atau tidak menerima email. Periksa ejaan alamatnya."),
    "disabled": _l("Kotak surat itu tidak aktif lagi. Hubungi orangnya dengan cara lain dan minta alamat yang baru."),
    "full": _l("Kotak surat penerima penuh. Hubungi orangnya dengan cara lain; kirim lagi setelah dikosongkan."),
    "too_large": _l("Email ini terlalu besar bagi server penerima. Berikan berkasnya lewat halaman tiket."),
    "spam": _l(
        "Server penerima menolaknya sebagai spam atau karena kebijakannya. Minta administrator memeriksa SPF, DKIM, "
        "dan nama baik server email kita."
    ),
    "login": _l("Server email kita menolak alamat pengirim atau kata sandinya. Minta administrator memeriksanya."),
    "later": _l("Server sedang tidak dapat menerimanya. Tidak perlu berbuat apa-apa: dicoba lagi dengan sendirinya."),
    "refused": _l("Server penerima menolaknya untuk seterusnya. Hubungi orangnya dengan cara lain."),
    "unreached": _l("Server email tidak tersambung. Dicoba lagi dengan sendirinya; bila lama, kabari administrator."),
    "unprinted": _l("Dokumen yang dilampirkan belum selesai dibuat. Dikirim dengan sendirinya setelah jadi."),
    "objected": _l("Ditahan: orangnya berkeberatan atas pemrosesan datanya, dan keberatannya dikabulkan."),
    "muted": _l("Ditahan: alamat ini sudah mendapat terlalu banyak email otomatis. Lepaskan bila memang diperlukan."),
    "unknown": _l("Sambungan putus sebelum ada jawaban, jadi mungkin sudah sampai. Tanyakan sebelum mengirim lagi."),
    "broken": _l("Email ini tidak dapat dibuat. Sampaikan kepada administrator."),
}
OWN = {  # the first words of what the product wrote, and what it means; none: the server's words follow
    "unreached: ": "unreached",
    "unprinted: ": "unprinted",
    "muted: ": "muted",
    "objected: ": "objected",
    "sender refused: ": "login",
    "came back: ": "",
}
MAYBE_SENT = "it may have arrived"  # the line was cut, or the worker died, after it was handed over
DOTTED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
PLAIN = re.compile(r"^\s*([245]\d\d)\b")
PYTHON = re.compile(r"^\w*(Error|Exception|NotFound|Undefined\w*): ")
BY_SUBJECT = {  # RFC 3463: "subject.detail", then the subject alone
    "1.1": "missing", "1.2": "domain", "1.3": "missing", "1.6": "disabled", "1.7": "login", "1.8": "login",
    "1.10": "domain", "2.1": "disabled", "2.2": "full", "2.3": "too_large", "3.4": "too_large", "4.4": "domain",
    "7.8": "login", "7": "spam", "2": "refused", "1": "missing",
}  # fmt: skip
BY_WORDS = (
    (r"quota|mailbox (is )?full|over ?quota|insufficient storage", "full"),
    (r"spam|block(ed|list)|blacklist|reputation|policy|dmarc|\bspf\b|dkim|greylist", "spam"),
    (r"(no such|unknown|invalid) (user|recipient|mailbox)|no mailbox", "missing"),
    (r"(user|recipient|mailbox|address)[\w <>@.\-]{0,80}(unknown|not found|does(n't| not) exist|rejected)", "missing"),
    (r"disabled|inactive|suspended|deactivated", "disabled"),
    (r"(domain|host)[\w <>@.\-]{0,80}(not found|unknown|does(n't| not) exist)|no mx", "domain"),
    (r"too (large|big)|size limit|exceeds", "too_large"),
    (r"auth|credential", "login"),
)  # fmt: skip


def kind_of(answer: str) -> str:
    """Which of MEANINGS this answer has; "" where nothing was answered."""
    words = answer.strip()
    if not words or MAYBE_SENT in words:
        return "unknown" if words else ""
    for begins, kind in OWN.items():
        if words.startswith(begins):
            if kind:
                return kind
            words = words.removeprefix(begins)
    if PYTHON.match(words):
        return "broken"
    dotted, plain = DOTTED.search(words), PLAIN.match(words)
    group = dotted[1] if dotted else plain[1][0] if plain else ""
    if dotted:
        kind = BY_SUBJECT.get(f"{dotted[2]}.{dotted[3]}") or BY_SUBJECT.get(dotted[2], "")
    else:
        kind = next((kind for pattern, kind in BY_WORDS if re.search(pattern, words, re.IGNORECASE)), "")
    if group == "4" and kind not in ("full", "login"):
        return "later"
    return kind or "refused"


def words_of(kind: str) -> str:
    """The sentence, in the language of whoever reads it."""
    return str(MEANINGS[kind]) if kind in MEANINGS else ""


def said_by_server(answer: str) -> str:
    """The server's own words, without those that the product put before them."""
    own = next((begins for begins in OWN if answer.startswith(begins)), "")
    return answer.removeprefix(own).strip()


def explained(answer: str) -> str:
    """The sentence with the server's words as a quotation; "" where nothing was answered."""
    if not (kind := kind_of(answer)):
        return ""
    said = said_by_server(answer)
    return _("%(means)s Kata server: “%(said)s”", means=words_of(kind), said=said) if said else words_of(kind)
