"""Price types and prices, warehouses and stock."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import ONEC_ID_LENGTH, FromOnec, Imported, unique_onec_id


class CustomerRole(models.TextChoices):
    """Whom a price is for, and what a customer is (docs/glossary.md, "role")."""

    RETAIL = "retail", _("Retail")
    WHOLESALE_LEVEL1 = "wholesale_level1", _("Wholesale, level 1")
    WHOLESALE_LEVEL2 = "wholesale_level2", _("Wholesale, level 2")
    WHOLESALE_LEVEL3 = "wholesale_level3", _("Wholesale, level 3")
    TRAINER = "trainer", _("Trainer")
    FEDERATION_REP = "federation_rep", _("Federation representative")


class PriceType(FromOnec):
    """A kind of price in 1C, and the customers it is for."""

    name = models.CharField(_("name"), max_length=255)
    currency = models.CharField(_("currency"), max_length=10, blank=True, default="")
    customer_role = models.CharField(
        _("customer role"),
        max_length=20,
        choices=CustomerRole.choices,
        blank=True,
        default="",
        db_default="",
        help_text=_("Guessed from the name once; imports never change it afterwards."),
    )

    class Meta:
        verbose_name = _("price type")
        verbose_name_plural = _("price types")
        constraints = [unique_onec_id("price_type")]

    def __str__(self) -> str:
        return self.name


class VariantPrice(Imported):
    """What a variant costs under a price type, per unit."""

    variant = models.ForeignKey(
        "products.ProductVariant",
        verbose_name=_("variant"),
        on_delete=models.CASCADE,
        related_name="prices",
        db_index=False,  # the unique constraint's index begins with it
    )
    price_type = models.ForeignKey(
        PriceType,
        verbose_name=_("price type"),
        on_delete=models.PROTECT,
        related_name="prices",
        db_index=False,  # price types are hidden, never deleted
    )
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=10)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(fields=["variant", "price_type"], name="variant_price_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Warehouse(Imported):
    """A place where stock lies. Stock that names no warehouse lies in the default one."""

    onec_id = models.CharField(_("1C id"), max_length=ONEC_ID_LENGTH, null=True, blank=True)  # noqa: DJ001  (NULL: unknown to 1C)
    name = models.CharField(_("name"), max_length=255)
    is_active = models.BooleanField(_("visible"), default=True, db_default=True)
    is_default = models.BooleanField(_("default warehouse"), default=False, db_default=False)

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        constraints = [
            unique_onec_id("warehouse"),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="warehouse_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VariantStock(Imported):
    """How much of a variant lies in a warehouse. Fractions and negative values are real."""

    variant = models.ForeignKey(
        "products.ProductVariant",
        verbose_name=_("variant"),
        on_delete=models.CASCADE,
        related_name="stocks",
        db_index=False,  # the unique constraint's index begins with it
    )
    warehouse = models.ForeignKey(
        Warehouse,
        verbose_name=_("warehouse"),
        on_delete=models.PROTECT,
        related_name="stocks",
        db_index=False,  # warehouses are hidden, never deleted
    )
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=3)

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints = [
            models.UniqueConstraint(fields=["variant", "warehouse"], name="variant_stock_unique"),
        ]

    def __str__(self) -> str:
        return str(self.quantity)
