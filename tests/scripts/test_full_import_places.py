"""`full_import.sh` where it may run: local data, containers, a 1C server, an empty database."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from apps.products.models import ImportSession, Product
from tests.scripts.conftest import ASKING, FULL_IMPORT, IMPORTS, MANAGE, put_on_path, run_script
from tests.support.processes import ROOT

# A server that is this machine.
SSH = 'while [ $# -gt 1 ]; do shift; done; exec sh -c "$1"'
SCP = 'while [ $# -gt 2 ]; do shift; done; exec cp -R "${1#*:}" "$2/"'


class TestLocalData:
    def test_the_export_is_looked_for_before_anything_else(self, full_import, tmp_path):
        (tmp_path / "empty").mkdir()
        ended = full_import("--use-local-data", "--data-dir", str(tmp_path / "empty"))
        assert (ended.code, len(ended.steps)) == (1, 1)
        assert "empty holds no XML file" in ended.error

    def test_a_relative_directory_counts_from_where_the_script_was_called(
        self, environment, export
    ):
        ended = subprocess.run(
            [
                *("sh", str(ROOT / FULL_IMPORT), "--manage", MANAGE, "--skip-migrate"),
                *("--skip-backup", "--use-local-data", "--data-dir", export.name),
            ],
            cwd=export.parent,
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        assert ImportSession.objects.first().parameters["data_dir"] == str(export)


class TestCompose:
    @pytest.fixture
    def calls(self, tmp_path: Path, environment: dict[str, str]) -> Path:
        """A docker that notes how it is called and runs here what a container would run."""
        calls = tmp_path / "calls"
        body = f"""
echo "$*" >>{calls}
while [ "$1" != manage.py ]; do shift; done
shift
ONEC_DATA_DIR=$IMPORT_DATA_DIR exec {MANAGE} "$@"
"""
        put_on_path(tmp_path / "bin", environment, docker=body)
        return calls

    def test_every_command_runs_in_a_container_of_its_own_with_the_data_mounted(
        self, calls, environment, export, tmp_path
    ):
        data = export.rename(tmp_path / "elsewhere")
        ended = run_script(
            *(FULL_IMPORT, "--compose-file", "shop.yaml", "--service", "shop", "--skip-backup"),
            *("--data-dir", str(data)),
            environment=environment,
        )
        assert ended.code == 0, ended.error
        heads = {line.split(" python ")[0] for line in calls.read_text().splitlines()}
        assert heads == {"compose -f shop.yaml run --rm --no-deps -T shop"}
        assert [line.split("manage.py ")[1] for line in calls.read_text().splitlines()] == [
            "import_status --require-idle",
            "migrate --noinput",
            "import_catalog_from_1c --skip-backup",
            "import_customers_from_1c --skip-backup",
            "import_status",
        ]
        assert ImportSession.objects.first().parameters["data_dir"] == str(data)

    def test_a_missing_directory_is_not_mounted(self, calls, environment, tmp_path):
        ended = run_script(
            *(
                FULL_IMPORT,
                "--skip-migrate",
                "--skip-backup",
                "--data-dir",
                str(tmp_path / "nowhere"),
            ),
            environment=environment,
        )
        assert ended.code == 1
        assert "nowhere does not exist" in ended.error
        assert "import_catalog" not in calls.read_text()

    def test_the_files_own_names_are_the_defaults(self, calls, environment):
        run_script(
            FULL_IMPORT, "--skip-migrate", "--skip-backup", "--skip-import", environment=environment
        )
        assert f"compose -f {ROOT}/compose.yaml run --rm --no-deps -T web " in calls.read_text()


class TestSync:
    def test_the_export_is_copied_first_and_then_imported(
        self, full_import, export, environment, tmp_path
    ):
        server = export.rename(tmp_path / "server")
        put_on_path(tmp_path / "bin", environment, ssh=SSH, scp=SCP)
        ended = full_import(
            *("--server-ip", "1c.example.org", "--remote-data-path", str(server)),
            *("--data-dir", str(tmp_path / "export"), "--skip-backup"),
        )
        assert ended.code == 0, ended.error
        assert ended.steps == [ASKING, "Copying the export", *IMPORTS]
        assert Product.objects.count() == 8

    def test_a_schedule_finds_everything_in_the_environment(
        self, full_import, export, environment, tmp_path
    ):
        environment |= {
            "ONEC_SYNC_SERVER": "onec@192.0.2.10",
            "ONEC_SYNC_PATH": str(export.rename(tmp_path / "server")),
            "ONEC_SYNC_DATA_DIR": str(tmp_path / "current"),
        }
        put_on_path(tmp_path / "bin", environment, ssh=SSH, scp=SCP)
        assert full_import("--skip-backup").code == 0
        session = ImportSession.objects.first()
        assert session.parameters["data_dir"] == str(tmp_path / "current")

    def test_a_copy_that_fails_ends_the_run(self, full_import, environment, export, tmp_path):
        put_on_path(tmp_path / "bin", environment, ssh="exit 255")
        ended = full_import(
            *("--server-ip", "1c.example.org", "--remote-data-path", "/srv/1c"),
            *("--data-dir", str(export)),
        )
        assert (ended.code, ended.steps) == (1, [ASKING, "Copying the export"])

    def test_skip_sync_copies_nothing(self, full_import, environment, export, tmp_path):
        put_on_path(tmp_path / "bin", environment, ssh="exit 255")
        ended = full_import(
            "--server-ip", "1c.example.org", "--skip-sync", "--skip-backup", "--skip-import"
        )
        assert (ended.code, ended.steps) == (0, [ASKING])


class TestFirstDeployment:
    @pytest.fixture
    def empty_database(self, environment: dict[str, str]) -> Iterator[None]:
        """A database without any table, in the place of the tests' own."""
        name = f"{connection.settings_dict['NAME']}_empty"
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        url = urlsplit(environment["DATABASE_URL"])
        environment["DATABASE_URL"] = url._replace(path=f"/{name}").geturl()
        yield
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def test_an_empty_database_is_migrated_and_filled(
        self, empty_database, full_import, export, environment
    ):
        ended = full_import("--skip-backup", migrate=True)
        assert ended.code == 0, ended.error
        shown = subprocess.run(
            [*MANAGE.split(), "import_status", "--json"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(shown.stdout)["import_type"] == "customers"


def test_shellcheck_finds_nothing() -> None:
    program = Path(sys.executable).with_name("shellcheck")
    scripts = sorted(map(str, (ROOT / "scripts").rglob("*.sh")))
    checked = subprocess.run([program, *scripts], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
