"""Prints a document in a child process with limits, so that one that hangs or swells harms no other."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

from documents.document import Composed, DocumentNotPrinted

SECONDS = 30
MEMORY_BYTES = 512 * 1024 * 1024
HOUSE = Path(__file__).resolve().parent.parent


def print_guarded(composed: Composed, seconds: int = SECONDS, memory_bytes: int = MEMORY_BYTES) -> bytes:
    """The document as PDF/A-2b, or DocumentNotPrinted after `seconds` or above `memory_bytes` (U8, Z33).

    The child gets an empty environment and no network is needed by it: no key and no password reaches it.
    """
    order = json.dumps([composed.template, composed.data, composed.stamp, seconds, memory_bytes])
    try:
        run = subprocess.run(
            [sys.executable, "-m", "documents.press"],
            input=order.encode(),
            capture_output=True,
            timeout=seconds,
            cwd=HOUSE,
            env={"PATH": os.defpath},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DocumentNotPrinted(f"{composed.template}: not done after {seconds} s") from error
    if run.returncode != 0 or not run.stdout.startswith(b"%PDF-"):
        raise DocumentNotPrinted(f"{composed.template}: child ended with {run.returncode}: {run.stderr[-500:]!r}")
    return run.stdout


def _print_order() -> None:
    """What the child does: limit itself, read its order, write the PDF to standard output."""
    template, data, stamp, seconds, memory_bytes = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(Composed(template, data, stamp).pdf())


if __name__ == "__main__":
    _print_order()
