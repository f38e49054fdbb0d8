"""Memory of an import: it must not grow with the shop. A bound; `make bench` has the figure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from apps.common.synthetic import ExportOptions, write_export
from apps.products.models import Product
from tests.support.processes import ROOT
from tests.support.worker import test_database_url

_SMALL, _LARGE = 750, 3000


def peak(directory: Path, products: int) -> int:
    """Import a shop in a process of its own; give the most memory that it held."""
    write_export(directory, ExportOptions(products=products, customers=0, full=True, seed=products))
    command = (sys.executable, "manage.py", "import_catalog_from_1c", "--skip-backup", "--json")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "freesport.settings.test",
        "DATABASE_URL": test_database_url(),
    }
    with (directory.parent / f"{products}.txt").open("w+", encoding="utf-8") as output:
        process = subprocess.Popen(
            [*command, "--chunk-size", "100", "--data-dir", str(directory)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        assert process.returncode == 0, output.read()
    return usage.ru_maxrss


class TestMemory:
    @pytest.mark.usefixtures("transactional_db")
    def test_an_import_of_four_times_as_much_needs_little_more(self, tmp_path: Path) -> None:
        small = peak(tmp_path / "small", _SMALL)
        large = peak(tmp_path / "large", _LARGE)
        assert Product.objects.count() >= _LARGE
        assert large < 1.12 * small
