"""Synthetic exports for a run, written where they are needed and removed after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from apps.common.synthetic import ExportOptions, write_export

_CHANGED = 0.01


@contextmanager
def shop(products: int) -> Iterator[Path]:
    """A full package of a shop in the layout that 1C writes today: split, schema 3.1."""
    with _export(ExportOptions(products=products, customers=0, full=True)) as directory:
        yield directory


@contextmanager
def changed_shop(products: int) -> Iterator[Path]:
    """The same package after 1 % of its records have changed."""
    options = ExportOptions(products=products, customers=0, full=True, change_share=_CHANGED)
    with _export(options) as directory:
        yield directory


@contextmanager
def counterparties(customers: int) -> Iterator[Path]:
    """A file of counterparties."""
    with _export(ExportOptions(products=0, customers=customers)) as directory:
        yield directory


def megabytes(directory: Path) -> float:
    """How much XML an export is."""
    return sum(path.stat().st_size for path in directory.rglob("*.xml")) / 1e6


@contextmanager
def _export(options: ExportOptions) -> Iterator[Path]:
    with TemporaryDirectory(prefix="freesport-bench-") as scratch:
        directory = Path(scratch) / "export"
        write_export(directory, options)
        yield directory
