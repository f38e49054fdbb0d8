"""`import_status`: which session it shows, what it says to people and to scripts."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.products.models import ImportLease, ImportSession
from apps.products.sessions import lifecycle
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.states import ImportType, Trigger
from tests.support.backups import locked

from .conftest import catalogue, good


def status(*arguments: str) -> str:
    out = StringIO()
    call_command("import_status", *arguments, stdout=out)
    return out.getvalue()


def facts(*arguments: str) -> dict:
    return json.loads(status(*arguments, "--json"))


@pytest.fixture
def finished(export, run_import) -> ImportSession:
    """A session that completed with one record failed."""
    export.write("goods/g.xml", catalogue(good("p"), good("q", "")))
    return run_import().session


@pytest.fixture
def queued(finished, export) -> ImportSession:
    """A session that waits for a worker, after one that has ended."""
    parameters = Parameters(ImportType.CUSTOMERS, export.directory)
    return lifecycle.open_session(parameters, trigger=Trigger.PORTAL, user="Ольга")


class TestWhichSession:
    def test_the_last_one_when_nothing_runs(self, finished):
        assert facts()["id"] == finished.pk

    def test_the_active_one_before_any_other(self, finished, queued, export):
        ImportSession.objects.create(  # younger, but only waiting
            import_type=ImportType.CATALOG, status="waiting", trigger=Trigger.PORTAL
        )
        assert facts()["id"] == queued.pk

    def test_the_one_that_was_named(self, finished, queued):
        assert facts(str(finished.pk))["id"] == finished.pk

    @pytest.mark.parametrize("arguments", [[], ["4711"]])
    def test_1_when_there_is_none(self, transactional_db, arguments):
        with pytest.raises(CommandError) as caught:
            status(*arguments)
        assert caught.value.returncode == 1
        assert "".join(arguments) in str(caught.value)


class TestDeadSession:
    """One whose process gave no sign of life within its lease."""

    @pytest.fixture
    def dead(self, queued) -> ImportSession:
        session = lifecycle.claim(queued.pk, worker="gone:1")
        ImportLease.objects.update(beat_at=session.started_at - timedelta(minutes=5))
        return session

    def test_it_is_ended_before_it_is_shown(self, dead):
        told = facts()
        assert (told["id"], told["status"]) == (dead.pk, "failed")
        assert "gave no sign of life" in told["error"]

    def test_it_stands_in_nobodys_way(self, dead):
        assert status("--require-idle") == ""


class TestJson:
    def test_one_line_tells_how_it_ended(self, finished):
        printed = status("--json")
        assert printed.count("\n") == 1
        told = json.loads(printed)
        assert set(told) == {
            *("id", "import_type", "status", "active", "dry_run", "trigger", "started_by"),
            *("stage", "done", "total", "created_at", "started_at", "finished_at"),
            *("counters", "issues", "error"),
        }
        assert (told["status"], told["active"]) == ("completed", False)
        assert (told["done"], told["total"]) == (2, 2)
        assert told["counters"]["products"]["created"] == 1
        assert told["issues"] == {"warning": 0, "error": 1}
        assert told["started_at"] < told["finished_at"]

    def test_no_console_can_spoil_it(self, queued):
        assert status("--json").isascii()
        assert facts()["started_by"] == "Ольга"

    def test_a_queued_one_has_no_times_yet(self, queued):
        told = facts()
        assert told["active"] is True
        assert (told["started_at"], told["finished_at"], told["total"]) == (None, None, None)


class TestWords:
    def test_they_name_session_starter_progress_and_figures(self, finished):
        said = status()
        assert said.startswith(f"#{finished.pk} Catalogue: Completed\n")
        assert "records: 2 of 2\n" in said
        assert "products: read 2, created 1" in said
        assert "0 warnings, 1 errors" in said
        assert finished.requested_by_name in said

    def test_a_failure_gives_its_reason_and_a_dry_run_says_so(self, tmp_path, run_import):
        run_import(tmp_path / "nowhere", dry_run=True)
        said = status()
        assert "Failed (dry run)\n" in said
        assert "nowhere does not exist" in said


class TestRestore:
    @pytest.mark.parametrize("option", ["--json", "--require-idle"])
    def test_75_instead_of_waiting_for_its_end(self, finished, option):
        with locked("import_sessions"), pytest.raises(CommandError, match="restored") as caught:
            status(option)
        assert caught.value.returncode == 75


class TestRequireIdle:
    def test_nothing_is_said_while_nothing_runs(self, finished):
        assert status("--require-idle") == ""

    def test_75_names_the_active_import_as_an_import_would(self, queued):
        with pytest.raises(CommandError, match=f"id={queued.pk} type=customers") as caught:
            status("--require-idle")
        assert caught.value.returncode == 75
