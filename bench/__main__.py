"""The whole benchmark, piece by piece: `make bench`, or `python -m bench [--tickets …] [--only …]`.

Each piece is a program of its own whose result is saved when it ends; what is interrupted can be called again.
"""

import subprocess
import sys

from bench.arguments import arguments
from bench.house import ROOT
from bench.results import SHOWN, save

OTHERS = {"watch": "Watching 500 nodes and 200 services", "papers": "Printing documents"}


def main() -> int:
    options = arguments(__doc__)
    failed = []
    for tickets in options.tickets:
        for kind in options.only:
            place = ["--tickets", str(tickets), "--only", kind]
            visits = ["--visit", *options.visit] if options.visit else []
            failed += _called("requests", *place, *visits)
            failed += _called("workers", *place) if tickets == max(options.tickets) and not options.visit else []
    if not options.visit:
        for name, title in OTHERS.items():
            other(name, title)
    print(f"{SHOWN.relative_to(ROOT)} is written." + (f" Without result: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


def _called(part: str, *words: str) -> list[str]:
    done = subprocess.run([sys.executable, "-m", f"bench.{part}", *words], cwd=ROOT, check=False)
    return [" ".join([part, *words])] if done.returncode else []


def other(name: str, title: str) -> None:
    """A benchmark that prints its own lines and ends with 0 when its goals are met."""
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    text = done.stdout or done.stderr
    print(text, end="")
    verdict = "reached" if done.returncode == 0 else "falls short, or cannot be run here"
    save("others", name, {"title": title, "text": text, "verdict": verdict})


if __name__ == "__main__":
    sys.exit(main())
