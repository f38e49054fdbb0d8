"""Many triggers at once, from the web and from the command line: exactly one import."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
from celery import current_app
from django.db import connections
from django.test import Client

from apps.products.models import ImportSession
from tests.faults.lab import Database, rounds, tell
from tests.faults.shop import Shop
from tests.support.people import People

PORTAL = "/admin/products/import-1c/"
WEB, SHELL = rounds(40, 200), rounds(3, 20)
AT_ONCE = 20


@pytest.mark.parametrize("number", range(rounds(1, 20)))
def test_exactly_one_of_many_triggers_is_accepted(
    number: int, shop: Shop, database: Database, command, people: People, data_root
) -> None:
    (data_root / "goods.xml").write_text("<КоммерческаяИнформация/>")
    client = Client()
    client.force_login(people.operator)
    cookies = client.cookies
    holding = hold_catalogue(database)
    commands = [command(shop.first.path) for _one in range(SHELL)]

    def trigger(_number: int) -> tuple[str, float]:
        mine = Client(HTTP_ACCEPT_LANGUAGE="en")
        mine.cookies = cookies
        began = time.monotonic()
        try:
            answer = mine.post(PORTAL, {"import_type": "catalog", "skip_backup": "on"})
            return answer["Location"], time.monotonic() - began
        finally:
            connections.close_all()

    try:
        for process in commands:
            process.start()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(trigger, range(WEB)))
        refused = [process.wait(120) for process in commands if process_ends(process, commands)]
        (session,) = ImportSession.objects.all()
        assert {location for location, _time in answers} == {f"{PORTAL}sessions/{session.pk}/"}
        assert session.is_active
        assert set(refused) <= {75}
        assert len(refused) >= SHELL - 1
    finally:
        holding.close()
        current_app.control.purge()
        for process in commands:
            process.kill()
    for _location, seconds in answers:
        tell(f"answer to one of {WEB} web triggers, {AT_ONCE} at a time, {SHELL} commands", seconds)


def hold_catalogue(database: Database) -> "psycopg2.extensions.connection":
    """Keep any import that begins from ending before all others have had their try."""
    holding = psycopg2.connect(database.url)
    holding.cursor().execute("LOCK TABLE products_category IN ACCESS EXCLUSIVE MODE")
    return holding


def process_ends(process, commands) -> bool:
    """Whether a command was refused: at most one was not, and waits for the catalogue."""
    deadline = time.monotonic() + 120
    while process.running and time.monotonic() < deadline:
        active = ImportSession.objects.filter(worker__endswith=f":{process.pid}").exists()
        if active:
            return False
        time.sleep(0.05)
    return not process.running
