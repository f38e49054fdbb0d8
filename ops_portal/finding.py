"""What is known of one record, in the portal's words: "Why is this record missing?"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from .preflight import Level
from .runs import Fact
from .tables import OperationTable


@dataclass(frozen=True)
class Search:
    """What may be asked: a `question` to invite it, what the answer `tells`, the box's `label`."""

    question: str | Promise
    tells: str | Promise
    label: str | Promise


@dataclass(frozen=True)
class LastChange:
    """When something was changed last; `run` is the run that did it, as far as is known."""

    label: str
    at: datetime | None
    run: int | None


@dataclass(frozen=True)
class Found:
    """One record as it is now. `state` is a few words, `advice` says what to do next."""

    kind: str
    title: str
    state: str
    level: Level
    facts: Sequence[Fact]
    changes: Sequence[LastChange]
    advice: Sequence[str]
    url: str = ""


@dataclass(frozen=True)
class Finding:
    """The answer to a search: records, issues of all runs, and remarks on the search itself.

    `issues` is None where there is none. `problem` says that the question cannot be asked.
    """

    hits: Sequence[Found] = ()
    issues: OperationTable | None = None
    notes: Sequence[str] = ()
    problem: str = ""
