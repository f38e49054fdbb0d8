"""The portal in another project: `tests/demo_project`, with another command and another model.

It runs as a server of its own, with its own settings and its own database.
"""

import ast
import csv
import io
import json
import os
import re
from types import SimpleNamespace

import pytest
from django.utils import timezone

from ops_portal.operations import Backend
from ops_portal.runs import LogLine
from tests.support.elsewhere import PEOPLE, Database, Page, Project, Visitor
from tests.support.processes import ROOT, wait_until

DEMO = ROOT / "tests" / "demo_project"
START = "/admin/logins/clear/"
HISTORY = f"{START}sessions/"
OURS = ("apps", "freesport", "celery")
FOREIGN_WORDS = ("1c", "catalogue", "shop", "product", "stock", "customer", "celery")
EXPIRED = """
INSERT INTO django_session (session_key, session_data, expire_date)
SELECT 'expired-' || lpad(n::text, 4, '0'), '', now() - interval '3 days'
FROM generate_series(1, %s) AS n
"""
COUNT_EXPIRED = "SELECT count(*) FROM django_session WHERE session_key LIKE 'expired-%%'"
BEGUN = """
INSERT INTO logins_cleanup (status, days, started_by, started_at, moved_at, done, error)
VALUES (%s, 0, %s, now() - %s::interval, now() - %s::interval, 0, '') RETURNING id
"""


@pytest.fixture(scope="module")
def database():
    with Database(f"test_elsewhere_{os.getpid()}").made() as database:
        yield database


@pytest.fixture(scope="module")
def site(database, tmp_path_factory):
    """The demo project, migrated and served."""
    more = {
        "DJANGO_SETTINGS_MODULE": "demo.settings",
        "DATABASE_URL": database.url,
        "PYTHONPATH": str(ROOT),
    }
    project = Project(DEMO, tmp_path_factory.mktemp("elsewhere"), more)
    project.manage("migrate", "--verbosity", "0")
    project.manage("shell", "--command", PEOPLE)
    project.begin()
    yield project
    project.stop()


@pytest.fixture(autouse=True)
def _nothing_from_before(site, database):
    database.execute("DELETE FROM logins_cleanup")
    database.execute("DELETE FROM django_session WHERE session_key LIKE 'expired-%%'")


@pytest.fixture(scope="module")
def oleg(site) -> Visitor:
    """Somebody who may start and cancel."""
    return site.visitor("oleg")


def number_of(page: Page) -> str:
    """Return the run's number of the page to which a start has led."""
    assert page.path.startswith(HISTORY), page.text
    return page.path.removeprefix(HISTORY).rstrip("/")


def status(visitor: Visitor, number: str) -> dict:
    return json.loads(visitor.get(f"{HISTORY}{number}/status/").text)


def wait_for_end(site: Project, visitor: Visitor, number: str) -> dict:
    wait_until(lambda: not status(visitor, number)["active"], 60, site.text)
    return status(visitor, number)


def rows_of(page: Page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.text)))


class TestPages:
    def test_the_start_page_has_the_form_and_says_what_it_will_do(self, oleg):
        page = oleg.get(START)
        assert page.status == 200
        assert 'name="days"' in page.text
        assert "Logins that expired 7 days ago or earlier are deleted." in page.words
        assert "Nothing has run yet." in page.words
        part = oleg.get(f"{START}?_part=summary&days=30")
        assert "expired 30 days ago" in part.words

    def test_the_pages_are_styled_and_scripted(self, oleg):
        for path in (
            "ops_portal/ops.css",
            "ops_portal/ops.js",
            "bootstrap/css/bootstrap.min.css",
            "django_htmx/htmx-2.min.js",
        ):
            assert f"/static/{path}" in oleg.get(START).text
            assert oleg.get(f"/static/{path}").status == 200

    def test_the_admin_leads_to_it(self, oleg):
        assert f'href="{START}"' in oleg.get("/admin/").text

    def test_wrong_values_start_nothing(self, oleg, database):
        page = oleg.post(START, days="1000")
        assert "Nothing was started. Correct the marked fields." in page.words
        assert database.value("SELECT count(*) FROM logins_cleanup") == 0

    def test_what_the_operation_does_without_is_missing_and_said(self, oleg, database):
        number = database.value(BEGUN, "completed", "oleg", "1 hour", "1 hour")
        page = oleg.get(f"{HISTORY}{number}/")
        assert "The log is empty." in page.words
        assert "All issues" not in page.words
        assert "Find" not in page.words
        assert "Before you start" not in oleg.get(START).words
        assert oleg.get(f"{START}find/?q=1").status == 404
        assert oleg.get(f"{HISTORY}{number}/changes/").status == 404
        assert oleg.get(f"{HISTORY}{number}/log/").text == ""
        issues = oleg.get(f"{HISTORY}{number}/issues/")
        assert issues.status == 404
        assert "This operation keeps no list of issues." in issues.words
        assert oleg.post(f"{HISTORY}{number}/recover/").status == 200

    def test_no_page_speaks_of_imports(self, oleg, database):
        states = ("completed", "failed", "cancelled", "in_progress")
        numbers = [database.value(BEGUN, state, "oleg", "1 minute", "1 minute") for state in states]
        pages = [START, HISTORY, f"{HISTORY}export/", *(f"{HISTORY}{n}/" for n in numbers)]
        for path in pages:
            words = oleg.get(path).words.lower()
            found = [word for word in (*FOREIGN_WORDS, "import") if word in words]
            assert found == [], path


