"""The decorator that declares a move of every procedure, and the list of those declared."""

from __future__ import annotations

from typing import Any

from models.organisation.roles import Role
from procedures.engine.declaration import By, Does, Who

COMMON_MOVES: list[dict[str, Any]] = []
LATER_MOVES: list[dict[str, Any]] = []  # moves of modules of their own; they stand after the others
WORKERS: tuple[By, ...] = (Who.MEMBER,)
DESK: tuple[By, ...] = (Who.MEMBER, Role.HEAD_OF_CENTRE, Role.OPERATOR)


def common_move(label: Any, by: tuple[By, ...], is_afterwards: bool = False, **facts: Any) -> Any:
    """Declare the function below as a common move; the other facts are those of Step."""

    def declare(does: Does) -> Does:
        (LATER_MOVES if is_afterwards else COMMON_MOVES).append(
            {"label": label, "by": by, "does": does, "name": does.__name__, **facts}
        )
        return does

    return declare
