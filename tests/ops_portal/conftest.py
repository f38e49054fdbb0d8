"""Sessions to look at, and the addresses of the portal."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.products.models import ImportChange, ImportIssue, ImportLogLine, ImportSession, Product
from apps.users.models import User
from tests.apps.products.imports.conftest import HEAD, TAIL, catalogue, good
from tests.support.people import PASSWORD, People, make_people

PORTAL = "/admin/products/import-1c/"
HISTORY = f"{PORTAL}sessions/"
COUNTS = {"read": 12, "created": 4, "updated": 3, "unchanged": 2, "hidden": 1, "skipped": 1}
COUNTERS = {name: COUNTS | {"failed": 1, "absent": 0} for name in ("total", "prices")}
SOURCE = {
    "directory": "/srv/import",
    "files": [
        {"name": "prices/prices_1.xml", "size": 2048, "sha256": "c0ffee", "kinds": {"prices": 12}},
        {"name": "rests/rests_1.xml", "size": 7, "sha256": "dead", "problem": {"text": "cut off"}},
    ],
}

MakeSession = Callable[..., ImportSession]


@pytest.fixture
def data_root(data_root: Path) -> Path:
    """`ONEC_DATA_DIR` with a file in it: of nothing the portal starts no import."""
    (data_root / "goods.xml").write_text(HEAD + catalogue(good("p")) + TAIL)
    return data_root


@pytest.fixture
def make_session(db: None) -> MakeSession:
    """Insert a session; a completed one of the catalogue unless said otherwise."""
    return _make_session


def _make_session(**values: Any) -> ImportSession:
    started = timezone.now() - timedelta(minutes=5)
    defaults = {
        "import_type": "catalog",
        "status": "completed",
        "trigger": "portal",
        "requested_by_name": "oleg.operator",
        "parameters": {"data_dir": "/srv/import", "file_type": "all", "chunk_size": 1000},
        "started_at": started,
        "finished_at": started + timedelta(seconds=90),
        "duration_ms": 90_000,
        "changed_count": 7,
        "progress_done": 12,
        "progress_total": 12,
    }
    return ImportSession.objects.create(**(defaults | values))


@pytest.fixture
def running(make_session: MakeSession) -> ImportSession:
    """An import at work: 30 of 120 records."""
    return make_session(
        status="in_progress",
        started_at=timezone.now() - timedelta(seconds=30),
        finished_at=None,
        duration_ms=None,
        stage="prices",
        progress_done=30,
        progress_total=120,
        report_details={"counters": COUNTERS},
        source=SOURCE,
    )


@pytest.fixture
def add_issue() -> Callable[..., ImportIssue]:
    """Insert an issue of a session."""

    def add(session: ImportSession, **values: Any) -> ImportIssue:
        defaults = {"severity": "warning", "code": "no_name", "entity": "products", "line": 7}
        return ImportIssue.objects.create(session=session, **(defaults | values))

    return add


@pytest.fixture
def add_line() -> Callable[..., ImportLogLine]:
    """Insert a log line of a session."""

    def add(session: ImportSession, **values: Any) -> ImportLogLine:
        defaults = {"level": "info", "code": "started", "params": {"worker": "shop-1"}}
        return ImportLogLine.objects.create(session=session, **(defaults | values))

    return add


@pytest.fixture
def as_user() -> Callable[[User | None], Client]:
    """Give a client in English, logged in as a user, or as nobody."""

    def login(user: User | None) -> Client:
        client = Client(HTTP_ACCEPT_LANGUAGE="en")
        if user is not None:
            client.force_login(user)
        return client

    return login


@pytest.fixture
def operator(people: People, as_user: Callable[[User | None], Client]) -> Client:
    """A client of the operator."""
    return as_user(people.operator)


@pytest.fixture
def viewer(people: People, as_user: Callable[[User | None], Client]) -> Client:
    """A client of the viewer."""
    return as_user(people.viewer)


@pytest.fixture
def staff_page(page: Page, data_root: Path, transactional_db: None) -> Page:
    """A page of the operator, logged in."""
    make_people()
    page.goto(f"/admin/login/?next={PORTAL}")
    page.fill("#id_username", "oleg.operator")
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    expect(page.locator("h1")).to_have_text("Import from 1C")
    return page


@pytest.fixture
def at_work(staff_page: Page, make_session: MakeSession) -> ImportSession:
    """A running dry run with everything that a page can show."""
    session = make_session(
        status="in_progress",
        dry_run=True,
        finished_at=None,
        started_at=timezone.now(),
        progress_done=30,
        progress_total=120,
        warning_count=3,
        report_details={
            "counters": COUNTERS,
            "mass_hide": {"products": {"hidden": 50, "visible": 100}},
        },
        source=SOURCE,
    )
    Product.objects.create(onec_id="x" * 80, name="y" * 200, slug="y", article="A-77")
    hidden = {"hidden_by_staff": True, "slug": "z"}
    Product.objects.create(onec_id="p-2", name="Ball", article="A-77", **hidden)
    for action in ImportChange.Action:
        fields = {"name": ["Ball", "Big ball"]} if action == "update" else {}
        ImportChange.objects.create(
            session=session, entity="products", action=action, onec_id="1-2-3", fields=fields
        )
    return session
