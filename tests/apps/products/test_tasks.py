"""The catalogue's task, through a real worker and called by a program."""

import pytest

from apps.products.imports.task import run_import_command
from apps.products.models import ImportSession, Product
from apps.products.sessions import lifecycle
from apps.products.sessions.errors import ImportBusy
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.states import FINAL, ImportType, Status, Trigger
from apps.products.sessions.submit import submit
from apps.products.tasks import import_catalog_from_1c_task
from tests.support.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

GOODS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<КоммерческаяИнформация ВерсияСхемы="3.1"><Каталог>'
    "<Товары><Товар><Ид>p</Ид><Наименование>Мяч</Наименование></Товар></Товары></Каталог>"
    "</КоммерческаяИнформация>"
)


@pytest.fixture
def goods(data_root):
    (data_root / "goods.xml").write_text(GOODS)
    return data_root


class TestThroughAWorker:
    def test_a_submitted_session_is_claimed_and_completed(self, goods, celery_worker):
        parameters = Parameters(ImportType.CATALOG, goods, skip_backup=True)
        session = submit(parameters, user=None)
        wait_until(lambda: ended(session), 60, celery_worker.text)
        assert session.status == Status.COMPLETED, session.error_message
        assert session.worker
        assert Product.objects.get().name == "Мяч"

    def test_a_failing_import_leaves_the_worker_alive(self, goods, celery_worker):
        for directory in (goods / "nowhere", goods):
            session = submit(Parameters(ImportType.CATALOG, directory, skip_backup=True), user=None)
            wait_until(lambda s=session: ended(s), 60, celery_worker.text)
        statuses = ImportSession.objects.order_by("id").values_list("status", flat=True)
        assert list(statuses) == [Status.FAILED, Status.COMPLETED]


def ended(session: ImportSession) -> bool:
    session.refresh_from_db()
    return session.status in FINAL


class TestCalledByAProgram:
    def test_it_opens_a_session_of_its_own_and_gives_its_id(self, goods):
        session_id = import_catalog_from_1c_task(data_dir=str(goods), skip_backup=True)
        session = ImportSession.objects.get(pk=session_id)
        assert (session.trigger, session.status) == (Trigger.SCHEDULE, Status.COMPLETED)

    def test_the_data_directory_defaults_to_the_settings(self, goods):
        session_id = import_catalog_from_1c_task(skip_backup=True)
        assert ImportSession.objects.get(pk=session_id).parameters["data_dir"] == str(goods)

    def test_it_raises_only_when_another_import_is_active(self, goods):
        lifecycle.open_session(Parameters(ImportType.CATALOG, goods), trigger=Trigger.CLI)
        with pytest.raises(ImportBusy):
            import_catalog_from_1c_task(data_dir=str(goods))

    def test_a_failed_import_is_told_by_its_session(self, goods):
        session_id = import_catalog_from_1c_task(data_dir=str(goods / "nowhere"))
        assert ImportSession.objects.get(pk=session_id).status == Status.FAILED


class TestRedelivery:
    def test_a_second_delivery_of_the_message_does_nothing(self, goods):
        session_id = import_catalog_from_1c_task(data_dir=str(goods), skip_backup=True)
        before = ImportSession.objects.get(pk=session_id)
        again = run_import_command(
            "import_catalog_from_1c", ImportType.CATALOG, session_id=session_id, options={}
        )
        after = ImportSession.objects.get(pk=session_id)
        assert again == session_id
        assert (after.status, after.finished_at) == (before.status, before.finished_at)
