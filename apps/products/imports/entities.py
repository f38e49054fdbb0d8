"""What the merge routine must know of each table: one description per entity, no code of its own.

`owned` columns follow 1C on every run; `initial` columns are set when a row is made and belong to
the staff afterwards.
"""

from dataclasses import dataclass

from django.db.models import Model

from ..models import (
    Brand,
    Category,
    PriceType,
    Product,
    ProductVariant,
    Property,
    PropertyValue,
    Unit,
    VariantPrice,
    VariantStock,
    Warehouse,
)

# One text key (`onec_id`), or a pair whose first part is looked up.
Key = str | tuple[int, int] | tuple[int, str]


@dataclass(frozen=True)
class Entity:
    """One kind of row. `extra` columns are fetched along with a row's state.

    What 1C deleted before the shop knew it is not created, unless the entity `keeps_deleted`:
    products may still carry values of a deleted property. `touched` is the column that holds the
    time of the last write. A row that is `adoptable` may be found by something else than its key,
    which the update then writes; `lookups` are the SQL expressions it is found by. Where staff
    switch rows off through `is_active` itself, the `hidden_mark` column tells the rows that an
    import switched off. What `stays_when_absent` is not hidden by a full package.
    """

    name: str
    model: type[Model]
    key: tuple[str, ...]
    owned: tuple[str, ...]
    initial: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    hideable: bool = True
    keeps_deleted: bool = False
    hideable_by_staff: bool = False
    touched: str = "updated_at"
    adoptable: bool = False
    lookups: tuple[str, ...] = ()
    stays_when_absent: bool = False
    hidden_mark: str = ""

    @property
    def table(self) -> str:
        """Name of the table."""
        return self.model._meta.db_table  # noqa: SLF001  (Django's documented model API)

    @property
    def has_owner(self) -> bool:
        """Whether the first part of its key is the row that it belongs to."""
        return len(self.key) > 1


ONEC_ID = ("onec_id",)

GROUPS = Entity(
    "groups",
    Category,
    ONEC_ID,
    owned=("name", "parent_id"),
    initial=("slug",),
    hideable_by_staff=True,
)
PROPERTIES = Entity(
    "properties",
    Property,
    ONEC_ID,
    owned=("name", "value_type"),
    extra=("name",),
    keeps_deleted=True,
)
PROPERTY_VALUES = Entity(
    "property_values",
    PropertyValue,
    ("property_id", "onec_id"),
    owned=("value",),
    hideable=False,
)
PRICE_TYPES = Entity(
    "price_types", PriceType, ONEC_ID, owned=("name", "currency"), initial=("customer_role",)
)
WAREHOUSES = Entity("warehouses", Warehouse, ONEC_ID, owned=("name",))
UNITS = Entity("units", Unit, ONEC_ID, owned=("name", "full_name"))
# Brands are found by id or by name, not by the merge routine: catalogue/brands.py.
BRANDS = Entity("brands", Brand, ("name",), owned=(), hideable=False)
PRODUCTS = Entity(
    "products",
    Product,
    ONEC_ID,
    owned=(
        "name",
        "article",
        "barcode",
        "description",
        "category_id",
        "brand_id",
        "unit_id",
        "tax_rate",
        "country",
        "manufacturer",
    ),
    initial=("slug",),
    hideable_by_staff=True,
)
VARIANTS = Entity(
    "variants",
    ProductVariant,
    ONEC_ID,
    owned=("product_id", "name", "article", "barcode", "characteristics", "is_default"),
    extra=("product_id", "is_default"),
    hideable_by_staff=True,
)
PRICES = Entity(
    "prices",
    VariantPrice,
    ("variant_id", "price_type_id"),
    owned=("amount", "currency"),
    hideable=False,
)
STOCKS = Entity(
    "stocks",
    VariantStock,
    ("variant_id", "warehouse_id"),
    owned=("quantity",),
    hideable=False,
)
