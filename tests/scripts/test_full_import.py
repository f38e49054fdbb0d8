"""`full_import.sh`: the sequence, what can be left out, the exit codes that reach the caller."""

import json
import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from apps.products.models import ImportSession, Product
from apps.products.sessions import lifecycle
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.states import ImportType, Trigger
from apps.users.models import User
from tests.scripts.conftest import MANAGE, Ended, Script, put_on_path, run_script
from tests.support.processes import ROOT, wait_until

SCRIPT = "scripts/inport_from_1C/full_import.sh"
ASKING = "Is another import active?"
# A server that is this machine.
SSH = 'while [ $# -gt 1 ]; do shift; done; exec sh -c "$1"'
SCP = 'while [ $# -gt 2 ]; do shift; done; exec cp -R "${1#*:}" "$2/"'
IMPORTS = ["Importing the catalogue", "Importing the customers", "The last session"]


@pytest.fixture
def full_import(environment: dict[str, str]) -> Script:
    """Run the script with a plain manage.py; migrations are left out unless asked for."""

    def run(*arguments: str, manage: str = MANAGE, migrate: bool = False) -> Ended:
        skip = [] if migrate else ["--skip-migrate"]
        return run_script(SCRIPT, "--manage", manage, *skip, *arguments, environment=environment)

    return run


def backups(environment: dict[str, str]) -> list[Path]:
    directory = Path(environment["BACKUP_DIR"])
    return list(directory.iterdir()) if directory.is_dir() else []


class TestSequence:
    def test_without_broker_worker_and_portal_everything_is_imported(
        self, full_import, export, environment
    ):
        ended = full_import(migrate=True)
        assert ended.code == 0, ended.error
        assert ended.steps == [ASKING, "Migrating", "Backing up", *IMPORTS]
        assert Product.objects.count() == 8
        assert User.objects.filter(created_in_1c=True).exists()
        assert len(backups(environment)) == 1
        catalogue, customers = ImportSession.objects.order_by("pk")
        assert (catalogue.import_type, customers.import_type) == ("catalog", "customers")
        assert catalogue.parameters["skip_backup"] is True  # the script has made it
        assert f"#{customers.pk}" in ended.out

    def test_options_reach_the_commands(self, full_import, export, tmp_path):
        output = tmp_path / "named.dump"
        ended = full_import(
            *("--data-dir", str(export), "--chunk-size", "7", "--backup-output", str(output)),
            *("--import-args", "--file-type goods --dry-run"),
        )
        assert ended.code == 0, ended.error
        assert output.is_file()
        catalogue, customers = ImportSession.objects.order_by("pk")
        assert catalogue.dry_run
        assert catalogue.parameters["file_type"] == "goods"
        assert not customers.dry_run
        for session in (catalogue, customers):
            assert session.parameters["chunk_size"] == 7
            assert session.parameters["data_dir"] == str(export)

    def test_each_step_can_be_left_out(self, full_import, environment):
        ended = full_import("--skip-sync", "--skip-backup", "--skip-import")
        assert (ended.code, ended.steps) == (0, [ASKING])
        assert backups(environment) == []
        assert not ImportSession.objects.exists()


