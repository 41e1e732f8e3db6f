"""Every form of the house reads telephone numbers, mail addresses, days and words by the same readers."""

from __future__ import annotations

import ast
import pathlib
import re

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import DateField, DateTimeField, StringField, TextAreaField
from wtforms.fields.core import UnboundField

from procedures.base.date_fields import DayField, MomentField
from procedures.base.form_fields import StepForm, is_email, is_phone, stripped, stripped_text
from procedures.tickets.letter_fields import is_letter_number
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


def test_every_letter_number_is_kept_in_its_one_form(app):
    numbers = [(name, field) for name, field in fields() if name.endswith(".letter_number")]
    assert [name for name, field in numbers if is_letter_number not in field.kwargs["validators"]] == []
    assert len(numbers) >= 2


# Days and moments that lie ahead by their nature, by name; (form, field): why one of that name may lie behind.
AHEAD = re.compile(r"target|due|recovers|follow_up|starts|ends|valid|expires")
MAY_LIE_BEHIND = {
    ("DelegationForm", "starts_on"): "a delegation is also written down after it began",
    ("DelegationForm", "ends_on"): "may end before it begins nowhere; a past one is history",
    ("PlannedWorkForm", "starts_local"): "work that has begun is entered too",
    ("PlannedWorkForm", "ends_local"): "compared with its beginning, by the view",
    ("PriceForm", "valid_from"): "a price of an earlier day is entered late",
    ("RegisterForm", "expires_on"): "an account that has run out is entered to be closed",
    ("AccountEditForm", "expires_on"): "as above",
}


def test_a_target_date_in_the_past_is_refused_everywhere(app):
    asked, taken = [], []
    for form in forms():
        for name in dir(form):
            field = getattr(form, name, None)
            is_time = isinstance(field, UnboundField) and issubclass(field.field_class, DateField | DateTimeField)
            if not is_time or not AHEAD.search(name) or (form.__name__, name) in MAY_LIE_BEHIND:
                continue
            day = "2020-11-20" if issubclass(field.field_class, DayField) else "2020-11-20T08:00"
            filled = form(MultiDict({name: day}))
            filled.validate()
            asked.append((form.__name__, name))
            if not filled[name].errors:
                taken.append((form.__name__, name))
    assert taken == []
    assert {name for _form, name in asked} >= {"target_on", "due_on", "recovers_at", "follow_up_at", "starts_on"}


# Words of people on their way in: nothing of them is judged or cleaned by a rule of one's own.
TYPED = re.compile(
    r"request\.(form|args)|args\.get\(|row\.get\(|\.data\b|click\.prompt|\b(typed|wish|words|username|email)$"
)
PEOPLE_TYPE_HERE = ("admin_views", "public", "procedures", "doors", "jobs/commands", "models")


def test_nobody_cleans_what_people_typed_by_a_rule_of_their_own():
    """strip() leaves zero-width signs, direction marks and blank letters: models/base/written.py knows them."""
    found = set()
    for folder in PEOPLE_TYPE_HERE:
        for path in (ROOT / folder).rglob("*.py"):
            for node in nodes(path):
                if (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "strip"
                        and not node.args and TYPED.search(ast.unparse(node.func.value))):  # fmt: skip
                    found.add(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)[:60]}")
    assert found == set()


# module: why it reads bytes or days that no person typed
READS_ITS_OWN = {
    "date.fromisoformat": {
        "admin_views/tickets/setup.py", "admin_views/organisation/holidays.py", "procedures/accounts/import_accounts.py",
        "procedures/installation/import_prices.py", "jobs/operation/archive_values.py", "jobs/demo/demo.py",
        "gateways/holiday_calendar.py",
    },  # values that our own pages or readers wrote
    "csv.reader": {"gateways/files/csv_lines.py"},
    "csv.DictReader": {"jobs/demo/cast.py"},  # the file of units that the house ships
}  # fmt: skip


@pytest.mark.parametrize("call", READS_ITS_OWN)
def test_files_and_days_are_read_by_the_one_reader(call):
    users = set()
    for folder in OURS:
        for path in (ROOT / folder).rglob("*.py"):
            if any(isinstance(node, ast.Attribute) and ast.unparse(node) == call for node in nodes(path)):
                users.add(str(path.relative_to(ROOT)))
    assert users - READS_ITS_OWN[call] == set()


NUMBERS_OF_TICKETS = {"into": 500, "number": 500, "code": 200}
"""Boxes of the templates in which a number is pasted with words or as a link, and what must fit."""


def test_no_browser_cuts_what_is_pasted_before_the_reader_sees_it(app):
    narrow = []
    for name, field in fields():
        if {is_phone, is_email} & set(field.kwargs.get("validators", ())) and issubclass(
            field.field_class, StringField
        ):
            most = int((field.kwargs.get("render_kw") or {}).get("maxlength", 254))
            narrow += [name] if most < 254 else []
    for path in (ROOT / "templates").rglob("*.html"):
        for box, attributes in re.findall(r'<input[^>]*?name="(into|number|code)"([^>]*)', path.read_text()):
            if (most := re.search(r'maxlength="(\d+)"', attributes)) and int(most[1]) < NUMBERS_OF_TICKETS[box]:
                narrow.append(f"{path.name} {box}")
    assert narrow == []


def test_phone_with_its_words_fits_into_the_box_of_the_complaint(app):
    page = app.test_client().get("/pengaduan").text
    assert re.search(r'<input[^>]*maxlength="400"[^>]*name="phone"', page)
