"""No text hides where the gatherer of translations does not look: inside an f-string, or built before the call."""

import ast
from pathlib import Path

from tests.house.sources import nodes

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("admin_views", "public", "jobs", "procedures", "mails", "documents", "gateways", "models")
SOURCES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))] + [ROOT / "app.py"]
CALLS = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext"}


def translations_in(tree):
    return calls_among(ast.walk(tree))


def calls_among(nodes):
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [call for call in calls if call.func.id in CALLS]


def hidden(nodes):
    """Lines of calls that the gatherer misses: within an f-string, or with a text that is not a plain literal."""
    inside = {call.lineno for node in nodes if isinstance(node, ast.JoinedStr) for call in translations_in(node)}
    built = {call.lineno for call in calls_among(nodes) if not _is_literal(call)}
    return sorted(inside | built)


def _is_literal(call):
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)


def test_the_finder_finds_what_it_looks_for():
    source = 'a = f"<b>{_("x")}</b>"\nb = _(f"{a}")\nc = _("fine")\n'.replace('_("x")', "_('x')")
    assert hidden([*ast.walk(ast.parse(source))]) == [1, 2]


def test_every_text_can_be_gathered():
    missed = {str(path.relative_to(ROOT)): lines for path in SOURCES if (lines := hidden(nodes(path)))}
    assert missed == {}
    assert len(SOURCES) > 400
