"""The database goes away in mid-import: the open chunk is done again, and the import goes on."""

import json
import random
import signal

import pytest

from apps.products.models import ImportSession
from tests.faults.lab import PATIENCE, Database, random_share, rounds, run_to_end, wait_for
from tests.faults.shop import Shop
from tests.support.processes import wait_until

pytestmark = pytest.mark.usefixtures("slow_chunks")


@pytest.mark.parametrize("number", range(rounds(3, 40)))
def test_a_terminated_connection_costs_no_more_than_its_chunk(
    number: int, shop: Shop, database: Database, command, chance: random.Random
) -> None:
    importing = command(shop.first.path)
    importing.start()
    assert database.wait_for_rows(random_share(chance, shop.first.rows), importing)
    terminate_writer(database)
    assert importing.wait(PATIENCE) == 0, importing.text()
    assert database.digest() == shop.first.digest
    assert summary(importing)["created"] == created_by(shop, database)


def test_many_in_one_import(shop: Shop, database: Database, command) -> None:
    importing = command(shop.first.path)
    importing.start()
    for share in range(1, 6):
        assert database.wait_for_rows(shop.first.rows * share // 6, importing)
        terminate_writer(database)
    assert importing.wait(PATIENCE) == 0, importing.text()
    assert database.digest() == shop.first.digest
    codes = ImportSession.objects.get().log_lines.values_list("code", flat=True)
    assert "reconnected" in codes


def test_a_full_package_still_hides_what_it_leaves_out(
    shop: Shop, database: Database, command
) -> None:
    """What the package has mentioned before is not forgotten with the connection."""
    database.run(
        "INSERT INTO products_product (onec_id, name, slug, article, barcode, description, "
        "country, manufacturer, is_active, hidden_by_staff, fingerprint, created_at, updated_at) "
        "VALUES ('gone', 'Gone', 'gone', '', '', '', '', '', true, false, 1, now(), now())"
    )
    importing = command(shop.first.path)
    importing.start()
    assert database.wait_for_rows(shop.first.rows // 2, importing)
    terminate_writer(database)
    assert importing.wait(PATIENCE) == 0, importing.text()
    hidden = "SELECT array_agg(onec_id) FROM products_product WHERE NOT is_active"
    assert database.one(hidden)[0] == ["gone"]


def test_a_database_that_forgot_what_it_confirmed_is_found_out(
    shop: Shop, database: Database, command
) -> None:
    importing = command(shop.first.path)
    importing.start()
    assert database.wait_for_rows(shop.first.rows // 2, importing)
    importing.send(signal.SIGSTOP)
    terminate_writer(database)
    # As after a crash of a server that confirms before it writes.
    database.run("UPDATE import_leases SET chunk = chunk - 2")
    importing.send(signal.SIGCONT)
    assert importing.wait(PATIENCE) == 1, importing.text()
    session = ImportSession.objects.get()
    assert "without the last" in session.error_message
    run_to_end(lambda: command(shop.first.path))
    assert database.digest() == shop.first.digest


def test_a_dry_run_says_that_it_lost_its_notes(shop: Shop, database: Database, command) -> None:
    importing = command(shop.first.path, "--dry-run")
    importing.start()
    wait_for(lambda: progress(database) > 100, importing)
    terminate_writer(database)
    assert importing.wait(PATIENCE) == 1, importing.text()
    session = ImportSession.objects.get()
    assert session.status == "failed"
    assert "Nothing in the shop has changed" in session.error_message
    assert database.written() == 0


def test_a_heartbeat_that_is_cut_off_begins_again(shop: Shop, database: Database, command) -> None:
    importing = command(shop.first.path)
    importing.start()
    assert database.wait_for_rows(1, importing)
    database.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND pid NOT IN (SELECT backend_pid FROM import_leases) "
        "AND position('import_l' IN query) > 0"
    )
    assert importing.wait(PATIENCE) == 0, importing.text()
    assert database.digest() == shop.first.digest


def terminate_writer(database: Database) -> None:
    """Cut the import's connection, and wait until its process in the server is gone."""
    pid = database.one(
        "SELECT a.pid FROM import_leases AS l JOIN pg_stat_activity AS a ON a.pid = l.backend_pid"
    )[0]
    database.run("SELECT pg_terminate_backend(%s)", pid)
    gone = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
    wait_until(lambda: database.one(gone, pid)[0] == 0, 30, lambda: f"process {pid} stays")


def progress(database: Database) -> int:
    """Give how many records the running import has done."""
    done = database.one("SELECT coalesce(max(progress_done), 0) FROM import_sessions")[0]
    assert isinstance(done, int)
    return done


def summary(importing) -> dict[str, int]:
    """Give the command's own counters."""
    line = next(line for line in importing.text().splitlines() if line.startswith("{"))
    total: dict[str, int] = json.loads(line)["counters"]["total"]
    return total


def created_by(shop: Shop, database: Database) -> int:
    """Give the records of the export: each was created once."""
    inventory = ImportSession.objects.get().progress_total
    assert inventory is not None
    return inventory
