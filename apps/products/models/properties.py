"""Properties of goods and the dictionaries of their values."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import ONEC_ID_LENGTH, FromOnec, Imported, unique_onec_id


class Property(FromOnec):
    """A property that goods or offers can have ("Colour")."""

    name = models.CharField(_("name"), max_length=255)
    value_type = models.CharField(_("type of values"), max_length=50, blank=True, default="")

    class Meta:
        verbose_name = _("property")
        verbose_name_plural = _("properties")
        constraints = [unique_onec_id("property")]

    def __str__(self) -> str:
        return self.name


class PropertyValue(Imported):
    """One entry of a property's dictionary. Ids are unique within their property only."""

    property = models.ForeignKey(
        Property,
        verbose_name=_("property"),
        on_delete=models.CASCADE,
        related_name="values",
        db_index=False,  # the unique constraint's index begins with it
    )
    onec_id = models.CharField(_("1C id"), max_length=ONEC_ID_LENGTH)
    value = models.TextField(_("value"))

    class Meta:
        verbose_name = _("property value")
        verbose_name_plural = _("property values")
        constraints = [
            models.UniqueConstraint(
                fields=["property", "onec_id"], name="property_value_onec_id_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.value
