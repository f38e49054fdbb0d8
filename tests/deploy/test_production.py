"""Production settings: clean checks, hashed files, and a web server that serves with them."""

import json
import re
import signal
import subprocess
import sys
from http.cookies import SimpleCookie
from pathlib import Path

import psutil
import pytest
from django.core.management import call_command

from apps.products.models import ImportSession, Product
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.states import FINAL, ImportType, Trigger
from apps.products.sessions.submit import submit
from apps.users.models import User
from freesport.celery import app
from tests.deploy.conftest import HOST, Site, command_of, production, unit
from tests.support.people import PASSWORD
from tests.support.processes import ROOT, Process, alive, wait_until

PORTAL = "/admin/products/import-1c/"
LOGIN = "/admin/login/"
# Nothing listens there.
NO_BROKER = "redis://127.0.0.1:1/0"
REQUIRED = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "ONEC_DATA_DIR")


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def in_production(environment: dict[str, str], expression: str) -> str:
    """Return the JSON of an expression over `settings`."""
    code = f"import json; from django.conf import settings; print(json.dumps({expression}))"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.fixture
def environment(transactional_db: None, tmp_path: Path) -> dict[str, str]:
    return production(tmp_path)


@pytest.fixture(scope="module")
def static_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the module's sites have their collected files."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def collected(environment: dict[str, str], static_files: Path) -> None:
    """Collect the static files, once for the module."""
    environment["STATIC_ROOT"] = str(static_files)
    if not (static_files / "staticfiles.json").exists():
        done = manage(environment, "collectstatic", "--noinput")
        assert done.returncode == 0, done.stderr


class TestSettings:
    def test_djangos_deployment_checks_find_nothing(self, environment):
        checked = manage(environment, "check", "--deploy", "--fail-level", "WARNING")
        assert checked.returncode == 0, checked.stderr
        assert "no issues (0 silenced)" in checked.stdout

    @pytest.mark.parametrize("name", REQUIRED)
    def test_nothing_starts_without_what_only_a_person_knows(self, environment, name):
        environment[name] = ""
        ended = manage(environment, "check")
        assert ended.returncode != 0
        assert f"{name} is not set" in ended.stderr

    def test_errors_are_mailed_to_those_who_are_named(self, environment):
        environment |= {
            "ADMINS": "Anna Admin <anna@example.org>, oleg@example.org",
            "SERVER_EMAIL": "shop@example.org",
            "EMAIL_URL": "smtp+tls://shop:secret@mail.example.org:587",
        }
        told = in_production(
            environment,
            "[settings.ADMINS, settings.SERVER_EMAIL, settings.EMAIL_HOST, settings.EMAIL_USE_TLS]",
        )
        people = [["Anna Admin", "anna@example.org"], ["", "oleg@example.org"]]
        assert told == [people, "shop@example.org", "mail.example.org", True]

    def test_without_names_nobody_is_mailed_and_connections_are_kept_and_checked(self, environment):
        database = "settings.DATABASES['default']"
        told = in_production(
            environment,
            f"[settings.ADMINS, {database}['CONN_MAX_AGE'], {database}['CONN_HEALTH_CHECKS']]",
        )
        assert told == [[], 60, True]

    def test_standard_output_is_the_commands_own(self, environment, tmp_path):
        """A missing directory is logged, and the summary stays one line of JSON."""
        environment["LOG_LEVEL"] = "DEBUG"
        missing = str(tmp_path / "nowhere")
        ended = manage(environment, "import_catalog_from_1c", "--json", "--data-dir", missing)
        assert ended.returncode == 1
        assert json.loads(ended.stdout)["status"] == "failed"
        assert ended.stderr


