"""Carts in the admin."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.cart.models import Cart, CartItem
from apps.products.models import Product, ProductVariant
from tests.support.people import People


@pytest.fixture
def staff(client: Client, people: People) -> Client:
    client.force_login(people.admin)
    return client


def add_item(cart: Cart) -> None:
    number = Product.objects.count()
    product = Product.objects.create(onec_id=f"p{number}", name="Ball", slug=f"b{number}")
    variant = ProductVariant.objects.create(onec_id=f"p{number}", product=product)
    CartItem.objects.create(cart=cart, variant=variant, quantity=Decimal(1))


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


class TestList:
    def test_counts_the_items_of_each(self, staff: Client, people: People) -> None:
        cart = Cart.objects.create(user=people.customer)
        add_item(cart)
        add_item(cart)
        Cart.objects.create(session_key="s")
        rows = staff.get("/admin/cart/cart/").context["cl"].result_list
        assert sorted(row.item_count for row in rows) == [0, 2]

    def test_finds_by_customer_and_by_browser_session(self, staff: Client, people: People) -> None:
        mine = Cart.objects.create(user=people.customer)
        anonymous = Cart.objects.create(session_key="abc")
        for term, cart in ((people.customer.username, mine), ("abc", anonymous)):
            rows = staff.get("/admin/cart/cart/", {"q": term}).context["cl"].result_list
            assert list(rows) == [cart]

    def test_costs_the_same_with_more_carts(self, staff: Client, people: People) -> None:
        Cart.objects.create(user=people.customer)
        few = queries(staff, "/admin/cart/cart/")
        for user in (people.viewer, people.operator, people.staff):
            Cart.objects.create(user=user)
        assert queries(staff, "/admin/cart/cart/") == few


class TestPage:
    def test_costs_the_same_with_more_items(self, staff: Client, people: People) -> None:
        cart = Cart.objects.create(user=people.customer)
        address = f"/admin/cart/cart/{cart.pk}/change/"
        add_item(cart)
        few = queries(staff, address)
        for _number in range(5):
            add_item(cart)
        assert queries(staff, address) == few
