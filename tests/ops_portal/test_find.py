"""Finding one record: by whatever names it, with its state, its history and what to do."""

import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from apps.common.models import CustomerSyncLog
from apps.products.models import (
    Category,
    ImportSession,
    PriceType,
    Product,
    ProductVariant,
    VariantPrice,
    VariantStock,
    Warehouse,
)
from apps.users.models import User
from freesport.import_1c.find_customers import named
from tests.apps.products.imports.conftest import HEAD, TAIL, catalogue, good
from tests.ops_portal.conftest import HISTORY, PORTAL

FIND = f"{PORTAL}find/"


@pytest.fixture
def ask(operator):
    """Give the answer's page, every run of white space as one space."""

    def get(asked, client=operator):
        response = client.get(FIND, {"q": asked})
        assert response.status_code == 200
        return " ".join(response.text.split())

    return get


@pytest.fixture
def ball(db):
    """A product with everything that customers need."""
    group = Category.objects.create(onec_id="g-1", name="Balls", slug="balls")
    product = Product.objects.create(
        onec_id="p-1", name="Ball", slug="ball", article="A-77", barcode="4600001", category=group
    )
    variant = ProductVariant.objects.create(
        onec_id="p-1#5", product=product, name="Ball (5)", article="A-77-5", barcode="4600005"
    )
    kind = PriceType.objects.create(onec_id="t-1", name="Retail", customer_role="retail")
    VariantPrice.objects.create(variant=variant, price_type=kind, amount=10, currency="RUB")
    store = Warehouse.objects.create(onec_id="w-1", name="Store")
    VariantStock.objects.create(variant=variant, warehouse=store, quantity=3)
    return product


class TestFound:
    @pytest.mark.parametrize(
        "asked", ["p-1", "P-1", " p-1 ", "A-77", "a-77", "4600001", "p-1#5", "A-77-5", "4600005"]
    )
    def test_a_product_is_found_by_whatever_names_it(self, ask, ball, asked):
        page = ask(asked)
        assert "Ball</h2>" in page
        assert "nothing needs to be done" in page

    def test_the_beginning_of_an_article_is_enough_when_nothing_fits(self, ask, ball):
        assert "Ball</h2>" in ask("A-7")

    def test_several_records_are_all_listed(self, ask, ball):
        Product.objects.create(onec_id="p-2", name="Other ball", slug="other", article="A-77")
        page = ask("A-77")
        assert "Ball</h2>" in page
        assert "Other ball</h2>" in page

    def test_more_than_a_page_holds_are_said_to_be_more(self, ask, db):
        for number in range(25):
            Product.objects.create(onec_id=f"q-{number}", name="Q", slug=f"q{number}", article="QQ")
        page = ask("QQ")
        assert page.count("Q</h2>") == 20
        assert "Only the first 20 records are shown." in page

    def test_state_prices_and_stock_are_told(self, ask, ball):
        page = ask("p-1")
        assert "<dt>Prices</dt> <dd>1</dd>" in page
        assert "<dt>Stock</dt> <dd>3</dd>" in page
        assert "<dt>Category</dt> <dd>Balls</dd>" in page
        assert "1 visible of 1" in page

    @pytest.mark.parametrize(("asked", "kind"), [("g-1", "Category"), ("t-1", "Price type")])
    def test_what_products_refer_to_is_found_by_its_id(self, ask, ball, asked, kind):
        assert f"{kind}:" in ask(asked)

    def test_hits_cost_the_same_queries_however_many(
        self, operator, ball, django_assert_max_num_queries
    ):
        for number in range(18):
            other = Product.objects.create(
                onec_id=f"z{number}", name="Z", slug=f"z{number}", article="A-77"
            )
            ProductVariant.objects.create(onec_id=f"z{number}#1", product=other)
        with django_assert_max_num_queries(22):
            operator.get(FIND, {"q": "A-77"})

    def test_only_those_who_may_open_it_in_the_admin_are_led_there(
        self, ask, ball, people, as_user
    ):
        link = f'href="/admin/products/product/{ball.pk}/change/"'
        assert link not in ask("p-1")
        assert link in ask("p-1", client=as_user(people.admin))


