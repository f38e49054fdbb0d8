"""`clear_abandoned_carts` and the task around it."""

from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from pytest_django import Settings

from apps.cart.abandoned import delete_abandoned_carts
from apps.cart.models import Cart, CartItem
from apps.cart.tasks import clear_abandoned_carts_task
from apps.products.models import Product, ProductVariant

pytestmark = pytest.mark.django_db


def cart(*, days: float, items: int = 0) -> Cart:
    """Make a cart that was last touched so many days ago."""
    made = Cart.objects.create()
    for _number in range(items):
        CartItem.objects.create(cart=made, variant=variant(), quantity=Decimal(2))
    touched: datetime = timezone.now() - timedelta(days=days)
    Cart.objects.filter(pk=made.pk).update(updated_at=touched)
    return made


def variant() -> ProductVariant:
    number = Product.objects.count()
    product = Product.objects.create(onec_id=f"p{number}", name="Ball", slug=f"ball-{number}")
    return ProductVariant.objects.create(onec_id=f"p{number}", product=product)


def run(**options: object) -> str:
    out = StringIO()
    with translation.override("en"):
        call_command("clear_abandoned_carts", stdout=out, **options)
    return out.getvalue().strip()


class TestCommand:
    def test_deletes_the_abandoned_and_keeps_the_rest(self) -> None:
        cart(days=31, items=2)
        young = cart(days=29, items=1)
        assert run(days=30) == "1 abandoned cart deleted."
        assert list(Cart.objects.all()) == [young]
        assert CartItem.objects.count() == 1

    def test_takes_its_default_from_the_settings(self, settings: Settings) -> None:
        settings.CART_ABANDONED_AFTER_DAYS = 3
        cart(days=4)
        kept = cart(days=2)
        run()
        assert list(Cart.objects.all()) == [kept]

    def test_simulates(self) -> None:
        cart(days=40)
        cart(days=41)
        assert run(dry_run=True) == "2 abandoned carts would be deleted."
        assert Cart.objects.count() == 2

    @pytest.mark.parametrize("days", [0, -1])
    def test_refuses_less_than_a_day(self, days: int) -> None:
        cart(days=40)
        with pytest.raises(CommandError) as refused:
            run(days=days)
        assert refused.value.returncode == 2
        assert Cart.objects.count() == 1


class TestBatches:
    def test_every_batch_is_deleted(self) -> None:
        for _number in range(7):
            cart(days=40)
        assert delete_abandoned_carts(30, batch_size=3) == 7
        assert not Cart.objects.exists()

    def test_the_number_of_queries_does_not_grow_with_the_carts_of_a_batch(self) -> None:
        def queries(carts: int) -> int:
            for _number in range(carts):
                cart(days=40)
            with CaptureQueriesContext(
                connection,
            ) as captured:
                delete_abandoned_carts(30)
            return len(captured)

        assert queries(2) == queries(20)


class TestTouching:
    def test_adding_an_item_touches_the_cart(self) -> None:
        old = cart(days=40)
        CartItem.objects.create(cart=old, variant=variant(), quantity=Decimal(1))
        assert delete_abandoned_carts(30) == 0

    def test_removing_an_item_touches_the_cart(self) -> None:
        old = cart(days=40, items=1)
        old.items.get().delete()
        assert delete_abandoned_carts(30) == 0


@pytest.mark.django_db(transaction=True)
class TestRace:
    def test_a_cart_that_is_being_changed_stays(self) -> None:
        busy, idle = cart(days=40), cart(days=40)
        other = connection.copy()
        try:
            other.set_autocommit(False)
            with other.cursor() as cursor, connection.cursor() as ours:
                ours.execute("SET lock_timeout = '5s'")  # waiting for the lock would be a failure
                cursor.execute("SELECT 1 FROM cart_cart WHERE id = %s FOR UPDATE", [busy.pk])
                assert delete_abandoned_carts(30) == 1
        finally:
            other.close()
            connection.close()
        assert list(Cart.objects.all()) == [busy]
        assert not Cart.objects.filter(pk=idle.pk).exists()


class TestTask:
    def test_is_known_to_workers_under_its_name(self) -> None:
        assert "apps.cart.tasks.clear_abandoned_carts_task" in current_app.tasks

    def test_passes_its_options_to_the_command(self) -> None:
        cart(days=5)
        clear_abandoned_carts_task(days=4, dry_run=True)
        assert Cart.objects.count() == 1
        clear_abandoned_carts_task(days=4)
        assert not Cart.objects.exists()

    def test_without_options_the_settings_decide(self, settings: Settings) -> None:
        settings.CART_ABANDONED_AFTER_DAYS = 10
        cart(days=11)
        kept = cart(days=9)
        clear_abandoned_carts_task()
        assert list(Cart.objects.all()) == [kept]
