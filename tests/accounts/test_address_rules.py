"""The rules on unit addresses: what is refused, with which sentence, and what is offered instead."""

import pytest

from models.accounts.address_rules import RESERVED, AddressRules, check_address

RULES = AddressRules(domain="bunghatta.ac.id")
TAKEN = {"sipil@bunghatta.ac.id", "unit.sipil@bunghatta.ac.id"}

FORBIDDEN = "Karakter ini tidak boleh dipakai: {}. Pakai huruf kecil, angka, titik, atau tanda hubung."
SHAPE = "Awali dengan huruf; titik dan tanda hubung hanya di antara huruf atau angka, satu-satu."


def judge(wish):
    return check_address(wish, RULES, TAKEN.__contains__)


@pytest.mark.parametrize(
    ("wish", "address"),
    [
        ("jurusan.sipil", "jurusan.sipil@bunghatta.ac.id"),
        ("  HIMA-Sipil@BungHatta.ac.id ", "hima-sipil@bunghatta.ac.id"),
        ("fti2026", "fti2026@bunghatta.ac.id"),
        ("a.b-c", "a.b-c@bunghatta.ac.id"),
    ],
)
def test_good_wish_is_allowed_as_one_spelling(wish, address):
    finding = judge(wish)
    assert (finding.address, finding.problems, finding.suggestion) == (address, (), "")
    assert finding.is_allowed


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ("", "Tulis alamat yang diinginkan, misalnya jurusan.sipil@bunghatta.ac.id."),
        ("a@gmail.com", "Alamat harus berakhiran @bunghatta.ac.id."),
        ("a@@bunghatta.ac.id", FORBIDDEN.format("@")),
        ("tata usaha", FORBIDDEN.format("spasi")),
        ("jurusan_sipil!", FORBIDDEN.format("_ !")),
        ("\u200esip\u200bil ", "Alamat sipil@bunghatta.ac.id sudah dipakai."),  # read as in every form
        ("ab", "Bagian sebelum @ harus 3 sampai 40 karakter."),
        ("a" * 41, "Bagian sebelum @ harus 3 sampai 40 karakter."),
        ("1sipil", SHAPE),
        ("sipil..tu", SHAPE),
        ("sipil.", SHAPE),
        ("postmaster", "Nama “postmaster” dicadangkan. Tambahkan nama unit Anda."),
        ("sipil", "Alamat sipil@bunghatta.ac.id sudah dipakai."),
    ],
)
def test_bad_wish_is_refused_with_its_sentence(wish, sentence):
    assert judge(wish).problems == (sentence,)


def test_newline_cannot_be_smuggled_in_at_the_end():
    assert not check_address("sipil\nx", RULES, TAKEN.__contains__).is_allowed
    assert check_address("teknik\n", RULES, TAKEN.__contains__).address == "teknik@bunghatta.ac.id"


@pytest.mark.parametrize(
    ("wish", "offer"),
    [
        ("sipil", "sipil2@bunghatta.ac.id"),
        ("tata usaha", "tata.usaha@bunghatta.ac.id"),
        ("1fakultas", "fakultas@bunghatta.ac.id"),
        ("Façade", "facade@bunghatta.ac.id"),
        ("postmaster", "unit.postmaster@bunghatta.ac.id"),
        ("!!", ""),
    ],
)
def test_refused_wish_gets_a_free_one_nearby(wish, offer):
    assert judge(wish).suggestion == offer


def test_role_names_of_rfc_2142_are_reserved():
    assert {"abuse", "noc", "security", "postmaster", "hostmaster", "webmaster"} <= RESERVED
