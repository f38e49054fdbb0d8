"""Deltas, full packages, changed and deleted records."""

import pytest

from tests.apps.common.synthetic.conftest import Write
from tests.apps.common.synthetic.reader import ReadShop, kid, read, roots


def rows_of(shop: ReadShop, product: str) -> set[str]:
    """The product's id and the ids of its offers."""
    return {product} | {offer for offer in shop.offers if offer.startswith(f"{product}#")}


@pytest.fixture(scope="module")
def before(write: Write) -> ReadShop:
    return write()[2]


@pytest.fixture(scope="module")
def delta(write: Write) -> ReadShop:
    return write(change_share=0.2)[2]


class TestDelta:
    def test_holds_that_share_of_the_known_records(self, before: ReadShop, delta: ReadShop) -> None:
        assert len(delta.products) == 14
        assert len(delta.customers) == 12
        assert set(delta.products) < set(before.products)
        assert set(delta.offers) < set(before.offers)
        assert set(delta.prices) < set(before.prices)
        assert set(delta.stocks) < set(before.stocks)
        assert set(delta.customers) < set(before.customers)

    def test_brings_every_row_of_a_changed_product_and_no_other(
        self, before: ReadShop, delta: ReadShop
    ) -> None:
        rows = set().union(*(rows_of(before, product) for product in delta.products))
        assert set(delta.offers) == rows & set(before.offers)
        assert {offer for offer, _ in delta.prices} == {
            offer for offer, _ in before.prices if offer in rows
        }
        assert {offer for offer, _ in delta.stocks} == {
            offer for offer, _ in before.stocks if offer in rows
        }

    def test_changes_every_row_it_brings(self, before: ReadShop, delta: ReadShop) -> None:
        for kind in ("products", "offers", "prices", "stocks", "customers"):
            old, new = getattr(before, kind), getattr(delta, kind)
            assert all(old[key] != row for key, row in new.items()), kind

    def test_holds_no_frame(self, delta: ReadShop) -> None:
        frame = (delta.groups, delta.properties, delta.price_types, delta.warehouses, delta.units)
        assert not any(frame)

    def test_with_a_share_of_zero_brings_the_deleted_alone(self, write: Write) -> None:
        shop = write(change_share=0.0, delete_share=0.1)[2]
        assert len(shop.products) == len(shop.deleted("products")) == 7


class TestFullPackage:
    def test_holds_the_changed_among_all_others(
        self, write: Write, before: ReadShop, delta: ReadShop
    ) -> None:
        shop = write(change_share=0.2, full=True)[2]
        for kind in ("products", "offers", "prices", "stocks", "customers"):
            assert getattr(shop, kind) == {**getattr(before, kind), **getattr(delta, kind)}
        assert shop.groups == before.groups

    @pytest.mark.parametrize("layout", ["split", "flat", "single"])
    def test_says_so_in_every_container(self, write: Write, layout: str) -> None:
        assert scopes(write, layout=layout, full=True) == {"false"}

    @pytest.mark.parametrize("layout", ["split", "flat"])
    def test_is_told_from_a_delta(self, write: Write, layout: str) -> None:
        assert scopes(write, layout=layout) == {"true"}

    def test_of_an_old_version_leaves_the_classifier_of_a_delta_unmarked(
        self, write: Write
    ) -> None:
        assert scopes(write, layout="single") == {"true", None}

    def test_without_products_is_empty_but_valid(self, write: Write) -> None:
        output, summary, shop = write(products=0, customers=0, full=True)
        assert not any((shop.products, shop.offers, shop.prices, shop.stocks))
        assert summary.products == 0
        (root,) = roots(output / "goods")
        assert kid(kid(root, "Каталог"), "Товары") is not None


class TestDeleted:
    def test_are_marked_in_a_delta_without_prices_and_stock(
        self, write: Write, before: ReadShop
    ) -> None:
        shop = write(delete_share=0.1)[2]
        gone = shop.deleted("products")
        assert len(gone) == 7
        assert len(shop.deleted("customers")) == 6
        assert set(shop.products) == set(before.products)
        for product in gone:
            rows = rows_of(before, product)
            assert rows & set(before.offers) <= shop.deleted("offers")
            assert not any(offer in rows for offer, _ in [*shop.prices, *shop.stocks])

    def test_are_marked_or_left_out_of_a_full_package(self, write: Write, before: ReadShop) -> None:
        marked = write(delete_share=0.1)[2].deleted("products")
        shop = write(delete_share=0.1, full=True)[2]
        absent = set(before.products) - set(shop.products)
        assert len(absent) == 3
        assert absent | shop.deleted("products") == marked
        assert not any(offer.split("#")[0] in absent for offer in shop.offers)

    def test_leave_the_others_as_they_were(self, write: Write, before: ReadShop) -> None:
        shop = write(delete_share=0.1)[2]
        for id_ in set(shop.products) - shop.deleted("products"):
            assert shop.products[id_] == before.products[id_]


class TestReread:
    def test_gives_the_same_shop_for_the_same_files(self, write: Write) -> None:
        output, _, shop = write()
        assert read(output) == shop


def scopes(write: Write, **options: object) -> set[str | None]:
    containers = ("Каталог", "ПакетПредложений", "Классификатор", "Контрагенты")
    return {
        root.get("СодержитТолькоИзменения")
        for document in roots(write(**options)[0])
        for root in document
        if root.tag.rpartition("}")[2] in containers
    }
