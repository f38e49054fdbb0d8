"""A database of the benchmark's own, dropped when it ends."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
from psycopg2.errors import InsufficientPrivilege
from psycopg2.extensions import connection as Connection  # noqa: N812  (it is a class)

from freesport import embedded
from freesport.embedded.scratch import scratch_database

# Like production, without the query log that DEBUG keeps. Nothing is served, nothing is signed.
_SETTINGS = {"DJANGO_SETTINGS_MODULE": "freesport.settings.base", "SECRET_KEY": "for-benchmarks"}


@contextmanager
def own_database() -> Iterator[None]:
    """Point this process and its children at a new, empty database; drop it afterwards.

    It lies on the server of `DATABASE_URL`, or on the private one that is started without it.
    """
    server = embedded.ensure().database_url
    with scratch_database(server, f"freesport_bench_{os.getpid()}") as url:
        os.environ |= {**_SETTINGS, "DATABASE_URL": url}
        try:
            yield
        finally:
            os.environ["DATABASE_URL"] = server


@contextmanager
def connect() -> Iterator[Connection]:
    """Open a connection to the benchmark's database that commits each statement by itself."""
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
        connection.autocommit = True
        yield connection


def settle() -> None:
    """Refresh the planner's statistics and write dirty pages, so that no run pays for another."""
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        try:
            cursor.execute("CHECKPOINT")
        except InsufficientPrivilege:
            return  # somebody else's server: its checkpoints are its own affair


def version() -> str:
    """Give the server's version."""
    with connect() as connection:
        return str(connection.info.parameter_status("server_version"))
