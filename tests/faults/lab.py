"""Real imports in processes of their own, to be killed, frozen and cut off; and what they left.

`CHAOS=1` (`make chaos`) runs many rounds with the real lease; otherwise there are few, and a lease
is made to look old where waiting for it would only cost time.
"""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812  (a class with a small name)

from tests.support.processes import Process, wait_until

CHAOS = bool(os.environ.get("CHAOS"))
# Anything that takes longer has hung: the machine may be slow, but not that slow.
PATIENCE = 120.0


def rounds(bounded: int, chaos: int) -> int:
    """Give how often a fault is tried."""
    return chaos if CHAOS else bounded


FIGURES: dict[str, list[float]] = {}


def tell(what: str, seconds: float) -> None:
    """Note a figure; all of a kind are printed together when the tests have ended."""
    FIGURES.setdefault(what, []).append(seconds)


class Command(Process):
    """`manage.py import_catalog_from_1c` on an export, chunk by small chunk."""

    def __init__(
        self, export: Path, environment: Mapping[str, str], log: Path, *options: str
    ) -> None:
        command = [
            *(sys.executable, "manage.py", "import_catalog_from_1c", "--data-dir", str(export)),
            *("--chunk-size", "20", "--skip-backup", "--json", "--allow-mass-hide", *options),
        ]
        super().__init__(command, {"LANGUAGE": "en", **environment}, log)


class Database:
    """A look at a database from outside of Django."""

    def __init__(self, url: str) -> None:
        self.url = url

    @contextmanager
    def cursor(self) -> Iterator[Cursor]:
        """Give a cursor whose statements are committed one by one."""
        connection = psycopg2.connect(self.url)
        connection.autocommit = True
        try:
            yield connection.cursor()
        finally:
            connection.close()

    def one(self, statement: str, *parameters: object) -> tuple[object, ...]:
        """Give the one row of a query."""
        with self.cursor() as cursor:
            cursor.execute(statement, parameters)
            row = cursor.fetchone()
            assert row is not None
            return tuple(row)

    def run(self, statement: str, *parameters: object) -> None:
        """Execute a statement."""
        with self.cursor() as cursor:
            cursor.execute(statement, parameters)

    def digest(self) -> str:
        """Give one number for the whole catalogue, by 1C ids: row ids and times do not matter."""
        return "-".join(str(self.one(statement)[0]) for statement in _CONTENT)

    def count(self, table: str) -> int:
        """Give the number of rows of a table."""
        count = self.one(f"SELECT count(*) FROM {table}")[0]
        assert isinstance(count, int)
        return count

    def empty(self) -> None:
        """Remove catalogue and sessions."""
        self.run(
            "TRUNCATE import_sessions, products_category, products_brand, products_unit, "
            "products_product, products_property, products_pricetype, products_warehouse CASCADE"
        )

    def last_session(self) -> tuple[object, ...]:
        """Give id, status and error of the newest session."""
        return self.one(
            "SELECT id, status, error_message FROM import_sessions ORDER BY id DESC LIMIT 1"
        )

    def written(self) -> int:
        """Give the number of committed rows of goods, variants, prices and stock."""
        return sum(map(self.count, _WRITTEN))

    def wait_for_rows(self, rows: int, process: Process) -> bool:
        """Wait until an import has committed so many rows; False: it has ended before."""
        deadline = time.monotonic() + PATIENCE
        while self.written() < rows:
            if not process.running:
                return False
            assert time.monotonic() < deadline, process.text()
            time.sleep(0.005)
        return True

    @contextmanager
    def slow_chunks(self) -> Iterator[None]:
        """Let each chunk take a moment more, so that faults strike before the import has ended."""
        self.run(
            "CREATE OR REPLACE FUNCTION take_a_moment() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END $$"
        )
        # Behind each COPY, before the chunk takes hold of the lease's row.
        for table in _WRITTEN:
            self.run(
                f"CREATE TRIGGER slow AFTER INSERT ON {table} FOR EACH STATEMENT "
                "EXECUTE FUNCTION take_a_moment()"
            )
        try:
            yield
        finally:
            for table in _WRITTEN:
                self.run(f"DROP TRIGGER slow ON {table}")

    def age_lease(self) -> None:
        """Make every lease look as if nobody had renewed it for an hour."""
        self.run("UPDATE import_leases SET beat_at = beat_at - interval '1 hour'")


def random_share(chance: random.Random, whole: int) -> int:
    """Give a number of rows at which a fault strikes: not so late that the import has ended."""
    return chance.randint(1, whole * 7 // 10)


def run_to_end(make: Callable[[], Command], expected: int = 0) -> Command:
    """Run an import and check its exit code."""
    command = make()
    command.start()
    code = command.wait(PATIENCE)
    assert code == expected, command.text()
    return command


def wait_for(fact: Callable[[], bool], process: Process, seconds: float = PATIENCE) -> None:
    """Wait for a fact about an import; its output tells why it did not come."""
    wait_until(fact, seconds, process.text)


def _content(table: str, columns: str, joins: str = "") -> str:
    return (
        f"SELECT md5(coalesce(string_agg(row, '|' ORDER BY row), '')) FROM "
        f"(SELECT ROW({columns})::text AS row FROM products_{table} AS t {joins}) AS rows"
    )


_WRITTEN = tuple(
    f"products_{name}" for name in ("product", "productvariant", "variantprice", "variantstock")
)
_VARIANT = "JOIN products_productvariant AS v ON v.id = t.variant_id"
_CONTENT = (
    _content(
        "category",
        "t.onec_id, t.name, t.is_active, p.onec_id",
        "LEFT JOIN products_category AS p ON p.id = t.parent_id",
    ),
    _content(
        "propertyvalue",
        "p.onec_id, p.name, t.onec_id, t.value",
        "JOIN products_property AS p ON p.id = t.property_id",
    ),
    _content(
        "product",
        "t.onec_id, t.is_active, t.name, t.article, t.barcode, t.description, c.onec_id, b.name, "
        "u.onec_id, t.tax_rate, t.country, t.manufacturer",
        "LEFT JOIN products_category AS c ON c.id = t.category_id "
        "LEFT JOIN products_brand AS b ON b.id = t.brand_id "
        "LEFT JOIN products_unit AS u ON u.id = t.unit_id",
    ),
    _content(
        "productvariant",
        "t.onec_id, t.is_active, t.is_default, t.name, t.article, t.barcode, t.characteristics, "
        "p.onec_id",
        "JOIN products_product AS p ON p.id = t.product_id",
    ),
    _content(
        "variantprice",
        "v.onec_id, p.onec_id, t.amount, t.currency",
        f"{_VARIANT} JOIN products_pricetype AS p ON p.id = t.price_type_id",
    ),
    _content(
        "variantstock",
        "v.onec_id, w.onec_id, t.quantity",
        f"{_VARIANT} JOIN products_warehouse AS w ON w.id = t.warehouse_id",
    ),
    _content(
        "productproperty",
        "o.onec_id, p.onec_id, t.text",
        "JOIN products_product AS o ON o.id = t.product_id "
        "JOIN products_property AS p ON p.id = t.property_id",
    ),
)
