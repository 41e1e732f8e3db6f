"""Encrypts a file to a public key and opens it again with the secret one, in the age format (age-encryption.org/v1).

Any other age program opens these files too. The secret key does not lie on the server: who opens a file brings it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar

import pyrage
from pyrage import x25519

BEGINS = b"age-encryption.org/v1\n"
R = TypeVar("R")


class NotDecrypted(RuntimeError):
    """The file does not open; the text says why."""


def is_public_key(text: str) -> bool:
    try:
        x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def is_encrypted(file: IO[bytes]) -> bool:
    """Does the file begin as age writes it? It is left at its start."""
    begins = file.read(len(BEGINS))
    file.seek(0)
    return begins == BEGINS


class _Heard:
    """A file whose faults are remembered: the library below turns them into words, and drops the last block's."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._fault: OSError | None = None

    def read(self, size: int = -1) -> bytes:
        return self._noted(lambda: self._file.read(size))

    def write(self, block: bytes) -> int:
        return self._noted(lambda: self._file.write(block))

    def flush(self) -> None:
        self._noted(self._file.flush)

    def _noted(self, act: Callable[[], R]) -> R:
        try:
            return act()
        except OSError as fault:
            self._fault = self._fault or fault
            raise

    def raise_fault(self) -> None:
        """Raise the first fault that the file had."""
        if self._fault is not None:
            raise self._fault from None


def encrypt(plain: IO[bytes], target: IO[bytes], public_key: str) -> None:
    """Copy `plain`, from where it stands, into `target`, for the holder of the secret key alone."""
    read, write = _Heard(plain), _Heard(target)
    try:
        pyrage.encrypt_io(read, write, [x25519.Recipient.from_str(public_key)])
    finally:
        read.raise_fault()
        write.raise_fault()


def decrypt(file: IO[bytes], plain: IO[bytes], secret_key: Path) -> None:
    """Copy what an encrypted file holds into `plain`; NotDecrypted with another key, or when it is damaged."""
    keys, write = _identities(secret_key), _Heard(plain)
    try:
        pyrage.decrypt_io(file, write, keys)
        write.raise_fault()
    except pyrage.DecryptError:
        write.raise_fault()
        raise NotDecrypted(
            f"The file does not open with {secret_key.name}: it was encrypted to another key, or its head is damaged."
        ) from None
    except OSError as fault:
        if fault.errno is not None:  # the machine's fault, a full disk for one
            raise
        raise NotDecrypted("The file is damaged or cut off: its encryption does not hold to the end.") from None


def new_secret_key(target: Path) -> str:
    """Write a new secret key to a file of its own (mode 0600) and return its public key; FileExistsError when there."""
    identity = x25519.Identity.generate()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())


def _identities(secret_key: Path) -> list[x25519.Identity]:
    """The keys of a file as age-keygen writes it: one a line, remarks after #."""
    try:
        lines = [line.strip() for line in secret_key.read_text().splitlines()]
        found = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError):
        found = []
    if not found:
        raise NotDecrypted(f"{secret_key} holds no secret key of age (AGE-SECRET-KEY-1…).")
    return found
