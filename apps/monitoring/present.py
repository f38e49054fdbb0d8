"""A snapshot in the reader's words: titles, durations, charts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from apps.common.models import CustomerSyncLog
from apps.products.sessions.states import ImportType

from .charts import Chart, Outcome, Words, draw
from .figures import Tally
from .recent import duration_words
from .snapshot import Snapshot
from .sync import Bucket, OperationFigures

FAILED = Outcome("failed", pgettext_lazy("number of rows", "Failed"))
RUN_OUTCOMES = (
    FAILED,
    Outcome("cancelled", pgettext_lazy("number of rows", "Cancelled")),
    Outcome("succeeded", pgettext_lazy("number of rows", "Completed")),
)
CUSTOMER_OUTCOMES = (
    FAILED,
    Outcome("warned", pgettext_lazy("number of rows", "With a warning")),
    Outcome("succeeded", pgettext_lazy("number of rows", "Successful")),
)
METHODS = {
    "onec_id": gettext_lazy("By 1C id"),
    "tax_id": gettext_lazy("By INN"),
    "email": gettext_lazy("By e-mail address"),
    "": gettext_lazy("Not found: a new account was made"),
}


@dataclass(frozen=True)
class Row:
    """A line of a table: its title and the figures; durations in words."""

    title: str
    figures: OperationFigures
    average: str
    p95: str
    p99: str


def session_rows(snapshot: Snapshot) -> list[tuple[str, Tally]]:
    """Give the tallies of sessions with their titles, all together last."""
    by_type = [(_run_title(tally.import_type), tally) for tally in snapshot.sessions.by_type]
    return [*by_type, (_("All imports"), snapshot.sessions.overall)]


def run_rows(snapshot: Snapshot) -> list[Row]:
    """Give the runs by type, all together last."""
    return _rows(snapshot.runs, dict(ImportType.choices), _("All runs"))


def customer_rows(snapshot: Snapshot) -> list[Row]:
    """Give the operations on customers, all together last."""
    titles = dict(CustomerSyncLog.Operation.choices)
    return _rows(snapshot.customer_operations, titles, _("All operations"))


def identified(snapshot: Snapshot) -> list[tuple[str, int]]:
    """Give how many written customers were found by each method."""
    counted = dict(snapshot.customers.identified)
    known = [(str(title), counted.pop(method, 0)) for method, title in METHODS.items()]
    return [*known, *counted.items()]


def charts(snapshot: Snapshot) -> list[Chart]:
    """Give the four charts: runs and operations on customers, each by hour and by day."""
    return [
        _hours("runs-by-hour", _("Runs by hour"), snapshot.runs_by_hour, RUN_OUTCOMES),
        _days("runs-by-day", _("Runs by day"), snapshot.runs_by_day, RUN_OUTCOMES),
        _hours(
            "customers-by-hour",
            _("Operations on customers by hour"),
            snapshot.customers_by_hour,
            CUSTOMER_OUTCOMES,
        ),
        _days(
            "customers-by-day",
            _("Operations on customers by day"),
            snapshot.customers_by_day,
            CUSTOMER_OUTCOMES,
        ),
    ]


def milliseconds_words(milliseconds: float | None) -> str:
    """Give "35 ms", "1.2 s" or "3 min 5 s"; "–" for what was not timed."""
    if milliseconds is None:
        return "–"
    if milliseconds < 1000:
        return _("%(milliseconds)d ms") % {"milliseconds": round(milliseconds)}
    return duration_words(round(milliseconds))


def _rows(
    figures: Iterable[OperationFigures], titles: Mapping[str, object], overall: str
) -> list[Row]:
    names = {key: str(title) for key, title in titles.items()} | {"": overall}
    return [
        Row(
            names.get(one.operation, one.operation),
            one,
            *map(milliseconds_words, (one.average_ms, one.p95_ms, one.p99_ms)),
        )
        for one in figures
    ]


def _run_title(import_type: str) -> str:
    return str(dict(ImportType.choices).get(import_type, import_type))


def _hours(key: str, title: str, buckets: Sequence[Bucket], outcomes: Sequence[Outcome]) -> Chart:
    # Translators: a Django date format: day, short month, time.
    labels = _labels(buckets, pgettext("date format", "j M, H:i"))
    short = _labels(buckets, "H:i")
    return draw(buckets, outcomes, Words(key, title, _("Hour"), labels, short))


def _days(key: str, title: str, buckets: Sequence[Bucket], outcomes: Sequence[Outcome]) -> Chart:
    # Translators: a Django date format: day, short month, year.
    labels = _labels(buckets, pgettext("date format", "j M Y"))
    # Translators: a Django date format: day, short month.
    short = _labels(buckets, pgettext("date format", "j M"))
    return draw(buckets, outcomes, Words(key, title, _("Day"), labels, short))


def _labels(buckets: Sequence[Bucket], form: str) -> list[str]:
    return [date_format(timezone.localtime(bucket.start), form) for bucket in buckets]
