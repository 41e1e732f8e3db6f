"""Makes and reads ticket numbers such as PTK-7K3M9-QXD2M-C, and recognises slips of typing.

The ten random characters are Crockford base 32 (no I, L, O, U: nothing to mix up when read aloud), fifty
random bits, so that numbers cannot be walked. The last character is a Luhn mod 32 check over those ten: it
finds every single wrong character and every swap of neighbours but 0 with Z.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from enum import Enum

from models.base.written import clean_line

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BODY_LENGTH = 10
LONGEST_INPUT = 60
LONGEST_PASTED = 500

_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_FORGIVEN = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212._/:#]+")
_BETWEEN = r"[\s\-\u2010-\u2015\u2212._]"
_AMONG_WORDS = (
    rf"(?<![0-9A-Z])(?:HEAD{_BETWEEN}*([0-9A-Z]{{5}}){_BETWEEN}*([0-9A-Z]{{5}}){_BETWEEN}*([0-9A-Z])"
    rf"|(?<![0-9A-Z][\-\u2010-\u2015\u2212_])([0-9A-Z]{{5}}){_BETWEEN}([0-9A-Z]{{5}}){_BETWEEN}([0-9A-Z])|AKSES/([0-9A-Z]{{11}}))(?![0-9A-Z])"
)


class Slip(Enum):
    """Why a typed number is none: wrong shape, a check character that disagrees, or several numbers at once."""

    MALFORMED = "malformed"
    WRONG_CHECK = "wrong check character"
    SEVERAL = "several numbers"


@dataclass(frozen=True)
class Number:
    """A well-formed ticket number; `text` is the one written form that is stored and shown."""

    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def bare(self) -> str:
        """The eleven characters without prefix and hyphens."""
        return self.text.replace("-", "")[-(BODY_LENGTH + 1) :]


def new_number(prefix: str = "PTK") -> str:
    """A fresh random number; once in 10^15 it may exist already, so the table keeps a unique key."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(BODY_LENGTH))
    return number_from_bare(body + check_character(body), prefix)


def read_number(text: str, prefix: str = "PTK") -> Number | Slip:
    """What a person typed, scanned or pasted, read as a number.

    Forgiven: lower case, O for 0, I and L for 1, missing prefix, missing or other hyphens, spaces; words around it,
    such as "No. Tiket: PTK-…", "*PTK-…*" or the address of its page.
    """
    bare = _without_prefix(fold(clean_line(text)), prefix)
    read = _checked(bare, prefix)
    return read if read is not Slip.MALFORMED else _found_in(text, prefix)


def _checked(bare: str, prefix: str) -> Number | Slip:
    if len(bare) != BODY_LENGTH + 1 or not all(character in _VALUE for character in bare):
        return Slip.MALFORMED
    if check_character(bare[:BODY_LENGTH]) != bare[BODY_LENGTH]:
        return Slip.WRONG_CHECK
    return Number(number_from_bare(bare, prefix))


def _found_in(text: str, prefix: str) -> Number | Slip:
    """The one number that stands among other words: after its prefix, in its three groups, or in a holder's link."""
    if len(text) > LONGEST_PASTED:
        return Slip.MALFORMED
    folded = unicodedata.normalize("NFKC", clean_line(text)).upper().translate(_FORGIVEN)
    head = prefix.upper().translate(_FORGIVEN)
    pattern = _AMONG_WORDS.replace("HEAD", re.escape(head))
    groups = (match.groups("") for match in re.finditer(pattern, folded))
    read = {_checked("".join(parts), prefix) for parts in groups} - {Slip.MALFORMED}
    numbers = [one for one in read if isinstance(one, Number)]
    if len(numbers) > 1:
        return Slip.SEVERAL
    return numbers[0] if numbers else read.pop() if read else Slip.MALFORMED


def fold(text: str) -> str:
    """Typed Crockford characters in one form: upper case, no separators, O as 0, I and L as 1."""
    if len(text) > LONGEST_INPUT:
        return ""
    upper = unicodedata.normalize("NFKC", text).upper()
    return _SEPARATORS.sub("", upper).translate(_FORGIVEN)


def check_character(body: str) -> str:
    """The Luhn mod 32 character of a string of Crockford characters (ISO/IEC 7812-1 annex B, base 32)."""
    total = 0
    for place, character in enumerate(reversed(body)):
        addend = _VALUE[character] * (2 if place % 2 == 0 else 1)
        total += addend // 32 + addend % 32
    return ALPHABET[-total % 32]


def number_from_bare(bare: str, prefix: str = "PTK") -> str:
    """Eleven bare characters with prefix and hyphens put back."""
    return f"{prefix}-{bare[:5]}-{bare[5:10]}-{bare[10]}"


def _without_prefix(folded: str, prefix: str) -> str:
    head = fold(prefix)
    if len(folded) == len(head) + BODY_LENGTH + 1 and folded.startswith(head):
        return folded[len(head) :]
    return folded
