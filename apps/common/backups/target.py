"""Which database PostgreSQL's programs work on: Django's connection data as libpq's environment.

Everything goes through variables `PG…`, so that `sslmode` and its kin carry over and nothing of it
shows in a process list. The password goes into a file that only this account can read and that has
no name where the system allows it, so that not even SIGKILL leaves it behind.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.utils.translation import gettext as _

from .errors import BackupError

# libpq, "Environment Variables": PG and the keyword without underscores, but for these. Keywords
# that have no variable (keepalives and the like) make one that nobody reads.
_IRREGULAR = {
    "dbname": "PGDATABASE",
    "application_name": "PGAPPNAME",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}
# The password goes its own way; a dump keeps the database's encoding, not the connection's.
_LEFT_OUT = ("password", "client_encoding")
# No variable exists for these, and without them another database might be reached, or none.
_NOT_PORTABLE = ("dsn", "sslpassword")

_IDENTITY = "SELECT current_database(), current_setting('server_version_num')"

# Of our own environment only this reaches the programs: DATABASE_URL and SECRET_KEY must not.
_HANDED_ON = frozenset(("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ"))
_HANDED_ON_PREFIXES = ("PG", "SSL_", "KRB5", "LD_", "DYLD_")
_WITHHELD = frozenset(("PGPASSWORD", "PGCLIENTENCODING"))


@dataclass(frozen=True)
class Target:
    """One database of one server. Secrets do not show in its representation.

    Args:
        database: its name.
        server_version: as the server counts, for example 150020.
        role: role to switch to after login, or empty.
    """

    database: str
    server_version: int
    role: str = ""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    password: str = field(default="", repr=False)

    @property
    def server_major(self) -> int:
        """Major version of the server."""
        return self.server_version // 10000

    @property
    def option(self) -> str:
        """The command line's word for the database: explicit, so that no service file overrides it.

        Quoted as a connection string, because a name like `a=b` would be read as one.
        """
        quoted = self.database.replace("\\", r"\\").replace("'", r"\'")
        return f"--dbname=dbname='{quoted}'"

    def with_database(self, name: str) -> "Target":
        """Return the same server with another database."""
        return replace(self, database=name, variables={**self.variables, "PGDATABASE": name})

    def redact(self, text: str) -> str:
        """Return the text without the password, should a program have repeated it."""
        return text.replace(self.password, "***") if self.password else text


@dataclass(frozen=True)
class Access:
    """How a program gets at the database: its whole environment, and files it must inherit."""

    environment: Mapping[str, str] = field(repr=False)
    inherited: tuple[int, ...] = ()

    def with_inherited(self, descriptor: int) -> "Access":
        """Return the same for a program that inherits one more file."""
        return replace(self, inherited=(*self.inherited, descriptor))


def current_target(alias: str = DEFAULT_DB_ALIAS) -> Target:
    """Return the database of Django's connection; connects to learn the server's version.

    Raises:
        BackupError: it cannot be reached, or has connection options that programs cannot be told.
    """
    parameters = _connection_parameters(alias)
    password = str(parameters.get("password") or os.environ.get("PGPASSWORD", ""))
    target = Target(
        database=str(parameters.get("dbname") or ""),
        server_version=0,
        role=str(connections[alias].settings_dict["OPTIONS"].get("assume_role") or ""),
        variables=_variables(parameters),
        password=password,
    )
    name, version = ask_server(target, _IDENTITY, alias)
    return replace(target.with_database(str(name)), server_version=int(version))


def current_database() -> str:
    """Return the name of the database behind Django's connection.

    Raises:
        BackupError: it cannot be reached.
    """
    return current_target().database


def ask_server(target: Target, query: str, alias: str = DEFAULT_DB_ALIAS) -> tuple[Any, ...]:
    """Return the one row of a query on Django's connection.

    Raises:
        BackupError: the server cannot be reached or refuses the query.
    """
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(query)
            return tuple(cursor.fetchone())
    except DatabaseError as error:
        raise BackupError(
            _("The database cannot be asked: %s. Check DATABASE_URL and the server.")
            % target.redact(" ".join(str(error).split()))
        ) from None  # the original may repeat the connection's data


@contextmanager
def access(target: Target) -> Iterator[Access]:
    """Give a program access for the length of a block: environment and password file.

    Raises:
        BackupError: the password has a line break, which a password file cannot hold.
    """
    environment = {**handed_on_environment(), **target.variables}
    if not target.password:
        yield Access(environment)
        return
    with _password_file(_password_line(target.password)) as (path, inherited):
        yield Access({**environment, "PGPASSFILE": path}, inherited)


def handed_on_environment() -> dict[str, str]:
    """Return the part of our environment that programs get, in English for our reading."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if (name in _HANDED_ON or name.startswith(_HANDED_ON_PREFIXES)) and name not in _WITHHELD
    }
    return {**kept, "LC_ALL": "C"}


def _connection_parameters(alias: str) -> dict[str, Any]:
    try:
        parameters: dict[str, Any] = connections[alias].get_connection_params()
    except ImproperlyConfigured as error:
        raise BackupError(_("The settings name no database: %s") % error) from error
    for name in _NOT_PORTABLE:
        if name in parameters:
            raise BackupError(
                _(
                    "The connection option %(name)s cannot be handed to pg_dump. Put the "
                    "connection into a service file (pg_service.conf) and name that in OPTIONS."
                )
                % {"name": name}
            )
    return parameters


def _variables(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {
        _IRREGULAR.get(keyword, f"PG{keyword.replace('_', '').upper()}"): str(value)
        for keyword, value in parameters.items()
        if keyword not in _LEFT_OUT and isinstance(value, str | int) and value != ""
    }


def _password_line(password: str) -> str:
    if "\n" in password or "\r" in password or "\0" in password:
        raise BackupError(
            _(
                "The database password contains a line break, which pg_dump cannot be told. "
                "Change it."
            )
        )
    escaped = password.replace("\\", r"\\").replace(":", r"\:")
    return f"*:*:*:*:{escaped}\n"


@contextmanager
def _password_file(line: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    # Both kinds of temporary file are made with mode 0600, which libpq insists on.
    if Path("/proc/self/fd").is_dir():
        with TemporaryFile("w", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            yield f"/proc/self/fd/{file.fileno()}", (file.fileno(),)
    else:
        with NamedTemporaryFile("w", encoding="utf-8", prefix="freesport-") as named:
            named.write(line)
            named.flush()
            yield named.name, ()
