"""Flask-Admin and WTForms speak Indonesian: every one of their texts is there, filled, with its placeholders."""

import re
from pathlib import Path

import flask_admin.translations
import pytest
import wtforms.i18n
from babel.messages.pofile import read_po

OURS = Path(__file__).parent.parent.parent / "translations" / "id" / "LC_MESSAGES"
CATALOGUES = {
    "admin": Path(flask_admin.translations.__path__[0]) / "en" / "LC_MESSAGES" / "admin.po",
    "wtforms": Path(wtforms.i18n.messages_path()) / "wtforms.pot",
}
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]")


def messages(path):
    with path.open("rb") as file:
        return {message.id: message for message in read_po(file) if message.id}


def forms(texts):
    return [texts] if isinstance(texts, str) else list(texts)


@pytest.mark.parametrize(("domain", "count"), [("admin", 116), ("wtforms", 39)])
def test_every_text_of_the_package_is_in_our_catalogue_and_no_other(domain, count):
    theirs, ours = messages(CATALOGUES[domain]), messages(OURS / f"{domain}.po")
    assert set(ours) == set(theirs)
    assert len(ours) == count


@pytest.mark.parametrize("domain", CATALOGUES)
def test_every_text_is_filled_in_every_plural_form(domain):
    for original, message in messages(OURS / f"{domain}.po").items():
        assert all(forms(message.string)), original
        assert len(forms(message.string)) == len(forms(original)), original
        assert not message.fuzzy, original


@pytest.mark.parametrize("domain", CATALOGUES)
def test_placeholders_agree(domain):
    for original, message in messages(OURS / f"{domain}.po").items():
        wanted = set(PLACEHOLDER.findall(forms(original)[-1]))
        for text in forms(message.string):
            assert set(PLACEHOLDER.findall(text)) == wanted, original


@pytest.mark.parametrize("domain", CATALOGUES)
def test_no_text_was_left_in_english(domain):
    same = {original for original, message in messages(OURS / f"{domain}.po").items() if message.string == original}
    assert same == ({"%(placeholder)s"} if domain == "admin" else set())
