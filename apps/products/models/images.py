"""Pictures of products."""

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_PATH = 500


class ProductImage(models.Model):
    """A picture that 1C gives a product.

    The stored file is named after its content, so that equal pictures are one file; no import
    deletes it. Size and time are those of the file in the export: while they stay, it is not read.
    """

    product = models.ForeignKey(
        "products.Product",
        verbose_name=_("product"),
        on_delete=models.CASCADE,
        related_name="images",
        db_index=False,  # the unique constraint's index begins with it
    )
    source_path = models.CharField(_("path in the export"), max_length=LONGEST_PATH)
    position = models.PositiveIntegerField(
        _("position"), help_text=_("The first picture, 0, is the product's main one.")
    )
    image = models.FileField(_("picture"), max_length=255)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.BigIntegerField(_("size, bytes"))
    mtime_ns = models.BigIntegerField(_("time of the file, ns"))

    class Meta:
        verbose_name = _("picture of a product")
        verbose_name_plural = _("pictures of products")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "source_path"], name="product_image_source_path_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.source_path
