"""Products, variants and their neighbours in the admin: found quickly, shown in full."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.products.models import Category, ProductVariant, Property, PropertyValue, Unit

from .conftest import Shop

PRODUCTS = "/admin/products/product/"
VARIANTS = "/admin/products/productvariant/"


def found(client: Client, address: str, **parameters: object) -> set[str]:
    response = client.get(address, parameters)
    assert response.status_code == 200
    return {str(row) for row in response.context["cl"].result_list}


def queries(client: Client, address: str) -> int:
    client.get(address)  # content types and the like are looked up once
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


class TestSearch:
    @pytest.mark.parametrize(
        "term",
        [
            "9b1f2c",
            "ART-1",
            "4600000000001",
            "9b1f2c#v1",
            "ART-1-5",
            "4600000000002",
            "leather",
            "ball leather",
            " ART-1 ",
        ],
    )
    def test_a_product_is_found_by(self, staff: Client, shop: Shop, term: str) -> None:
        shop.add_product(1)
        assert found(staff, PRODUCTS, q=term) == {"Ball of leather"}

    def test_an_identifier_wins_over_words(self, staff: Client, shop: Shop) -> None:
        other = shop.add_product(1)
        other.name = "Cover for 4600000000001"
        other.save()
        assert found(staff, PRODUCTS, q="4600000000001") == {"Ball of leather"}
        assert found(staff, PRODUCTS, q="46000000") == {"Cover for 4600000000001"}

    def test_nothing_is_found_by_nonsense(self, staff: Client, shop: Shop) -> None:
        assert found(staff, PRODUCTS, q="no such thing") == set()

    @pytest.mark.parametrize("term", ["9b1f2c#v1", "ART-1-5", "4600000000002", "size 5"])
    def test_a_variant_is_found_by(self, staff: Client, shop: Shop, term: str) -> None:
        shop.add_product(1)
        assert found(staff, VARIANTS, q=term) == {"Ball, size 5"}


class TestCategoryFilter:
    def test_a_branch_holds_what_lies_below_it(self, staff: Client, shop: Shop) -> None:
        other = Category.objects.create(onec_id="x", name="Ski", slug="ski", parent=shop.root)
        shop.add_product(1, other)
        assert found(staff, PRODUCTS, branch=shop.section.pk) == {"Ball of leather"}
        assert found(staff, PRODUCTS, branch=shop.root.pk) == {"Ball of leather", "Extra 1"}

    def test_offers_the_way_up_and_the_next_level_down(self, staff: Client, shop: Shop) -> None:
        html = staff.get(PRODUCTS, {"branch": shop.section.pk}).content.decode()
        for category in (shop.root, shop.section, shop.group):
            assert f"?branch={category.pk}" in html
        top = staff.get(PRODUCTS).content.decode()
        assert f"?branch={shop.root.pk}" in top
        assert f"?branch={shop.section.pk}" not in top

    @pytest.mark.parametrize("wrong", ["999999", "abc", "²", "", "9" * 30])
    def test_a_wrong_branch_finds_nothing_and_does_not_break(
        self, staff: Client, shop: Shop, wrong: str
    ) -> None:
        assert found(staff, PRODUCTS, branch=wrong) == set()

    def test_a_loop_in_the_tree_is_survived(self, staff: Client, shop: Shop) -> None:
        Category.objects.filter(pk=shop.root.pk).update(parent=shop.group)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '10s'")
        assert found(staff, PRODUCTS, branch=shop.section.pk) == {"Ball of leather"}
        assert staff.get("/admin/products/category/").status_code == 200


class TestVisibilityFilter:
    def test_hidden_products_can_be_listed(self, staff: Client, shop: Shop) -> None:
        gone = shop.add_product(1)
        gone.is_active = False
        gone.save()
        assert found(staff, PRODUCTS, is_active__exact=0) == {"Extra 1"}


class TestPages:
    def test_a_product_shows_its_variants_with_their_stock(self, staff: Client, shop: Shop) -> None:
        shop.add_variant(shop.product, 7)
        html = staff.get(f"{PRODUCTS}{shop.product.pk}/change/").content.decode()
        assert f'<a href="{VARIANTS}{shop.variant.pk}/change/">Ball, size 5</a>' in html
        assert "3.000" in html

    def test_a_variant_shows_prices_stock_and_their_total(self, staff: Client, shop: Shop) -> None:
        variant = shop.add_variant(shop.product, 7)
        html = staff.get(f"{VARIANTS}{variant.pk}/change/").content.decode()
        for expected in ("Опт 1", "10.0000", "Main", "3.000"):
            assert expected in html

    def test_a_variant_without_stock_counts_zero(self, staff: Client, shop: Shop) -> None:
        response = staff.get(VARIANTS, {"q": shop.variant.onec_id})
        assert [row.total for row in response.context["cl"].result_list] == [0]

    def test_a_property_leads_to_its_values_instead_of_listing_them(
        self, staff: Client, db: None
    ) -> None:
        colour = Property.objects.create(onec_id="c", name="Colour")
        size = Property.objects.create(onec_id="s", name="Size")
        PropertyValue.objects.create(property=colour, onec_id="1", value="Red")
        PropertyValue.objects.create(property=size, onec_id="1", value="XL")
        html = staff.get("/admin/products/property/").content.decode()
        address = f"/admin/products/propertyvalue/?property={colour.pk}"
        assert f'<a href="{address}">1</a>' in html
        assert found(staff, address) == {"Red"}
        assert found(staff, "/admin/products/propertyvalue/", property="x") == set()

    def test_a_category_shows_its_place_in_the_tree(self, staff: Client, shop: Shop) -> None:
        response = staff.get("/admin/products/category/")
        paths = [row.path for row in response.context["cl"].result_list]
        assert paths == ["Sport", "Sport › Balls", "Sport › Balls › Football"]

    def test_the_shops_own_name_stands_in_the_path(self, staff: Client, shop: Shop) -> None:
        Category.objects.filter(pk=shop.section.pk).update(display_name="All balls")
        html = staff.get(f"/admin/products/category/{shop.group.pk}/change/").content.decode()
        assert "Sport › All balls › Football" in html


class TestQueryCounts:
    @pytest.mark.parametrize("address", [PRODUCTS, VARIANTS, "/admin/products/category/"])
    def test_a_list_costs_the_same_with_more_rows(
        self, staff: Client, shop: Shop, address: str
    ) -> None:
        few = queries(staff, address)
        for number in range(12):
            shop.add_product(number)
            Category.objects.create(
                onec_id=f"c{number}", name=f"C{number}", slug=f"c{number}", parent=shop.group
            )
        assert queries(staff, address) == few

    def test_a_product_costs_the_same_with_more_variants(self, staff: Client, shop: Shop) -> None:
        address = f"{PRODUCTS}{shop.product.pk}/change/"
        few = queries(staff, address)
        for number in range(12):
            shop.add_variant(shop.product, number)
        assert queries(staff, address) == few

    def test_a_variant_costs_the_same_with_more_prices(self, staff: Client, shop: Shop) -> None:
        variant = shop.add_variant(shop.product, 1)
        address = f"{VARIANTS}{variant.pk}/change/"
        few = queries(staff, address)
        for number in range(5):
            price_type = type(shop.price_type).objects.create(onec_id=f"p{number}", name="P")
            variant.prices.create(price_type=price_type, amount=number, currency="RUB")
        assert queries(staff, address) == few


class TestEveryList:
    @pytest.mark.parametrize(
        "model",
        [
            "brand",
            "category",
            "importissue",
            "importsession",
            "pricetype",
            "product",
            "productvariant",
            "property",
            "propertyvalue",
            "unit",
            "warehouse",
        ],
    )
    def test_opens_and_can_be_searched(self, staff: Client, shop: Shop, model: str) -> None:
        Unit.objects.create(onec_id="796", name="pc")
        assert staff.get(f"/admin/products/{model}/").status_code == 200
        assert staff.get(f"/admin/products/{model}/", {"q": "796"}).status_code == 200

    def test_variants_can_be_completed_while_typing(self, staff: Client, shop: Shop) -> None:
        response = staff.get(
            "/admin/autocomplete/",
            {
                "term": "size 5",
                "app_label": "cart",
                "model_name": "cartitem",
                "field_name": "variant",
            },
        )
        assert [row["text"] for row in response.json()["results"]] == ["Ball, size 5"]
        assert ProductVariant.objects.count() == 1