class TestRun:
    def test_a_start_runs_the_command_and_leads_to_its_session(self, site, oleg, database):
        database.execute(EXPIRED, 3)
        page = oleg.post(START, days="2")
        number = number_of(page)
        assert "was accepted" in page.words
        end = wait_for_end(site, oleg, number)
        assert {name: end[name] for name in ("id", "status", "done", "total", "percent")} == {
            "id": int(number),
            "status": "completed",
            "done": 3,
            "total": 3,
            "percent": 100,
        }
        assert database.value(COUNT_EXPIRED) == 0
        session = oleg.get(f"{HISTORY}{number}/")
        assert "Completed" in session.words
        assert "Keep for, days 2" in session.words
        assert f"#{number}" in oleg.get(START).words

    def test_what_is_too_young_stays_and_nothing_changed_is_said(self, site, oleg, database):
        database.execute(EXPIRED, 3)
        number = number_of(oleg.post(START, days="30"))
        assert wait_for_end(site, oleg, number)["status"] == "completed"
        assert database.value(COUNT_EXPIRED) == 3
        session = oleg.get(f"{HISTORY}{number}/")
        assert "Nothing changed. If you expected changes, check what the run was given." in (
            session.words
        )

    def test_while_one_runs_nobody_starts_another_and_it_can_be_cancelled(
        self, site, oleg, database
    ):
        database.execute(EXPIRED, 250)
        locked = "SELECT 1 FROM django_session WHERE session_key = 'expired-0150' FOR UPDATE"
        with database.transaction(locked):
            number = number_of(oleg.post(START, days="0"))
            wait_until(lambda: status(oleg, number)["done"] == 100, 60, site.text)
            assert f"Current run #{number}" in oleg.get(START).words
            refused = oleg.post(START, days="0")
            assert number_of(refused) == number
            assert "Another cleanup runs." in refused.words
            cancelled = oleg.post(f"{HISTORY}{number}/cancel/", reason="wrong day")
            assert f"Cleanup #{number} stops in a moment." in cancelled.words
            assert status(oleg, number)["status"] == "cancelling"
        assert wait_for_end(site, oleg, number)["status"] == "cancelled"
        assert database.value(COUNT_EXPIRED) == 50
        again = oleg.post(f"{HISTORY}{number}/cancel/")
        assert "does not run any more" in again.words

    def test_one_whose_process_is_gone_is_ended_by_whoever_looks(self, oleg, database):
        number = database.value(BEGUN, "in_progress", "oleg", "1 hour", "11 minutes")
        page = oleg.get(f"{HISTORY}{number}/")
        assert "The process that ran it is gone." in page.words
        assert status(oleg, str(number))["status"] == "failed"

    def test_the_same_command_runs_without_the_portal(self, site, oleg, database):
        database.execute(EXPIRED, 3)
        site.manage("clear_logins", "--days", "0")
        assert database.value(COUNT_EXPIRED) == 0
        assert [row["Logins deleted"] for row in rows_of(oleg.get(f"{HISTORY}?_export=csv"))] == [
            "3"
        ]


