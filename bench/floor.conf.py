"""How gunicorn serves the floor: as it serves the product, but for the warming up of what only the product has."""

import runpy
from pathlib import Path

_ours = runpy.run_path(str(Path(__file__).resolve().parent.parent / "gunicorn.conf.py"))
globals().update({name: value for name, value in _ours.items() if name != "on_starting" and not name.startswith("__")})
