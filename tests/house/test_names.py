"""Whoever greps for the name of a class finds one: no two modules of the house define the same."""

import ast
from collections import Counter

from tests.house.test_rooms import LAYERS, modules

SAME_IN_EACH = {"At"}  # the states of a procedure; always named with it


def test_no_class_name_stands_twice():
    trees = [ast.parse(path.read_text()) for path in modules(*LAYERS)]
    names = Counter(node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef))
    assert {name for name, times in names.items() if times > 1} == SAME_IN_EACH
