"""Addresses whose links are compiled when the first is written: the same links, and none compiled at the start."""

from __future__ import annotations

import pytest
from werkzeug.routing import BuildError, Map, Rule

from tests.databases import once
from web.late_rule import LateRule

pytestmark = once
ADDRESSES = ("/", "/tiket/<number>", "/admin/ticket/<int:ticket_id>/do/<step>", "/berkas/<path:name>")
ASKED = (
    ("0", {}), ("0", {"q": "a b"}), ("1", {"number": "PTK-1/2"}), ("1", {"number": "x", "page": 3}),
    ("2", {"ticket_id": 7, "step": "resolve"}), ("3", {"name": "a/ö.pdf"}),
)  # fmt: skip


def links(kind: type[Rule]) -> list[str]:
    adapter = Map([kind(rule, endpoint=str(number)) for number, rule in enumerate(ADDRESSES)]).bind("helpdesk.example")
    return [adapter.build(endpoint, values) for endpoint, values in (*ASKED, *ASKED)]


def test_links_are_those_of_werkzeug():
    assert links(LateRule) == links(Rule)


def test_no_link_is_compiled_before_it_is_written(app, monkeypatch):
    compiled = []
    original = Rule._compile_builder
    monkeypatch.setattr(Rule, "_compile_builder", lambda rule, *how: compiled.append(rule.rule) or original(rule, *how))
    made = Map([LateRule(rule, endpoint=str(number)) for number, rule in enumerate(ADDRESSES)])
    assert compiled == []
    made.bind("helpdesk.example").build("1", {"number": "x"})
    assert compiled == [ADDRESSES[1]]
    assert {type(rule) for rule in app.url_map.iter_rules() if rule.endpoint != "static"} == {LateRule}


@pytest.mark.parametrize("values", [{}, {"number": None}])
def test_a_link_that_lacks_its_part_is_refused_as_by_werkzeug(values):
    with pytest.raises(BuildError):
        Map([LateRule("/tiket/<number>", endpoint="t")]).bind("helpdesk.example").build("t", values)
