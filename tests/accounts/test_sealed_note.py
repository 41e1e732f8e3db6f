"""One-time notes: only the link opens them, and what is stored gives nothing away."""

import base64
from dataclasses import replace

import pytest

from models.accounts.sealed_note import SealBroken, fingerprint, seal, unseal

SECRET = "Kmpt-7xrq-h4ns-w9de"


def test_token_opens_its_note():
    token, note = seal(SECRET)
    assert unseal(token, note) == SECRET
    assert note.fingerprint == fingerprint(token)


def test_stored_row_holds_neither_content_nor_token():
    token, note = seal(SECRET)
    stored = note.fingerprint.encode() + note.sealed + base64.b64encode(note.sealed)
    assert SECRET.encode() not in stored
    assert token.encode() not in stored


def test_token_has_256_bits_and_never_repeats():
    tokens = {seal("x")[0] for _ in range(200)}
    assert len(tokens) == 200
    assert {len(base64.urlsafe_b64decode(token + "=")) for token in tokens} == {32}


def test_same_content_is_sealed_differently_each_time():
    assert seal(SECRET)[1].sealed != seal(SECRET)[1].sealed


def test_fingerprint_alone_opens_nothing():
    _, note = seal(SECRET)
    with pytest.raises(SealBroken):
        unseal(note.fingerprint, note)


@pytest.mark.parametrize("token", ["", "x", "Ü" * 50])
def test_other_tokens_open_nothing(token):
    _, note = seal(SECRET)
    with pytest.raises(SealBroken):
        unseal(token, note)


def test_altered_bytes_are_noticed():
    token, note = seal(SECRET)
    for position in range(len(note.sealed)):
        changed = bytearray(note.sealed)
        changed[position] ^= 1
        with pytest.raises(SealBroken):
            unseal(token, replace(note, sealed=bytes(changed)))


def test_note_moved_to_another_row_does_not_open():
    token, note = seal(SECRET)
    with pytest.raises(SealBroken):
        unseal(token, replace(note, fingerprint=fingerprint("other")))


@pytest.mark.parametrize("wiped", [b"", b"short"])
def test_wiped_note_does_not_open(wiped):
    token, note = seal(SECRET)
    with pytest.raises(SealBroken):
        unseal(token, replace(note, sealed=wiped))
