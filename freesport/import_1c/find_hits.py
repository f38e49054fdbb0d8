"""What the searches for records share: a hit, and the session that last changed a row."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db.models import Q

from apps.products.models import ImportSession
from apps.products.sessions.states import ImportType
from ops_portal.finding import Found


@dataclass(frozen=True)
class Hit:
    """A record that was found, and the 1C ids under which issues may speak of it.

    `permission` is what its page in the admin asks for.
    """

    found: Found
    onec_ids: frozenset[str]
    permission: str

    def for_user(self, user: AbstractBaseUser) -> Found:
        """Give the record, without a link that would lead `user` to a refusal."""
        may = isinstance(user, PermissionsMixin) and user.has_perm(self.permission)
        return self.found if may else replace(self.found, url="")


def spellings(asked: str) -> list[str]:
    """Give how an id or a number may be written: as asked, and in one case."""
    return list(dict.fromkeys([asked, asked.lower(), asked.upper()]))


class Writers:
    """Tells which catalogue session wrote a row: the one that ran when it was last touched.

    Only one import runs at a time, so no second one can have done it. A row keeps the time of its
    last write alone; noting the session too would cost every import a column on every row.
    """

    def __init__(self, moments: Iterable[datetime | None]) -> None:
        """Look for the sessions of all moments in one query."""
        condition = Q(pk__in=[])
        for moment in {moment for moment in moments if moment}:
            ended = Q(finished_at__gte=moment) | Q(finished_at=None)
            condition |= Q(started_at__lte=moment) & ended
        rows = ImportSession.objects.filter(
            condition, dry_run=False, import_type=ImportType.CATALOG
        )
        self._spans = list(
            rows.order_by("-pk").values_list("pk", "started_at", "finished_at", "report_details")
        )

    def of(self, moment: datetime | None) -> int | None:
        """Give the session that ran then."""
        return next((pk for pk, _report in self._at(moment)), None)

    def counters_of(self, moment: datetime | None, entity: str) -> dict[str, int]:
        """Give what that session counted of an entity."""
        report = next((report for _pk, report in self._at(moment)), {})
        counted: dict[str, int] = report.get("counters", {}).get(entity, {})
        return counted

    def _at(self, moment: datetime | None) -> Iterator[tuple[int, dict[str, Any]]]:
        for pk, start, end, report in self._spans:
            if moment and start and start <= moment and (end is None or moment <= end):
                yield pk, report