class TestWhatToDo:
    def test_hidden_by_staff(self, ask, ball):
        Product.objects.update(hidden_by_staff=True)
        page = ask("p-1")
        assert "Hidden by staff" in page
        assert "no import changes that" in page

    def test_no_price(self, ask, ball):
        VariantPrice.objects.all().delete()
        assert "It has no price." in ask("p-1")

    def test_prices_that_nobody_sees(self, ask, ball):
        PriceType.objects.update(customer_role="")
        assert "types that no customers are assigned to" in ask("p-1")

    def test_no_stock(self, ask, ball):
        VariantStock.objects.update(quantity=0)
        assert "It has no stock." in ask("p-1")

    def test_a_hidden_category(self, ask, ball):
        Category.objects.update(is_active=False)
        assert "Its category “Balls” is hidden." in ask("p-1")

    def test_a_hidden_variant(self, ask, ball):
        ProductVariant.objects.create(onec_id="p-1#6", product=ball)
        ProductVariant.objects.filter(onec_id="p-1#5").update(is_active=False)
        page = ask("p-1#5")
        assert "this variant is hidden by an import" in page
        assert "The variant p-1#5 was hidden by an import." in page

    def test_never_seen(self, ask, db):
        page = ask("nobody-knows-me")
        assert "Not among the products, and no import has had an issue with it" in page
        assert "part of the exchange with the site" in page

    def test_skipped_because_of_an_issue(self, ask, make_session, add_issue):
        session = make_session()
        add_issue(session, onec_id="bad-1", code="no_name")
        page = ask("bad-1")
        assert "imports met it and left it out" in page
        assert "<li>The record has no name, so it was left out." in page
        assert f'<a href="{HISTORY}{session.pk}/">#{session.pk}</a>' in page


class TestHidden:
    """By real imports: what was deleted in 1C, and what a full package left out."""

    @pytest.fixture
    def imported(self, data_root, transactional_db):
        self.run(data_root, *(good(f"p{n}") for n in range(9)))
        return data_root

    def run(self, root, *goods, full=False):
        body = catalogue(*goods)
        if full:
            body = body.replace('Изменения="true"', 'Изменения="false"')
        (root / "goods.xml").write_text(HEAD + body + TAIL)
        call_command(
            *("import_catalog_from_1c", "--data-dir", str(root), "--skip-backup"),
            stdout=io.StringIO(),
        )

    def test_deleted_in_1c(self, imported, ask):
        self.run(imported, good("p3", deleted=True))
        page = ask("p3")
        assert "Hidden by an import" in page
        assert "It was hidden because 1C marks it for deletion." in page

    def test_left_out_by_a_full_package(self, imported, ask):
        self.run(imported, *(good(f"p{n}") for n in range(8)), full=True)
        assert "It was hidden because a full export left it out." in ask("p8")

    def test_the_session_that_changed_it_last_is_named(self, imported, ask, make_session):
        first = ImportSession.objects.latest()
        self.run(imported, good("p3", "Other"))
        second = ImportSession.objects.latest()
        span = {"started_at": first.started_at, "finished_at": timezone.now()}
        make_session(dry_run=True, **span)
        page = ask("p3")
        assert f'<a href="{HISTORY}{second.pk}/">Session #{second.pk}</a>' in page
        page = ask("p4")
        assert f'<a href="{HISTORY}{first.pk}/">Session #{first.pk}</a>' in page

    def test_each_of_several_records_is_told_its_own_session(self, imported, ask):
        first = ImportSession.objects.latest()
        self.run(imported, good("p3", "Other"))
        Product.objects.filter(onec_id__in=["p3", "p4"]).update(article="A-1")
        page = ask("A-1")
        for session in (first, ImportSession.objects.latest()):
            assert page.count(f"Session #{session.pk}</a>") == 1

    def test_a_change_by_no_known_session_is_said(self, imported, ask):
        Product.objects.update(updated_at=timezone.now() - timedelta(days=400))
        assert "by no session that is still known" in ask("p3")


