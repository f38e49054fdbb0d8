"""Before the first import, and the imports of the first days."""

from collections.abc import Iterator
from datetime import timedelta

from apps.products.sessions.states import ImportType

from ..exports import remove, write_changes, write_shop
from ..shots import HISTORY, PORTAL, Shot
from ..world import World

_DAY = timedelta(days=1, minutes=-23)


def before_the_first_import(world: World) -> Iterator[Shot]:
    """Show what is missing before anything can be started."""
    yield Shot("history-empty", HISTORY)
    yield Shot("forbidden", PORTAL, who="newcomer")
    write_shop(world.source("full"))
    yield Shot("no-worker", PORTAL, until=".panel:has(#start-form)")
    remove(world.source("full"))
    world.start_worker()
    yield Shot("no-data", PORTAL, until=".panel:has(#start-form)")
    write_shop(world.source("full"))


def first_imports(world: World) -> Iterator[Shot]:
    """Let a week go by in which everything works."""
    world.run("full", dry_run=True)
    world.run("full")
    world.run("full", import_type=ImportType.CUSTOMERS)
    world.let_time_pass(5 * _DAY)
    write_changes(world.source("changes"))
    world.run_scheduled("changes")
    world.let_time_pass(2 * _DAY)
    world.run_command("full")
    world.let_time_pass(_DAY)
    yield from ()
