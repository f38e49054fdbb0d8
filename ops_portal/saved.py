"""Filters under a name: each user has his own for each operation."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from .models import LONGEST_NAME, LONGEST_QUERY, SavedFilter

MOST = 50


class NotSaved(Exception):
    """The filters could not be saved. The message says why, for their owner."""


@dataclass(frozen=True)
class Saved:
    """A saved filter as a page shows it; `here` says whether it is what the page shows."""

    pk: int
    name: str
    query: str
    here: bool


def saved_filters(user: AbstractBaseUser, operation: str, query: str) -> list[Saved]:
    """Give a user's filters by name; `query` is the present state."""
    rows = SavedFilter.objects.filter(user_id=user.pk, operation=operation)
    return [Saved(row.pk, row.name, row.query, row.query == query) for row in rows]


def save(user: AbstractBaseUser, operation: str, name: str, query: str) -> bool:
    """Keep filters under a name, and say whether that name was new.

    Raises:
        NotSaved: the name cannot be one, there is nothing to save, or there are too many.
    """
    name = " ".join(name.split())
    _check(name, query)
    mine = SavedFilter.objects.filter(user_id=user.pk, operation=operation)
    if mine.exclude(name=name).count() >= MOST:
        raise NotSaved(
            _("You have %(most)s saved filters, which is the most. Delete one first.")
            % {"most": MOST}
        )
    _row, new = SavedFilter.objects.update_or_create(
        user_id=user.pk, operation=operation, name=name, defaults={"query": query}
    )
    return new


def delete(user: AbstractBaseUser, operation: str, pk: int) -> str:
    """Delete one of the user's own filters and give its name; empty when he has no such one."""
    row = SavedFilter.objects.filter(user_id=user.pk, operation=operation, pk=pk).first()
    if row is None:
        return ""
    row.delete()
    return row.name


def _check(name: str, query: str) -> None:
    if not name or not name.isprintable():
        raise NotSaved(_("Give the filters a name."))
    if len(name) > LONGEST_NAME:
        raise NotSaved(
            _("The name is longer than %(most)s characters. Shorten it.") % {"most": LONGEST_NAME}
        )
    if not query:
        raise NotSaved(_("No filter is set and no order chosen, so there is nothing to save."))
    if len(query) > LONGEST_QUERY:
        raise NotSaved(_("The filters are too long to be saved. Shorten their texts."))
