"""docs/benchmarks.md: the table of goals with today's ratios, and how they were measured."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .goals import Result
from .sizes import Sizes

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"

_TEXT = """\
# Benchmarks

Written by `make bench SIZE={size}` on {date}. All goals are ratios, so that they say the same on
any machine; seconds are given only to show how large the floors are.

| # | goal | must | aim | today | reaches |
| --- | --- | --- | --- | --- | --- |
{table}

| machine | |
| --- | --- |
| processor | {processor}, {cores} cores |
| system | {system} |
| Python | {python} |
| PostgreSQL | {postgresql} |
| load average before and after | {before:.2f}, {after:.2f}{remark} |

## How each figure was taken

{details}

## Method

- One run on one machine; floors, importer and rival take turns, so that a change of the machine's
  mood meets all of them. Medians of three up to 10,000 records; larger ones are taken once.
- The shop is generated (`generate_1c_export`): a full package in schema 3.1, split into segments
  of 5,000. Per product about 2 offers, 12 property values and 8 characteristics per offer, half
  of them filled; 6 prices and 2 stock rows per offer; 200 groups.
- Every import is the real command in a process of its own, with session, progress, issues and log,
  without a backup. Its time is the session's `seconds`: from claim to end, inventory included,
  without the start of Python and Django. The floors leave that out too.
- An import that did not do what it is measured for (created, left alone or updated rows, and
  nothing failed) ends the benchmark.
- **P** is lxml's `iterparse` over the same files: each name and text of each record becomes a
  Python object, nested as in the file, and is thrown away. One thread, as lxml is commonly used.
- **C** is one COPY per table into the emptied tables, with all indexes and foreign keys, of the
  rows that the import has just written; the tables are found by looking, so it is always all of
  them. For customers these are the accounts and their log.
- `ANALYZE` and `CHECKPOINT` come before each import and each COPY.
- django-import-export gets the same rows as CSV with bulk writes, `skip_unchanged`, no reports, no
  HTML differences, a loader that fetches all existing rows at once, and ids of rows as keys, so
  that it has no reference to look up. `skip_diff` stays off: it would silently disable
  `skip_unchanged`. It imports a smaller shop, which favours it.
- The history is made by SQL (ten years, a session each five minutes): failed ones are short, long
  ones changed much, numbers grow with time, so that orders and filters hang together as in life.
  Database time is that of all queries of the list, count included, as its client waits for them.
  The file of P9 is requested from the portal and thrown away; its memory is the whole process's.
- The load average of each figure is over five minutes; the benchmark itself makes 1 to 2 of it, so
  more means that others were at work.
- `make bench GOALS=P1,P2` measures some goals only, and leaves this page alone.
- Memory is the peak resident set that the system reports of the ended process.
"""


@dataclass
class Machine:
    """Where and when a run took place. Loads are averages over a minute."""

    started: datetime
    load_before: float
    load_after: float = 0.0
    postgresql: str = ""

    @classmethod
    def now(cls) -> "Machine":
        """Look at the machine before the run."""
        return cls(datetime.now(UTC), os.getloadavg()[0])

    def finished(self) -> "Machine":
        """Look at it again."""
        self.load_after = os.getloadavg()[0]
        return self

    @property
    def remark(self) -> str:
        """Say so when others were at work."""
        busy = self.load_before > (os.cpu_count() or 1) / 2
        return ": **others were at work, the figures are rough**" if busy else ""


def write_page(machine: Machine, sizes: Sizes, results: Sequence[Result]) -> Path:
    """Write the page and give its path."""
    text = _TEXT.format(
        size=f"{sizes.products // 1000}k",
        date=machine.started.date().isoformat(),
        table="\n".join(map(_row, results)),
        processor=_processor(),
        cores=os.cpu_count(),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        postgresql=machine.postgresql,
        before=machine.load_before,
        after=machine.load_after,
        remark=machine.remark,
        details="\n".join(f"- **{result.goal.name}**: {result.how}." for result in results),
    )
    PAGE.write_text(text, encoding="utf-8")
    return PAGE


def _row(result: Result) -> str:
    goal = result.goal
    reached = {"no": "**missed**"}.get(result.reaches, result.reaches)
    cells = (goal.name, goal.what, goal.must, goal.aim, f"**{result.value}**", reached)
    return f"| {' | '.join(cells)} |"


def _processor() -> str:
    """Give the processor's name where the system tells it."""
    told = Path("/proc/cpuinfo")
    if told.is_file():
        for line in told.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
