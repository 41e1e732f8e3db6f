"""Whoever reads "security.md U7", "N6b" or "docs/glossary.md" in this repository can look it up: each exists.

Rules (docs/security.md) and steps (docs/procedures/README.md) share the letters N and P. "security.md N3" and a test's
name mean a rule, a bare N3 in a comment means either. Comments, docstrings, templates and Markdown are read.
"""

from __future__ import annotations

import io
import os
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from procedures.engine.catalog import PROCEDURES

ROOT = Path(__file__).resolve().parent.parent.parent
RULES, STEPS = "docs/security.md", "docs/procedures/README.md"
NOT_OURS = {"instance", "vendor", "screenshots", "LC_MESSAGES", "measurements", "__pycache__", "node_modules"}
KINDS = {".py", ".html", ".md", ".txt", ".typ", ".js", ".css", ".toml", ".cfg", ".yml", ""}
RULE_LETTERS, STEP_LETTERS = "PMUDSINRBTZ", "NEPLWCH"
NUMBER = r"[A-Z][1-9]\d?[a-z]?"
LIST = rf"{NUMBER}(?:(?:, | and |, and |–|-| to ){NUMBER})*"
RANGE = re.compile(r"(?<![\w/.#-])([A-Z])([1-9]\d?)([a-z]?)(?:(?:–|-| to )\1(\d{1,2}))?(?![\w-])")
OF_RULES = re.compile(rf"security\.md[`:,]*\s+({LIST})")
A_TEST = re.compile(r"`(test_[a-z0-9_]+\*?)`")
A_DOCUMENT = re.compile(r"(?<![\w/.:-])((?:[\w.-]+/)*[\w-][\w.-]*\.md)\b(?:`?, section (\w+))?")


class Rule(NamedTuple):
    id: str
    tests: list[str]
    reason: str


def sources() -> Iterator[Path]:
    for folder, inner, files in os.walk(ROOT):
        inner[:] = [name for name in inner if name not in NOT_OURS and not name.startswith(".")]
        yield from (Path(folder, name) for name in files if Path(name).suffix in KINDS and not name.startswith("."))


@cache
def texts() -> dict[str, str]:
    """Every text file of the repository by its path."""
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in sorted(sources())}


def said_in(path: str, text: str) -> str:
    """What a person reads as explanation: the comments and docstrings of code, the whole of Markdown but its code."""
    if path.endswith(".md"):
        return re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    if path.endswith((".html", ".txt")):
        return " ; ".join(re.findall(rf"\{{#.*?#\}}|(?<=>){NUMBER}(?=<)", text, re.S))
    if path.endswith((".js", ".css", ".typ")):
        return " ; ".join(re.findall(r"/\*.*?\*/", text, re.S) + re.findall(r"^\s*//(.*)", text, re.M))
    if path.endswith(".py") or text.startswith("#!/usr/bin/env python"):
        return _said_in_python(text)
    return " ".join(re.findall(r"#(.*)", text))


def _said_in_python(text: str) -> str:
    found, before = [], tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            found.append(token.string.lstrip("#"))
        elif token.type == tokenize.STRING and before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            found.append(token.string)
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            before = token.type
    return " ; ".join(found).replace("\n", " ")


def cited_in(path: str, text: str) -> tuple[set[str], set[str]]:
    """The numbers that a file cites as rules for certain, and those that it cites bare."""
    said = re.sub(r"\s+", " ", said_in(path, text)) if re.search(rf"\b{NUMBER}\b", text) else ""
    for_certain = {number for cited in OF_RULES.findall(said) for number in numbers_in(cited)}
    for name in re.findall(r"def test_((?:[a-z]\d{1,2}_)+)", text):
        for_certain |= {number.upper() for number in name.split("_") if number}
    return for_certain, numbers_in(OF_RULES.sub("", said))


def numbers_in(said: str) -> set[str]:
    """ "D5–D7, R4" are D5, D6, D7 and R4."""
    found = set()
    for letter, first, part, last in RANGE.findall(said):
        if letter in RULE_LETTERS + STEP_LETTERS:
            found |= {f"{letter}{n}{part}" for n in range(int(first), int(last or first) + 1)}
    return found


def rules_in(text: str) -> list[Rule]:
    found = []
    for item in re.split(r"^- (?=\*\*[A-Z]\d)", text, flags=re.M)[1:]:
        item = re.split(r"^#", item, flags=re.M)[0]
        number, rest = re.match(r"\*\*([A-Z]\d+)\.\*\* \S", item), item.partition("- Without a test:")
        assert number, f"write it as `- **X1.** the rule`: {item[:40]}"
        found.append(Rule(number[1], A_TEST.findall(rest[0]), " ".join(rest[2].split())))
    return found


