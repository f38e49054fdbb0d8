"""Models of the catalogue and of import sessions."""

from .catalogue import Brand, BrandSource, Category, Product, ProductVariant, Unit
from .changes import ImportChange
from .images import ProductImage
from .leases import ImportLease
from .links import ProductProperty, VariantProperty
from .properties import Property, PropertyValue
from .sessions import ImportIssue, ImportLogLine, ImportSession
from .trade import PriceType, VariantPrice, VariantStock, Warehouse

__all__ = [
    "Brand",
    "BrandSource",
    "Category",
    "ImportChange",
    "ImportIssue",
    "ImportLease",
    "ImportLogLine",
    "ImportSession",
    "PriceType",
    "Product",
    "ProductImage",
    "ProductProperty",
    "ProductVariant",
    "Property",
    "PropertyValue",
    "Unit",
    "VariantPrice",
    "VariantProperty",
    "VariantStock",
    "Warehouse",
]
