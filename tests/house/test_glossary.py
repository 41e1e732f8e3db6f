"""Every model is explained in docs/glossary.md, and the glossary names no model that is gone."""

import importlib
import pkgutil
import re
from pathlib import Path

import models
from models.base.db import Base

GLOSSARY = Path(__file__).parent.parent.parent / "docs" / "glossary.md"


def explained():
    """The words in code font of every table row's first cell."""
    rows = [line.split("|")[1] for line in GLOSSARY.read_text().splitlines() if line.startswith("| ")]
    return {word for cell in rows for word in re.findall(r"`(\w+)`", cell)}


def models_there_are():
    for module in pkgutil.walk_packages(models.__path__, "models."):
        importlib.import_module(module.name)
    return {mapper.class_.__name__ for mapper in Base.registry.mappers}


def test_every_model_has_its_row_in_the_glossary():
    assert models_there_are() - explained() == set()


def test_the_glossary_names_no_model_that_is_gone():
    assert {word for word in explained() if word[0].isupper()} - models_there_are() == {"At"}
