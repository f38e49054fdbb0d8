"""What a property says of a product or of a variant."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .properties import Property, PropertyValue


class PropertyLink(models.Model):
    """One value of one property: an entry of its dictionary, or else a text of its own.

    A property may have several values. Rows come by COPY, and their owner's fingerprint covers
    them: they have none.
    """

    property = models.ForeignKey(
        Property,
        verbose_name=_("property"),
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # properties are hidden, never deleted; nobody lists all of one's values
    )
    value = models.ForeignKey(
        PropertyValue,
        verbose_name=_("entry of the dictionary"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    text = models.TextField(
        _("text"), blank=True, default="", help_text=_("Where the value is in no dictionary.")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.property}: {self.value or self.text}"


class ProductProperty(PropertyLink):
    """A property value of a product."""

    product = models.ForeignKey(
        "products.Product",
        verbose_name=_("product"),
        on_delete=models.CASCADE,
        related_name="property_links",
    )

    class Meta:
        verbose_name = _("property of a product")
        verbose_name_plural = _("properties of products")


class VariantProperty(PropertyLink):
    """A property value of a variant."""

    variant = models.ForeignKey(
        "products.ProductVariant",
        verbose_name=_("variant"),
        on_delete=models.CASCADE,
        related_name="property_links",
    )

    class Meta:
        verbose_name = _("property of a variant")
        verbose_name_plural = _("properties of variants")
