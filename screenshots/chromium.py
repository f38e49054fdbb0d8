"""Chromium for pictures and browser tests: the machine's own, kept off the network."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-first-run",
]


def find_chromium() -> str | None:
    """Return the path of the browser to drive, or None when this machine has none."""
    found = subprocess.run(
        ["sh", "scripts/find-chromium.sh"],  # noqa: S607  (the shell of the system)
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or None


def arguments() -> list[str]:
    """Return Chromium's switches; its sandbox refuses to work for root."""
    return [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS
