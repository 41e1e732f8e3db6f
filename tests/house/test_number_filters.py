"""Templates write numbers, dates and money by our own filters: Flask-Babel's load 5 MB of tables in every process."""

import re

from tests.house.test_citations import ROOT

BABELS = re.compile(r"\|\s*(number|decimal|currency|percent|scientific|date|time|datetime|timedelta)format\b")


def test_no_template_writes_by_a_filter_of_flask_babel():
    templates = sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates").rglob("*.txt"))
    assert len(templates) > 100
    assert [str(path.relative_to(ROOT)) for path in templates if BABELS.search(path.read_text())] == []


def test_such_a_filter_would_be_found():
    assert BABELS.search("{{ count|numberformat }}")
