"""What a report counts, in the order in which it is told."""

from collections.abc import Mapping

ENTITIES = (
    "groups",
    "properties",
    "price_types",
    "warehouses",
    "units",
    "products",
    "variants",
    "prices",
    "stocks",
    "images",
    "customers",
)
OUTCOMES = ("created", "updated", "unchanged", "hidden", "skipped", "failed")
FIGURES = ("read", *OUTCOMES, "absent")


def in_order(counters: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """Put counters into reading order: a JSON column does not keep it."""
    return {
        name: {figure: counters[name].get(figure, 0) for figure in FIGURES}
        for name in ("total", *ENTITIES)
        if name in counters
    }
