"""Repeatable chance: ids, dice and the choice of changed and deleted records.

Everything is a function of the seed and of a record's number alone, so that no record depends on
another one and any of them can be made again without the rest. Only `random.Random.random` is
used of the standard generator: its sequence for a given seed is promised to stay the same across
Python versions, `randrange` and `choice` are not.
"""

from collections.abc import Sequence
from enum import Enum
from hashlib import blake2b
from math import gcd
from random import Random
from typing import TypeVar

T = TypeVar("T")

_GOLDEN = 0.6180339887498949


def guid(*parts: object) -> str:
    """A GUID in 1C's notation, the same for the same parts."""
    text = ":".join(map(str, parts))
    digest = blake2b(text.encode(), digest_size=16).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"


class Dice:
    """Draws for one record."""

    __slots__ = ("_draw",)

    def __init__(self, *parts: object) -> None:
        self._draw = Random(":".join(map(str, parts))).random  # noqa: S311 - not for secrets

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1."""
        return int(self._draw() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._draw() * (high - low + 1))

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`."""
        return choices[int(self._draw() * len(choices))]

    def chance(self, share: float) -> bool:
        """True in `share` of the cases."""
        return self._draw() < share


class Fate(Enum):
    """What became of a record since the seed's first export."""

    KEPT = "kept"
    CHANGED = "changed"
    DELETED = "deleted"
    VANISHED = "vanished"
    """Deleted too, but a full package shows it by leaving the record out."""

    @property
    def gone(self) -> bool:
        """Deleted in 1C, marked or left out."""
        return self in (Fate.DELETED, Fate.VANISHED)


class Fates:
    """Chooses the changed and the deleted among `total` records.

    The shares are kept exactly (rounded, but at least one record for a share above zero), a
    smaller share's records are among a larger one's, and changed and deleted never overlap: the
    records are put in a fixed shuffled order, changed ones are taken from its head and deleted
    ones from its tail. Every second deleted record is `VANISHED`.
    """

    def __init__(self, key: str, total: int, changed: float, deleted: float) -> None:
        self._total = total
        self._step = _coprime_step(total)
        self._shift = Dice(key, "fates").below(max(total, 1))
        self.changed = _part(changed, total)
        self.deleted = min(_part(deleted, total), total - self.changed)

    def of(self, index: int) -> Fate:
        """The fate of record number `index`."""
        place = (index * self._step + self._shift) % self._total
        if place < self.changed:
            return Fate.CHANGED
        from_tail = self._total - 1 - place
        if from_tail < self.deleted:
            return Fate.VANISHED if from_tail % 2 else Fate.DELETED
        return Fate.KEPT


def _part(share: float, total: int) -> int:
    return min(total, max(1, round(share * total))) if share > 0 else 0


def _coprime_step(total: int) -> int:
    """A step that walks over all `total` places once; near the golden ratio it spreads them."""
    step = max(1, int(total * _GOLDEN))
    while gcd(step, total) > 1:
        step += 1
    return step
