"""`restore_db`: what it says and asks, whom it keeps out, and what it leaves."""

import os
import signal
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from apps.common.backups import Backup, make_backup
from apps.common.models import CustomerSyncLog, SyncLog
from apps.common.synthetic import ExportOptions, write_export
from apps.products.management.commands import restore_db
from apps.products.models import ImportLease, ImportSession, Product
from apps.products.sessions import lifecycle, restoring
from apps.products.sessions.errors import BeingRestored
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.states import ACTIVE, RUNNING, ImportType, Status, Trigger
from tests.support.backups import child, digests, environment, locked, program, run, running
from tests.support.processes import ROOT, Process, alive, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

PARAMETERS = Parameters(ImportType.CATALOG, Path("/data"))
BYSTANDER = "products_brand"


@pytest.fixture(autouse=True)
def _apart(settings, tmp_path) -> None:
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def backup() -> Backup:
    """A backup of a database with one product and without sessions."""
    make_product("kept")
    return make_backup()


def make_product(onec_id: str) -> Product:
    return Product.objects.create(onec_id=onec_id, name="Мяч", slug=onec_id)


def open_session() -> ImportSession:
    return lifecycle.open_session(PARAMETERS, trigger=Trigger.CLI, user="olga")


def backup_with(status: Status) -> Path:
    """Return a backup that shows a session of this status; here it has ended since."""
    session = open_session()
    if status in RUNNING:
        lifecycle.claim(session.pk, worker="host:1")
    ImportSession.objects.update(status=status)
    path = make_backup().path
    ImportSession.objects.update(status=Status.COMPLETED, token=None)
    ImportLease.objects.all().delete()
    return path


def restore(path: Path, *arguments: str):
    return run("restore_db", "--input", str(path), *arguments)


def holds_sessions_locked() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE relation = 'import_sessions'::regclass "
            "AND mode = 'AccessExclusiveLock' AND granted"
        )
        return cursor.fetchone()[0] > 0


def wait_for_lock(process: Process) -> None:
    wait_until(
        lambda: holds_sessions_locked() or not process.running,
        60,
        lambda: f"The restore did not begin:\n{process.text()}",
    )
    assert process.running, process.text()


class TestRestoring:
    def test_brings_the_catalogue_back_and_says_what_it_does(self, backup):
        before = digests()
        Product.objects.update(name="changed")
        ended = restore(backup.path, "--yes")
        assert ended.code == 0, ended.error
        assert digests() == before
        for word in (
            str(backup.path),
            f"{backup.size / 10**6:.1f} MB",
            f"of the database {backup.database}",
            "read back whole",
            f"everything in the database {backup.database}",
            f"{backup.database} was restored",
        ):
            assert word in ended.out
        assert "migrate" not in ended.out

    def test_1_with_a_sentence_when_the_backup_is_damaged(self, backup):
        backup.path.write_bytes(backup.path.read_bytes()[:-100])
        ended = restore(backup.path, "--yes")
        assert (ended.code, "is damaged" in ended.error) == (1, True)

    def test_1_when_there_is_no_such_file(self, tmp_path):
        ended = restore(tmp_path / "nothing.dump", "--yes")
        assert (ended.code, "There is no file" in ended.error) == (1, True)

    def test_says_that_a_backup_from_before_an_update_wants_migrations(self, backup):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'cart' AND name LIKE '0002%'")
        older = make_backup()
        assert "manage.py migrate" in restore(older.path, "--yes").out
        assert "manage.py migrate" not in restore(backup.path, "--yes").out

    def test_ids_go_on_where_the_backup_ended(self, backup):
        kept = Product.objects.get().pk
        make_product("later")
        restore(backup.path, "--yes")
        assert make_product("new").pk == kept + 1


