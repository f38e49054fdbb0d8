"""What leaves the shop: it waits for the end of the run, when every file was read to its end.

A row leaves because 1C marks it as deleted, or because a full package does not mention it. Neither
happens before the brake has looked at how much of the catalogue would go.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext, gettext_noop

from apps.common.commerceml import Kind
from apps.common.commerceml.inventory import Inventory

from .context import Context
from .entities import PRODUCTS, VARIANTS, Entity
from .errors import ImportFailed
from .stages import Stage
from .writer_connection import whole_tables

# The brake watches what customers see.
_BRAKED = (PRODUCTS, VARIANTS)


def full_kinds(inventory: Inventory, kinds: Iterable[Kind]) -> frozenset[Kind]:
    """Give the kinds of which this run holds everything that 1C has.

    A package is full when one of its segments says so; a kind is full when every package that
    carries it is. With a file that can't be read nothing is full: who knows what it held.
    """
    if inventory.problems:
        return frozenset()
    return frozenset(kind for kind in kinds if _is_full(inventory, kind))


def _is_full(inventory: Inventory, kind: Kind) -> bool:
    full: dict[tuple[str, str], bool] = {}
    for file in inventory.readable:
        for package in file.packages:
            if package.kinds.get(kind):
                identity = (package.container.value, package.catalog_id or package.package_id)
                full[identity] = full.get(identity, False) or not package.changes_only
    return bool(full) and all(full.values())


def empty_full_packages(inventory: Inventory) -> list[str]:
    """Name the files that declare a full package of which no file of the run holds a record."""
    filled = {
        package.container
        for file in inventory.readable
        for package in file.packages
        if not package.empty
    }
    return [
        file.name
        for file in inventory.readable
        if any(package.container not in filled for package in file.full_packages())
    ]


@dataclass(frozen=True)
class Leaving:
    """Rows of one entity that are to be hidden: marked as deleted, or absent."""

    entity: Entity
    deleted: frozenset[int]
    absent: tuple[int, ...]

    @property
    def ids(self) -> list[int]:
        """All of them."""
        return [*self.deleted, *self.absent]


def plan_hides(context: Context, stages: Sequence[Stage], full: frozenset[Kind]) -> list[Leaving]:
    """Find out what is to be hidden, and let a dry run list it."""
    with whole_tables():
        leaving = [_leaving(context, stage, full) for stage in stages if stage.entity.hideable]
    for part in leaving:
        context.store.announce_hides(part.entity, part.ids)
    return leaving


@dataclass(frozen=True)
class MassHide:
    """More than the allowed share of one entity's visible rows would be hidden."""

    entity: Entity
    hidden: int
    visible: int


def mass_hides(leaving: Sequence[Leaving]) -> list[MassHide]:
    """Find out where too much would be hidden, whether or not that is allowed this time."""
    found = [_mass_hide(part) for part in leaving if part.entity in _BRAKED and part.ids]
    return [part for part in found if part.hidden > part.visible * settings.ONEC_MAX_HIDE_SHARE]


def brake(found: Sequence[MassHide], *, dry_run: bool) -> None:
    """Stop a run that would hide too much; a dry run ends as the real one would.

    Raises:
        ImportFailed: more than `ONEC_MAX_HIDE_SHARE` of what is visible would be hidden.
    """
    if found:
        raise ImportFailed(_brake_sentence(found[0], dry_run=dry_run))


def settle(
    context: Context, stages: Sequence[Stage], full: frozenset[Kind], leaving: Sequence[Leaving]
) -> None:
    """Hide, remove and zero what leaves; count what was absent."""
    for part in leaving:
        context.store.apply_hides(part.entity, part.ids)
        context.counters.add_absent(part.entity.name, len(part.absent))
    with whole_tables():
        for stage in stages:
            _clear_absent(context, stage, full)


def _clear_absent(context: Context, stage: Stage, full: frozenset[Kind]) -> None:
    if stage.clear_absent and stage.kind in full:
        context.counters.add_absent(stage.entity.name, stage.clear_absent(context))


def _leaving(context: Context, stage: Stage, full: frozenset[Kind]) -> Leaving:
    deleted = frozenset(context.store.departures.pending(stage.entity))
    absent = context.store.absent(stage.entity) if stage.kind in full else []
    return Leaving(stage.entity, deleted, tuple(i for i in absent if i not in deleted))


def _mass_hide(part: Leaving) -> MassHide:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE id = ANY(%s)) "  # noqa: S608
            f"FROM {part.entity.table} WHERE is_active",
            [part.ids],
        )
        visible, hidden = cursor.fetchone()
    return MassHide(part.entity, hidden, visible)


def _brake_sentence(found: MassHide, *, dry_run: bool) -> str:
    text = _IN_A_DRY_RUN if dry_run else _IN_A_REAL_RUN
    return gettext(text) % {
        "hidden": found.hidden,
        "active": found.visible,
        "what": found.entity.model._meta.verbose_name_plural,  # noqa: SLF001  (Django's model API)
        "share": settings.ONEC_MAX_HIDE_SHARE * 100,
    }


_IN_A_REAL_RUN = gettext_noop(
    "This import would hide %(hidden)d of %(active)d visible %(what)s, more than the allowed "
    "%(share)g %%. Nothing was hidden; what was new or changed is imported. Check the export "
    "in 1C. If it is right, run it again and allow mass hiding."
)
_IN_A_DRY_RUN = gettext_noop(
    "This import would hide %(hidden)d of %(active)d visible %(what)s, more than the allowed "
    "%(share)g %%. A real run would import what is new or changed, hide nothing and fail. Check "
    "the export in 1C. If it is right, run it for real and allow mass hiding."
)
