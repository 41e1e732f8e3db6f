"""Compares two versions of a RAB line by line, for whoever decides on the newer."""

from __future__ import annotations

from dataclasses import dataclass

from models.installation.rab import Rab, RabLine


@dataclass(frozen=True)
class LineDifference:
    """One line as it was and as it is; None where the other version has no such line."""

    before: RabLine | None
    after: RabLine | None

    @property
    def kind(self) -> str:
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        same = ("volume", "price_rp", "measure")
        return "same" if all(getattr(self.before, n) == getattr(self.after, n) for n in same) else "changed"

    @property
    def change_rp(self) -> int:
        return (self.after.amount_rp if self.after else 0) - (self.before.amount_rp if self.before else 0)


def compare(before: Rab, after: Rab) -> list[LineDifference]:
    """Lines pair by section, code and description, in the order of the newer version; what went away stands last."""
    left = [(_key(line), line) for line in before.lines]
    found = []
    for line in after.lines:
        match = next((pair for pair in left if pair[0] == _key(line)), None)
        if match:
            left.remove(match)
        found.append(LineDifference(match[1] if match else None, line))
    return found + [LineDifference(line, None) for _key_of, line in left]


def _key(line: RabLine) -> tuple[str, str, str]:
    return line.section, line.code, line.description.casefold()
