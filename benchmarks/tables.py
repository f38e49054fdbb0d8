"""The rows that an import has filled: dumped, emptied, and copied back for floor C.

The tables are found by looking, so that whatever the importer learns to fill is measured.
"""

import time
from collections.abc import Iterable, Sequence
from graphlib import TopologicalSorter
from pathlib import Path

from django.apps import apps
from django.db.models import Model
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812  (it is a class)

from .server import connect, settle

# Dates and our own digest: no part of what 1C says.
_OURS = {"created_at", "updated_at", "fingerprint"}


def catalogue_models() -> list[type[Model]]:
    """Give the filled tables of the catalogue, those that others refer to first."""
    session = apps.get_model("products", "ImportSession")
    models = [
        model
        for model in apps.get_app_config("products").get_models()
        if model is not session and session not in _referred(model)
    ]
    return _filled(models)


def customer_models() -> list[type[Model]]:
    """Give the tables that an import of customers fills: accounts and the log of them."""
    return _filled([apps.get_model("users", "User"), apps.get_model("common", "CustomerSyncLog")])


def columns_of_1c(model: type[Model]) -> list[str]:
    """Give the columns that another importer would have to fill too."""
    fields = model._meta.concrete_fields  # noqa: SLF001  (Django's documented model API)
    return [str(field.column) for field in fields if field.column not in _OURS]


def count_rows(models: Iterable[type[Model]]) -> int:
    """Count the rows of all these tables."""
    return sum(model._default_manager.count() for model in models)  # noqa: SLF001  (the same)


def dump(models: Iterable[type[Model]], directory: Path) -> None:
    """Write each table's rows to a file of COPY's text format, whole."""
    with connect() as connection, connection.cursor() as cursor:
        for model in models:
            _copy(cursor, "COPY {} TO STDOUT", model, directory)


def dump_csv(models: Iterable[type[Model]], directory: Path) -> None:
    """Write each table's rows as CSV with what 1C says of them."""
    with connect() as connection, connection.cursor() as cursor:
        for model in models:
            columns = sql.SQL(", ").join(map(sql.Identifier, columns_of_1c(model)))
            statement = "COPY (SELECT {columns} FROM {} ORDER BY id) TO STDOUT (FORMAT csv, HEADER)"
            _copy(cursor, statement, model, directory, columns=columns)


def empty(models: Sequence[type[Model]]) -> None:
    """Remove the rows of a catalogue, at once."""
    tables = sql.SQL(", ").join(_table(model) for model in models)
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(tables))


def delete(models: Sequence[type[Model]]) -> None:
    """Remove all rows where sessions, which stay, refer to them or the other way round."""
    with connect() as connection, connection.cursor() as cursor:
        for model in reversed(models):
            cursor.execute(sql.SQL("DELETE FROM {}").format(_table(model)))
            cursor.execute(sql.SQL("VACUUM FULL {}").format(_table(model)))


def copy_back(models: Iterable[type[Model]], directory: Path) -> float:
    """Measure floor C: one COPY per table into the emptied tables, checks included, in seconds."""
    settle()
    with connect() as connection, connection.cursor() as cursor:
        started = time.perf_counter()
        for model in models:
            _copy(cursor, "COPY {} FROM STDIN", model, directory, mode="r")
        return time.perf_counter() - started


def _copy(
    cursor: Cursor,
    statement: str,
    model: type[Model],
    directory: Path,
    mode: str = "w",
    **parts: sql.Composable,
) -> None:
    with (directory / _name(model)).open(mode, encoding="utf-8") as file:
        cursor.copy_expert(sql.SQL(statement).format(_table(model), **parts), file)


def _filled(models: Iterable[type[Model]]) -> list[type[Model]]:
    filled = {model for model in models if count_rows([model])}
    graph = {model: _referred(model) & filled - {model} for model in filled}
    return list(TopologicalSorter(graph).static_order())


def _referred(model: type[Model]) -> set[type[Model]]:
    fields = model._meta.concrete_fields  # noqa: SLF001  (Django's documented model API)
    return {f.related_model for f in fields if isinstance(f.related_model, type)}


def _name(model: type[Model]) -> str:
    return model._meta.db_table  # noqa: SLF001  (Django's documented model API)


def _table(model: type[Model]) -> sql.Identifier:
    return sql.Identifier(_name(model))