def steps_in(text: str) -> dict[str, list[str]]:
    """The numbers of the first column by their letter."""
    found: dict[str, list[str]] = {}
    for number in re.findall(rf"^\| ({NUMBER}) \|", text, re.M):
        found.setdefault(number[0], []).append(number)
    return found


def missing_documents(path: str, text: str) -> list[str]:
    """What a file names as `….md` and nobody has, as a path from the top, beside the file, or in docs/."""
    found = []
    for name, section in A_DOCUMENT.findall(text):
        beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
        places = (name, beside, f"docs/{name}")
        place = next((p for p in places if p in texts()), "")
        heading = rf"^#+ {section}\b" if section else ""
        if not place or not re.search(heading, texts()[place], re.M):
            found.append(f"{path}: {name}" + (f", section {section}" if section else ""))
    return found


@cache
def names_of_tests() -> list[str]:
    texts_of_tests = (text for path, text in texts().items() if path.startswith("tests/"))
    return [name for text in texts_of_tests for name in re.findall(r"^ *def (test_\w+)", text, re.M)]


def test_every_rule_and_step_that_is_cited_exists():
    rules = {rule.id for rule in rules_in(texts()[RULES])}
    known = rules | {number for numbers in steps_in(texts()[STEPS]).values() for number in numbers}
    lost = []
    for path, text in texts().items():
        for_certain, bare = cited_in(path, text)
        lost += [f"{path}: {number}" for number in sorted((for_certain - rules) | (bare - known))]
    assert not lost, "\n".join(lost)


def test_every_rule_stands_once_and_names_its_tests_or_says_why_there_is_none():
    rules, names = rules_in(texts()[RULES]), names_of_tests()
    assert len(rules) == len({rule.id for rule in rules}) > 100
    for rule in rules:
        assert rule.tests or len(rule.reason.split()) > 2, f"{rule.id} has neither a test nor a reason"
        by_name = [name for name in names if f"_{rule.id.lower()}_" in name]
        assert rule.tests or not by_name, f"{rule.id} has tests by now, name them in {RULES}: {by_name}"


def test_every_test_that_a_document_names_exists_once():
    names = names_of_tests()
    for path in (path for path in texts() if path.endswith(".md")):
        for named in A_TEST.findall(texts()[path]):
            found = [name for name in names if name == named or (named[-1] == "*" and name.startswith(named[:-1]))]
            assert len(found) == 1 or (found and named[-1] == "*"), (
                f"{path}: {named} stands {len(found)} times in tests/"
            )


def test_every_document_that_is_named_exists():
    lost = [missing for path, text in texts().items() for missing in missing_documents(path, text)]
    assert not lost, "\n".join(lost)


def test_the_numbers_that_are_explained_are_those_of_the_procedures():
    explained = steps_in(texts()[STEPS])
    assert [*explained] == [procedure.letter for procedure in PROCEDURES.values()] + ["H"]
    for procedure in PROCEDURES.values():
        declared = {line.number for line in procedure.lines} | {s.number for s in procedure.steps.values() if s.number}
        assert sorted(explained[procedure.letter]) == sorted(declared), procedure.letter


def test_the_finders_find_what_they_look_for():
    program = '"""P4 as a step; security.md U99, N1 and\nZ2–Z4."""\nx = "M4 9.5l3"  # so says R9 (SW-B2-01)\ndef @d2_s3_x(): ...\n'
    assert cited_in("a.py", program.replace("@", "test_")) == (
        {"U99", "N1", "Z2", "Z3", "Z4", "D2", "S3"},
        {"P4", "R9"},
    )
    assert cited_in("a.html", "{# N6 #}<b>P2</b> <path d='M5 5'>")[1] == {"N6", "P2"}
    assert cited_in(STEPS, "P1 to P3\n```\nZ9\n```\n")[1] == {"P1", "P2", "P3"}
    page = "- **U1.** A rule.\n  - Tests: `test_a`,\n    `test_b_*`\n- **U2.** B.\n  - Without a test: not built `test_c`.\n"
    assert rules_in(page) == [Rule("U1", ["test_a", "test_b_*"], ""), Rule("U2", [], "not built `test_c`.")]
    named = "see glossary@, docs/lost@, [x](../security@) and security@, section 9; {slug}@, https://a.example/b@"
    lost = [f"{STEPS}: {words}".replace("@", ".md") for words in ("docs/lost@", "security@, section 9")]
    assert missing_documents(STEPS, named.replace("@", ".md")) == lost
