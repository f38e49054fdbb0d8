"""Two versions of a small shop, and what each looks like when nothing disturbs its import."""

from dataclasses import dataclass
from pathlib import Path

from apps.common.synthetic import ExportOptions, write_export
from tests.faults.lab import Command, Database, run_to_end

PRODUCTS = 150


@dataclass(frozen=True)
class Export:
    """A full export, the catalogue that it makes of an empty one, and its rows."""

    path: Path
    digest: str
    rows: int


@dataclass(frozen=True)
class Shop:
    """The shop before and after a day's changes in 1C."""

    first: Export
    second: Export


def make_shop(directory: Path, database: Database, environment: dict[str, str]) -> Shop:
    """Write both exports and import each into an empty catalogue."""
    exports = []
    for name, options in {
        "first": ExportOptions(products=PRODUCTS, customers=0, seed=11, full=True),
        "second": ExportOptions(
            products=PRODUCTS, customers=0, seed=11, full=True, change_share=0.3
        ),
    }.items():
        path = directory / name
        write_export(path, options)
        database.empty()
        log = directory / f"{name}.log"
        run_to_end(lambda: Command(path, environment, log))  # noqa: B023  (runs at once)
        exports.append(Export(path, database.digest(), database.written()))
    database.empty()
    assert exports[0].digest != exports[1].digest
    return Shop(*exports)
