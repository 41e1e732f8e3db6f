"""The same word leads from a screen to its rows: rooms, their sentences and their sizes (docs/architecture.md).

pyproject.toml keeps the order of layers and rooms by import-linter; here stands what it cannot say.
"""

import ast
import re
from pathlib import Path

import pytest

from tests.house.sources import nodes, tree

HOUSE = Path(__file__).parent.parent.parent
LAYERS = ("models", "mails", "documents", "gateways", "procedures", "jobs", "admin_views", "public", "doors", "web")
ROOMS = {"frame", "organisation", "tickets", "installation", "outages", "accounts"}
SHARED = {"base", "organisation", "tickets"}  # rows that views of every room may read
MOST_MODULES = 25

# A view's module that reads rows of another room, the rows' module, and why.
OTHER_ROWS: dict[tuple[str, str], str] = {}


def modules(*layers: str) -> list[Path]:
    return sorted(path for layer in layers for path in (HOUSE / layer).rglob("*.py"))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__")


def imported_by(path: Path) -> set[str]:
    """What a module imports, inside functions too; names of a package's modules with their package."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rows_of_other_rooms() -> set[tuple[str, str]]:
    """(view's module, rows' module) wherever a view of a room reads rows that are neither its own nor shared."""
    found = set()
    for path in modules("admin_views", "public"):
        _layer, room, *_rest = f"{name_of(path)}.".split(".")
        for name in imported_by(path):
            parts = name.split(".")
            if room in ROOMS and parts[0] == "models" and len(parts) > 2 and parts[1] not in SHARED | {room}:
                found.add((name_of(path), ".".join(parts[:3])))
    return found


def templates_of_other_rooms() -> set[tuple[str, str]]:
    """(view's module, template) wherever a view of a room names a template of another."""
    found = set()
    for path in modules("admin_views", "public"):
        room = name_of(path).split(".")[1:2]
        for template, its_room in re.findall(r'"((?:admin|public)/(\w+)/[\w/]+\.(?:html|json))"', path.read_text()):
            if room and room[0] in ROOMS and its_room not in {room[0], "frame"}:
                found.add((name_of(path), template))
    return found


def folders() -> list[Path]:
    """Every folder that holds modules of ours."""
    return sorted({path.parent for top in (*LAYERS, "bench", "tests") for path in (HOUSE / top).rglob("*.py")})


def sentence_of(folder: Path) -> str:
    return ast.get_docstring(tree(folder / "__init__.py")) or ""


def test_a_view_reads_rows_of_its_own_room_and_of_the_shared_ones_alone():
    assert rows_of_other_rooms() == set(OTHER_ROWS)


def test_a_view_names_templates_of_its_own_room_alone():
    assert templates_of_other_rooms() <= {
        ("public.tickets.status_parts", "public/installation/documents.html")
    }  # in its docstring's example


def test_every_folder_says_in_a_sentence_what_it_holds_and_holds_no_more_than_one_can_see():
    held = {folder: len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) for folder in folders()}
    assert [str(f) for f in held if not re.fullmatch(r"[A-Z].{15,}\.", sentence_of(f), re.DOTALL)] == []
    assert {str(folder): count for folder, count in held.items() if count > MOST_MODULES} == {}
    assert len(held) > 80


def test_no_two_folders_say_the_same():
    said = [sentence_of(folder) for folder in folders()]
    assert sorted(said) == sorted(set(said))


@pytest.mark.parametrize("layer", ["models", "mails", "documents", "procedures", "jobs", "admin_views", "public"])
def test_the_rooms_of_a_layer_are_found_in_its_templates_and_tests_by_the_same_word(layer):
    rooms = {path.name for path in (HOUSE / layer).iterdir() if path.is_dir()} & ROOMS
    assert rooms - {path.name for path in (HOUSE / "tests").iterdir()} == set()
    templates = {"admin_views": "admin", "public": "public", "mails": "mail"}
    if layer in templates:
        assert rooms - {path.name for path in (HOUSE / "templates" / templates[layer]).iterdir()} == set()
