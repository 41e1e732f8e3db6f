"""Whoever greps for a class finds one, and whoever opens a module reads first what it is for."""

import ast
import re
from collections import Counter

from tests.house.sources import tree
from tests.house.test_rooms import LAYERS, modules

BY_WHAT_IT_LEAVES = re.compile(r"[;,] (it|they|this module)( \w+)* (no|nothing|nobody|none|never)\b")
SAME_IN_EACH = {"At"}  # the states of a procedure; always named with it


def test_no_class_name_stands_twice():
    bodies = [tree(path).body for path in modules(*LAYERS)]
    names = Counter(node.name for body in bodies for node in body if isinstance(node, ast.ClassDef))
    assert {name for name, times in names.items() if times > 1} == SAME_IN_EACH


def test_a_module_says_what_it_is_for_and_does_not_end_with_what_it_leaves_to_others():
    heads = {path: ast.get_docstring(tree(path)) for path in modules(*LAYERS)}
    first = {path: " ".join((head or "").split("\n\n")[0].split()) for path, head in heads.items()}
    assert [path for path, sentence in first.items() if not re.match(r"[A-Z]", sentence)] == []
    assert [path for path, sentence in first.items() if BY_WHAT_IT_LEAVES.search(sentence)] == []
