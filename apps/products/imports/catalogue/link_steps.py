"""What a dry run says of property values that would change: each property from what to what."""

from collections.abc import Iterable, Mapping, Sequence

from ...models import ImportChange, PropertyValue
from ..context import Context
from ..entities import PROPERTIES
from ..rowsets import Known

# Property, entry of its dictionary, text: one of the last two.
Link = tuple[int, int | None, str]
Links = tuple[Link, ...]

_NAME = PROPERTIES.extra.index("name")


class LinkSteps:
    """Puts links into words. `new_values` are the names of entries that only this run knows."""

    def __init__(self, context: Context, new_values: Mapping[int, str]) -> None:
        self._context = context
        self._new_values = new_values

    def of(self, before: Known, wanted: Mapping[int, Links]) -> dict[int, dict[str, list[str]]]:
        """Give `{column: [from, to]}` by owner, for rows of the shop whose links differ."""
        changed = {
            owner: (_links(before.get(owner, ())), its)
            for owner, its in wanted.items()
            if owner > 0 and set(_links(before.get(owner, ()))) != set(its)
        }
        if not changed:
            return {}
        names = {s.id: str(s.extra[_NAME]) for s in self._context.known(PROPERTIES).values()}
        values = self._values(link for pair in changed.values() for links in pair for link in links)
        return {
            owner: _steps(_worded(old, names, values), _worded(new, names, values))
            for owner, (old, new) in changed.items()
        }

    def _values(self, links: Iterable[Link]) -> dict[int, str]:
        ids = {value for _property, value, _text in links if value is not None and value > 0}
        there = PropertyValue.objects.filter(pk__in=ids).values_list("pk", "value")
        return {**self._new_values, **dict(there)}


def _links(rows: Sequence[tuple[int, tuple[object, ...]]]) -> Links:
    return tuple(values for _row_id, values in rows)  # type: ignore[misc]


def _worded(
    links: Links, names: Mapping[int, str], values: Mapping[int, str]
) -> dict[str, list[str]]:
    """Give the values of each property by its name."""
    worded: dict[str, list[str]] = {}
    for property_id, value_id, text in links:
        value = text if value_id is None else values.get(value_id, f"#{value_id}")
        worded.setdefault(names.get(property_id, f"#{property_id}"), []).append(value)
    return worded


def _steps(old: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> dict[str, list[str]]:
    pairs = {name: (old.get(name, []), new.get(name, [])) for name in [*old, *new]}
    return {
        f"{ImportChange.OF_PROPERTY}{name}": [", ".join(before), ", ".join(after)]
        for name, (before, after) in pairs.items()
        if sorted(before) != sorted(after)
    }
