"""What is stored of a proof of identity that was shown (P2): its kind and its last characters."""

import re

SHOWN = 4
"""Characters of a number that stay readable; the rest is never stored."""

LONGEST = 40


def mask_number(number: str) -> str:
    """The number with all but its last characters as dots: `2010011110023` gives `•••••••••0023`.

    Spaces and punctuation are dropped first. Of a short number at most half stays readable.
    ValueError when nothing is left or the number is longer than any card's.
    """
    characters = re.sub(r"[\W_]", "", number)
    if not characters or len(characters) > LONGEST:
        raise ValueError("a proof's number has 1 to 40 letters and digits")
    shown = min(SHOWN, len(characters) // 2)
    return "•" * (len(characters) - shown) + characters[len(characters) - shown :].upper()


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
