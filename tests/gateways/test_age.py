"""Encrypting tells every fault of the disk, also one that meets the last block."""

from __future__ import annotations

import errno
import io

import pytest

from gateways.files.age import decrypt, encrypt, new_secret_key


class FullAfter(io.BytesIO):
    """A file on a disk with room for so many bytes."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def write(self, block: bytes) -> int:
        if self.tell() + len(block) > self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(block)


@pytest.mark.parametrize("size", [10, 70_000, 300_000])
def test_a_disk_that_is_full_for_any_block_is_told(tmp_path, size):
    public_key, plain, whole = new_secret_key(tmp_path / "key.txt"), bytes(size), io.BytesIO()
    encrypt(io.BytesIO(plain), whole, public_key)
    for room in (0, size // 2, size):
        with pytest.raises(OSError) as fault:
            encrypt(io.BytesIO(plain), FullAfter(room), public_key)
        assert fault.value.errno == errno.ENOSPC
    for room in (0, size - 1):
        with pytest.raises(OSError) as fault:
            decrypt(io.BytesIO(whole.getvalue()), FullAfter(room), tmp_path / "key.txt")
        assert fault.value.errno == errno.ENOSPC
    opened = io.BytesIO()
    decrypt(io.BytesIO(whole.getvalue()), opened, tmp_path / "key.txt")
    assert opened.getvalue() == plain
