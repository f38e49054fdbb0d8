"""What staff own can be changed; what 1C owns cannot, and the page says why."""

from html import unescape

import pytest
from django.contrib.admin import site
from django.contrib.admin.utils import flatten_fieldsets
from django.test import Client, RequestFactory

from apps.products.admin.base import OnecOwnedAdmin
from apps.products.models import Category, PriceType, Product, ProductVariant

from .conftest import Shop

OWNED = {
    model: admin for model, admin in site._registry.items() if isinstance(admin, OnecOwnedAdmin)
}
STAFF_FIELDS = {
    "brand": {"slug"},
    "category": {"display_name", "slug", "hidden_by_staff"},
    "pricetype": {"customer_role"},
    "product": {"slug", "hidden_by_staff"},
    "productvariant": {"hidden_by_staff"},
    "property": set(),
    "propertyvalue": set(),
    "unit": set(),
    "warehouse": set(),
}


def address(row: Category | Product | ProductVariant | PriceType) -> str:
    return f"/admin/products/{row._meta.model_name}/{row.pk}/change/"


def save(client: Client, row: Category | Product | ProductVariant | PriceType, **data: str) -> None:
    inlines = {
        f"{prefix}-{name}": "0"
        for prefix in ("variants", "prices", "stocks", "sources", "property_links", "images")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    response = client.post(address(row), inlines | data)
    assert response.status_code == 302, response.content.decode()
    row.refresh_from_db()


class TestFields:
    def test_every_model_of_the_catalogue_is_covered(self) -> None:
        assert {model._meta.model_name for model in OWNED} == set(STAFF_FIELDS)

    @pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.model_name)
    def test_only_what_staff_own_can_be_changed(self, model: type, rf: RequestFactory) -> None:
        admin = OWNED[model]
        fields = set(flatten_fieldsets(admin.fieldsets))
        editable = fields - set(admin.get_readonly_fields(rf.get("/")))
        assert editable == STAFF_FIELDS[model._meta.model_name]

    @pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.model_name)
    def test_nothing_is_added_or_deleted_by_hand(self, model: type, rf: RequestFactory) -> None:
        admin = OWNED[model]
        assert not admin.has_add_permission(rf.get("/"))
        assert not admin.has_delete_permission(rf.get("/"))

    def test_the_page_says_why(self, staff: Client, shop: Shop) -> None:
        html = unescape(staff.get(address(shop.product)).content.decode())
        assert "change them in 1C, then run an import" in html

    def test_the_switch_says_what_clearing_it_does(self, staff: Client, shop: Shop) -> None:
        html = unescape(staff.get(address(shop.product)).content.decode())
        assert "the next import that contains the record decides" in html


class TestHiding:
    @pytest.fixture(params=["product", "variant", "group"])
    def row(
        self, request: pytest.FixtureRequest, shop: Shop
    ) -> Category | Product | ProductVariant:
        return getattr(shop, request.param)

    def data(self, row: Category | Product | ProductVariant) -> dict[str, str]:
        return {} if isinstance(row, ProductVariant) else {"slug": row.slug}

    def test_hides_at_once(self, staff: Client, row: Category | Product | ProductVariant) -> None:
        fingerprint = row.fingerprint
        save(staff, row, **self.data(row), hidden_by_staff="on")
        assert (row.hidden_by_staff, row.is_active) == (True, False)
        assert row.fingerprint == fingerprint

    def test_clearing_it_leaves_the_decision_to_the_next_import(
        self, staff: Client, row: Category | Product | ProductVariant
    ) -> None:
        type(row).objects.filter(pk=row.pk).update(
            hidden_by_staff=True, is_active=False, fingerprint=7
        )
        save(staff, row, **self.data(row))
        assert (row.hidden_by_staff, row.is_active) == (False, False)
        assert row.fingerprint is None

    def test_other_changes_touch_neither(self, staff: Client, shop: Shop) -> None:
        save(staff, shop.product, slug="new-address")
        assert shop.product.slug == "new-address"
        assert (shop.product.is_active, shop.product.fingerprint) == (True, 42)


class TestSaving:
    def test_an_import_that_wrote_meanwhile_is_not_overwritten(
        self, staff: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The form was loaded, 1C's new name arrived, then staff saved."""
        load = OnecOwnedAdmin.get_object

        def load_then_import(self: OnecOwnedAdmin, *args: object, **kwargs: object) -> object:
            row = load(self, *args, **kwargs)
            Product.objects.filter(pk=shop.product.pk).update(name="New in 1C", fingerprint=99)
            return row

        monkeypatch.setattr(OnecOwnedAdmin, "get_object", load_then_import)
        save(staff, shop.product, slug="ball-2")
        assert (shop.product.name, shop.product.fingerprint) == ("New in 1C", 99)
        assert shop.product.slug == "ball-2"

    def test_saving_without_a_change_writes_nothing(self, staff: Client, shop: Shop) -> None:
        before = shop.product.updated_at
        save(staff, shop.product, slug=shop.product.slug)
        assert shop.product.updated_at == before

    def test_a_change_is_dated(self, staff: Client, shop: Shop) -> None:
        before = shop.product.updated_at
        save(staff, shop.product, slug="other")
        assert shop.product.updated_at > before

    def test_posted_values_of_1c_are_ignored(self, staff: Client, shop: Shop) -> None:
        save(staff, shop.product, slug=shop.product.slug, name="Mine", onec_id="mine")
        assert (shop.product.name, shop.product.onec_id) == ("Ball of leather", "9b1f2c")

    @pytest.mark.parametrize("slug", ["with blank", "a/b", ""])
    def test_a_slug_that_is_none_is_refused(self, staff: Client, shop: Shop, slug: str) -> None:
        response = staff.post(address(shop.group), {"slug": slug})
        assert "slug" in response.context["adminform"].form.errors

    def test_a_slug_may_be_russian(self, staff: Client, shop: Shop) -> None:
        save(staff, shop.group, slug="футбол", display_name="Футбол")
        assert (shop.group.slug, shop.group.display_name) == ("футбол", "Футбол")

    def test_a_slug_of_another_is_refused(self, staff: Client, shop: Shop) -> None:
        response = staff.post(address(shop.group), {"slug": shop.root.slug})
        assert response.status_code == 200
        assert response.context["adminform"].form.errors


class TestPriceTypes:
    def test_the_role_is_set_in_the_list(self, staff: Client, shop: Shop) -> None:
        staff.post(
            "/admin/products/pricetype/",
            {
                "form-TOTAL_FORMS": "1",
                "form-INITIAL_FORMS": "1",
                "form-0-id": str(shop.price_type.pk),
                "form-0-customer_role": "trainer",
                "_save": "Save",
            },
        )
        shop.price_type.refresh_from_db()
        assert shop.price_type.customer_role == "trainer"
