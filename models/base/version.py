"""The version of this program, as pyproject.toml has it: for the panel's foot, refusals and whoever asks for help."""

from __future__ import annotations

import tomllib
from pathlib import Path

_FILE = Path(__file__).resolve().parents[2] / "pyproject.toml"
VERSION: str = tomllib.loads(_FILE.read_text(encoding="utf-8"))["project"]["version"]
