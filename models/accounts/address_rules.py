"""The rules on unit e-mail addresses (E1, E3): pattern, length, reserved words."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _

from models.base.written import clean_line

PATTERN = r"[a-z][a-z0-9]*([.-][a-z0-9]+)*"
"""Small letters and digits, parts joined by one dot or hyphen, a letter first."""

RESERVED = frozenset(
    """abuse admin administrator billing bounce daemon dns ftp helpdesk hostmaster info ip-admin it keamanan
    kepala mail mailer-daemon marketing mis news no-reply nobody noc noreply operator password postmaster
    pustikom rektor root routing sales security server smtp support system test usenet user uucp warek
    webmaster www""".split()  # noqa: SIM905 - forty words read better as text
)
"""RFC 2142's role names, names that phishing likes, and the university's own offices."""


@dataclass(frozen=True)
class AddressRules:
    """The settings: the domain given out, the pattern of the part before it, words nobody may take."""

    domain: str
    pattern: str = PATTERN
    shortest: int = 3
    longest: int = 40
    reserved: frozenset[str] = RESERVED


@dataclass(frozen=True)
class AddressFinding:
    """A wish as it was understood, the sentences that say what is wrong, and a free address nearby."""

    address: str
    problems: tuple[str, ...]
    suggestion: str = ""
    is_taken: bool = False

    @property
    def is_allowed(self) -> bool:
        return not self.problems


def check_address(wish: str, rules: AddressRules, is_taken: Callable[[str], bool]) -> AddressFinding:
    """Judge a wished address, given whole or without its domain; `is_taken` gets the whole address."""
    wish = clean_line(wish).lower()
    local, at, domain = wish.rpartition("@") if "@" in wish else (wish, "", "")
    address = f"{local}@{rules.domain}"
    problems = list(_problems(local, domain if at else rules.domain, rules))
    taken = not problems and is_taken(address)
    if taken:
        problems.append(_("Alamat %(address)s sudah dipakai.", address=address))
    suggestion = "" if not problems else _nearby(local, rules, is_taken)
    return AddressFinding(address, tuple(problems), suggestion, taken)


def _problems(local: str, domain: str, rules: AddressRules) -> list[str]:
    if domain != rules.domain:
        return [_("Alamat harus berakhiran @%(domain)s.", domain=rules.domain)]
    if not local:
        return [_("Tulis alamat yang diinginkan, misalnya jurusan.sipil@%(domain)s.", domain=rules.domain)]
    if forbidden := _forbidden(local):
        return [_("Karakter ini tidak boleh dipakai: %(list)s. Pakai huruf kecil, angka, titik, atau tanda "
                  "hubung.", list=" ".join(forbidden))]  # fmt: skip
    found = []
    if not rules.shortest <= len(local) <= rules.longest:
        found.append(_("Bagian sebelum @ harus %(least)d sampai %(most)d karakter.",
                       least=rules.shortest, most=rules.longest))  # fmt: skip
    if not re.fullmatch(rules.pattern, local):
        found.append(_("Awali dengan huruf; titik dan tanda hubung hanya di antara huruf atau angka, satu-satu."))
    if local in rules.reserved:
        found.append(_("Nama “%(name)s” dicadangkan. Tambahkan nama unit Anda.", name=local))
    return found


def _forbidden(local: str) -> list[str]:
    """The characters nobody may use, each once, in order; invisible ones by their code."""
    odd = dict.fromkeys(c for c in local if not re.fullmatch(r"[a-z0-9.-]", c))
    return [_("spasi") if c == " " else c if c.isprintable() else f"U+{ord(c):04X}" for c in odd]


def _nearby(local: str, rules: AddressRules, is_taken: Callable[[str], bool]) -> str:
    """A free address close to the wish, or nothing when none of ten is free."""
    plain = unicodedata.normalize("NFKD", local).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", ".", plain).strip(".").lstrip("0123456789.")[: rules.longest - 3]
    for candidate in [base, f"unit.{base}", *(f"{base}{number}" for number in range(2, 10))]:
        address = f"{candidate}@{rules.domain}"
        if not _problems(candidate, rules.domain, rules) and not is_taken(address):
            return address
    return ""
