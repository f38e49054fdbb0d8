"""A database for one program's run, dropped when it ends: benchmarks and pictures take one."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql


@contextmanager
def scratch_database(server: str, name: str) -> Iterator[str]:
    """Make a new, empty database and give its address; drop it afterwards, whoever uses it.

    Args:
        server: the address of any database on the server, with the right to make others.
        name: of the new database.
    """
    identifier = sql.Identifier(name)
    _run(server, sql.SQL("CREATE DATABASE {}").format(identifier))
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        _run(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def _run(url: str, statement: sql.Composed) -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
