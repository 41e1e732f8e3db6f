"""Files of text as Windows, PowerShell, Excel and phones write them; one strange byte spoils one line, not the file."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base.text_encoding import FORGIVING, NotText, decode, encoding_of

NAMES = "José Ramírez\nSiti Aïsyah\nMüller\nNuraini\n"
LINES = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), min_size=1, max_size=8)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_a_file_of_any_program_is_read_without_a_garbled_letter(encoding):
    read = decode(NAMES.encode(encoding))
    assert (read.text, read.doubtful_lines) == (NAMES, ())


def test_one_latin_1_byte_in_a_utf_8_file_garbles_no_name_and_its_line_is_named():
    data = NAMES.encode().replace("Müller".encode(), "Müller".encode("latin-1"))
    read = decode(data)
    assert (read.text, read.encoding, read.doubtful_lines) == (NAMES, "utf-8", (3,))


def test_one_utf_8_line_in_an_old_windows_file_is_named():
    data = NAMES.encode("cp1252") + "Zoë\n".encode()
    read = decode(data)
    assert read.encoding == "cp1252"
    assert read.text.startswith(NAMES)
    assert read.doubtful_lines == (5,)


def test_another_old_code_page_is_read_where_the_caller_knows_it():
    assert decode("Überschreitung".encode("cp850"), older="cp850").text == "Überschreitung"


def test_lines_are_counted_as_an_editor_counts_them():
    data = "é\r\nb\rc\r\n".encode() + b"\xe9\r\n"
    assert decode(data).doubtful_lines == (4,)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(NotText):
        decode(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0")


def test_a_file_that_was_cut_in_a_letter_is_read_to_there():
    assert decode("Jos\u00e9".encode()[:-1] + b"").text.startswith("Jos")
    assert decode("ab".encode("utf-16")[:-1]).text.startswith("a")


@given(LINES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_a_house_file_says_is_read_back_unchanged(lines, encoding):
    text = "\n".join(lines).removeprefix("\ufeff")
    assert decode(text.encode(encoding)).text == text


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_refused(data):
    try:
        found = encoding_of(io.BytesIO(data))
        assert io.TextIOWrapper(io.BytesIO(data), encoding=found.name, errors=FORGIVING).read() is not None
    except NotText:
        pass
