"""Every form of the house reads telephone numbers, mail addresses, days and words by the same readers."""

from __future__ import annotations

import ast
import pathlib

import pytest
from wtforms import DateField, DateTimeField, StringField, TextAreaField
from wtforms.fields.core import UnboundField

from procedures.base.date_fields import DayField, MomentField
from procedures.base.form_fields import StepForm, is_email, is_phone, stripped, stripped_text
from tests.house.sources import nodes

ROOT = pathlib.Path(__file__).parents[2]
OURS = ("admin_views", "public", "procedures", "doors", "web", "jobs", "models", "mails", "documents", "gateways")
# (who may, why): names of another module's reader of the same thing
READERS = {
    "email_validator": {"models/base/mail_address.py"},
    "wtforms.validators.Optional": set(),  # it ends the chain of checks: rules about an empty field never run
}


pytestmark = pytest.mark.only("sqlite")  # forms, no rows


def forms() -> list[type[StepForm]]:
    def below(form: type[StepForm]) -> set[type[StepForm]]:
        return {form}.union(*(below(child) for child in form.__subclasses__()))

    return sorted(
        (form for form in below(StepForm) if not form.__module__.startswith("tests")),
        key=lambda f: f"{f.__module__}.{f.__name__}",
    )


def fields() -> list[tuple[str, UnboundField]]:
    return [
        (f"{form.__name__}.{name}", field)
        for form in forms()
        for name, field in vars(form).items()
        if isinstance(field, UnboundField)
    ]


def test_every_telephone_number_and_mail_address_has_the_one_reader(app):
    found = {"phone": 0, "email": 0}
    for name, field in fields():
        for word, reader in (("phone", is_phone), ("email", is_email)):
            if word in name.rpartition(".")[2] and issubclass(field.field_class, StringField):
                assert reader in field.kwargs["validators"], name
                found[word] += 1
    assert min(found.values()) >= 8


def test_every_day_and_time_has_the_one_reader(app):
    days = [
        (name, field.field_class)
        for name, field in fields()
        if issubclass(field.field_class, DateField | DateTimeField)
    ]
    assert [name for name, kind in days if not issubclass(kind, DayField | MomentField)] == []
    assert len(days) >= 15


def test_every_line_and_text_is_empty_where_nothing_is_seen(app):
    lines = [(name, field) for name, field in fields() if field.field_class in (StringField, TextAreaField)]
    without = [
        n
        for n, f in lines
        if (stripped_text if f.field_class is TextAreaField else stripped) not in f.kwargs.get("filters", ())
    ]
    assert without == []
    assert len(lines) >= 80


@pytest.mark.parametrize("banned", sorted(READERS))
def test_nobody_else_reads_it_by_a_rule_of_their_own(banned):
    module, _dot, name = banned.rpartition(".") if "." in banned else (banned, "", "")
    users = set()
    for folder in OURS:
        for path in (ROOT / folder).rglob("*.py"):
            for node in nodes(path):
                if (
                    isinstance(node, ast.ImportFrom)
                    and node.module == module
                    and (not name or name in {a.name for a in node.names})
                ):
                    users.add(str(path.relative_to(ROOT)))
    assert users - READERS[banned] == set()
