"""Ticket numbers: what is forgiven, what is told as a slip, and that the check character does its work."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tickets.ticket_number import ALPHABET, Number, Slip, check_character, new_number, read_number

BODIES = st.text(ALPHABET, min_size=10, max_size=10)
SHOWN = "PTK-7K3M9-QXD2M-" + check_character("7K3M9QXD2M")


def test_a_new_number_has_the_promised_form_and_reads_back():
    number = new_number()
    assert [len(part) for part in number.split("-")] == [3, 5, 5, 1]
    assert read_number(number) == Number(number)


def test_new_numbers_differ():
    assert len({new_number() for _ in range(2000)}) == 2000


def test_the_check_character_is_luhn_mod_32_worked_by_hand():
    # Z=31 doubled is 62 = 1*32+30, digits sum to 31; 31 + 1 = 32, so the check character is 1.
    assert check_character("Z") == "1"
    assert check_character("0000000000") == "0"
    assert check_character("0000000001") == ALPHABET[30]


@pytest.mark.parametrize(
    "typed",
    [
        SHOWN.lower(),
        SHOWN.replace("-", ""),
        SHOWN.replace("-", " "),
        SHOWN.removeprefix("PTK-"),
        SHOWN.removeprefix("PTK-").replace("-", "").lower(),
        f"  {SHOWN}\n",
        SHOWN.replace("-", "\u2013"),
        "#" + SHOWN,
    ],
)
def test_case_hyphens_spaces_and_prefix_are_forgiven(typed):
    assert read_number(typed) == Number(SHOWN)


@pytest.mark.parametrize(
    "pasted",
    [
        f"No. Tiket: {SHOWN}",
        f"*{SHOWN}*",
        f"“{SHOWN}”.",
        f"\u200e{SHOWN}\u200b",
        f"https://helpdesk.contoh.ac.id/tiket/{SHOWN}",
        f"https://helpdesk.contoh.ac.id/tiket/{SHOWN}/bukti?baru=1#atas",
        f"https://helpdesk.contoh.ac.id/akses/{SHOWN[4:].replace('-', '')}-0123456789ABCDEFGHJKMNPQRS",
        f"Nomor tiket Anda {SHOWN.lower()}, kode akses AB12-CD34.",
        f"[{SHOWN}] Wi-Fi di ruang 2.1 mati",
        f"nomor {SHOWN[4:]} ya",
        f"{SHOWN} dan {SHOWN}",
    ],
)
def test_a_number_among_other_words_or_in_a_link_is_found(pasted):
    assert read_number(pasted) == Number(SHOWN)


def test_two_numbers_in_one_box_are_asked_about():
    assert read_number(f"{SHOWN}, {new_number()}") is Slip.SEVERAL


def test_a_slip_among_other_words_is_told_as_one():
    assert read_number(f"No. Tiket: {SHOWN[:-1]}{'0' if SHOWN[-1] != '0' else '1'}") is Slip.WRONG_CHECK


def test_words_without_a_number_are_malformed():
    assert read_number("Wi-Fi di gedung rektorat lantai 2 mati sejak kemarin pagi") is Slip.MALFORMED


def test_o_i_and_l_are_read_as_digits():
    number = "PTK-01010-10101-" + check_character("0101010101")
    typed = number.replace("0", "o", 3).replace("1", "l", 2).replace("1", "I", 1)
    assert typed != number
    assert read_number(typed) == Number(number)


@pytest.mark.parametrize(
    "typed",
    ["", "PTK", SHOWN + "0", SHOWN[:-1], "PTK-7K3M9-QXU2M-C", "x" * 5000, "ABC-" + SHOWN[4:], "ß" * 11],
)
def test_another_shape_is_malformed(typed):
    assert read_number(typed) is Slip.MALFORMED


@given(BODIES, st.integers(0, 10), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_found(body, place, wrong):
    bare = body + check_character(body)
    typed = bare[:place] + wrong + bare[place + 1 :]
    assert (read_number(typed) is Slip.WRONG_CHECK) == (typed != bare)


@given(BODIES, st.integers(0, 9))
def test_swapped_neighbours_are_found_but_for_0_and_z(body, place):
    bare = body + check_character(body)
    swapped = bare[:place] + bare[place + 1] + bare[place] + bare[place + 2 :]
    if swapped != bare and {bare[place], bare[place + 1]} != {"0", "Z"}:
        assert read_number(swapped) is Slip.WRONG_CHECK


@pytest.mark.slow
@given(BODIES, st.sampled_from(["PTK", "TIK", "HELP"]))
def test_another_prefix_is_a_parameter(body, prefix):
    number = f"{prefix}-{body[:5]}-{body[5:]}-{check_character(body)}"
    assert read_number(number.lower(), prefix) == Number(number)
    assert Number(number).bare == body + check_character(body)
