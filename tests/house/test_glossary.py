"""Every model is explained in docs/glossary.md, and the glossary names no model that is gone."""

import importlib
import pkgutil
import re
from pathlib import Path

import models
from models.base.db import Base

HOUSE = Path(__file__).parent.parent.parent
GLOSSARY = HOUSE / "docs" / "glossary.md"
FORBIDDEN = "## Words that no module is called"


def explained():
    """The words in code font of every table row's first cell."""
    words = GLOSSARY.read_text().partition(FORBIDDEN)[0]
    rows = [line.split("|")[1] for line in words.splitlines() if line.startswith("| ")]
    return {word for cell in rows for word in re.findall(r"`(\w+)`", cell)}


def forbidden(heading):
    """The words of the first cells of the table that follows a line of the glossary."""
    table = GLOSSARY.read_text().partition(heading)[2].strip().partition("\n\n")[0]
    return {word for line in table.splitlines()[2:] for word in re.findall(r"`(\w+)`", line.split("|")[1])}


def models_there_are():
    for module in pkgutil.walk_packages(models.__path__, "models."):
        importlib.import_module(module.name)
    return {mapper.class_.__name__ for mapper in Base.registry.mappers}


def test_every_model_has_its_row_in_the_glossary():
    assert models_there_are() - explained() == set()


def test_the_glossary_names_no_model_that_is_gone():
    assert {word for word in explained() if word[0].isupper()} - models_there_are() == {"At"}


def test_no_module_has_a_name_that_the_glossary_forbids():
    in_any_part, alone = forbidden("reads this table."), forbidden("`it_manager`):")
    assert min(len(in_any_part), len(alone)) > 3
    layers = [folder for folder in HOUSE.iterdir() if (folder / "__init__.py").exists() and folder.name != "tests"]
    paths = [path.relative_to(HOUSE) for layer in layers for path in layer.rglob("*.py")]
    names = {part.removesuffix(".py") for path in paths for part in path.parts}
    assert {name for name in names if name in alone or in_any_part & set(name.split("_"))} == set()