class TestHistory:
    @pytest.fixture
    def past(self, database) -> None:
        for state, who in (("completed", "oleg"), ("failed", "oleg"), ("failed", "anna")):
            database.execute(BEGUN, state, who, "1 hour", "1 hour")

    def test_a_run_is_repeated_with_what_it_was_given(self, oleg, database):
        number = database.value(BEGUN, "completed", "oleg", "1 hour", "1 hour")
        page = oleg.get(f"{START}?retry_of={number}")
        assert f"Filled in like session #{number}." in page.words
        assert "expired 0 days ago" in page.words

    def test_is_filtered_and_sorted(self, oleg, past):
        page = oleg.get(f"{HISTORY}?status=failed&started_by=oleg&sort=-days")
        assert "1–1 of 1 row" in page.words
        assert "Clear Status: Failed" in page.words

    def test_an_unknown_filter_is_refused(self, oleg, past):
        assert "There is no filter “colour”." in oleg.get(f"{HISTORY}?colour=red").words
        assert oleg.get(f"{HISTORY}?colour=red&_export=csv").status == 400

    def test_a_file_holds_exactly_the_filtered_rows(self, oleg, past):
        rows = rows_of(oleg.get(f"{HISTORY}?status=failed&sort=started_by&_export=csv"))
        assert [(row["Status"], row["Started by"]) for row in rows] == [
            ("Failed", "anna"),
            ("Failed", "oleg"),
        ]

    def test_columns_and_filters_are_remembered(self, oleg, past):
        page = oleg.post(f"{HISTORY}filters/", query="status=failed", name="Broken")
        assert "Saved as “Broken”." in page.words
        oleg.post(f"{HISTORY}view/", query="", columns="done")
        assert 'data-column="started_by"' not in oleg.get(HISTORY).text
        oleg.post(f"{HISTORY}view/", query="", usual="1")
        assert 'data-column="started_by"' in oleg.get(HISTORY).text


class TestAccess:
    def test_staff_without_the_permission_are_refused_everywhere(self, site, database):
        number = database.value(BEGUN, "completed", "oleg", "1 hour", "1 hour")
        stepan = site.visitor("stepan")
        for path in ("", "sessions/", "sessions/?_export=csv", f"sessions/{number}/status/"):
            assert stepan.get(START + path).status == 403, path
        assert stepan.post(START, days="0").status == 403
        assert f'href="{START}"' not in stepan.get("/admin/").text

    def test_who_may_only_look_starts_and_cancels_nothing(self, site, database):
        number = database.value(BEGUN, "in_progress", "oleg", "1 minute", "1 minute")
        vera = site.visitor("vera")
        assert vera.get(START).status == 200
        assert vera.post(START, days="0").status == 403
        assert vera.post(f"{HISTORY}{number}/cancel/").status == 403
        assert status(vera, str(number))["status"] == "in_progress"

    def test_strangers_are_sent_to_the_login(self, site):
        assert Visitor(site.address).get(START).path == "/admin/login/"


class TestSeam:
    def test_nothing_of_the_first_project_is_loaded(self, site, oleg, database):
        database.execute(EXPIRED, 1)
        number = number_of(oleg.post(START, days="0"))
        wait_for_end(site, oleg, number)
        oleg.get(f"{HISTORY}?_export=xlsx")
        modules = site.modules()
        assert {"ops_portal.views.start", "logins.models"} <= set(modules)
        assert [name for name in modules if name.partition(".")[0] in OURS] == []

    def test_its_source_asks_for_nothing_of_the_first_project(self):
        named = set()
        for path in DEMO.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and not node.level:
                    named.add(str(node.module).partition(".")[0])
                elif isinstance(node, ast.Import):
                    named |= {alias.name.partition(".")[0] for alias in node.names}
        assert {"django", "ops_portal", "logins"} <= named
        assert named & set(OURS) == set()

    def test_the_portals_source_knows_no_word_of_the_first_project(self):
        foreign = re.compile(rf"\b(?:{'|'.join(FOREIGN_WORDS)})s?\b", re.IGNORECASE)
        files = [*(ROOT / "ops_portal").rglob("*.py"), *(ROOT / "templates/ops").rglob("*.html")]
        assert len(files) > 50
        assert [path.name for path in files if foreign.search(path.read_text("utf-8"))] == []

    def test_its_migrations_are_complete(self, site):
        assert "No changes detected" in site.manage("makemigrations", "--check", "--dry-run")

    def test_a_log_line_speaks_for_itself_unless_the_backend_says_otherwise(self):
        class Row(SimpleNamespace):
            def __str__(self) -> str:
                return "It rains."

        class Small(Backend):
            pass

        now = timezone.now()
        line = Small().log_line(Row(at=now, level="warning"))
        assert line == LogLine(now, "warning", "warning", "It rains.")