class TestSite:
    @pytest.fixture
    def site(self, environment, collected, begin_site) -> Site:
        return begin_site(environment)

    def test_it_serves_the_login_page_and_its_hashed_files(self, site):
        answer = site.get(f"{LOGIN}?next={PORTAL}")
        page = answer.read().decode()
        assert answer.status == 200
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        cookies = SimpleCookie(answer.headers["Set-Cookie"])
        assert cookies["csrftoken"]["secure"]
        files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        assert files
        for path in files:
            assert re.search(r"\.[0-9a-f]{12}\.\w+$", path)
            file = site.get(path)
            assert (file.status, bool(file.read())) == (200, True)
            assert "immutable" in file.headers["Cache-Control"]

    def test_plain_http_is_sent_to_https_but_for_the_probes(self, site):
        answer = site.get(LOGIN, https=False)
        assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}{LOGIN}")
        assert site.get("/healthz/", https=False).status == 200

    def test_it_answers_to_its_own_names_only(self, site):
        assert site.get(LOGIN, host="elsewhere.example.org").status == 400

    def test_the_containers_health_check_tells_a_living_server_from_a_dead_one(
        self, site, environment
    ):
        command = [sys.executable, "deploy/healthcheck.py", str(site.port)]
        assert subprocess.call(command, cwd=ROOT, env=environment) == 0
        site.stop(60)
        assert subprocess.call(command, cwd=ROOT, env=environment) == 1

    def test_it_ends_when_told_to_and_leaves_no_process(self, site):
        family = psutil.Process(site.pid).children(recursive=True)
        site.stop(60)
        assert site.wait() == 0
        assert [process for process in family if alive(process)] == []


class TestWorker:
    """The worker of the systemd unit, on the tests' own queue."""

    @pytest.fixture
    def worker(self, environment, tmp_path):
        environment["ONEC_RECOVERY_INTERVAL"] = "3600"
        worker = Process(
            command_of("freesport-worker.service"), environment, tmp_path / "worker.log"
        )
        app.control.purge()  # messages that earlier tests have left
        worker.start()
        wait_until(lambda: "ready." in worker.text(), 90, worker.text)
        yield worker
        worker.stop(60)

    @pytest.fixture
    def export(self, tmp_path, capsys) -> Path:
        directory = tmp_path / "import_1c"
        call_command("generate_1c_export", output=str(directory), products=2000, customers=0)
        capsys.readouterr()
        return directory

    def ask_for(self, export: Path, **options: object) -> ImportSession:
        parameters = Parameters(ImportType.CATALOG, export, skip_backup=True, **options)
        return submit(parameters, user=None, trigger=Trigger.SCHEDULE)

    def test_each_import_runs_in_a_process_of_its_own(self, worker, export):
        processes = set()
        for _number in range(3):
            session = self.ask_for(export, file_type="groups")
            wait_until(lambda pk=session.pk: ended(pk), 90, worker.text)
            session.refresh_from_db()
            assert session.status == "completed", session.error_message
            processes.add(session.worker)
        assert len(processes) == 3

    def test_told_to_end_it_stops_the_import_at_a_chunk_and_is_gone_in_the_units_time(
        self, worker, export
    ):
        session = self.ask_for(export, chunk_size=1)
        wait_until(Product.objects.exists, 90, worker.text)
        worker.send(signal.SIGTERM)
        worker.wait(int(unit("freesport-worker.service")["Service"]["TimeoutStopSec"]))
        session.refresh_from_db()
        assert session.status == "cancelled", worker.text()
        assert "Обработчик остановлен" in session.error_message  # production speaks Russian
        assert session.counters["products"]["created"] == Product.objects.count() < 2000


def ended(number: int) -> bool:
    return ImportSession.objects.get(pk=number).status in FINAL


class TestRollback:
    """`OPS_PORTAL_ENABLED=false`: the portal is gone, and everything else works."""

    @pytest.fixture
    def admin(self, settings, transactional_db) -> User:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
        return User.objects.create_superuser("anna.admin", "anna@example.org", PASSWORD)

    @pytest.fixture
    def begin(self, environment, collected, begin_site, admin):
        """Start the site with more variables, and log in."""

        def begin(**more: str) -> Site:
            site = begin_site(environment | more)
            site.log_in(admin.username, PASSWORD)
            return site

        return begin

    def test_admin_and_dashboard_work_without_portal_broker_and_worker(self, begin):
        site = begin(OPS_PORTAL_ENABLED="false", REDIS_URL=NO_BROKER)
        assert site.get(PORTAL).status == 404
        for path in ("/admin/", "/admin/products/importsession/", "/admin/monitoring/dashboard/"):
            answer = site.get(path)
            assert answer.status == 200, path
            assert PORTAL not in answer.read().decode(), path
        assert site.get("/healthz/").status == 200

    def test_with_the_portal_both_would_be_there(self, begin):
        site = begin()
        assert site.get(PORTAL).status == 200
        assert PORTAL in site.get("/admin/").read().decode()
