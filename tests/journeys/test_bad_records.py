"""An operator rehearses an import, runs it for real, and finds the records that 1C must mend."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from apps.products.models import ImportSession, Product
from tests.apps.products.imports.conftest import good
from tests.journeys.conftest import write
from tests.journeys.steps import number_of, progress, read_csv, start_import, wait_for_end
from tests.support.worker import Worker

pytestmark = [pytest.mark.browser, pytest.mark.worker]


@pytest.fixture
def news(
    celery_worker: Worker, export: Path, window: Page, capsys: pytest.CaptureFixture[str]
) -> Page:
    """The start page, when 1C has renamed a product, added one, and sent three without a name."""
    call_command("import_catalog_from_1c", data_dir=str(export), skip_backup=True)
    capsys.readouterr()
    nameless = [good(f"bad{number}", "") for number in (1, 2, 3)]
    write(export, good("p1", "Большой мяч"), good("p2", "Сетка"), good("p3", "Кольцо"), *nameless)
    window.reload()
    return window


def row(page: Page, words: str) -> str:
    return " ".join(page.get_by_role("row", name=re.compile(words)).first.inner_text().split())


class TestBadRecords:
    def test_rehearsed_run_for_real_and_three_bad_records_taken_along(self, news: Page) -> None:
        rehearsal = start_import(news, dry_run=True)
        wait_for_end(news)
        expect(news.get_by_text("nothing was or will be changed")).to_be_visible()
        news.get_by_role("link", name="What it would do").click()
        assert "Мяч" in row(news, "p1")
        assert "Большой мяч" in row(news, "p1")
        assert "Кольцо" in row(news, "Create.*p3")
        assert Product.objects.get(onec_id="p1").name == "Мяч"

        news.go_back()
        news.get_by_role("link", name="Run this for real").click()
        expect(news.get_by_role("status")).to_contain_text(f"real run of dry run #{rehearsal}")
        expect(news.get_by_label("Dry run")).not_to_be_checked()
        news.get_by_role("button", name="Start").click()
        real = number_of(news)
        wait_for_end(news)
        expect(news.get_by_role("link", name=f"#{rehearsal}")).to_be_visible()
        expect(progress(news).get_by_text("Dry run")).to_have_count(0)
        assert Product.objects.get(onec_id="p1").name == "Большой мяч"

        news.get_by_role("link", name="All issues").click()
        crumbs = news.get_by_role("navigation", name="Breadcrumbs")
        expect(crumbs.locator("[aria-current=page]")).to_have_text("Issues")
        expect(news.locator("tbody tr")).to_have_count(3)
        news.get_by_role("link", name="Line").click()
        news.get_by_role("link", name="Line").click()
        expect(news.locator("tbody tr").first).to_contain_text("bad3")
        with news.expect_download() as download:
            news.get_by_role("link", name="CSV").click()
        rows = read_csv(download.value)
        assert [row["1C id"] for row in rows] == ["bad3", "bad2", "bad1"]
        assert {row["File"] for row in rows} == {"goods.xml"}
        assert all(row["Line"].isdigit() for row in rows)
        assert all("Name it in 1C" in row["What happened, what to do"] for row in rows)
        assert ImportSession.objects.get(pk=real).retry_of_id == rehearsal
