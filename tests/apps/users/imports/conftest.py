"""Tiny exports of counterparties, written by hand so that each trap stands in plain sight."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.common.models import CustomerSyncLog
from apps.common.synthetic.checkdigits import inn10, inn12
from apps.products.models import ImportSession
from apps.users.models import User

INN = inn12(12_345)
OTHER_INN = inn12(54_321)
COMPANY_INN = inn10(77)


def contact(kind: str, value: str) -> str:
    return f"<Контакт><Тип>{kind}</Тип><Значение>{value}</Значение></Контакт>" if value else ""


def customer(
    onec_id: str = "c1",
    name: str = "Иванов Иван",
    *,
    inn: str = "",
    kpp: str = "",
    email: str = "",
    phone: str = "",
    legal_name: str = "",
    address: str = "",
    roles: tuple[str, ...] = (),
    deleted: bool = False,
    inner: str = "",
) -> str:
    """One counterparty; what is not given is not in the file."""
    contacts = contact("Электронная почта", email) + contact("Телефон рабочий", phone)
    place = f"<Представление>{address}</Представление>"
    parts = (
        f"<Ид>{onec_id}</Ид>",
        f"<ПометкаУдаления>{'true' if deleted else 'false'}</ПометкаУдаления>",
        f"<Наименование>{name}</Наименование>" if name else "",
        "".join(f"<Роль>{role}</Роль>" for role in roles),
        f"<ПолноеНаименование>{legal_name}</ПолноеНаименование>" if legal_name else "",
        inner,
        f"<ИНН>{inn}</ИНН>" if inn else "",
        f"<КПП>{kpp}</КПП>" if kpp else "",
        f"<АдресРегистрации>{place}</АдресРегистрации>" if address else "",
        f"<Контакты>{contacts}</Контакты>" if contacts else "",
    )
    return f"<Контрагент>{''.join(parts)}</Контрагент>"


class Export:
    """A directory of 1C files."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def write(self, *customers: str, name: str = "contragents/contragents_1_1_a.xml") -> None:
        """Write a file of counterparties in place of the one before."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        inner = "\n".join(customers)
        path.write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_3" ВерсияСхемы="3.1">\n'
            f'<Контрагенты СодержитТолькоИзменения="true">\n{inner}\n</Контрагенты>\n'
            "</КоммерческаяИнформация>\n",
            encoding="utf-8",
        )


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
    def counts(self) -> dict[str, int]:
        """Counters of the customers, those that are zero left out."""
        counters = self.summary["counters"].get("customers", {})
        return {name: count for name, count in counters.items() if count}

    def codes(self) -> list[str]:
        return sorted(self.session.issues.values_list("code", flat=True))

    def log(self) -> list[tuple[str, str]]:
        """The log of customers: 1C id and operation, in order."""
        rows = CustomerSyncLog.objects.filter(session=self.session).order_by("id")
        return list(rows.values_list("onec_id", "operation_type"))


Importer = Callable[..., Outcome]


@pytest.fixture
def export(tmp_path: Path) -> Export:
    """An empty export."""
    directory = tmp_path / "export"
    directory.mkdir()
    return Export(directory)


@pytest.fixture
def run_import(export: Export, transactional_db: None) -> Importer:
    """Write the counterparties, run the real command on them and give how it ended."""

    def run(*customers: str, data_dir: Path | None = None, **options: Any) -> Outcome:
        if customers:
            export.write(*customers)
        out = StringIO()
        options = {"skip_backup": True, "json": True} | options
        try:
            call_command(
                "import_customers_from_1c",
                data_dir=str(data_dir or export.directory),
                stdout=out,
                **options,
            )
        except CommandError as error:
            return Outcome(error.returncode, out.getvalue(), str(error))
        return Outcome(0, out.getvalue(), "")

    return run


@pytest.fixture
def writes(transactional_db: None) -> Callable[[], dict[str, tuple[int, ...]]]:
    """Give how many rows were ever inserted, updated or deleted: accounts and their log."""

    def count() -> dict[str, tuple[int, ...]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
            cursor.execute(
                "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables "
                "WHERE relname IN ('users_user', 'common_customersynclog')"
            )
            return {row[0]: row[1:] for row in cursor.fetchall()}

    return count


def account(username: str = "ivan", **values: Any) -> User:
    """Make an account that was registered in the shop."""
    return User.objects.create_user(username, password="his own password", **values)


def the(onec_id: str = "c1") -> User:
    """Give the account that 1C knows by this id."""
    return User.objects.get(onec_id=onec_id)
