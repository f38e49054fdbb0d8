"""Pictures on the page of their product."""

from apps.common.admin.readonly import ReadOnlyInline

from ..models import Product, ProductImage


class ImageInline(ReadOnlyInline[ProductImage, Product]):
    """Pictures of the product, the main one first."""

    model = ProductImage
    fields = ["position", "image", "source_path"]
    ordering = ["position", "pk"]
