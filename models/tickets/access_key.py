"""Derives a ticket's access code and link token from its number; neither is stored anywhere.

Both come by HMAC-SHA256 (RFC 2104) from the ticket's number, its generation and a key that lives outside the
database. Nothing at rest can be stolen, the same code can be shown again when it is needed, and raising the
generation revokes code and links at once. The ticket keeps the id of its key, so that documents made with an
older key stay valid as long as that key is kept in the ring.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping

from models.base.written import clean_line, plain_marks
from models.tickets.ticket_number import ALPHABET, LONGEST_PASTED, Number, fold, number_from_bare, read_number

CODE_LENGTH = 8
TOKEN_BITS = 128
SHORTEST_SECRET = 32

_TOKEN = re.compile(rf"([{ALPHABET}]{{11}})-[{ALPHABET}]{{26}}")
_MASKED = re.compile(rf"[{ALPHABET}]{{11}}-[{ALPHABET}]{{26}}", re.IGNORECASE)
_KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,16}")


class KeyRing:
    """The keys by id; the first one is used for new documents, all of them recognise old ones."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        if not secrets:
            raise ValueError("The key ring is empty: at least one id:secret is needed.")
        for key_id, secret in secrets.items():
            _check_key(key_id, secret)
        self._secrets = {key_id: secret.encode() for key_id, secret in secrets.items()}
        self.current_id = next(iter(secrets))

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Read "id:secret,id2:secret2" (first = current); ValueError says what is wrong, never the secret."""
        secrets: dict[str, str] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            key_id, colon, secret = part.partition(":")
            if not colon:
                raise ValueError("Every key is written id:secret; one has no colon.")
            if key_id in secrets:
                raise ValueError(f"The key id {key_id!r} stands twice in the ring.")
            secrets[key_id] = secret
        return cls(secrets)

    def __repr__(self) -> str:
        return f"<KeyRing {', '.join(self._secrets)}>"

    def __contains__(self, key_id: str) -> bool:
        """Is this key still here? `doctor` asks it for every key id that a ticket names."""
        return key_id in self._secrets

    def fingerprint(self, key_id: str) -> str:
        """By what a key is known again without being told: 16 hex digits that say nothing about the secret."""
        return hmac.digest(self._secrets[key_id], b"pustikom-helpdesk\0fingerprint", hashlib.sha256).hex()[:16]

    def fingerprints(self) -> dict[str, str]:
        """The fingerprint of every key by its id."""
        return {key_id: self.fingerprint(key_id) for key_id in self._secrets}

    def code(self, number: str, generation: int, key_id: str) -> str:
        """The access code as shown: XXXX-XXXX, 40 bits. KeyError when the ring lost the key."""
        characters = _crockford(self._digest("access code", number, generation, key_id), CODE_LENGTH)
        return f"{characters[:4]}-{characters[4:]}"

    def token(self, number: str, generation: int, key_id: str) -> str:
        """The token of /akses/<token>: the bare number, a hyphen, 128 derived bits in 26 characters."""
        proof = self._digest("link token", number, generation, key_id)[: TOKEN_BITS // 8]
        return f"{_bare(number)}-{_crockford(proof, 26)}"

    def copy_token(self, number: str, ident: int, email: str, key_id: str) -> str:
        """For somebody in copy: the bare number, a hyphen, 128 derived bits; of that row and address alone."""
        proof = self._digest(f"copy\0{ident}\0{clean_line(email).lower()}", number, 1, key_id)[: TOKEN_BITS // 8]
        return f"{_bare(number)}-{_crockford(proof, 26)}"

    def is_copy_token(self, token: str, number: str, ident: int, email: str, key_id: str) -> bool:
        """Is this that person's link? Constant time."""
        return _same(token, self.copy_token(number, ident, email, key_id) if key_id in self else "")

    def reply_mark(self, number: str, generation: int, key_id: str, email: str) -> str:
        """What a mail to this address is answered with: 80 bits in 16 small characters, for that address alone."""
        proof = self._digest(f"reply address\0{clean_line(email).lower()}", number, generation, key_id)[:10]
        return _crockford(proof, 16).lower()

    def is_code(self, typed: str, number: str, generation: int, key_id: str) -> bool:
        """Is this the code, however it was typed (see typed_code)? Constant time."""
        wanted = fold(self.code(number, generation, key_id)) if key_id in self else ""
        return _same(typed_code(typed), wanted)

    def is_token(self, token: str, number: str, generation: int, key_id: str) -> bool:
        """Is this the link of that ticket in its present generation? Constant time."""
        wanted = self.token(number, generation, key_id) if key_id in self else ""
        return _same(token, wanted)

    def _digest(self, context: str, number: str, generation: int, key_id: str) -> bytes:
        message = "\0".join(["pustikom-helpdesk", context, _bare(number), str(generation)])
        return hmac.digest(self._secrets[key_id], message.encode(), hashlib.sha256)


def typed_code(text: str) -> str:
    """The eight characters of a typed or pasted code, `Kode akses: *ABCD-1234*` too; anything else only folded.

    Forgiven: lower case, missing hyphen, O for 0, I and L for 1, marks that nobody sees.
    """
    plain = plain_marks(text[:LONGEST_PASTED]).upper()
    found = re.findall(r"(?<![0-9A-Z-])([0-9A-Z]{4})-([0-9A-Z]{4})(?![0-9A-Z-])", plain)
    return fold("".join(found[0])) if len(found) == 1 else fold(plain)


def number_of_token(token: str, prefix: str = "PTK") -> str | None:
    """Which ticket a token speaks of, or None when it is none; it proves nothing: ask `is_token` then."""
    shape = _TOKEN.fullmatch(token)
    if not shape:
        return None
    number = read_number(number_from_bare(shape[1], prefix), prefix)
    return number.text if isinstance(number, Number) else None


def mask(text: str) -> str:
    """A log line without link tokens that stand alone; web/secret_addresses.py masks those in an address."""
    return _MASKED.sub("…", text)


def _check_key(key_id: str, secret: str) -> None:
    if not _KEY_ID.fullmatch(key_id):
        raise ValueError(f"A key id, which begins {key_id[:3]!r}, is not 1 to 16 letters, digits, dots, hyphens.")
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"The secret of key {key_id!r} is shorter than {SHORTEST_SECRET} characters.")


def _bare(number: str) -> str:
    return Number(number).bare


def _same(typed: str, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest(typed.encode(errors="replace"), wanted.encode())


def _crockford(data: bytes, length: int) -> str:
    """The first `length` base-32 characters of the bytes, five bits each, zero bits added at the end."""
    bits = int.from_bytes(data) << (-len(data) * 8) % 5
    characters = -(-len(data) * 8 // 5)
    digits = [ALPHABET[bits >> 5 * place & 31] for place in reversed(range(characters))]
    return "".join(digits[:length])
