"""The one merge routine: compare a chunk's rows with what is there, write what differs.

Records are judged in reading order against what the record before left, so that a key that a file
repeats is created once and then compared. Unchanged rows are not touched.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from .counters import Outcome
from .entities import Entity, Key
from .rows import State, Values, Write
from .store import Store


@dataclass(slots=True)
class Row:
    """What one record says about one row.

    `values` are the entity's owned columns. `deleted`: 1C marks the record as deleted; its values
    are not looked at.
    """

    key: Key
    values: Values
    fingerprint: int
    deleted: bool = False


@dataclass(slots=True)
class Merged:
    """What a merge did: outcomes in reading order, and every key's state afterwards."""

    outcomes: list[Outcome] = field(default_factory=list)
    states: dict[Key, State] = field(default_factory=dict)

    @property
    def tally(self) -> Counter[Outcome]:
        """How many rows ended how."""
        return Counter(self.outcomes)


# Values of the `initial` columns of a new row, from its 1C values and its id.
Initial = Callable[[Row, int], Values]
# Owned values for the database where they hold references to rows of the same chunk.
Resolve = Callable[[Row, Mapping[Key, State]], Values]


def fingerprint(*values: Any) -> int:
    """Digest values into a signed 64-bit number; equal values give equal numbers on any machine."""
    text = "\x1f".join(map(str, values))
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def merge(
    store: Store,
    entity: Entity,
    rows: Sequence[Row],
    *,
    initial: Initial | None = None,
    resolve: Resolve | None = None,
    also_fetch: Iterable[Key] = (),
    known: dict[Key, State] | None = None,
) -> Merged:
    """Bring `rows` into the store and say what became of each.

    Args:
        store: the catalogue, or its shadow in a dry run.
        entity: what the rows are.
        rows: in reading order; keys may repeat.
        initial: gives the staff-owned columns of a new row.
        resolve: gives owned columns that refer to other rows of this entity.
        also_fetch: further keys whose state `resolve` needs.
        known: states fetched before, when the caller already has them all.
    """
    states = (
        known if known is not None else store.fetch(entity, [r.key for r in rows] + [*also_fetch])
    )
    judged = _judge(entity, rows, states)
    _allocate(store, entity, judged.created, states)
    _write(store, entity, judged, states, initial, resolve)
    store.departures.mention(entity, [states[row.key].id for row in rows if row.key in states])
    return Merged(judged.outcomes, states)


@dataclass(slots=True)
class _Judged:
    """Rows by what is to be written; the last record of a key decides its values."""

    outcomes: list[Outcome] = field(default_factory=list)
    created: dict[Key, Row] = field(default_factory=dict)
    updated: dict[Key, Row] = field(default_factory=dict)
    hidden: set[Key] = field(default_factory=set)


def _judge(entity: Entity, rows: Sequence[Row], states: dict[Key, State]) -> _Judged:
    judged = _Judged()
    for row in rows:
        state = states.get(row.key)
        if state is None:
            outcome = _judge_new(judged, row, states, keeps_deleted=entity.keeps_deleted)
        elif row.deleted:
            outcome = _judge_deleted(judged, row, state)
        else:
            outcome = _judge_known(judged, row, state)
        judged.outcomes.append(outcome)
    return judged


def _judge_new(
    judged: _Judged, row: Row, states: dict[Key, State], *, keeps_deleted: bool
) -> Outcome:
    if row.deleted and not keeps_deleted:
        return Outcome.SKIPPED
    visible = not row.deleted
    states[row.key] = State(0, row.fingerprint, is_active=visible, hidden_by_staff=False)
    judged.created[row.key] = row
    return Outcome.CREATED


def _judge_deleted(judged: _Judged, row: Row, state: State) -> Outcome:
    if not state.is_active:
        return Outcome.UNCHANGED
    state.is_active = False
    state.fingerprint = None
    judged.hidden.add(row.key)
    return Outcome.HIDDEN


def _judge_known(judged: _Judged, row: Row, state: State) -> Outcome:
    visible = not state.hidden_by_staff
    if state.fingerprint == row.fingerprint and state.is_active == visible:
        return Outcome.UNCHANGED
    state.fingerprint = row.fingerprint
    state.is_active = visible
    judged.hidden.discard(row.key)
    if row.key in judged.created:
        judged.created[row.key] = row
    else:
        judged.updated[row.key] = row
    return Outcome.UPDATED


def _allocate(
    store: Store, entity: Entity, created: Mapping[Key, Row], states: dict[Key, State]
) -> None:
    if created:
        for key, row_id in zip(created, store.allocate(entity, len(created)), strict=True):
            states[key].id = row_id


def _write(
    store: Store,
    entity: Entity,
    judged: _Judged,
    states: dict[Key, State],
    initial: Initial | None,
    resolve: Resolve | None,
) -> None:
    extras_of_new = _extras_of(entity, entity.owned + entity.initial)
    extras_of_known = _extras_of(entity, entity.owned)

    def write(row: Row, *, new: bool) -> Write:
        state = states[row.key]
        values = resolve(row, states) if resolve else row.values
        columns = values + initial(row, state.id) if new and initial else values
        state.extra = (extras_of_new if new else extras_of_known)(columns, state.extra)
        return Write(
            state.id,
            row.key,
            row.fingerprint,
            # A hide that this chunk asks for waits like any other.
            not (state.hidden_by_staff or row.deleted),
            columns,
            state.extra,
            state.hidden_by_staff,
        )

    if judged.created:
        store.insert(entity, [write(row, new=True) for row in judged.created.values()])
    if judged.updated:
        store.update(entity, [write(row, new=False) for row in judged.updated.values()])
    if judged.hidden:
        store.hide(entity, [states[key].id for key in judged.hidden])


def _extras_of(entity: Entity, written: Sequence[str]) -> Callable[[Values, Values], Values]:
    """Make the function that gives a row's extras from its written columns and its old extras.

    What was not written stays as it was; of a new row every extra is written.
    """
    if not entity.extra:
        return lambda _columns, _before: ()
    places = [written.index(name) if name in written else None for name in entity.extra]
    if len(places) > 1 and None not in places:
        pick = itemgetter(*places)
        return lambda columns, _before: pick(columns)

    def extras(columns: Values, before: Values) -> Values:
        return tuple(
            [before[at] if place is None else columns[place] for at, place in enumerate(places)]
        )

    return extras