class TestExitCodes:
    def test_1_for_a_missing_directory_and_no_customers_after_it(self, full_import, tmp_path):
        ended = full_import("--skip-backup", "--data-dir", str(tmp_path / "nowhere"))
        assert ended.code == 1
        assert "nowhere does not exist" in ended.error
        assert ended.steps[-1] == "Importing the catalogue"
        assert ImportSession.objects.get().status == "failed"

    def test_1_when_the_backup_fails_and_nothing_is_imported(
        self, full_import, export, environment
    ):
        Path(environment["BACKUP_DIR"]).write_text("in the way")
        ended = full_import()
        assert ended.code == 1
        assert ended.steps == [ASKING, "Backing up"]
        assert not ImportSession.objects.exists()

    @pytest.mark.parametrize(
        "options", [["--chunk-size", "0"], ["--import-args", "--file-type images"]]
    )
    def test_2_for_options_that_the_commands_refuse(self, full_import, export, options):
        assert full_import("--skip-backup", *options).code == 2

    @pytest.mark.parametrize("options", [["--colour"], ["--data-dir"], ["--use-local-data"]])
    def test_2_for_options_that_the_script_refuses(self, full_import, options):
        ended = full_import(*options)
        assert (ended.code, ended.out) == (2, "")
        assert options[0] in ended.error

    def test_3_when_a_file_failed_and_the_customers_came_all_the_same(self, full_import, export):
        (export / "goods" / "broken.xml").write_text("undefined<?xml version='1.0'?><a/>")
        ended = full_import("--skip-backup")
        assert ended.code == 3
        assert ended.steps == [ASKING, *IMPORTS]
        assert User.objects.filter(created_in_1c=True).exists()

    def test_75_before_anything_is_done_and_the_caller_learns_who_imports(
        self, full_import, export, environment
    ):
        busy = open_session(export)
        ended = full_import(migrate=True)
        assert (ended.code, ended.out) == (75, "")
        assert f"id={busy.pk} type=catalog status=pending started_by=olga" in ended.error
        assert ended.steps == [ASKING]
        assert backups(environment) == []

    def test_75_when_another_was_faster_after_the_question(self, full_import, export, tmp_path):
        late = tmp_path / "late"
        late.write_text(f'case $1 in import_status) ;; *) exec {MANAGE} "$@" ;; esac')
        busy = open_session(export)
        ended = full_import("--skip-backup", manage=f"sh {late}")
        assert ended.code == 75
        assert f"id={busy.pk}" in ended.error
        assert ended.steps == [ASKING, "Importing the catalogue"]

    def test_130_when_a_person_interrupts_it(self, export, environment, tmp_path):
        call = ["sh", str(ROOT / SCRIPT), "--manage", MANAGE, "--skip-migrate", "--skip-backup"]
        make_large(export)
        process = subprocess.Popen(
            [*call, "--chunk-size", "1"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            wait_until(Product.objects.exists, 90, lambda: "The import did not begin.")
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does
            error = process.communicate(timeout=90)[1]
        finally:
            process.kill()
            process.wait()
        assert process.returncode == 130, error
        assert ImportSession.objects.get().status == "cancelled"


def open_session(directory: Path) -> ImportSession:
    parameters = Parameters(ImportType.CATALOG, directory)
    return lifecycle.open_session(parameters, trigger=Trigger.PORTAL, user="olga")


def make_large(export: Path) -> None:
    """Add products, so that an import takes long enough to be interrupted."""
    (file,) = (export / "goods").glob("*.xml")
    text = file.read_text(encoding="utf-8")
    good = text[text.index("<Товар>") : text.index("</Товар>") + len("</Товар>")]
    onec_id = good[good.index("<Ид>") + 4 : good.index("</Ид>")]
    more = (good.replace(onec_id, str(uuid.UUID(int=number))) for number in range(5000))
    file.write_text(text.replace("</Товары>", "".join(more) + "</Товары>"), encoding="utf-8")


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
                *("sh", str(ROOT / SCRIPT), "--manage", MANAGE, "--skip-migrate"),
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
            *(SCRIPT, "--compose-file", "shop.yaml", "--service", "shop", "--skip-backup"),
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
            *(SCRIPT, "--skip-migrate", "--skip-backup", "--data-dir", str(tmp_path / "nowhere")),
            environment=environment,
        )
        assert ended.code == 1
        assert "nowhere does not exist" in ended.error
        assert "import_catalog" not in calls.read_text()

    def test_the_files_own_names_are_the_defaults(self, calls, environment):
        run_script(
            SCRIPT, "--skip-migrate", "--skip-backup", "--skip-import", environment=environment
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
    program = shutil.which("shellcheck")
    if program is None:
        pytest.skip("shellcheck is not installed (Debian: apt-get install shellcheck).")
    scripts = sorted(map(str, (ROOT / "scripts").rglob("*.sh")))
    checked = subprocess.run([program, *scripts], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
