"""What is kept of a proof of identity that was shown (P2), and whether its number is the register's (P3)."""

import re
import unicodedata

SHOWN = 4
"""Characters of a number that stay readable; the rest is never stored."""

LONGEST = 40


def mask_number(number: str) -> str:
    """The number with all but its last characters as dots: `2010011110023` gives `•••••••••0023`.

    Spaces and punctuation are dropped first. Of a short number at most half stays readable.
    ValueError when nothing is left or the number is longer than any card's.
    """
    characters = characters_of(number)
    if not characters or len(characters) > LONGEST:
        raise ValueError("a proof's number has 1 to 40 letters and digits")
    shown = min(SHOWN, len(characters) // 2)
    return "•" * (len(characters) - shown) + characters[len(characters) - shown :].upper()


def characters_of(number: str) -> str:
    """The letters and digits of a number as it is written on cards and in registers; without blanks and signs."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", number))


def agrees(typed: str, held: str) -> bool | None:
    """Is the number read from a card the one that the register holds? Its end is enough, four characters at least.

    None where the register holds nothing to compare with.
    """
    read, known = characters_of(typed).casefold(), characters_of(held).casefold()
    if len(known) < SHOWN:
        return None
    return len(read) >= SHOWN and (read == known if len(read) >= len(known) else known.endswith(read))


def hide_end(number: str) -> str:
    """A number without its last characters, which are read from the card: `2010011110023` gives `201001111••••`."""
    return f"{number[:-SHOWN]}{'•' * SHOWN}" if len(number) > SHOWN else "•" * SHOWN


def mask_address(address: str) -> str:
    """A mail address as others may see it: `dewi.lestari@kampus.id` gives `de••••••••••@kampus.id`."""
    local, _, domain = address.rpartition("@")
    shown = 2 if len(local) > 4 else 1
    return f"{local[:shown]}{'•' * max(3, len(local) - shown)}@{domain}"


def mask_phone(phone: str) -> str:
    """A telephone number with its last three digits: `081234567890` gives `•••••••••890`."""
    digits = re.sub(r"\D", "", phone)
    shown = min(3, len(digits) // 2)
    return "•" * (len(digits) - shown) + digits[len(digits) - shown :]
