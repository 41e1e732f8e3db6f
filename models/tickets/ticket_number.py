"""Makes and reads ticket numbers such as PTK-7K3M9-QXD2M-C; it never asks whether a ticket exists.

The ten random characters are Crockford base 32 (no I, L, O, U: nothing to mix up when read aloud), fifty
random bits, so that numbers cannot be walked. The last character is a Luhn mod 32 check over those ten: it
finds every single wrong character and every swap of neighbours but 0 with Z.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from enum import Enum

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BODY_LENGTH = 10
LONGEST_INPUT = 60

_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_FORGIVEN = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212._/:#]+")


class Slip(Enum):
    """Why a typed number is none: wrong shape, or right shape with a check character that disagrees."""

    MALFORMED = "malformed"
    WRONG_CHECK = "wrong check character"


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

    Forgiven: lower case, O for 0, I and L for 1, missing prefix, missing or other hyphens, spaces.
    """
    bare = _without_prefix(fold(text), prefix)
    if len(bare) != BODY_LENGTH + 1 or not all(character in _VALUE for character in bare):
        return Slip.MALFORMED
    if check_character(bare[:BODY_LENGTH]) != bare[BODY_LENGTH]:
        return Slip.WRONG_CHECK
    return Number(number_from_bare(bare, prefix))


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
