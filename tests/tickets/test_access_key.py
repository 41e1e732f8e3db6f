"""Access codes and link tokens: derived, distinct, revocable, forgiving, and absent from logs."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tickets.access_key import KeyRing, mask, number_of_token
from models.tickets.ticket_number import new_number

OLD, NEW = "o" * 40, "n" * 40
RING = KeyRing.parse(f"2026:{NEW}, 2025:{OLD}")
NUMBER = new_number()


def test_the_first_key_is_the_current_one():
    assert RING.current_id == "2026"
    assert "2025" in RING and "2024" not in RING


def test_the_code_is_eight_characters_shown_in_two_groups():
    code = RING.code(NUMBER, 1, "2026")
    assert [len(part) for part in code.split("-")] == [4, 4]
    assert RING.is_code(code, NUMBER, 1, "2026")


def test_the_code_is_the_hmac_computed_here_a_second_way():
    message = f"pustikom-helpdesk\0access code\0{NUMBER.replace('-', '')[3:]}\x001".encode()
    digest = hmac.new(NEW.encode(), message, hashlib.sha256).digest()
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    bits = "".join(f"{byte:08b}" for byte in digest[:5])
    expected = "".join(alphabet[int(bits[at : at + 5], 2)] for at in range(0, 40, 5))
    assert RING.code(NUMBER, 1, "2026").replace("-", "") == expected


def test_typing_the_code_is_forgiven():
    code = next((RING.code(n, 1, "2026"), n) for n in iter(new_number, None) if "0" in RING.code(n, 1, "2026"))
    typed = code[0].lower().replace("-", " ").replace("0", "o")
    assert RING.is_code(typed, code[1], 1, "2026")


@pytest.mark.parametrize("around", ["Kode akses: *{}*", "\u200e{}\u200b", "kode {}", "“{}”", " {} "])
def test_a_code_that_was_pasted_among_words_is_found(around):
    code = RING.code(NUMBER, 1, "2026")
    assert RING.is_code(around.format(code), NUMBER, 1, "2026")
    assert RING.is_code(around.format(code.replace("-", "\u2011")), NUMBER, 1, "2026")
    assert not RING.is_code(f"{code} atau ABCD-1234", NUMBER, 1, "2026")


@pytest.mark.parametrize("typed", ["", "0000-0000", "x" * 500, "\ud800", "é"])
def test_a_wrong_code_is_refused_without_an_error(typed):
    assert RING.is_code(typed, NUMBER, 1, "2026") is False
    assert RING.is_token(typed, NUMBER, 1, "2026") is False
    assert number_of_token(typed) is None


def test_the_token_names_its_ticket_and_proves_it():
    token = RING.token(NUMBER, 1, "2026")
    assert number_of_token(token) == NUMBER
    assert RING.is_token(token, NUMBER, 1, "2026")
    assert len(token) == 11 + 1 + 26


def test_raising_the_generation_revokes_code_and_link():
    code, token = RING.code(NUMBER, 1, "2026"), RING.token(NUMBER, 1, "2026")
    assert not RING.is_code(code, NUMBER, 2, "2026")
    assert not RING.is_token(token, NUMBER, 2, "2026")


def test_old_papers_stay_valid_after_the_key_is_rotated():
    before = KeyRing.parse(f"2025:{OLD}")
    code, token = before.code(NUMBER, 1, "2025"), before.token(NUMBER, 1, "2025")
    assert RING.is_code(code, NUMBER, 1, "2025")
    assert RING.is_token(token, NUMBER, 1, "2025")


def test_a_lost_key_refuses_everything_and_shows_nothing():
    code = RING.code(NUMBER, 1, "2026")
    after = KeyRing.parse(f"2025:{OLD}")
    assert not after.is_code(code, NUMBER, 1, "2026")
    assert not after.is_code("", NUMBER, 1, "2026")
    assert not after.is_token("", NUMBER, 1, "2026")
    with pytest.raises(KeyError):
        after.code(NUMBER, 1, "2026")


def test_one_tickets_token_does_not_open_another():
    other = new_number()
    stolen = number_of_token(RING.token(other, 1, "2026"))
    assert stolen == other
    grafted = other.replace("-", "")[3:] + RING.token(NUMBER, 1, "2026")[11:]
    assert not RING.is_token(grafted, other, 1, "2026")


def test_code_and_token_share_no_bits():
    code, token = RING.code(NUMBER, 1, "2026").replace("-", ""), RING.token(NUMBER, 1, "2026")
    assert not token[12:].startswith(code)


@pytest.mark.parametrize(
    "text", ["", " , ", "only-a-secret", "a:short", f"a:{OLD},a:{NEW}", f"bad id:{OLD}", f":{OLD}"]
)
def test_a_bad_key_ring_is_refused_without_naming_the_secret(text):
    with pytest.raises(ValueError) as refused:
        KeyRing.parse(text)
    assert OLD not in str(refused.value)


def test_the_ring_does_not_print_its_secrets():
    assert repr(RING) == "<KeyRing 2026, 2025>"


def test_tokens_are_masked_in_log_lines():
    token = RING.token(NUMBER, 1, "2026")
    line = f'GET /akses/{token}?x=1 referer="https://h.test/akses/{token}" bare={token} %2Fakses%2F{token}'
    assert token not in mask(line)
    assert mask(f"GET /akses/{token}?x=1") == "GET /akses/…?x=1"
    assert mask(f"bare={token.lower()}") == "bare=…"
    assert mask(f"GET /tiket/{NUMBER} 200") == f"GET /tiket/{NUMBER} 200"


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_generations_have_different_tokens(one, other):
    assert (RING.token(NUMBER, one, "2026") == RING.token(NUMBER, other, "2026")) == (one == other)
