"""Fixtures of all tests: the sample exports, the cast, a real worker, a real browser."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    expect,
    sync_playwright,
)
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from apps.monitoring.health.worker import answering_workers
from apps.products.models import ImportSession
from apps.users.models import User
from screenshots.chromium import arguments, find_chromium
from tests.support.people import People, make_people
from tests.support.processes import ROOT, wait_until
from tests.support.worker import Worker

SAMPLES = ROOT.parent / "shared" / "samples"
PICTURES = ROOT / "test-results"
# A slow machine is no failure: what has not come by then does not come.
PATIENCE_MS = 45_000
expect.set_options(timeout=PATIENCE_MS)
TEST_FAILED = pytest.StashKey[bool]()

OpenWindow = Callable[..., Page]


def pytest_configure(config: pytest.Config) -> None:
    """Serve static files as they lie in the source: nobody collects them for a test."""
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")


@pytest.fixture(scope="session")
def samples() -> Path:
    """The directory of real exports, read only. It lies beside the project, not in it."""
    if not SAMPLES.is_dir():
        pytest.skip("The sample exports (../shared/samples beside the project) are not here.")
    return SAMPLES


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Give each run a database of its own: two runs in one checkout share the private server."""
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"test_{name}_{os.getpid()}"


@pytest.fixture(scope="session", autouse=True)
def _no_keys_left_behind() -> Iterator[None]:
    """Remove what this run left in Redis, which may be somebody's own server."""
    yield
    with redis.Redis.from_url(django_settings.REDIS_URL, socket_connect_timeout=2) as client:
        for key in client.scan_iter(f"{django_settings.REDIS_KEY_PREFIX}*", count=1000):
            client.delete(key)


@pytest.fixture(scope="session")
def _backup_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backups")


@pytest.fixture(autouse=True)
def _backups_apart(settings: Settings, _backup_root: Path) -> None:
    """Keep the tests' backups away from the checkout's own."""
    settings.BACKUP_DIR = _backup_root


@pytest.fixture
def people(db: None) -> People:
    """The cast of named users."""
    return make_people()


@pytest.fixture(scope="session")
def _data_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("import_1c")


@pytest.fixture
def data_root(_data_root: Path, settings: Settings) -> Iterator[Path]:
    """`ONEC_DATA_DIR` of this process and of the worker, empty; put exports below it."""
    settings.ONEC_DATA_DIR = _data_root
    yield _data_root
    _empty(_data_root)


def _empty(directory: Path) -> None:
    for path in directory.iterdir():
        if path.is_dir() and not path.is_symlink():
            _empty(path)
            path.rmdir()
        else:
            path.unlink()


@pytest.fixture(scope="session")
def _worker(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, _data_root: Path
) -> Iterator[Worker]:
    worker = Worker(tmp_path_factory.mktemp("worker"), _data_root)
    yield worker
    worker.stop()


@pytest.fixture
def celery_worker(transactional_db: None, _worker: Worker, data_root: Path) -> Iterator[Worker]:
    """A worker process that answers, on the test database and the tests' own queue.

    It serves all tests that ask for it, one after the other, and takes no messages in between; one
    that a test has killed is started anew.
    """
    _worker.ensure_running()
    _worker.listen()
    answering_workers.forget()  # pages remember for a moment that there was none
    yield _worker
    if _worker.running:
        wait_until(_no_active_session, 30, lambda: f"An import goes on:\n{_worker.text()}")
        _worker.ignore()
    answering_workers.forget()  # nor that there is one


def _no_active_session() -> bool:
    return not any(session.is_active for session in ImportSession.objects.all())


@pytest.fixture
def live_portal(live_server: LiveServer) -> str:
    """The address of a server that runs the whole project, static files included."""
    return live_server.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, one for a module's tests.

    Playwright's synchronous interface keeps an event loop in this thread, which Django's ORM takes
    for asynchronous code; so its check is off as long as the browser lives.
    """
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("No Chromium: `make test` says why it could not be installed, and what to do.")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments())
        yield browser
        browser.close()


@pytest.fixture
def open_window(browser: Browser, live_portal: str) -> Iterator[OpenWindow]:
    """Give a function that opens a window of somebody's own, logged in, or of a stranger's.

    Its console is not watched: refused requests are errors there. Options are the context's.
    """
    contexts: list[BrowserContext] = []

    def open_it(user: User | None = None, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_portal, **({"locale": "en-US", "reduced_motion": "reduce"} | options)
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": django_settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_portal}]
            )
        return context.new_page()

    yield open_it
    for context in contexts:
        context.close()


@pytest.fixture
def page(
    browser: Browser, live_portal: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Page]:
    """A page of a fresh English profile at the portal; errors in its console fail the test."""
    context = browser.new_context(
        base_url=live_portal, locale="en-US", timezone_id="Europe/Moscow", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.extend(_error_text(message)))
    page.on("pageerror", lambda error: errors.append(_page_error(error)))
    yield page
    if request.node.stash.get(TEST_FAILED, False):
        page.screenshot(path=PICTURES / f"{request.node.name}.png", full_page=True)
    context.close()
    assert not errors, f"The browser's console has errors: {errors}"


def _error_text(message: ConsoleMessage) -> list[str]:
    return [f"{message.text} ({message.location['url']})"] if message.type == "error" else []


def _page_error(error: Error) -> str:
    return error.message


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember a failed test, so that its page is photographed before it closes."""
    report = yield
    if report.when == "call":
        item.stash[TEST_FAILED] = report.failed
    return report