class TestCustomers:
    @pytest.fixture
    def customer(self, db):
        return User.objects.create_user(
            "shop-7", "Igor@example.org", onec_id="c-7", tax_id="7707083893", company_name="Sport"
        )

    @pytest.fixture
    def sees(self, people, operator):
        people.operator.user_permissions.add(Permission.objects.get(codename="view_user"))
        return operator

    @pytest.mark.parametrize("asked", ["c-7", "7707083893", "igor@example.org", "IGOR@EXAMPLE.ORG"])
    def test_one_is_found_by_id_number_or_address(self, ask, customer, sees, asked):
        page = ask(asked)
        assert "Sport</h2>" in page
        assert "<dt>Role</dt> <dd>Retail</dd>" in page

    @pytest.mark.parametrize("asked", ["c-7", "7707083893", "igor@example.org"])
    def test_those_who_may_not_view_users_find_none_and_are_told(self, ask, customer, asked):
        page = ask(asked)
        assert "Sport" not in page
        assert "that takes the right to view users" in page

    def test_the_last_session_and_what_it_did_are_told(self, ask, customer, sees, make_session):
        session = make_session(import_type="customers")
        for operation in ("created", "updated"):
            CustomerSyncLog.objects.create(
                customer=customer, operation_type=operation, status="success", session=session
            )
        page = ask("c-7")
        assert "<dt>Last import did</dt> <dd>Updated</dd>" in page
        assert f"Session #{session.pk}" in page

    def test_one_that_1c_deleted(self, ask, customer, sees):
        User.objects.filter(pk=customer.pk).update(is_active=False, deactivated_by_1c=True)
        assert "because 1C deleted the customer" in ask("c-7")

    def test_one_that_staff_switched_off(self, ask, customer, sees):
        User.objects.filter(pk=customer.pk).update(is_active=False)
        assert "Staff have switched the account off." in ask("c-7")

    def test_one_that_1c_does_not_know(self, ask, customer, sees):
        User.objects.filter(pk=customer.pk).update(onec_id=None)
        assert "1C does not know this account yet." in ask("7707083893")

    def test_an_address_is_looked_up_in_the_index(self, customer):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # the table is small
        assert "user_email_unique_or_empty" in named("igor@example.org").explain()
        assert "user_tax_id_idx" in named("7707083893").explain()


class TestIssues:
    def test_those_of_all_sessions_are_listed_newest_first(
        self, ask, ball, make_session, add_issue
    ):
        old, new = make_session(), make_session()
        for session in (old, new):
            add_issue(session, onec_id="p-1#5", code="unknown_price_type")
        page = ask("A-77")
        assert page.index(f">#{new.pk}</a>") < page.index(f">#{old.pk}</a>")
        assert page.count("The price type was never exported.") == 2


class TestPage:
    def test_it_is_in_the_menu_and_on_the_start_page(self, operator, data_root):
        page = operator.get(PORTAL).text
        assert f'href="{FIND}"' in page
        assert f'action="{FIND}"' in page

    def test_nothing_asked_shows_the_box_alone(self, operator, db):
        page = operator.get(FIND).text
        assert 'name="q"' in page
        assert "What to do" not in page

    @pytest.mark.parametrize(
        "asked",
        ["<script>alert(1)</script>", "\0", "a\0b", "%", "' OR 1=1 --", "x" * 254, "９９９", "🏀"],
    )
    def test_hostile_questions_are_answered(self, ask, db, asked):
        assert "<script>alert" not in ask(asked)

    def test_an_endless_question_is_refused_in_words(self, ask, db):
        assert "Nothing that names a record is longer" in ask("x" * 100_000)

    def test_hostile_records_are_shown_as_text(self, ask, ball):
        Product.objects.update(name="<script>alert(1)</script>")
        assert "<script>alert" not in ask("p-1")
