"""What a dry run of an import leaves, in the portal's words."""

from collections import Counter
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db.models import Count, Value
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from apps.products.models import ImportChange, ImportSession
from ops_portal.dry_runs import Brake, Changes
from ops_portal.runs import Sheet

from . import words

Action = ImportChange.Action
CUSTOMERS = "customers"
# Which of the list's actions each column of the tally counts.
_COLUMNS: tuple[frozenset[str], ...] = (
    frozenset({Action.CREATE}),
    frozenset({Action.UPDATE}),
    frozenset({Action.HIDE, Action.REMOVE}),
)
Listed = Mapping[str, Counter[str]]


def changes_of(session: ImportSession, user: AbstractBaseUser) -> Changes:
    """Give the list of a dry run; customers' values only for those who may see customers."""
    listed = _listed(session)
    totals = _totals(session, listed)
    withheld = CUSTOMERS in totals and not may_see_customers(user)
    notes = list(_what_is_not_listed(totals, listed))
    if withheld:
        notes.append(
            _(
                "What would change of customers is named without its values: those are shown to "
                "staff who may view users."
            )
        )
    rows = session.changes.annotate(withheld=Value(withheld))
    return Changes(rows, _tally(totals, listed), notes)


def may_see_customers(user: AbstractBaseUser) -> bool:
    """Whether customers' personal data may be shown to `user`."""
    return isinstance(user, PermissionsMixin) and user.has_perm("users.view_user")


def brake_of(session: ImportSession, user: AbstractBaseUser) -> Brake | None:
    """Say that the real run would stop, if the dry run has found so."""
    found = session.report_details.get("mass_hide", {})
    if not session.dry_run or not found:
        return None
    parts = [
        _("%(hidden)s of %(visible)s visible records (%(what)s)")
        % {
            "hidden": _grouped(part["hidden"]),
            "visible": _grouped(part["visible"]),
            "what": words.entity(name).lower(),
        }
        for name, part in found.items()
    ]
    message = _(
        "The brake would stop the real import: it would hide %(parts)s, more than the allowed "
        "%(share)g %%. What is new or changed would be imported, and nothing hidden."
    ) % {"parts": ", ".join(parts), "share": settings.ONEC_MAX_HIDE_SHARE * 100}
    may_lift = isinstance(user, PermissionsMixin) and user.has_perm("products.allow_mass_hide")
    return Brake(message, may_lift, {"action": Action.HIDE.value})


def _listed(session: ImportSession) -> Listed:
    """Count the list by entity and action."""
    listed: dict[str, Counter[str]] = {}
    rows = session.changes.order_by().values_list("entity", "action").annotate(n=Count("pk"))
    for entity, action, count in rows:
        listed.setdefault(entity, Counter())[action] = count
    return listed


def _totals(session: ImportSession, listed: Listed) -> dict[str, list[int]]:
    """Give per entity how many rows would be created, changed, and hidden or removed.

    By the session's counters, which know what the list has no room for. Stock that a full package
    zeroes is listed as a change, but counted as absent; a run that the brake has stopped counts no
    hides, but has noted them.
    """
    totals = {}
    braked = session.report_details.get("mass_hide", {})
    for name, row in session.counters.items():
        known = listed.get(name, Counter())
        changed, leaving = row["updated"], row["hidden"] + row["absent"]
        if name == "stocks":
            changed, leaving = changed + leaving, 0
        counted = (row["created"], changed, max(leaving, braked.get(name, {}).get("hidden", 0)))
        figures = [max(n, _sum(known, of)) for n, of in zip(counted, _COLUMNS, strict=True)]
        if name != "total" and any(figures):
            totals[name] = figures
    return totals


def _sum(counts: Counter[str], actions: frozenset[str]) -> int:
    return sum(counts[action] for action in actions)


def _tally(totals: Mapping[str, list[int]], listed: Listed) -> Sheet:
    rows = [
        [words.entity(name), *figures, listed.get(name, Counter()).total()]
        for name, figures in totals.items()
    ]
    sums = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
    return Sheet(
        caption=_("What the real run would do"),
        headers=[_("Records"), _("Create"), _("Change"), _("Hide or remove"), _("Listed below")],
        rows=rows,
        footer=[words.entity("total"), *sums] if len(rows) > 1 else (),
    )


def _what_is_not_listed(totals: Mapping[str, list[int]], listed: Listed) -> Iterable[str]:
    for name, figures in totals.items():
        shown = listed.get(name, Counter()).total()
        if shown >= ImportChange.LISTED and sum(figures) > shown:
            yield _(
                "%(what)s: the list holds the first %(shown)s of %(total)s; the others are counted."
            ) % {
                "what": words.entity(name),
                "shown": _grouped(shown),
                "total": _grouped(sum(figures)),
            }


def _grouped(number: int) -> str:
    return number_format(number, force_grouping=True)
