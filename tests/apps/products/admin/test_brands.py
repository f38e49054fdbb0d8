"""Brands: their 1C ids, and merging what 1C writes in several ways."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from apps.products.models import Brand, BrandSource
from tests.support.people import People

from .conftest import Shop

BRANDS = "/admin/products/brand/"


@pytest.fixture
def twin(shop: Shop) -> Brand:
    """The same brand as 1C writes it elsewhere, with a product of its own."""
    BrandSource.objects.create(brand=shop.brand, onec_id="b-1")
    twin = Brand.objects.create(name="ДЕМИКС", slug="demiks")
    BrandSource.objects.create(brand=twin, onec_id="b-2")
    BrandSource.objects.create(brand=twin, onec_id="b-3")
    product = shop.add_product(1)
    type(product).objects.filter(pk=product.pk).update(brand=twin, fingerprint=5)
    return twin


def merge(client: Client, *brands: Brand, into: Brand | None = None) -> str:
    data: dict[str, object] = {
        "action": "merge",
        "_selected_action": [str(brand.pk) for brand in brands],
    }
    if into is not None:
        data["target"] = str(into.pk)
    return client.post(BRANDS, data, follow=True).content.decode()


class TestList:
    def test_is_searched_by_name_and_by_any_1c_id(self, staff: Client, twin: Brand) -> None:
        for term in ("демикс", "b-3"):
            rows = staff.get(BRANDS, {"q": term}).context["cl"].result_list
            assert [row.name for row in rows] == ["ДЕМИКС"]

    def test_a_brand_shows_its_1c_ids(self, staff: Client, twin: Brand) -> None:
        html = staff.get(f"{BRANDS}{twin.pk}/change/").content.decode()
        assert "b-2" in html
        assert "b-3" in html


class TestMerge:
    def test_asks_which_brand_stays_before_anything_is_done(
        self, staff: Client, shop: Shop, twin: Brand
    ) -> None:
        html = merge(staff, shop.brand, twin)
        assert "Brand that stays" in html
        assert Brand.objects.count() == 2

    def test_ids_and_products_move_and_the_other_is_deleted(
        self, staff: Client, shop: Shop, twin: Brand
    ) -> None:
        merge(staff, shop.brand, twin, into=shop.brand)
        assert list(Brand.objects.all()) == [shop.brand]
        sources = shop.brand.sources.values_list("onec_id", flat=True)
        assert set(sources) == {"b-1", "b-2", "b-3"}
        assert shop.brand.products.count() == 2

    def test_moved_products_are_compared_anew_by_the_next_import(
        self, staff: Client, shop: Shop, twin: Brand
    ) -> None:
        merge(staff, shop.brand, twin, into=shop.brand)
        fingerprints = dict(shop.brand.products.values_list("name", "fingerprint"))
        assert fingerprints == {"Ball of leather": 42, "Extra 1": None}

    def test_is_written_down(self, staff: Client, shop: Shop, twin: Brand) -> None:
        merge(staff, shop.brand, twin, into=shop.brand)
        assert "ДЕМИКС" in LogEntry.objects.get().change_message

    def test_one_brand_alone_is_refused(self, staff: Client, twin: Brand) -> None:
        assert "Select two brands or more." in merge(staff, twin)

    def test_a_brand_that_was_not_selected_cannot_be_the_target(
        self, staff: Client, shop: Shop, twin: Brand
    ) -> None:
        third = Brand.objects.create(name="Third", slug="third")
        merge(staff, shop.brand, twin, into=third)
        assert Brand.objects.count() == 3

    def test_those_who_may_only_look_may_not_merge(
        self, client: Client, people: People, shop: Shop, twin: Brand
    ) -> None:
        people.staff.user_permissions.add(Permission.objects.get(codename="view_brand"))
        client.force_login(people.staff)
        merge(client, shop.brand, twin, into=shop.brand)
        assert Brand.objects.count() == 2
