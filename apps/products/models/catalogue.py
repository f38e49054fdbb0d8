"""Groups, brands, units, products and their variants."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from .base import FromOnec, HideableByStaff, filled_only, unique_onec_id


class Category(FromOnec, HideableByStaff):
    """A group of goods in 1C; a section of the shop."""

    name = models.CharField(_("name in 1C"), max_length=255)
    display_name = models.CharField(
        _("name in the shop"),
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text=_("Shown instead of the name in 1C. Imports never change it."),
    )
    slug = models.CharField(_("slug"), max_length=300)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="children",
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            unique_onec_id("category"),
            models.UniqueConstraint(fields=["slug"], name="category_slug_unique"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.name


class Brand(models.Model):
    """A brand. 1C repeats it under several ids: see `BrandSource`."""

    name = models.CharField(_("name"), max_length=255)
    slug = models.CharField(_("slug"), max_length=300)
    is_active = models.BooleanField(_("visible"), default=True, db_default=True)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="brand_slug_unique"),
            models.UniqueConstraint(Lower("name"), name="brand_name_unique_ignoring_case"),
        ]

    def __str__(self) -> str:
        return self.name


class BrandSource(models.Model):
    """One of the 1C ids that mean a brand."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="sources")
    onec_id = models.CharField(_("1C id"), max_length=80)

    class Meta:
        verbose_name = _("1C id of a brand")
        verbose_name_plural = _("1C ids of brands")
        constraints = [unique_onec_id("brand_source")]

    def __str__(self) -> str:
        return self.onec_id


class Unit(FromOnec):
    """A unit of measure; its 1C id is the code of the national classifier ("796" is a piece)."""

    name = models.CharField(_("short name"), max_length=50)
    full_name = models.CharField(_("full name"), max_length=255, blank=True, default="")

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [unique_onec_id("unit")]

    def __str__(self) -> str:
        return self.name


class Product(FromOnec, HideableByStaff):
    """What customers look at. What they buy is a `ProductVariant`."""

    name = models.CharField(_("name"), max_length=500)
    slug = models.CharField(_("slug"), max_length=300)
    article = models.CharField(_("article number"), max_length=100, blank=True, default="")
    barcode = models.CharField(_("barcode"), max_length=100, blank=True, default="")
    description = models.TextField(_("description"), blank=True, default="")
    category = models.ForeignKey(
        Category,
        verbose_name=_("category"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="products",
    )
    brand = models.ForeignKey(
        Brand,
        verbose_name=_("brand"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="products",
    )
    unit = models.ForeignKey(
        Unit,
        verbose_name=_("unit"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,  # units are never deleted, and nobody lists products by unit
    )
    tax_rate = models.DecimalField(
        _("tax rate, %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    country = models.CharField(_("country"), max_length=255, blank=True, default="")
    manufacturer = models.CharField(_("manufacturer"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            unique_onec_id("product"),
            models.UniqueConstraint(fields=["slug"], name="product_slug_unique"),
        ]
        indexes = [filled_only("article", "product"), filled_only("barcode", "product")]

    def __str__(self) -> str:
        return self.name


class ProductVariant(FromOnec, HideableByStaff):
    """What has a price and a stock: an offer of 1C, or the default variant of a product without."""

    product = models.ForeignKey(
        Product, verbose_name=_("product"), on_delete=models.CASCADE, related_name="variants"
    )
    name = models.CharField(_("name"), max_length=500, blank=True, default="")
    article = models.CharField(_("article number"), max_length=100, blank=True, default="")
    barcode = models.CharField(_("barcode"), max_length=100, blank=True, default="")
    characteristics = models.JSONField(
        _("characteristics"), default=dict, blank=True, help_text=_("Name and value, as in 1C.")
    )
    is_default = models.BooleanField(
        _("default variant"),
        default=False,
        db_default=False,
        help_text=_("Stands in for a product that has no offers of its own."),
    )

    class Meta:
        verbose_name = _("product variant")
        verbose_name_plural = _("product variants")
        constraints = [unique_onec_id("product_variant")]
        indexes = [filled_only("article", "variant"), filled_only("barcode", "variant")]

    def __str__(self) -> str:
        return self.name or self.onec_id
