"""Reads a mail address as people type and paste it, for every form and import; what it returns can be written to.

A letter outside ASCII before the @ is refused here, where somebody can still correct it: most mail servers cannot
carry it (RFC 6531), so the mail would die later and unseen.
"""

from __future__ import annotations

import re

from flask_babel import gettext as _

from models.base.written import clean_line

LONGEST = 254  # RFC 5321, 4.5.3.1.3
_NAMED = re.compile(r"^[^<>]*<\s*([^<>]*)\s*>$")
_AROUND = " \t,;:.'\"<>()[]*"


class BadMail(ValueError):
    """What was typed is no mail address that mail can reach; the message says why, for the person who typed it."""


def read_mail(text: str) -> str:
    """The one written form of an address: as typed before the @, the domain in small letters. BadMail otherwise."""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  # 20 ms, where an address is typed

    plain = clean_line(text).replace("\uff20", "@").replace("\uff0e", ".")
    if named := _NAMED.match(plain):
        plain = named[1]
    plain = re.sub(r"^mailto:", "", plain.strip(_AROUND), flags=re.IGNORECASE).partition("?")[0]
    plain = re.sub(r" *@ *", "@", plain.strip(_AROUND))
    if plain.count("@") > 1:
        raise BadMail(_("Tulis satu alamat email saja di sini."))
    local, at, _domain = plain.partition("@")
    if at and (strange := next((character for character in local if not character.isascii()), "")):
        raise BadMail(
            _(
                "Huruf “%(letter)s” sebelum @ tidak dapat dikirimi email. Ketik ulang alamatnya dengan huruf biasa.",
                letter=strange,
            )
        )
    try:
        found = validate_email(
            plain, check_deliverability=False, test_environment=True, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError:
        raise BadMail(_says()) from None
    address = f"{found.local_part}@{found.ascii_domain}"
    if len(address) > LONGEST:
        raise BadMail(_says())
    return address


def _says() -> str:
    return _("Tulis alamat lengkap dengan tanda @ dan nama domain, misalnya andi@contoh.ac.id")
