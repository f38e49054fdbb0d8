"""`full_import.sh`: the sequence, what can be left out, the exit codes that reach the caller."""

import os
import signal
import subprocess
import uuid
from pathlib import Path

import pytest

from apps.products.models import ImportSession, Product
from apps.products.sessions import lifecycle
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.states import ImportType, Trigger
from apps.users.models import User
from tests.scripts.conftest import ASKING, FULL_IMPORT, IMPORTS, MANAGE
from tests.support.processes import ROOT, wait_until


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
        call = [
            "sh",
            str(ROOT / FULL_IMPORT),
            "--manage",
            MANAGE,
            "--skip-migrate",
            "--skip-backup",
        ]
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
