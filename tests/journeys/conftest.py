"""People at their windows, and an export with three records that 1C must mend."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.apps.products.imports.conftest import HEAD, TAIL, catalogue, good
from tests.conftest import OpenWindow
from tests.journeys.steps import PORTAL
from tests.support.people import People


@pytest.fixture
def window(open_window: OpenWindow, people: People) -> Page:
    """The operator at the start page."""
    page = open_window(people.operator)
    page.goto(PORTAL)
    return page


@pytest.fixture
def export(data_root: Path) -> Path:
    """A directory with one file of goods."""
    write(data_root, good("p1", "Мяч"), good("p2", "Сетка"))
    return data_root


def write(directory: Path, *goods: str, name: str = "goods.xml") -> None:
    """Write a file of goods into a directory."""
    (directory / name).write_text(HEAD + catalogue(*goods) + TAIL)
