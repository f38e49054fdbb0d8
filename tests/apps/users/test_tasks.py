"""The customers' task, through a real worker and called by a program."""

import pytest

from apps.products.models import ImportSession
from apps.products.sessions import lifecycle
from apps.products.sessions.errors import ImportBusy
from apps.products.sessions.parameters import Parameters
from apps.products.sessions.publishing import TASKS
from apps.products.sessions.states import FINAL, ImportType, Status, Trigger
from apps.products.sessions.submit import submit
from apps.users.models import User
from apps.users.tasks import import_customers_from_1c_task
from tests.support.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

CUSTOMERS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<КоммерческаяИнформация ВерсияСхемы="3.1">'
    "<Контрагенты><Контрагент><Ид>c</Ид><Наименование>Иванов Иван</Наименование></Контрагент>"
    "</Контрагенты></КоммерческаяИнформация>"
)


@pytest.fixture
def contragents(data_root):
    (data_root / "contragents.xml").write_text(CUSTOMERS)
    return data_root


class TestThroughAWorker:
    def test_a_submitted_session_is_claimed_and_completed(self, contragents, celery_worker):
        parameters = Parameters(ImportType.CUSTOMERS, contragents, skip_backup=True)
        session = submit(parameters, user=None)
        wait_until(lambda: ended(session), 60, celery_worker.text)
        assert session.status == Status.COMPLETED, session.error_message
        assert User.objects.get().last_name == "Иванов"

    def test_the_task_has_the_name_that_is_sent(self):
        assert TASKS[ImportType.CUSTOMERS] == import_customers_from_1c_task.name


def ended(session: ImportSession) -> bool:
    session.refresh_from_db()
    return session.status in FINAL


class TestCalledByAProgram:
    def test_it_opens_a_session_of_its_own_and_gives_its_id(self, contragents):
        session_id = import_customers_from_1c_task(data_dir=str(contragents), skip_backup=True)
        session = ImportSession.objects.get(pk=session_id)
        assert (session.trigger, session.status) == (Trigger.SCHEDULE, Status.COMPLETED)
        assert session.import_type == ImportType.CUSTOMERS

    def test_it_raises_only_when_another_import_is_active(self, contragents):
        lifecycle.open_session(Parameters(ImportType.CATALOG, contragents), trigger=Trigger.CLI)
        with pytest.raises(ImportBusy):
            import_customers_from_1c_task(data_dir=str(contragents))

    def test_a_failed_import_is_told_by_its_session(self, contragents):
        session_id = import_customers_from_1c_task(data_dir=str(contragents / "nowhere"))
        assert ImportSession.objects.get(pk=session_id).status == Status.FAILED
