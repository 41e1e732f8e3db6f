"""Migrations can be read in the order in which they run: their file names begin with their place in the chain."""

import ast
from pathlib import Path

VERSIONS = Path(__file__).parent.parent.parent / "migrations" / "versions"


def written_in(path: Path, name: str) -> str | None:
    """What a migration's file says its revision, or the one before it, is."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return ast.literal_eval(node.value)
    raise AssertionError(f"{path.name} has no {name}")


def test_a_reader_finds_the_migrations_numbered_in_the_order_in_which_they_run():
    files = sorted(VERSIONS.glob("*.py"))
    assert [path.name[:5] for path in files] == [f"{number:04}_" for number in range(1, len(files) + 1)]
    revisions = [written_in(path, "revision") for path in files]
    assert [written_in(path, "down_revision") for path in files] == [None, *revisions[:-1]]
