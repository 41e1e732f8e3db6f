"""Which words are a slip of typing away from another: a letter too many, missing, wrong, or two that changed places."""

from __future__ import annotations

import re
from string import ascii_lowercase

from models.base.search.terms import Term

SHORTEST, LONGEST = 4, 20
FROM_TWO = 7  # so many letters may hold two slips
SURE = 4  # of which the first are taken as typed


def is_mendable(term: Term) -> bool:
    """Is it a word of letters, long enough that another one is near it by accident only?"""
    return len(term.parts) == 1 and term.parts[0].isalpha() and SHORTEST <= len(term.parts[0]) <= LONGEST


def near(word: str) -> set[str]:
    """All that lies one slip away, words or not: about 55 for each letter."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = {head + tail[1:] for head, tail in cuts if tail}
    found |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    found |= {head + letter + tail[1:] for head, tail in cuts if tail for letter in ascii_lowercase}
    found |= {head + letter + tail for head, tail in cuts for letter in ascii_lowercase}
    return found - {word}


def patterns_near(word: str) -> list[str]:
    """What lies one slip away as patterns of LIKE, "_" for any letter: about four for each letter."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = [f"{head}{gap}{tail[1:]}" for head, tail in cuts if tail for gap in ("_", "")]
    found += [f"{head}_{tail}" for head, tail in cuts]
    return found + [f"{head}{tail[1]}{tail[0]}{tail[2:]}" for head, tail in cuts if len(tail) > 1]


def nearest_in(name: str, words: list[str]) -> str:
    """The words, each as it stands in a name or as the word of the name that is one slip away; "" where one is neither.

    Name and words are folded and without marks inside.
    """
    meant = []
    for word in words:
        near_ones = [part for part in re.findall(r"[^\W_]+", name) if slips_between(word, part, 1) == 1]
        if word not in name and not near_ones:
            return ""
        meant.append(word if word in name else min(near_ones))
    return " ".join(meant)


def slips_between(one: str, other: str, most: int = 2) -> int:
    """How many slips lead from one to the other (optimal string alignment); `most` + 1 where it is more.

    1. a table of distances between all beginnings, of which three lines are kept;
    2. a letter costs 1 to leave out, put in or replace; neighbours that changed places cost 1 together.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    line = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, line, above = line, [at], before
        for place, its in enumerate(other, 1):
            cost = min(before[place] + 1, line[-1] + 1, before[place - 1] + (letter != its))
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == its:
                cost = min(cost, above[place - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
    return min(line[-1], most + 1)
