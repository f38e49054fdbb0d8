"""What goes wrong, what is stopped, and what was only rehearsed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import F
from playwright.sync_api import Page

from apps.products.models import ImportLogLine, ImportSession
from apps.products.sessions.cancelling import cancel
from apps.products.sessions.leases import Wish
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.recovery import recover
from apps.products.sessions.states import ImportType

from ..exports import remove, write_changes, write_damaged, write_foreign, write_season
from ..shots import NARROW, PORTAL, Shot, session_path
from ..world import World

_STOCK = "products_variantstock"
_TENTH_ROW = "[data-column=steps] >> nth=9"
_LOG = ".panel:has(#log-title)"
_REASON = {"en": "Prices of last year", "ru": "Прошлогодние цены"}
_NIGHT = timedelta(hours=21, minutes=12)
# Seconds that an import needs at least before a page says how fast it is.
_A_WHILE = 3.0
_BEGAN = 14
_EARLIER = f"""
CREATE FUNCTION begin_earlier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.created_at := NEW.created_at - interval '{_BEGAN} minutes';
    NEW.started_at := NEW.started_at - interval '{_BEGAN} minutes';
    RETURN NEW;
END $$;
CREATE TRIGGER begin_earlier BEFORE UPDATE ON import_sessions FOR EACH ROW
    WHEN (OLD.status = 'pending' AND NEW.status = 'started') EXECUTE FUNCTION begin_earlier()
"""


def damaged(world: World) -> Iterator[Shot]:
    """Import an export with mistakes in it."""
    write_season(world.source("season"))
    write_damaged(world.source("damaged"), world.source("season"))
    session = world.run("damaged", who="admin")
    yield Shot("issues-found", session_path(session.pk), until=_LOG)
    yield Shot("issues", f"{session_path(session.pk)}issues/")
    remove(world.source("damaged"))
    world.let_time_pass(_NIGHT)


def nothing_new(world: World) -> Iterator[Shot]:
    """Import the same files twice."""
    world.run("full")
    session = world.run("full")
    yield Shot("nothing-changed", session_path(session.pk), until=_LOG)
    world.let_time_pass(_NIGHT)


def failed(world: World) -> Iterator[Shot]:
    """Import a directory without anything from 1C in it."""
    write_foreign(world.source("reports"))
    session = world.run("reports")
    yield Shot("failed", session_path(session.pk), until=".columns")
    remove(world.source("reports"))
    world.let_time_pass(_NIGHT / 3)


def lost(world: World) -> Iterator[Shot]:
    """Kill the worker in the middle of an import."""
    with _held(world, "season") as session:
        world.kill_worker()
        world.execute("UPDATE import_leases SET beat_at = beat_at - interval '41 seconds'")
        recover()
    yield Shot("lost", session_path(session.pk), until=_LOG)
    world.start_worker()
    world.let_time_pass(_NIGHT / 2)


def stalled(world: World) -> Iterator[Shot]:
    """Let an import hang that began a while ago."""
    with _begins_earlier(world), _held(world, "season") as session:
        lines = ImportLogLine.objects.filter(session=session)
        lines.update(at=F("at") - timedelta(minutes=_BEGAN))
        world.execute("UPDATE import_leases SET moved_at = moved_at - interval '13 minutes'")
        yield Shot("stalled", session_path(session.pk), until=_LOG)
    world.finish(session)
    world.let_time_pass(_NIGHT)


def rehearsed(world: World) -> Iterator[Shot]:
    """Rehearse the import of the first shop, which has what the season has not."""
    session = world.run("full", dry_run=True)
    yield Shot("dry-run", session_path(session.pk), until=_LOG)
    yield Shot("changes", f"{session_path(session.pk)}changes/", until=_TENTH_ROW)
    world.let_time_pass(_NIGHT)


def both(world: World) -> Iterator[Shot]:
    """Import the catalogue, then the customers."""
    customers = Parameters(ImportType.CUSTOMERS, world.source("full"))
    with _held(world, "full", then=customers) as session:
        follower = session.followers.get()
        yield Shot("both", PORTAL, until=".panel:nth-of-type(2)")
        yield Shot("waiting", session_path(follower.pk))
    world.finish(session)
    world.finish(follower)
    world.let_time_pass(_NIGHT)


def cancelled(world: World) -> Iterator[Shot]:
    """Cancel an import that runs."""
    with _held(world, "season") as session:
        path = session_path(session.pk)
        yield Shot("running", path, until=_LOG)
        yield Shot("running-narrow", path, until=".panel:has(#counters-title)", width=NARROW)
        yield Shot("start-running", PORTAL, until=".preflight")
        yield Shot("cancel", path, until=".dropdown-form", prepare=_ask_to_cancel)
        cancel(session, Wish("operator", _REASON[world.language]))
        yield Shot("cancelling", path, until=_LOG)
    world.finish(session)
    yield Shot("cancelled", path, until=_LOG)
    world.let_time_pass(_NIGHT / 3)
    world.run_scheduled("season")
    write_changes(world.source("changes"))
    world.let_time_pass(_NIGHT / 4)


@contextmanager
def _held(world: World, source: str, then: Parameters | None = None) -> Iterator[ImportSession]:
    """Start an import that comes as far as its first stock."""
    with world.held_at(_STOCK):
        session = world.start(source, then=then)
        world.wait_until_held(_STOCK)
        time.sleep(_A_WHILE)
        session.refresh_from_db()
        yield session


@contextmanager
def _begins_earlier(world: World) -> Iterator[None]:
    """Let a session that a worker claims have begun minutes ago. Later its row is locked."""
    world.execute(_EARLIER)
    try:
        yield
    finally:
        world.execute("DROP FUNCTION begin_earlier CASCADE")


def _ask_to_cancel(page: Page) -> None:
    page.locator("#controls summary").click()
