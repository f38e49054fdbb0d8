"""The portal in Russian: longer words than the source's still fit."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.products.issues import CODES
from apps.products.log_texts import CODES as LOG_CODES
from apps.products.models import ImportChange
from tests.ops_portal.conftest import COUNTS, HISTORY, PORTAL, SOURCE
from tests.support.people import PASSWORD, make_people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ENTITIES = (
    *("total", "groups", "properties", "price_types", "warehouses", "units"),
    *("products", "variants", "prices", "stocks", "images"),
)
ONEC_ID = "bd72d913-55bc-11d9-848a-00112f43529a"
COUNTERS = {name: {**COUNTS, "read": 1_234_567, "failed": 1, "absent": 0} for name in ENTITIES}


@pytest.fixture
def staff_page(page, live_portal, data_root, transactional_db):
    """A page of the administrator, logged in, in Russian."""
    make_people()
    page.context.add_cookies([{"name": "django_language", "value": "ru", "url": live_portal}])
    page.goto(f"/admin/login/?next={PORTAL}")
    page.fill("#id_username", "anna.admin")
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    expect(page.locator("h1")).to_have_text("Импорт из 1С")
    return page


@pytest.fixture
def at_work(staff_page, make_session, add_issue, add_line):
    """A running dry run with every issue and every line of the log; others of every state."""
    for status in ("failed", "cancelled", "completed", "waiting"):
        make_session(status=status, error_message="Нет места на диске.", changed_count=0)
    make_session(
        status="failed",
        dry_run=True,
        trigger="schedule",
        started_at=timezone.now() - timedelta(days=1, hours=12),
        duration_ms=3_296_000,
        changed_count=1_234_567,
    )
    session = make_session(
        pk=12_345,
        status="in_progress",
        dry_run=True,
        finished_at=None,
        started_at=timezone.now(),
        stage="price_types",
        progress_done=30_000,
        progress_total=1_234_567,
        warning_count=len(CODES),
        error_count=3,
        report_details={"counters": COUNTERS},
        source=SOURCE,
    )
    for code in CODES:
        severity = "error" if "file" in code else "warning"
        add_issue(
            session,
            code=code,
            severity=severity,
            params={"reason": "not well-formed", "field": "article"},
            file="goods/goods_1.xml",
            onec_id=ONEC_ID,
        )
    for action, _label in ImportChange.Action.choices:
        fields = {"full_name": ["Мяч", "Мяч футбольный"], "is_default": ["True", "False"]}
        ImportChange.objects.create(
            session=session, entity="price_types", action=action, onec_id=ONEC_ID, fields=fields
        )
    for code in LOG_CODES:
        params = {
            "file": "goods_1.xml",
            "reason": "is empty",
            "stage": "goods",
            "worker": "shop-1",
            "path": "/srv/backups/shop.dump",
            "size": 1,
            "files": 2,
            "records": 3,
            "error": "",
        }
        add_line(session, code=code, params=params)
    return session


def visits(session):
    """Every kind of page, as addresses."""
    return {
        "start": PORTAL,
        "again": f"{PORTAL}?retry_of={session.pk}",
        "history": HISTORY,
        "filtered": f"{HISTORY}?status=in_progress&dry_run=true&sort=-duration",
        "bad": f"{HISTORY}?colour=red&dry_run=maybe&per_page=3",
        "empty": f"{HISTORY}?q=zzz",
        "session": f"{HISTORY}{session.pk}/",
        "issues": f"{HISTORY}{session.pk}/issues/",
        "changes": f"{HISTORY}{session.pk}/changes/",
        "export": f"{HISTORY}export/?status=in_progress",
        "found": f"{PORTAL}find/?q={ONEC_ID}",
        "dashboard": "/admin/monitoring/dashboard/",
        "admin": "/admin/",
        "sessions": "/admin/products/importsession/",
    }


def wider_than_their_place(page):
    """Give the widths of tables that must be scrolled sideways, and of their places."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".table-wrap, .mon-scroll")]
        .map((place) => [place.scrollWidth, place.clientWidth])
        .filter(([needed, given]) => needed > given)"""
    )


class TestRoom:
    def test_every_page_fits_a_telephone(self, staff_page, at_work):
        staff_page.set_viewport_size({"width": 360, "height": 800})
        for name, address in visits(at_work).items():
            staff_page.goto(address)
            width = staff_page.evaluate("document.documentElement.scrollWidth")
            assert width <= 360, f"{name} is {width} px wide"

    def test_every_table_fits_a_laptop(self, staff_page, at_work):
        staff_page.set_viewport_size({"width": 1280, "height": 800})
        for name, address in visits(at_work).items():
            staff_page.goto(address)
            assert wider_than_their_place(staff_page) == [], name

    def test_the_form_that_cancels_is_within_a_small_screen(self, staff_page, at_work):
        staff_page.set_viewport_size({"width": 320, "height": 700})
        staff_page.goto(f"{HISTORY}{at_work.pk}/")
        staff_page.locator("#controls summary").click()
        box = staff_page.locator(".dropdown-form").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320

    def test_the_menu_holds_its_words(self, staff_page):
        entries = staff_page.locator(".sidemenu li a")
        assert entries.count() >= 4
        for entry in entries.all():
            assert entry.evaluate("one => one.scrollWidth <= one.clientWidth"), entry.inner_text()
