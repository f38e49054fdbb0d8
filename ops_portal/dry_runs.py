"""What a dry run leaves: the list of what the real run would do, and what would stop it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.http import urlencode

from .runs import Sheet


@dataclass(frozen=True)
class Changes:
    """What the real run would do. `rows` in no order; `tally` counts also what is not listed.

    `notes` are sentences for staff: which rows the list lacks, whose values are not shown.
    """

    rows: QuerySet[Any]
    tally: Sheet
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Brake:
    """Why the real run would stop half-way, and whether the visitor may let it go on.

    `evidence` are the filters under which the list shows what would be lost: only there is a
    visitor who `may_lift` the brake offered to do so.
    """

    message: str
    may_lift: bool
    evidence: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """Give the evidence as the query of an address."""
        return urlencode(self.evidence)
