"""Exports for the tests of the generator, each written once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from apps.common.synthetic import ExportOptions, ExportSummary, write_export
from tests.apps.common.synthetic.reader import ReadShop, read

Written = tuple[Path, ExportSummary, ReadShop]
Write = Callable[..., Written]


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Writes an export of 70 products and 60 counterparties, if not told else, and reads it."""
    done: dict[ExportOptions, Written] = {}

    def write_once(**options: object) -> Written:
        settings = ExportOptions(**{"products": 70, "customers": 60, **options})
        if settings not in done:
            output = tmp_path_factory.mktemp("export") / "out"
            summary = write_export(output, settings)
            done[settings] = (output, summary, read(output))
        return done[settings]

    return write_once
