"""Counters of a run: what became of each record that was read.

For every entity and in total: read = created + updated + unchanged + hidden + skipped + failed.
"""

from collections import Counter
from enum import StrEnum

from ..figures import ENTITIES


class Outcome(StrEnum):
    """What became of one record."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    HIDDEN = "hidden"
    SKIPPED = "skipped"
    FAILED = "failed"


CHANGES = (Outcome.CREATED, Outcome.UPDATED, Outcome.HIDDEN)


class Counters:
    """Counts per entity. Adding an outcome is the only way to count a record as read."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}

    def add(self, entity: str, outcome: Outcome, times: int = 1) -> None:
        """Count `times` records of `entity` that ended as `outcome`."""
        self._of(entity)[outcome] += times

    def add_all(self, entity: str, outcomes: Counter[Outcome]) -> None:
        """Count the outcomes of one chunk."""
        self._of(entity).update(outcomes)

    def add_absent(self, entity: str, rows: int) -> None:
        """Count rows that a full package does not mention: they are no records that were read."""
        if rows:
            self._of(entity)["absent"] += rows

    def withdraw_hidden(self, entity: str | None = None) -> None:
        """Tell records whose hiding was given up as skipped: the rows are still visible."""
        for name, counts in self._counts.items():
            if entity in (None, name):
                counts[Outcome.SKIPPED] += counts.pop(Outcome.HIDDEN, 0)

    def total(self, outcome: Outcome) -> int:
        """How many records of all entities ended as `outcome`."""
        return sum(counts[outcome] for counts in self._counts.values())

    @property
    def read(self) -> int:
        """Records of all entities."""
        return sum(sum(counts[o] for o in Outcome) for counts in self._counts.values())

    @property
    def changed(self) -> int:
        """Rows that changed: by a record, or because a full package left them out."""
        absent = sum(counts["absent"] for counts in self._counts.values())
        return sum(self.total(outcome) for outcome in CHANGES) + absent

    def as_json(self) -> dict[str, dict[str, int]]:
        """Give `{"total": {…}, "groups": {…}, …}`; entities that did not occur are left out."""
        per_entity = {name: _row(self._counts[name]) for name in ENTITIES if name in self._counts}
        total: Counter[str] = Counter()
        for counts in self._counts.values():
            total.update(counts)
        return {"total": _row(total), **per_entity}

    def copy(self) -> "Counters":
        """Give a copy to count a chunk on, so that a chunk rolled back counts nothing."""
        copy = Counters()
        copy._counts = {name: Counter(counts) for name, counts in self._counts.items()}
        return copy

    def _of(self, entity: str) -> Counter[str]:
        if entity not in self._counts:
            self._counts[entity] = Counter()
        return self._counts[entity]


def _row(counts: Counter[str]) -> dict[str, int]:
    row = {"read": sum(counts[outcome] for outcome in Outcome)}
    row |= {outcome.value: counts[outcome] for outcome in Outcome}
    return row | {"absent": counts["absent"]}
