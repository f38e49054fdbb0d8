"""The monitor reads what real imports write: their words are the same."""

from datetime import timedelta

import pytest

from apps.monitoring.figures import session_figures
from apps.monitoring.periods import Span
from apps.monitoring.sync import CustomerSyncMonitor
from apps.users.models import User
from tests.apps.users.imports.conftest import INN, Export, Importer, customer, export, run_import

__all__ = ["export", "run_import"]


@pytest.fixture
def monitor(export: Export, run_import: Importer) -> CustomerSyncMonitor:
    """After three runs: a dry one, a first one, and one that changes a customer."""
    User.objects.create_user("by-inn", tax_id=INN, phone="+79990000001")
    User.objects.create_user("by-email", email="shop@example.org")
    everybody = (
        customer("new", "Новый Клиент", email="new@example.org"),
        customer("inn", "Иванов Иван", inn=INN, phone="+7 999 000-00-02"),
        customer("email", "Петров Пётр", email="shop@example.org"),
    )
    run_import(*everybody, dry_run=True)
    run_import(*everybody)
    run_import(customer("new", "Новое Имя", email="new@example.org"))
    return CustomerSyncMonitor(Span.until_now(timedelta(hours=1)))


class TestRealImports:
    def test_customers_and_how_they_were_found(self, monitor: CustomerSyncMonitor) -> None:
        customers = monitor.customers()
        assert customers.identified == {"": 1, "tax_id": 1, "email": 1, "onec_id": 1}
        assert customers.synced == 3
        assert customers.conflicts == 1  # the telephone number that the shop knew

    def test_operations_on_customers(self, monitor: CustomerSyncMonitor) -> None:
        counted = {one.operation: one.total for one in monitor.customer_operations()}
        assert counted == {"created": 1, "updated": 3, "conflict": 1, "": 5}

    def test_runs_and_sessions_are_the_same(self, monitor: CustomerSyncMonitor) -> None:
        (runs, overall) = monitor.runs()
        assert (runs.operation, runs.total, runs.success_rate) == ("customers", 3, 100)
        assert (overall.records, overall.errors) == (7, 0)
        assert session_figures(monitor.span).overall.completed == 3
