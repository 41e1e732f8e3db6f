"""How gunicorn serves the application; it reads this file by itself. Addresses and numbers stand in the Procfile."""

import gc
from typing import Any

preload_app = True  # imported once and shared, so that a second worker costs neither its time nor most of its memory


def when_ready(_server: Any) -> None:
    """What was built at the start lives as long as the worker: the collector need not look at it again."""
    gc.collect()
    gc.freeze()
