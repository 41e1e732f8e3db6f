"""Rules of the house that a reader could break without noticing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.sources import nodes, tree

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("models", "procedures", "mails", "documents", "gateways", "jobs", "web", "admin_views", "public", "doors")
FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def written_attributes(path: Path) -> set[str]:
    found = set()
    for node in nodes(path):
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign | ast.AugAssign)
            else []
        )
        for target in targets:
            for one in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name):
                    found.add(f"{one.value.id}.{one.attr}")
    return found


def test_only_the_engine_writes_a_tickets_state():
    writers = {
        p.relative_to(ROOT).as_posix()
        for p in FILES
        if {"ticket.state", "ticket.is_open", "ticket.line"} & written_attributes(p)
    }
    assert writers == {"procedures/engine/take_step.py"}


def test_every_module_opens_with_a_sentence_and_bears_a_name_that_says_something():
    silent = [str(path) for path in FILES if tree(path).body and not ast.get_docstring(tree(path))]
    assert silent == [], "a first sentence"
    nothing = {"utils", "helpers", "common_utils", "misc", "manager", "service", "handler"}
    assert [str(path) for path in FILES if path.stem in nothing] == []
    assert len(FILES) > 400


@pytest.mark.only("sqlite")  # classes, no rows
def test_every_panel_view_stands_on_a_closed_base(app):
    from admin_views.frame.page import ClosedView
    from admin_views.frame.view import HouseView

    views = app.extensions["admin"][0]._views
    assert [type(v).__name__ for v in views if not isinstance(v, HouseView | ClosedView)] == []
    assert len(views) > 10


def test_the_schema_of_the_migrations_is_the_schema_of_the_models(app):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from models.base.db import db

    skip = (
        "ticket_fts",
        "file_fts",
        "article_fts",
        "tsv",
        "ix_ticket_text_tsv",
        "ix_file_text_tsv",
        "ix_published_article_tsv",
    )

    def is_compared(_object, name, _type, _reflected, _compare_to):
        return not (name or "").startswith(skip)

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_compared, "compare_type": False})
        assert compare_metadata(context, db.metadata) == []
