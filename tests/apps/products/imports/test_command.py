"""The command: exit codes, summary, sessions that tell the truth, bad input."""

import gzip
import json
import signal
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils.timezone import localtime

from apps.common.models import SyncLog
from apps.products.imports.run import Run
from apps.products.imports.session_log import SessionLog
from apps.products.imports.stages import stages_for
from apps.products.models import ImportSession, Product
from apps.products.sessions import lifecycle
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.states import ImportType, Status, Trigger
from tests.support.processes import wait_until
from tests.support.worker import worker_environment

from .conftest import HEAD, TAIL, catalogue, good


def goods(number: int, name: str = "Мяч") -> str:
    return catalogue(*(good(f"p{i}", f"{name} {i}") for i in range(number)))


class TestExitCodes:
    def test_0_when_completed_and_records_were_only_skipped(self, export, run_import):
        export.write("goods/g.xml", catalogue(good("p"), good("q", deleted=True)))
        outcome = run_import()
        assert outcome.code == 0
        assert outcome.summary["status"] == "completed"

    def test_1_for_a_missing_directory_and_a_failed_session_says_so(self, tmp_path, run_import):
        outcome = run_import(tmp_path / "nowhere")
        assert outcome.code == 1
        assert outcome.session.status == Status.FAILED
        assert "nowhere does not exist" in outcome.session.error_message

    def test_1_for_an_empty_directory(self, run_import):
        outcome = run_import()
        assert outcome.code == 1
        assert "holds no XML file" in outcome.session.error_message

    @pytest.mark.parametrize(
        "options", [{"chunk_size": 0}, {"chunk_size": 10_001}, {"file_type": "images"}]
    )
    def test_2_for_wrong_options_and_no_session(self, run_import, options):
        assert run_import(**options).code == 2
        assert not ImportSession.objects.exists()

    def test_3_when_a_file_failed_and_the_rest_was_imported(self, export, run_import):
        export.write("goods/g.xml", goods(2))
        export.write_raw("offers/o.xml", "undefined<?xml version='1.0'?><a/>")
        outcome = run_import()
        assert (outcome.code, outcome.summary["status"]) == (3, "completed")
        assert outcome.session.issues.get().file == "offers/o.xml"
        assert Product.objects.count() == 2

    def test_75_names_the_active_import_and_leaves_nothing(self, export, run_import):
        active = lifecycle.open_session(
            Parameters(ImportType.CATALOG, export.directory),
            trigger=Trigger.PORTAL,
            user="olga",
        )
        outcome = run_import()
        assert outcome.code == 75
        assert outcome.out == ""
        for word in (
            f"#{active.pk}",
            f"id={active.pk} type=catalog",
            "started_by=olga",
            f"{localtime(active.created_at):%Y-%m-%d %H:%M}",
        ):
            assert word in outcome.error
        assert ImportSession.objects.count() == 1

    def test_130_when_told_to_stop(self, export, transactional_db, tmp_path):
        export.write("goods/g.xml", goods(20_000))
        process = subprocess.Popen(
            [
                *(sys.executable, "manage.py", "import_catalog_from_1c", "--skip-backup", "--json"),
                *("--data-dir", str(export.directory), "--chunk-size", "20"),
            ],
            env=worker_environment(export.directory, tmp_path / "backups"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            wait_until(Product.objects.exists, 60, lambda: "The import did not begin.")
            process.send_signal(signal.SIGINT)
            out, error = process.communicate(timeout=60)
        finally:
            process.kill()
            process.wait()
        assert process.returncode == 130, error
        assert json.loads(out)["status"] == "cancelled"
        session = ImportSession.objects.get()
        assert session.status == Status.CANCELLED
        assert 0 < Product.objects.count() < 20_000
        assert session.changed_count == Product.objects.count()
        assert str(session.changed_count) in session.error_message

    def test_what_a_cancelled_run_says_to_have_written_has_no_hides_in_it(self, export, run_import):
        """They wait for the end of a run, and this one had none."""
        export.write("goods/g.xml", goods(9))
        run_import()
        gone = good("p0", deleted=True)
        new = [good(f"new-{number}") for number in range(30)]
        export.write("goods/g.xml", catalogue(gone, *new))
        parameters = Parameters(
            ImportType.CATALOG, export.directory, chunk_size=5, skip_backup=True
        )
        session = lifecycle.open_session(parameters, trigger=Trigger.CLI, worker="here")
        run = Run(session, stages_for("all"))
        run.on_progress = lambda *_position: run.stop.set()
        session = run.execute()
        assert session.status == Status.CANCELLED
        written = Product.objects.filter(onec_id__startswith="new-").count()
        assert (written, session.changed_count) == (4, 4)
        assert "4 changes were already written" in session.error_message


class TestSummary:
    def test_json_is_one_line_with_the_contracts_keys(self, export, run_import):
        export.write("goods/g.xml", goods(3))
        outcome = run_import()
        assert outcome.out.count("\n") == 1
        assert set(outcome.summary) == {
            *("id", "status", "dry_run", "counters", "issues", "seconds", "error")
        }
        assert outcome.summary["issues"] == {"warning": 0, "error": 0}
        assert outcome.counters["products"]["created"] == 3

    def test_words_for_people(self, export, run_import):
        export.write("goods/g.xml", goods(3))
        out = StringIO()
        call_command(
            "import_catalog_from_1c",
            data_dir=str(export.directory),
            skip_backup=True,
            stdout=out,
        )
        assert "products: read 3, created 3" in out.getvalue()

    def test_counters_add_up_for_every_entity(self, export, run_import):
        export.write(
            "goods/g.xml",
            catalogue(good("p"), good("p", "Иначе"), good("q", deleted=True), good("r", "")),
        )
        for counts in run_import().counters.values():
            ends = ("created", "updated", "unchanged", "hidden", "skipped", "failed")
            assert counts["read"] == sum(counts[end] for end in ends) > 0


class TestBadInput:
    def test_a_file_cut_in_the_middle_is_refused_whole(self, export, run_import):
        whole = HEAD + goods(500) + TAIL
        export.write_raw("goods/g.xml", whole[: len(whole) // 2])
        export.write("groups/g.xml", goods(0))
        outcome = run_import()
        assert outcome.code == 3
        issue = outcome.session.issues.get()
        assert (issue.code, issue.file) == ("truncated", "goods/g.xml")
        assert issue.line > 200
        assert not Product.objects.exists()

    def test_a_fault_inside_a_file_keeps_whole_records_and_names_the_line(self, export, run_import):
        export.write("goods/g.xml", goods(5).replace("Мяч 3", "Мяч & 3"))
        outcome = run_import(chunk_size=2)
        assert outcome.code == 3
        issue = outcome.session.issues.get()
        assert (issue.code, issue.file, issue.line) == ("broken_xml", "goods/g.xml", 7)
        assert Product.objects.count() == 3

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (HEAD.replace("\n", "\n<!DOCTYPE a [<!ENTITY x 'y'>]>\n", 1) + TAIL, "doctype_refused"),
            ("undefinedundefined" + HEAD + TAIL, "broken_xml"),
            ("<html></html>", "not_commerceml"),
            (gzip.compress((HEAD + TAIL).encode()), "binary_file"),
            ("", "empty_file"),
        ],
    )
    def test_nothing_else_to_read_is_a_failure_with_its_reason(
        self, export, run_import, content, code
    ):
        export.write_raw("import.xml", content)
        outcome = run_import()
        assert (outcome.code, outcome.summary["status"]) == (1, "failed")
        assert outcome.codes() == [code]
        assert outcome.session.issues.get().file == "import.xml"

    def test_an_entity_reads_no_local_file(self, export, run_import, tmp_path):
        secret = tmp_path / "secret"
        secret.write_text("secret")
        doctype = f"<!DOCTYPE x [<!ENTITY e SYSTEM 'file://{secret}'>]>"
        body = HEAD.replace("\n", f"\n{doctype}\n", 1) + catalogue(good("p", "&e;")) + TAIL
        export.write_raw("goods/g.xml", body)
        assert run_import().code == 1
        assert not Product.objects.exists()


class TestUnchangedInput:
    def test_a_second_run_writes_no_catalogue_row(self, export, run_import, catalogue_writes):
        export.write("goods/g.xml", goods(50))
        run_import()
        before = catalogue_writes()
        total = run_import().counters["total"]
        assert total["unchanged"] == total["read"] == 50
        assert catalogue_writes() == before


class TestDryRun:
    def test_it_counts_what_the_real_run_does_and_writes_nothing(
        self, export, run_import, catalogue_writes
    ):
        export.write("goods/g.xml", goods(30))
        before = catalogue_writes()
        dry = run_import(dry_run=True)
        assert catalogue_writes() == before
        assert not Product.objects.exists()
        assert dry.summary["dry_run"] is True
        assert run_import().counters == dry.counters

    def test_it_makes_no_backup(self, export, run_import):
        export.write("goods/g.xml", goods(1))
        outcome = run_import(dry_run=True, skip_backup=False)
        assert outcome.session.backup_path == ""


class TestBackup:
    def test_a_real_import_is_preceded_by_one(self, export, run_import, settings, tmp_path):
        settings.BACKUP_DIR = tmp_path / "backups"
        export.write("goods/g.xml", goods(1))
        outcome = run_import(skip_backup=False)
        assert outcome.code == 0, outcome.error
        (dump,) = settings.BACKUP_DIR.iterdir()
        assert outcome.session.backup_path == str(dump)

    def test_a_failed_backup_stops_the_import_before_it_writes(
        self, export, run_import, settings, tmp_path
    ):
        settings.BACKUP_DIR = tmp_path / "file" / "backups"
        (tmp_path / "file").write_text("in the way")
        export.write("goods/g.xml", goods(1))
        outcome = run_import(skip_backup=False)
        assert (outcome.code, outcome.summary["status"]) == (1, "failed")
        assert "backup failed" in outcome.session.error_message
        assert not Product.objects.exists()


class TestTraces:
    def test_each_run_leaves_one_sync_log(self, export, run_import, tmp_path):
        export.write("goods/g.xml", catalogue(good("p"), good("q", "")))
        run_import(dry_run=True)
        run_import()
        run_import(tmp_path / "nowhere")
        logs = SyncLog.objects.order_by("id")
        assert [log.status for log in logs] == ["completed", "completed", "failed"]
        assert [log.records_processed for log in logs] == [2, 2, 0]
        assert [log.errors_count for log in logs] == [1, 1, 0]
        assert logs[1].error_details[0]["code"] == "no_name"
        assert all(log.session_id and log.completed_at for log in logs)

    def test_the_log_tells_the_story(self, export, run_import):
        export.write("goods/g.xml", goods(1))
        lines = run_import().session.log_lines.values_list("code", flat=True)
        assert list(lines) == ["started", "inventory", "file", "completed"]

    def test_a_log_line_outlives_a_rollback(self, export, run_import):

        export.write("goods/g.xml", goods(1))
        session = run_import().session
        with SessionLog(session) as log, transaction.atomic():
            log.write("file", stage="goods", file="late.xml")
            transaction.set_rollback(True)
        assert session.log_lines.filter(params__file="late.xml").exists()

    def test_the_session_keeps_what_lay_in_the_directory(self, export, run_import):
        path = export.write("goods/g.xml", goods(2))
        session = run_import().session
        (file,) = session.source["files"]
        assert (file["name"], file["size"]) == ("goods/g.xml", path.stat().st_size)
        assert file["kinds"] == {"goods": 2}
        assert len(file["sha256"]) == 64
        assert session.progress_done == session.progress_total == 2


class TestLosingTheSession:
    def test_the_open_chunk_is_rolled_back_and_nothing_more_is_written(
        self, export, run_import, monkeypatch
    ):
        export.write("goods/g.xml", goods(10))
        real, chunks = lifecycle.note_chunk, []

        def lose_after_two(session, number, columns):
            real(session, number, columns)
            if "progress_done" in columns:
                chunks.append(number)
            if len(chunks) == 2:
                ImportSession.objects.update(status=Status.FAILED, token=None)

        monkeypatch.setattr(lifecycle, "note_chunk", lose_after_two)
        outcome = run_import(chunk_size=3)
        assert outcome.code == 1
        assert "no longer belongs" in outcome.error
        assert Product.objects.count() == 6
        assert ImportSession.objects.get().status == Status.FAILED


class TestHiddenOption:
    def test_session_id_runs_the_queued_session(self, export, transactional_db):
        export.write("goods/g.xml", goods(1))
        parameters = Parameters(ImportType.CATALOG, export.directory, skip_backup=True)
        session = lifecycle.open_session(parameters, trigger=Trigger.SCHEDULE)
        call_command("import_catalog_from_1c", session_id=session.pk, stdout=StringIO())
        session.refresh_from_db()
        assert session.status == Status.COMPLETED

    def test_the_portal_reads_nothing_outside_the_data_directory(
        self, export, transactional_db, settings, tmp_path
    ):
        export.write("goods/g.xml", goods(1))
        settings.ONEC_DATA_DIR = tmp_path / "import_1c"
        settings.ONEC_DATA_DIR.mkdir()
        (settings.ONEC_DATA_DIR / "link").symlink_to(export.directory)
        parameters = Parameters(ImportType.CATALOG, settings.ONEC_DATA_DIR / "link")
        session = lifecycle.open_session(parameters, trigger=Trigger.PORTAL)
        with pytest.raises(CommandError, match="outside"):
            call_command("import_catalog_from_1c", session_id=session.pk, stdout=StringIO())
        session.refresh_from_db()
        assert session.status == Status.FAILED
        assert not Product.objects.exists()

    def test_a_second_delivery_is_refused_and_harms_nothing(self, export, run_import):
        export.write("goods/g.xml", goods(1))
        session = run_import().session
        with pytest.raises(CommandError, match="not queued") as caught:
            call_command("import_catalog_from_1c", session_id=session.pk)
        assert caught.value.returncode == 75
        session.refresh_from_db()
        assert session.status == Status.COMPLETED
