"""Imports that must do what they are measured for: a fast import of nothing is no figure."""

from pathlib import Path
from typing import Any

from .programs import Measured, import_catalogue, import_customers
from .server import settle


def first_import(directory: Path, *, tracked: bool = True) -> Measured:
    """Import a shop into an empty catalogue."""
    settle()
    measured = import_catalogue(directory, tracked=tracked)
    _check(measured.answer, created=True, updated=False)
    return measured


def next_import(directory: Path, *, changes: bool, tracked: bool = True) -> Measured:
    """Import a shop that is there already; `changes` says whether some of it has changed."""
    settle()
    measured = import_catalogue(directory, tracked=tracked)
    _check(measured.answer, created=False, updated=changes)
    return measured


def first_import_of_customers(directory: Path, *options: str) -> Measured:
    """Import customers into a shop without any."""
    settle()
    measured = import_customers(directory, *options)
    _check(measured.answer, created=True, updated=False)
    return measured


def _check(answer: dict[str, Any], *, created: bool, updated: bool) -> None:
    total = answer["counters"]["total"]
    as_asked = bool(total["created"]) == created and bool(total["updated"]) == updated
    if answer["status"] != "completed" or not as_asked or total["failed"]:
        raise RuntimeError(f"The import did not do what is measured here: {answer}")
