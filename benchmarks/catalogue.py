"""P1, P2, P4 and P7: one shop, imported again and again beside its floors."""

from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from . import programs, tables
from .exports import changed_shop, megabytes, shop
from .goals import BY_NAME, Result
from .imports import first_import, next_import
from .sizes import Sizes, repeats, taken


@dataclass
class Times:
    """Seconds of each repetition, and what was imported."""

    rows: int = 0
    megabytes: float = 0.0
    parse: list[float] = field(default_factory=list)
    copy: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    unchanged: list[float] = field(default_factory=list)
    changed: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        """Give the medians as a sentence for the report."""
        return (
            f"P {median(self.parse):.2f} s, C {median(self.copy):.2f} s, first "
            f"{median(self.first):.2f} s, unchanged {median(self.unchanged):.2f} s, 1 % changed "
            f"{median(self.changed):.2f} s; {self.rows:,} rows, {self.megabytes:.0f} MB of XML"
        )


def measure_catalogue(sizes: Sizes) -> list[Result]:
    """Measure P1, P2, P4 and P7."""
    times = Times()
    with shop(sizes.products) as before, changed_shop(sizes.products) as after:
        times.megabytes = megabytes(before)
        for _ in range(repeats(sizes.products)):
            _repeat(times, before, after)
    how = f"{sizes.products:,} products, {taken(sizes.products)}"
    first, unchanged = median(times.first), median(times.unchanged)
    parse = median(times.parse)
    return [
        Result(BY_NAME["P1"], (first / (parse + median(times.copy)),), f"{how}; {times}"),
        Result(BY_NAME["P2"], (unchanged / parse,), how),
        Result(BY_NAME["P4"], (median(times.changed) / unchanged,), how),
        _against_rival(sizes, times.rows / first, times.rows / unchanged),
    ]


def _repeat(times: Times, before: Path, after: Path) -> None:
    """Measure everything once, side by side, from an empty catalogue to an empty one."""
    times.first.append(first_import(before).seconds)
    models = tables.catalogue_models()
    times.rows = tables.count_rows(models)
    times.unchanged.append(next_import(before, changes=False).seconds)
    times.parse.append(programs.parse(before).seconds)
    with TemporaryDirectory(prefix="freesport-bench-") as rows:
        tables.dump(models, Path(rows))
        times.changed.append(next_import(after, changes=True).seconds)
        tables.empty(models)
        times.copy.append(tables.copy_back(models, Path(rows)))
    tables.empty(models)


def _against_rival(sizes: Sizes, first: float, unchanged: float) -> Result:
    """Compare rows per second with those of django-import-export."""
    with shop(sizes.rival) as export, TemporaryDirectory(prefix="freesport-bench-") as csv:
        first_import(export)
        models = tables.catalogue_models()
        tables.dump_csv(models, Path(csv))
        answer = programs.import_with_rival(Path(csv)).answer
        tables.empty(models)
    rival_first = answer["rows"] / answer["seconds"]
    rival_unchanged = answer["rows"] / answer["unchanged_seconds"]
    how = (
        f"{first:,.0f} and {unchanged:,.0f} rows/s at {sizes.products:,} products, its "
        f"{rival_first:,.0f} and {rival_unchanged:,.0f} rows/s at {sizes.rival:,}, taken once"
    )
    return Result(BY_NAME["P7"], (first / rival_first, unchanged / rival_unchanged), how)
