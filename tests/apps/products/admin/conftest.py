"""A small catalogue and somebody who may change it."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.test import Client

from apps.products.models import (
    Brand,
    Category,
    PriceType,
    Product,
    ProductVariant,
    VariantPrice,
    VariantStock,
    Warehouse,
)
from tests.support.people import People


@pytest.fixture
def staff(client: Client, people: People) -> Client:
    """The superuser's browser, which prefers English."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(people.admin)
    return client


@dataclass(frozen=True)
class Shop:
    """A tree of three levels, and one product with one variant below it."""

    root: Category
    section: Category
    group: Category
    brand: Brand
    product: Product
    variant: ProductVariant
    price_type: PriceType
    warehouse: Warehouse

    def add_product(self, number: int, category: Category | None = None) -> Product:
        """Add a product with a variant, a price and stock in one warehouse."""
        product = Product.objects.create(
            onec_id=f"extra-{number}",
            name=f"Extra {number}",
            slug=f"extra-{number}",
            category=category or self.group,
            brand=self.brand,
        )
        self.add_variant(product, number)
        return product

    def add_variant(self, product: Product, number: int) -> ProductVariant:
        """Add a variant with a price and stock."""
        variant = ProductVariant.objects.create(
            onec_id=f"{product.onec_id}#{number}", product=product, name=f"Size {number}"
        )
        VariantPrice.objects.create(
            variant=variant, price_type=self.price_type, amount=Decimal(10), currency="RUB"
        )
        VariantStock.objects.create(variant=variant, warehouse=self.warehouse, quantity=Decimal(3))
        return variant


@pytest.fixture
def shop(db: None) -> Shop:
    """The catalogue."""
    root = Category.objects.create(onec_id="root", name="Sport", slug="sport")
    section = Category.objects.create(onec_id="sec", name="Balls", slug="balls", parent=root)
    group = Category.objects.create(onec_id="grp", name="Football", slug="football", parent=section)
    brand = Brand.objects.create(name="Demix", slug="demix")
    product = Product.objects.create(
        onec_id="9b1f2c",
        name="Ball of leather",
        slug="ball",
        article="ART-1",
        barcode="4600000000001",
        category=group,
        brand=brand,
        fingerprint=42,
    )
    variant = ProductVariant.objects.create(
        onec_id="9b1f2c#v1",
        product=product,
        name="Ball, size 5",
        article="ART-1-5",
        barcode="4600000000002",
        characteristics={"Size": "5"},
        fingerprint=43,
    )
    price_type = PriceType.objects.create(onec_id="opt", name="Опт 1", currency="RUB")
    warehouse = Warehouse.objects.create(onec_id="w1", name="Main")
    return Shop(root, section, group, brand, product, variant, price_type, warehouse)
