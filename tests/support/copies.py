"""Copies of this project that a test may change."""

import re
import shutil
from pathlib import Path

from tests.support.elsewhere import Project
from tests.support.processes import ROOT

FENCED = re.compile(r"^( *)```diff\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
NO_BYTECODE = shutil.ignore_patterns("__pycache__")


def changes_in(document: str) -> list[tuple[str, str]]:
    """Return what a document's pieces of diff replace, and by what."""
    text = (ROOT / document).read_text(encoding="utf-8")
    pieces = [
        [line.removeprefix(indent) for line in piece.splitlines(keepends=True)]
        for indent, piece in FENCED.findall(text)
    ]
    return [
        (
            "".join(line[1:] for line in piece if not line.startswith("+")),
            "".join(line[1:] for line in piece),
        )
        for piece in pieces
    ]


def copy_project(directory: Path) -> None:
    """Copy what may change; the portal and the templates are linked, so nobody edits them."""
    for name in ("freesport", "apps"):
        shutil.copytree(ROOT / name, directory / name, ignore=NO_BYTECODE)
    for name in ("ops_portal", "templates", "locale", "pyproject.toml"):
        (directory / name).symlink_to(ROOT / name)


def change(path: Path, old: str, new: str) -> None:
    """Replace what must be there exactly once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} has {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


def site_of(directory: Path, database_url: str, **more: str) -> Project:
    """Return a copy as a site, not begun; `more` is its environment."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "freesport.settings.test",
        "DATABASE_URL": database_url,
        **more,
    }
    return Project(directory, directory, environment)
