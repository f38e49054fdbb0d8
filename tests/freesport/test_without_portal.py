"""The portal is one entry in `freesport/urls.py`: without it, everything else works."""

from pathlib import Path

import pytest
from django.core.management import call_command

from apps.products.models import ImportSession
from apps.users.models import User
from tests.support.copies import change, copy_project, site_of
from tests.support.people import PASSWORD
from tests.support.worker import test_database_url

MOUNTED = """\
if settings.OPS_PORTAL_ENABLED:
    urlpatterns.append(path("admin/", include(urls_for(*OPERATIONS))))
"""
PORTAL = "/admin/products/import-1c/"
PAGES = ("/admin/", "/admin/products/importsession/", "/admin/monitoring/dashboard/", "/healthz/")
IMPORTS = """
from django.core.management import call_command
from apps.products.tasks import import_catalog_from_1c_task
call_command("import_catalog_from_1c", skip_backup=True)
call_command("import_customers_from_1c", skip_backup=True)
import_catalog_from_1c_task(skip_backup=True)
"""
# Nothing listens there.
NO_BROKER = "redis://127.0.0.1:1/0"


def without_its_line(directory: Path) -> dict[str, str]:
    """Take the portal's line out of the addresses."""
    change(directory / "freesport" / "urls.py", MOUNTED, "")
    return {}


def switched_off(directory: Path) -> dict[str, str]:
    """Leave the code, and switch the portal off in the environment."""
    return {"OPS_PORTAL_ENABLED": "false"}


@pytest.fixture(params=[without_its_line, switched_off])
def site(request, tmp_path, data_root, transactional_db):
    """A copy of the project without the portal and without a broker, on the tests' database."""
    call_command("generate_1c_export", output=data_root, products=5, customers=3, verbosity=0)
    copy_project(tmp_path)
    more = request.param(tmp_path) | {"REDIS_URL": NO_BROKER, "ONEC_DATA_DIR": str(data_root)}
    project = site_of(tmp_path, test_database_url(), **more)
    yield project
    project.stop()


def test_imports_run_by_command_and_by_task_and_all_other_pages_work(site):
    site.manage("shell", "--command", IMPORTS)
    sessions = ImportSession.objects.order_by("pk").values_list("import_type", "trigger", "status")
    assert list(sessions) == [
        ("catalog", "cli", "completed"),
        ("customers", "cli", "completed"),
        ("catalog", "schedule", "completed"),
    ]

    User.objects.create_superuser("anna", "anna@example.org", PASSWORD)
    site.begin()
    anna = site.visitor("anna")
    assert anna.get(PORTAL).status == 404
    last = f"/admin/products/importsession/{ImportSession.objects.latest('pk').pk}/change/"
    for path in (*PAGES, last):
        page = anna.get(path)
        assert page.status == 200, path
        assert PORTAL not in page.text, path
    assert f'href="{last}"' in anna.get("/admin/monitoring/dashboard/").text
