"""Of a proof of identity only its last characters are kept."""

import pytest

from models.accounts.proof_of_identity import mask_address, mask_number, mask_phone


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("2010011110023", "•••••••••0023"),
        ("1371 0112 0589 0001", "••••••••••••0001"),
        ("19780512-200501-1-002", "••••••••••••••1002"),
        ("a1b2c3d4", "••••C3D4"),
        ("12345", "•••45"),
        ("12", "•2"),
        ("7", "•"),
    ],
)
def test_number_keeps_its_end_and_never_more_than_half(number, kept):
    assert mask_number(number) == kept


@pytest.mark.parametrize("number", ["", "  ", "---", "1" * 41])
def test_number_that_is_none_is_refused(number):
    with pytest.raises(ValueError, match="1 to 40"):
        mask_number(number)


@pytest.mark.parametrize(
    ("address", "kept"),
    [("dewi.lestari@kampus.id", "de••••••••••@kampus.id"), ("ab@kampus.id", "a•••@kampus.id")],
)
def test_address_keeps_its_beginning(address, kept):
    assert mask_address(address) == kept


@pytest.mark.parametrize(("phone", "kept"), [("0812-3456-7890", "•••••••••890"), ("112", "••2"), ("", "")])
def test_phone_keeps_its_end(phone, kept):
    assert mask_phone(phone) == kept
