"""What a staff password must be: long, and not among the first that anyone would try (ASVS 6.2)."""

from __future__ import annotations

from pathlib import Path

from flask_babel import gettext as _

# 30,000 of the passwords most often stolen, one a line (data/common-passwords.LICENSE).
STOLEN = Path(__file__).parents[3] / "data" / "common-passwords.txt"
ADORNMENT = "0123456789 .-_!@#"  # what people put around a common password
SHORTEST = 12
# Parts that make a guess cheap on this campus; the rest is done by the length.
CAMPUS_WORDS = ("pustikom", "bunghatta", "bung hatta", "universitas", "helpdesk", "padang", "minangkabau", "kampus")
COMMON = {
    "password",
    "passw0rd",
    "123456789012",
    "1234567890",
    "qwertyuiop",
    "iloveyou",
    "indonesia",
    "administrator",
    "welcome",
    "rahasia",
    "katasandi",
    "sayangku",
    "bismillah",
    "letmein",
    "abcdefghijkl",
    "111111111111",
    "000000000000",
    "semangat",
}


def fault_of(password: str, username: str, name: str) -> str:
    """The sentence that says what is wrong, or an empty text."""
    bare = password.lower()
    if len(password) < SHORTEST:
        return _("Pakai sedikitnya %(n)s huruf; beberapa kata yang mudah Anda ingat sudah cukup.", n=SHORTEST)
    if len(set(bare)) < 5:
        return _("Terlalu banyak huruf yang sama.")
    if _is_stolen(bare):
        return _("Kata sandi itu termasuk yang paling sering dicuri dan dicoba. Pilih yang lain.")
    rest = bare
    for word in sorted({*CAMPUS_WORDS, *COMMON, username.lower(), *name.lower().split()}, key=len, reverse=True):
        if len(word) > 2:
            rest = rest.replace(word, "")
    if len(rest.strip(ADORNMENT)) < 5:
        return _("Terlalu mudah ditebak: jangan pakai nama Anda, nama kampus, atau kata sandi umum.")
    return ""


def _is_stolen(bare: str) -> bool:
    """Is it one of the list, as it stands or without what is put around it? The file is read and not kept."""
    wanted = {bare, bare.strip(ADORNMENT)}
    with STOLEN.open(encoding="utf-8") as lines:
        return any(line.rstrip("\n") in wanted for line in lines)
