"""Chromium for the journeys: the system's own, kept off the network."""

import os
import subprocess

from tests.support.processes import ROOT

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
        ["sh", "scripts/find-chromium.sh"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or None


def arguments() -> list[str]:
    """Return Chromium's switches; its sandbox refuses to work for root."""
    return [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS
