"""How gunicorn serves the application; it reads this file by itself. Addresses and numbers stand in the Procfile."""

import gc
import os
from pathlib import Path
from typing import Any

LONGEST_SOCKET = 100  # bytes of a path that Linux takes for a socket

_folder = os.environ.get("RUNTIME_DIRECTORY") or os.environ.get("INSTANCE_PATH") or "instance"
control_socket = str(Path(_folder).resolve() / "gunicorn.ctl")  # in the service's own folder, not in somebody's home
control_socket_disable = len(control_socket.encode()) > LONGEST_SOCKET

gc.disable()  # until everything is imported: all of it stays, and looking through it again and again takes an eighth
preload_app = True  # imported once and shared, so that a second worker costs neither its time nor most of its memory


def on_starting(server: Any) -> None:
    """Before the workers part from here: what each of them would need, made once (web/warm_up.py)."""
    from web.warm_up import warm_up  # noqa: PLC0415  # gunicorn reads this file before the program

    warm_up(server.app.wsgi())


def when_ready(_server: Any) -> None:
    """What was built at the start lives as long as the worker: the collector need not look at it again."""
    from web.memory import leave_what_starting_took  # noqa: PLC0415  # gunicorn reads this file before the program

    leave_what_starting_took()
    gc.freeze()
    gc.enable()
