"""What fault tests need: a shop in two versions, a look at the database, workers of their own."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest
from celery import current_app

from tests.faults.lab import CHAOS, FIGURES, Command, Database
from tests.faults.servers import Servers
from tests.faults.shop import Shop, make_shop
from tests.freesport.embedded.conftest import made_lab
from tests.support.worker import Worker, test_database_url, worker_environment

MakeCommand = Callable[..., Command]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what `make chaos` has measured."""
    if CHAOS and FIGURES:
        terminalreporter.section("measured")
        for what, seconds in FIGURES.items():
            terminalreporter.line(
                f"{what}: {len(seconds)} times, median {median(seconds):.2f} s, "
                f"longest {max(seconds):.2f} s"
            )


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Random moments, the same in every run of a test."""
    return random.Random(request.node.name)


@pytest.fixture(scope="session")
def database(django_db_setup: None) -> Database:
    """The test database, seen from outside."""
    return Database(test_database_url())


@pytest.fixture(scope="session")
def _environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    directory = tmp_path_factory.mktemp("faults")
    return worker_environment(directory, backup_dir=directory / "backups")


@pytest.fixture(scope="session")
def shop(
    database: Database, _environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Shop:
    """The shop's exports, with what an undisturbed import makes of them."""
    return make_shop(tmp_path_factory.mktemp("shop"), database, _environment)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers that a test may restart."""
    with made_lab() as lab:
        servers = Servers(lab, tmp_path_factory.mktemp("servers"))
        yield servers
        servers.stop()


@pytest.fixture
def slow_chunks(shop: Shop, database: Database, transactional_db: None) -> Iterator[None]:
    """Leave a fault the time to strike."""
    with database.slow_chunks():
        yield


@pytest.fixture
def command(
    transactional_db: None, _environment: dict[str, str], tmp_path: Path
) -> Iterator[MakeCommand]:
    """Make imports on the command line; none of them outlives the test."""
    made: list[Command] = []

    def make(export: Path, *options: str, **variables: str) -> Command:
        log = tmp_path / f"command-{len(made)}.log"
        made.append(Command(export, _environment | variables, log, *options))
        return made[-1]

    yield make
    for process in made:
        if process.started:
            process.kill()


@pytest.fixture
def own_worker(transactional_db: None, data_root: Path, tmp_path: Path) -> Iterator[Worker]:
    """A worker of the test's own, which looks for the dead every second; it may be killed."""
    current_app.control.purge()
    worker = Worker(tmp_path, data_root)
    worker.environment["ONEC_RECOVERY_INTERVAL"] = "1"
    worker.ensure_running()
    yield worker
    worker.stop()
