"""An export that attacks its readers: nothing of it runs, in pages or in spreadsheets."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from playwright.sync_api import Page, expect

from apps.products.models import ImportSession
from tests.apps.products.imports.conftest import good
from tests.journeys.conftest import write
from tests.journeys.steps import HISTORY, PORTAL, read_csv
from tests.support.people import PASSWORD, People

pytestmark = pytest.mark.browser

IMAGE = "<img src=x onerror=alert(1)>"
SCRIPT = "&lt;script&gt;alert(1)&lt;/script&gt;"  # as XML writes it
FORMULA = "=HYPERLINK(&quot;http://evil.example&quot;)"


@pytest.fixture
def rehearsal(data_root: Path, people: People, transactional_db: None) -> ImportSession:
    """A dry run of names, ids and files that are markup and formulas."""
    records = [good(SCRIPT, SCRIPT), good(FORMULA, FORMULA), good("+7", ""), good("@x", "")]
    write(data_root, *records, name=f"{IMAGE}.xml")
    write(data_root, name="=cmd.xml")
    (data_root / "-broken.xml").write_text("<")
    with pytest.raises(CommandError, match="files failed"):
        call_command(
            *("import_catalog_from_1c", "--data-dir", str(data_root), "--dry-run"),
            stdout=io.StringIO(),
            stderr=io.StringIO(),
        )
    return ImportSession.objects.get()


@pytest.fixture
def reader(page: Page, rehearsal: ImportSession, people: People) -> Page:
    """An administrator, whose page fails the test on any error, and here on any dialog."""
    page.goto(f"/admin/login/?next={PORTAL}")
    page.fill("#id_username", people.admin.username)
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    page.on("dialog", lambda dialog: pytest.fail(f"A script ran: {dialog.message}"))
    return page


class TestHostileExport:
    def test_every_page_shows_it_as_text(self, reader: Page, rehearsal: ImportSession) -> None:
        session = f"{HISTORY}{rehearsal.pk}/"
        pages = {
            f"{PORTAL}?preflight=1": "-broken.xml",
            session: f"{IMAGE}.xml",
            f"{session}issues/": "+7",
            f"{session}changes/": "<script>alert(1)</script>",
            f"{PORTAL}find/?q=%3Cscript%3Ealert(1)%3C/script%3E": "<script>alert(1)</script>",
            f"{HISTORY}?q=%3Cimg%20src=x%20onerror=alert(1)%3E": IMAGE,
            f"/admin/products/importsession/{rehearsal.pk}/change/": f"{IMAGE}.xml",
        }
        for address, text in pages.items():
            reader.goto(address)
            expect(reader.locator("body")).to_contain_text(text)
            assert reader.locator("img[src=x]").count() == 0, address

    @pytest.mark.parametrize("part", ["issues", "changes"])
    def test_no_cell_of_a_file_is_a_formula(
        self, reader: Page, rehearsal: ImportSession, part: str
    ) -> None:
        reader.goto(f"{HISTORY}{rehearsal.pk}/{part}/")
        with reader.expect_download() as download:
            reader.get_by_role("link", name="CSV").click()
        rows = read_csv(download.value)
        cells = [cell for row in rows for cell in row.values()]
        assert any(cell.startswith("'") for cell in cells)
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
