"""Tiny exports in the split layout, written by hand so that each trap stands in plain sight."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from apps.products.models import ImportSession

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_3" ВерсияСхемы="3.1">\n'
)
TAIL = "\n</КоммерческаяИнформация>\n"


def classifier(inner: str) -> str:
    return (
        '<Классификатор СодержитТолькоИзменения="true"><Ид>c</Ид><Наименование>К</Наименование>\n'
        f"{inner}\n</Классификатор>"
    )


def catalogue(*goods: str) -> str:
    inner = "\n".join(goods)
    return (
        '<Каталог СодержитТолькоИзменения="true"><Ид>k</Ид><Наименование>К</Наименование>'
        f"<Товары>\n{inner}\n</Товары></Каталог>"
    )


def package(*offers: str) -> str:
    inner = "\n".join(offers)
    return (
        '<ПакетПредложений СодержитТолькоИзменения="true"><Ид>p</Ид>'
        f"<Предложения>\n{inner}\n</Предложения></ПакетПредложений>"
    )


def good(onec_id: str, name: str = "Мяч", inner: str = "", *, deleted: bool = False) -> str:
    mark = "true" if deleted else "false"
    return (
        f"<Товар><Ид>{onec_id}</Ид><ПометкаУдаления>{mark}</ПометкаУдаления>"
        f"<Наименование>{name}</Наименование>{inner}</Товар>"
    )


def offer(onec_id: str, name: str = "Мяч (5)", inner: str = "", *, deleted: bool = False) -> str:
    mark = "true" if deleted else "false"
    title = f"<Наименование>{name}</Наименование>" if name else ""
    return (
        f"<Предложение><Ид>{onec_id}</Ид><ПометкаУдаления>{mark}</ПометкаУдаления>"
        f"{title}{inner}</Предложение>"
    )


def prices(onec_id: str, *amounts: tuple[str, str]) -> str:
    rows = "".join(
        f"<Цена><ИдТипаЦены>{kind}</ИдТипаЦены><ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу>"
        "<Валюта>руб</Валюта></Цена>"
        for kind, amount in amounts
    )
    return offer(onec_id, name="", inner=f"<Цены>{rows}</Цены>")


def stock(onec_id: str, *quantities: tuple[str, str]) -> str:
    rows = "".join(
        f"<Остаток><Склад><Ид>{place}</Ид><Количество>{quantity}</Количество></Склад></Остаток>"
        for place, quantity in quantities
    )
    return offer(onec_id, name="", inner=f"<Остатки>{rows}</Остатки>")


class Export:
    """A directory of 1C files."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def write(self, name: str, body: str) -> Path:
        """Write one whole file around `body`."""
        return self.write_raw(name, HEAD + body + TAIL)

    def write_raw(self, name: str, text: str | bytes) -> Path:
        """Write a file as it is given."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path


@pytest.fixture
def export(tmp_path: Path) -> Export:
    """An empty export."""
    directory = tmp_path / "export"
    directory.mkdir()
    return Export(directory)


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    """Store pictures in a place of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"


class Outcome:
    """How a command ended: exit code, summary and session."""

    def __init__(self, code: int, out: str, error: str) -> None:
        self.code = code
        self.out = out
        self.error = error
        self.summary: dict[str, Any] = json.loads(out) if out.strip() else {}

    @property
    def session(self) -> ImportSession:
        return ImportSession.objects.get(pk=self.summary["id"])

    @property
    def counters(self) -> dict[str, dict[str, int]]:
        return self.summary["counters"]

    def codes(self) -> list[str]:
        return sorted(self.session.issues.values_list("code", flat=True))


Importer = Callable[..., Outcome]


@pytest.fixture
def run_import(export: Export, transactional_db: None) -> Importer:
    """Run the real command on the export and give how it ended."""

    def run(data_dir: Path | None = None, **options: Any) -> Outcome:
        out = StringIO()
        options = {"skip_backup": True, "json": True} | options
        try:
            call_command(
                "import_catalog_from_1c",
                data_dir=str(data_dir or export.directory),
                stdout=out,
                **options,
            )
        except CommandError as error:
            return Outcome(error.returncode, out.getvalue(), str(error))
        return Outcome(0, out.getvalue(), "")

    return run


@pytest.fixture
def catalogue_writes(transactional_db: None) -> Callable[[], dict[str, tuple[int, ...]]]:
    """Give how many rows were ever inserted, updated or deleted, by catalogue table."""

    def writes() -> dict[str, tuple[int, ...]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
            cursor.execute(
                "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables "
                "WHERE relname LIKE 'products\\_%%' AND relname NOT LIKE '%%import%%'"
            )
            return {row[0]: row[1:] for row in cursor.fetchall()}

    return writes
