"""First guess of a price type's customer role from its name, in FREESPORT's words."""

from ...models.trade import CustomerRole

# In this order; "" means that the price is informational.
_BY_NAME: tuple[tuple[str, str], ...] = (
    ("опт 1", CustomerRole.WHOLESALE_LEVEL1),
    ("опт 2", CustomerRole.WHOLESALE_LEVEL2),
    ("опт 3", CustomerRole.WHOLESALE_LEVEL3),
    ("тренер", CustomerRole.TRAINER),
    ("ррц", CustomerRole.RETAIL),
    ("мрц", ""),
    ("рознич", CustomerRole.RETAIL),
)


def guess_role(name: str) -> str:
    """Give the role that a new price type starts with, or "" for none."""
    lowered = name.lower()
    return next((str(role) for word, role in _BY_NAME if word in lowered), "")
