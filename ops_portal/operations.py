"""The seam between the portal and what it runs.

An `Operation` is declared once by whoever mounts the portal and handed to every view as a value.
Adding an operation is one more declaration; the portal is not edited.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, PermissionsMixin
from django.db.models import QuerySet
from django.forms import Form
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .dry_runs import Brake, Changes
from .filters import OperationFilterSet
from .finding import Finding, Search
from .preflight import Check, Preflight
from .runs import Detail, LogLine, Run, Sheet
from .tables import OperationTable

Text = str | Promise
Visitor = AbstractBaseUser | AnonymousUser

# By slug, in the order of mounting: what the side menu and the admin's links show. Filled by
# `urls.urls_for`, as `admin.site.register` does it, so that what is not mounted is not linked.
MOUNTED: "dict[str, Operation]" = {}


class Refused(Exception):
    """Nothing new runs: another run has the place, or no worker could be told.

    Args:
        message: what happened and what to do next, for staff.
        run_id: the run to look at instead; None when there is none to show.
        failed: whether `run_id` is a run that was made and has failed at once.
    """

    def __init__(self, message: str, *, run_id: int | None, failed: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.run_id = run_id
        self.failed = failed


class Unfit(Exception):
    """Nothing was started: the form's values cannot be run as things are. Its text is for staff."""


@dataclass(frozen=True)
class Answer:
    """What became of a request, for staff. `done`: it was carried out, or will be."""

    message: str
    done: bool = True


class Backend(Protocol):
    """What an operation does. Records are rows of `history()`; the portal never writes them.

    A backend that inherits from this class need not write what has an answer here: it then has no
    issues, no log and no dry runs, and nothing stands in its way.
    """

    def submit(self, values: Mapping[str, Any], user: AbstractBaseUser) -> Any:
        """Start a run with the form's cleaned values and give its record.

        Raises:
            Refused: nothing was started, for want of a place or of a worker.
            Unfit: nothing was started; other values, or the same later, may do.
        """

    def preflight(self, values: Mapping[str, Any], patience: float) -> Preflight:
        """Give what a run with the form's cleaned values would meet.

        What takes longer than about `patience` seconds is left to the next call.
        """
        return Preflight(())

    def cancel(self, record: Any, user: AbstractBaseUser, reason: str) -> "Answer":
        """Ask a run to stop, and say what became of that; never an error for a run that is over."""

    def recover(self, record: Any, user: AbstractBaseUser) -> "Answer":
        """End a run whose process is gone or hangs; refuse for one that does its work."""
        text = _("Session #%(id)s cannot be ended from here. Cancel it.")
        return Answer(text % {"id": record.pk}, done=False)

    def tend(self) -> None:
        """Called before runs are shown: end those whose process is gone. Cheap; never raises."""

    def history(self) -> QuerySet[Any]:
        """Give all runs, in no order, with what the table shows of each (no query per row).

        What the table does not show may be deferred; a run's own page takes it back.
        """

    def blocks(self, values: Mapping[str, Any]) -> Sequence[Check]:
        """Give those checks of `preflight` that block a start, as far as they are quickly made.

        A page waits for them: seconds at the most.
        """
        return ()

    def running(self) -> Sequence[Run]:
        """Give the runs that are active or wait, in the order in which they run."""

    def run(self, record: Any) -> Run:
        """Say a record in the portal's words."""

    def detail(self, record: Any) -> Detail:
        """Give what the run's page shows besides its progress."""
        return Detail()

    def status(self, record: Any) -> dict[str, Any]:
        """Give what programs may read of the run: `Run.as_json()` and the operation's own keys."""
        return self.run(record).as_json()

    def issues(self, record: Any) -> QuerySet[Any]:
        """Give what went wrong in the run, in no order; an operation with an `issue_table` does."""
        return self.history().none()

    def log(self, record: Any, *, problems: bool = False) -> QuerySet[Any]:
        """Give the run's log, oldest first; of `problems`, its warnings and errors alone."""
        return self.history().none()

    def log_line(self, line: Any) -> LogLine:
        """Say a row of `log()` in the portal's words; as it stands, if it has `at` and `level`."""
        return LogLine(line.at, line.level, line.level, str(line))

    def changes(self, record: Any, user: AbstractBaseUser) -> Changes:
        """Give what a dry run would do, as far as `user` may know it.

        Called only where the operation has a `change_table`, as is `brake`.
        """
        return Changes(self.history().none(), Sheet("", (), ()))

    def brake(self, record: Any, user: AbstractBaseUser) -> Brake | None:
        """Give what would stop the real run of a dry run; None when nothing is known to."""

    def find(self, asked: str, user: AbstractBaseUser) -> Finding:
        """Look for the record that `asked` names, as far as `user` may know of it.

        Called only where the operation has a `search`.
        """
        return Finding()

    def repeat(self, record: Any, *, real: bool = False, lifted: bool = False) -> dict[str, Any]:
        """Give the form's initial values for running the same again.

        `real`: no dry run this time; `lifted`: without the brake.
        """
        return {}


@dataclass(frozen=True)
class Permissions:
    """Permissions as "app.codename": who may look, start, stop, and take lists away."""

    view: str
    run: str
    cancel: str
    export: str


@dataclass(frozen=True)
class Link:
    """An entry of the side menu that leads elsewhere, while `url_name` is mounted."""

    title: Text
    url_name: str
    icon: str

    @property
    def url(self) -> str:
        """Give the address; empty when there is none, as when that part is switched off."""
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return ""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What staff may run: how it is asked for, listed, filtered, allowed and done.

    `path` is relative to where the portal is mounted and ends with a slash. The form takes
    `user=` besides a form's usual arguments, carries a crispy `helper`, and says in `summary()`
    what will happen. `dashboard` is offered after a start. An operation that notes what went wrong
    in a run has a table and filters for that; one that can run dry, for what a dry run leaves. With
    `checks_first` its `preflight` is shown above the form; one that finds records has a `search`.
    """

    slug: str
    title: Text
    description: Text
    path: str
    form: type[Form]
    table: type[OperationTable]
    filterset: type[OperationFilterSet]
    permissions: Permissions
    backend: Backend
    issue_table: type[OperationTable] | None = None
    issue_filterset: type[OperationFilterSet] | None = None
    dashboard: Link | None = None
    change_table: type[OperationTable] | None = None
    change_filterset: type[OperationFilterSet] | None = None
    checks_first: bool = False
    search: Search | None = None

    @property
    def lists_changes(self) -> bool:
        """Whether a dry run leaves a list of what it would do."""
        return self.change_table is not None and self.change_filterset is not None

    def url(self, name: str, *args: object) -> str:
        """Give the address of one of this operation's pages."""
        return reverse(f"{self.slug}:{name}", args=args)

    def may(self, user: Visitor, *actions: str) -> bool:
        """Whether `user` is staff and holds the permission of any of `actions`."""
        if not isinstance(user, PermissionsMixin) or not getattr(user, "is_staff", False):
            return False
        return any(user.has_perm(getattr(self.permissions, action)) for action in actions)
