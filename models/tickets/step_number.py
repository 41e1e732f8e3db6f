"""The number of a step as the paper has it: N6 is a line of N, N6b a further step of that line."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHAPE = re.compile(r"([A-Z])(\d{1,2})([a-z]?)", re.ASCII)


@dataclass(frozen=True)
class StepNumber:
    """`letter` is the procedure's, `place` that of the line on the paper, `part` the step's letter, if it has one."""

    letter: str
    place: int
    part: str = ""

    @classmethod
    def read(cls, text: str | None) -> StepNumber | None:
        """None where it is no number of a step."""
        found = _SHAPE.fullmatch(text or "")
        return cls(found[1], int(found[2]), found[3]) if found else None

    @property
    def line(self) -> str:
        """The line of the paper that it belongs to: N6 for N6b."""
        return f"{self.letter}{self.place}"

    @property
    def is_of_paper(self) -> bool:
        """Does the paper itself number it so? E3a stands there; what the house added begins with b."""
        return self.part in ("", "a")


def line_of(text: str | None) -> str:
    """The line of the paper that a step's number belongs to; "" for a step without one."""
    number = StepNumber.read(text)
    return number.line if number else ""
