"""Pieces of SQL that the stores share. Names come from the models, never from input."""

from collections.abc import Iterable

from .entities import Entity
from .rows import State, Values


def text_array(texts: Iterable[str]) -> str:
    """Give texts for a parameter `%s::text[]`.

    One text is made and read in a fraction of the time of an ARRAY of a thousand.
    """
    quoted = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts]
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"


def id_array(ids: Iterable[int]) -> str:
    """Give row ids for a parameter `%s::bigint[]`, for the same reason."""
    return "{" + ",".join(map(str, ids)) + "}"


def state_names(entity: Entity) -> list[str]:
    """Give the columns of a row's state: four of its own, then key and extras."""
    names = ["id", "fingerprint", "is_active", "hidden_by_staff", *entity.key, *entity.extra]
    return list(dict.fromkeys(names))


def state_columns(entity: Entity) -> str:
    """Give the same as SQL; what the entity does not have is a constant."""
    constants = {
        "is_active": entity.hideable or "true AS is_active",
        "hidden_by_staff": entity.hideable_by_staff
        or f"{_off_by_staff(entity)} AS hidden_by_staff",
    }
    return ", ".join(
        constant if isinstance(constant := constants.get(name), str) else name
        for name in state_names(entity)
    )


def _off_by_staff(entity: Entity) -> str:
    """SQL for whether staff switched a row off, of an entity without a column for it."""
    return f"(NOT is_active AND NOT {entity.hidden_mark})" if entity.hidden_mark else "false"


def hidden(entity: Entity) -> str:
    """SQL assignments that switch a row off. Without a fingerprint its return is a change."""
    mark = f", {entity.hidden_mark} = true" if entity.hidden_mark else ""
    return f"is_active = false, fingerprint = NULL{mark}"


def state_of(row: Values) -> tuple[str, State]:
    """Read a state whose key is one column."""
    return row[4], State(row[0], row[1], row[2], row[3], row[5:])


def state_of_pair(row: Values) -> tuple[tuple[int, int], State]:
    """Read a state whose key is two columns."""
    return (row[4], row[5]), State(row[0], row[1], row[2], row[3])


def lonely_defaults(variants: str) -> str:
    """SQL for each default variant and whether it should be visible.

    `variants` is a table or sub-query; one parameter: ids of variants that are about to be hidden.
    """
    return (
        "(SELECT d.id, NOT d.hidden_by_staff AND NOT EXISTS ("  # noqa: S608
        f"SELECT 1 FROM {variants} AS o WHERE o.product_id = d.product_id AND NOT o.is_default "
        f"AND o.is_active AND o.id <> ALL(%s)) AS visible FROM {variants} AS d WHERE d.is_default)"
    )