class TestAsking:
    def ask(self, path: Path, answer: str) -> tuple[int, str]:
        """Answer on a real terminal; return exit code and what was said."""
        ours, theirs = os.openpty()
        try:
            process = subprocess.Popen(
                program("restore_db", "--input", str(path)),
                cwd=ROOT,
                env=environment(),
                stdin=theirs,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            os.write(ours, f"{answer}\n".encode())
            out, _ = process.communicate(timeout=120)
        finally:
            os.close(ours)
            os.close(theirs)
        return process.returncode, out

    def test_the_databases_name_is_the_consent(self, backup):
        Product.objects.all().delete()
        code, out = self.ask(backup.path, backup.database)
        assert (code, "Type the database's name" in out) == (0, True), out
        assert Product.objects.exists()

    def test_anything_else_leaves_the_database(self, backup):
        Product.objects.all().delete()
        code, out = self.ask(backup.path, "yes")
        assert (code, "left as it was" in out) == (1, True), out
        assert not Product.objects.exists()

    def test_2_when_nobody_can_be_asked(self, backup):
        ended = run_without_terminal(backup.path)
        assert (ended.returncode, "--yes" in ended.stderr) == (2, True)
        assert ended.stdout == ""

    def test_2_when_it_must_not_ask(self, backup):
        assert restore(backup.path, "--no-input").code == 2

    def test_it_need_not_ask_with_yes_and_without_input(self, backup):
        assert restore(backup.path, "--no-input", "--yes").code == 0

    def test_2_without_a_file(self):
        ended = subprocess.run(
            program("restore_db", "--yes"),
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            check=False,
        )
        assert ended.returncode == 2


def run_without_terminal(path: Path):
    return subprocess.run(
        program("restore_db", "--input", str(path)),
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class TestSessionsThatCameBack:
    @pytest.mark.parametrize("status", sorted(ACTIVE | {Status.WAITING}))
    def test_they_end_as_failed(self, status):
        path = backup_with(status)
        assert restore(path, "--yes").code == 0
        session = ImportSession.objects.get()
        assert (session.status, session.token, session.stage) == (Status.FAILED, None, "")
        began = status in RUNNING
        assert session.error_message.startswith(
            f"Restored from a backup that was made while it {'ran' if began else 'was queued'}:"
        )
        assert not ImportLease.objects.exists()
        assert session.finished_at is not None
        assert (session.duration_ms is not None, session.started_at is not None) == (began, began)
        assert open_session().status == Status.PENDING

    def test_those_that_had_ended_stay_as_they_were(self):
        session = open_session()
        lifecycle.fail_unstarted(session, "broker down")
        path = make_backup().path
        ImportSession.objects.all().delete()
        restore(path, "--yes")
        restored = ImportSession.objects.get()
        assert (restored.pk, restored.error_message) == (session.pk, "broker down")
        assert restored.finished_at == session.finished_at
        assert SyncLog.objects.count() == 1

    def test_ids_of_later_ones_are_not_given_again(self, backup):
        """A message or a frozen process of before may still name them."""
        lifecycle.fail_unstarted(later := open_session(), "broker down")
        restore(backup.path, "--yes")
        assert open_session().pk == later.pk + 1

    def test_one_that_had_begun_is_in_the_audit_log(self):
        path = backup_with(Status.IN_PROGRESS)
        restore(path, "--yes")
        session, log = ImportSession.objects.get(), SyncLog.objects.get()
        assert (log.session, log.status, log.sync_type) == (session, "failed", "catalog")
        assert (log.started_at, log.completed_at) == (session.started_at, session.finished_at)
        assert log.error_details == [{"code": "failed", "message": session.error_message}]

    def test_its_record_bears_the_id_of_its_customers_records(self):
        session = open_session()
        lifecycle.claim(session.pk, worker="host:1")
        row = CustomerSyncLog.objects.create(
            session=session, operation_type="created", status="success"
        )
        path = make_backup().path
        ImportSession.objects.update(status=Status.COMPLETED)
        restore(path, "--yes")
        assert SyncLog.objects.get().correlation_id == row.correlation_id

    def test_the_reason_may_hold_any_letter_of_any_language(self, monkeypatch):
        reason = "It's a “backup”, \\n 100 % \\ ё 🎄 :name"
        monkeypatch.setattr(restoring, "_ran", lambda: reason)
        restore(backup_with(Status.STARTED), "--yes")
        assert ImportSession.objects.get().error_message == reason

    def test_a_dump_and_a_database_without_the_table_will_do(self, backup):
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE import_sessions CASCADE")
        without = make_backup()
        assert restore(without.path, "--yes").code == 0
        assert restore(backup.path, "--yes").code == 0
        assert not ImportSession.objects.exists()


class TestWhileAnImportIsActive:
    @pytest.mark.parametrize("status", sorted(ACTIVE))
    def test_75_names_it_and_changes_nothing(self, backup, status):
        session = open_session()
        ImportSession.objects.update(status=status)
        Product.objects.all().delete()
        ended = restore(backup.path, "--yes")
        assert ended.code == 75
        for word in (f"#{session.pk} ", "olga", f"id={session.pk} type=catalog status={status}"):
            assert word in ended.error
        assert ended.out == ""
        assert not Product.objects.exists()
        assert ImportSession.objects.get().status == status

    def test_one_whose_process_is_gone_is_ended_first(self, backup):
        session = open_session()
        lifecycle.claim(session.pk, worker="host:1")
        hour = timezone.now() - timedelta(hours=1)
        ImportLease.objects.update(beat_at=hour, moved_at=hour)
        assert restore(backup.path, "--yes").code == 0
        assert not ImportSession.objects.exists()

    def test_75_too_when_it_began_after_the_first_look(self, backup, monkeypatch):
        """The guard inside the restore's transaction decides, not a look before the leap."""
        opened = []

        def look_away(path, stop):
            facts = examine(path, stop=stop)
            opened.append(open_session())
            return facts

        examine = restore_db.examine
        monkeypatch.setattr(restore_db, "examine", look_away)
        Product.objects.all().delete()
        ended = restore(backup.path, "--yes")
        assert (ended.code, f"#{opened[0].pk} " in ended.error) == (75, True)
        assert not Product.objects.exists()
        assert ImportSession.objects.get().status == Status.PENDING


class TestWhileARestoreIsActive:
    """A table that somebody reads holds the restore up, after it has locked the sessions."""

    def test_no_import_starts_and_all_are_told_why(self, backup, tmp_path, settings):
        with (
            locked(BYSTANDER, "ACCESS SHARE"),
            running(tmp_path / "log", "restore_db", "--input", str(backup.path), "--yes") as other,
        ):
            wait_for_lock(other)
            with pytest.raises(BeingRestored, match="being restored") as caught:
                open_session()
            ended = run("import_catalog_from_1c", data_dir=str(tmp_path), skip_backup=True)
            assert (ended.code, "being restored" in ended.error, ended.out) == (75, True, "")
            assert restore(backup.path, "--yes").code == 75
        assert caught.value.session is None
        assert not ImportSession.objects.exists()

    def test_it_goes_on_when_the_table_is_free(self, backup, tmp_path):
        Product.objects.all().delete()
        with running(tmp_path / "log", "restore_db", "--input", str(backup.path), "--yes") as other:
            with locked(BYSTANDER, "ACCESS SHARE"):
                wait_for_lock(other)
            assert other.wait(120) == 0, other.text()
        assert Product.objects.exists()

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_130_when_interrupted_and_everything_stays(self, backup, tmp_path, number):
        Product.objects.all().delete()
        with (
            locked(BYSTANDER, "ACCESS SHARE"),
            running(tmp_path / "log", "restore_db", "--input", str(backup.path), "--yes") as other,
        ):
            wait_for_lock(other)
            psql = child(other, "psql")
            assert os.getpgid(psql.pid) != other.pid, "Ctrl-C would reach psql in the COMMIT too."
            os.killpg(other.pid, number)  # as Ctrl-C in a terminal does
            assert other.wait(60) == 130, other.text()
            assert not alive(psql)
            wait_until(lambda: not holds_sessions_locked(), 30, lambda: "The lock is held.")
        assert "left as it was" in other.text()
        assert not Product.objects.exists()
        assert open_session().status == Status.PENDING

    def test_killed_it_leaves_everything_and_no_program(self, backup, tmp_path):
        Product.objects.all().delete()
        with (
            locked(BYSTANDER, "ACCESS SHARE"),
            running(tmp_path / "log", "restore_db", "--input", str(backup.path), "--yes") as other,
        ):
            wait_for_lock(other)
            psql = child(other, "psql")
            os.kill(other.pid, signal.SIGKILL)
            other.wait(60)
        wait_until(lambda: not alive(psql), 60, lambda: "psql lives on.")
        wait_until(lambda: not holds_sessions_locked(), 60, lambda: "The lock is held.")
        assert not Product.objects.exists()


class TestThroughTheCommands:
    """Import, import a change (which makes a backup first), restore, import the change again."""

    def test_the_backup_of_an_import_undoes_it(self, tmp_path):
        first, second = tmp_path / "first", tmp_path / "second"
        options = {"products": 60, "customers": 0, "seed": 7}
        write_export(first, ExportOptions(**options))
        write_export(second, ExportOptions(**options, change_share=0.4, delete_share=0.1))
        assert run("import_catalog_from_1c", data_dir=str(first)).code == 0
        catalogue, done = digests(), ImportSession.objects.get()

        assert run("import_catalog_from_1c", data_dir=str(second), allow_mass_hide=True).code == 0
        changed, undone = digests(), ImportSession.objects.latest()
        assert changed != catalogue
        counters = undone.counters

        ended = restore(Path(undone.backup_path), "--yes")
        assert ended.code == 0, ended.error
        assert digests() == catalogue, "The catalogue is not what it was."
        assert sum(rows for rows, _ in catalogue.values()) > 60
        restored = ImportSession.objects.exclude(pk=done.pk).get()
        assert (restored.pk, restored.status) == (undone.pk, Status.FAILED)
        assert list(SyncLog.objects.order_by("pk").values_list("status", "session_id")) == [
            ("completed", done.pk),
            ("failed", restored.pk),
        ]

        assert run("import_catalog_from_1c", data_dir=str(second), allow_mass_hide=True).code == 0
        again = ImportSession.objects.latest()
        assert (again.pk, again.counters) == (undone.pk + 1, counters)
        assert {table: rows for table, (rows, _) in digests().items()} == {
            table: rows for table, (rows, _) in changed.items()
        }
        assert Path(again.backup_path).is_file()
        assert SyncLog.objects.filter(session=again, status="completed").count() == 1
