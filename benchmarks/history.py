"""P8 and P10: pages of a long history, by the server's time and by the whole request's."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client, RequestFactory, override_settings

from freesport.operations import OPERATIONS
from ops_portal.listing import listing_for, paginate

from .goals import BY_NAME, Result
from .history_rows import STARTERS, empty_history, fill_history
from .sizes import Sizes

_OPERATION = OPERATIONS[0]
_FEW = 100
_REQUESTS = 15
_TEXTS = ("q=backup", "q=operator3", "q=zzz")
_FILTERS = (
    *("", "import_type=customers", "status=failed", "status=failed&status=cancelled"),
    *("requested_by=operator3", "mine=true", "mine=false", "trigger=cli", "trigger=portal"),
    *("dry_run=true", "dry_run=false", "has_issues=true", "has_issues=false", "started=week"),
    *("started=year", "started_before=2020-01-01", "started_after=2020-01-01", "id=77"),
    *("started_after=2020-01-01&started_before=2020-01-31", "duration_min=600"),
    *("duration_max=4", "duration_min=1000000"),
)


@dataclass
class _Clock:
    """Adds up the time of queries, in milliseconds."""

    spent: float = 0.0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """Run a query."""
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.spent += (time.perf_counter() - started) * 1000


@dataclass
class _Pages:
    """Milliseconds of database time by page, as "filter, sort"."""

    times: dict[str, float] = field(default_factory=dict)

    @property
    def worst(self) -> str:
        """The slowest page."""
        return max(self.times, key=lambda page: self.times[page])

    def within(self, limit: float) -> int:
        """How many pages take no longer, in per cent, rounded down."""
        return 100 * sum(spent <= limit for spent in self.times.values()) // len(self.times)

    def __str__(self) -> str:
        spent = self.times[self.worst]
        return (
            f"{len(self.times)} pages, median {median(self.times.values()):.2f} ms, worst "
            f"{spent:.2f} ms ({self.worst}), {self.within(10)} % within 10 ms"
        )


def measure_history(sizes: Sizes) -> Iterator[Result]:
    """Measure pages of a short history, of a long one, and of a short one again."""
    starters = _make_starters()
    with _short(starters):
        before = _request()
    fill_history(sizes.history, starters)
    pages, texts, long = _pages(_FILTERS), _pages(_TEXTS), _request()
    empty_history()
    with _short(starters):
        after = _request()
    short = (before + after) / 2
    many = f"{sizes.history:,} sessions"
    yield Result(
        BY_NAME["P8"],
        (pages.times[pages.worst], texts.times[texts.worst]),
        f"{many}, pages of 25, by each column both ways with each filter, all queries of the "
        f"list, median of 3: {pages}; text: {texts}",
    )
    yield Result(
        BY_NAME["P10"],
        (long / short,),
        f"{many}, {long * 1000:.0f} ms; {_FEW} sessions, {short * 1000:.0f} ms; "
        f"medians of {_REQUESTS} requests",
    )


@contextmanager
def _short(starters: list[tuple[int, str]]) -> Iterator[None]:
    fill_history(_FEW, starters)
    yield
    empty_history()


def _make_starters() -> list[tuple[int, str]]:
    users = get_user_model()._default_manager  # noqa: SLF001  (the documented way to it)
    names = [f"operator{number}" for number in range(STARTERS)]
    made = [users.create(username=name, is_staff=True, is_superuser=True) for name in names]
    return [(user.pk, name) for user, name in zip(made, names, strict=True)]


def _request() -> float:
    """Give the median time of a request for the history's first page, in seconds."""
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        client = Client()
        client.force_login(get_user_model()._default_manager.get(username="operator3"))  # noqa: SLF001
        return median([_timed(client) for _ in range(_REQUESTS + 3)][3:])


def _timed(client: Client) -> float:
    started = time.perf_counter()
    response = client.get(_OPERATION.url("history"))
    spent = time.perf_counter() - started
    if response.status_code != 200:
        raise RuntimeError(f"The history answered {response.status_code}.")
    return spent


def _pages(filters: tuple[str, ...]) -> _Pages:
    pages = _Pages()
    user = get_user_model()._default_manager.get(username="operator3")  # noqa: SLF001
    for query in filters:
        for column in sorted(_OPERATION.table.sortable()):
            for sort in (column, f"-{column}"):
                spent = median(_database_time(f"?{query}&sort={sort}", user) for _ in range(3))
                pages.times[f"{query or 'no filter'}, {sort}"] = spent
    return pages


def _database_time(address: str, user: Any) -> float:
    request = RequestFactory().get(address)
    request.user = user
    operation = _OPERATION
    clock = _Clock()
    with connection.execute_wrapper(clock):
        listing = listing_for(
            request, operation.backend.history(), operation.table, operation.filterset
        )
        paginate(listing)
        list(listing.table.paginated_rows)
    if listing.problems or listing.notes:
        raise RuntimeError(f"{address}: {[*listing.problems, *listing.notes]}")
    return clock.spent
