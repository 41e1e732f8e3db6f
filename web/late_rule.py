"""An address of the program whose link maker is compiled when the first link to it is written, not at the start.

Werkzeug compiles two functions for each of some 560 addresses, most of which no process ever writes a link to.
"""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import Rule

Maker = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """As Werkzeug's own, but for the moment at which its links are compiled."""

    def _compile_builder(self, append_unknown: bool = True) -> Maker:
        made: list[Maker] = []
        compile_now = super()._compile_builder

        def build(rule: Rule, /, **values: str) -> tuple[str, str]:
            if not made:
                made.append(compile_now(append_unknown))
            return made[0](rule, **values)

        return build
