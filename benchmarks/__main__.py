"""`python -m benchmarks [--size 1k|10k|100k|200k] [--goals P1,P2]`: measure, print a line for each.

From 10k on, the result is judged, and if all goals were measured written to docs/benchmarks.md;
below, fixed costs rule.
"""

import argparse
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from .goals import BY_NAME, Result
from .report import Machine, write_page
from .sizes import NAMED, Sizes, parse_size

_SMALLEST_WRITTEN = NAMED["10k"]


def main() -> None:
    """Measure and report."""
    size, wanted = _asked_for()
    sizes = Sizes(size)
    machine = Machine.now()
    from .server import own_database, version  # noqa: PLC0415  (it may start a server)

    with own_database():
        machine.postgresql = version()
        measured = [result for result in _measure(sizes, wanted) if result.goal.name in wanted]
    results = sorted(measured, key=lambda result: int(result.goal.name[1:]))
    in_full = sizes.products >= _SMALLEST_WRITTEN
    for result in results:
        limits = f"  [{_limits(result)}]" if in_full else ""
        _say(f"{result.goal.name} {result.value}{limits}  {result.how}")
    if in_full and len(results) == len(BY_NAME):
        _say(f"Written: {write_page(machine.finished(), sizes, results)}")


def _measure(sizes: Sizes, wanted: Collection[str]) -> Iterator[Result]:
    """Measure on the database of `own_database`; goals that are taken together come together."""
    import django  # noqa: PLC0415  (its settings name the database, which is there only now)

    from . import programs  # noqa: PLC0415  (the same)

    django.setup()
    programs.migrate()
    from .catalogue import measure_catalogue  # noqa: PLC0415  (they need Django's models)
    from .history import measure_history  # noqa: PLC0415
    from .history_export import measure_export  # noqa: PLC0415
    from .latency import measure_latency  # noqa: PLC0415
    from .others import measure_customers, measure_growth, measure_memory  # noqa: PLC0415
    from .tracking import measure_tracking  # noqa: PLC0415

    parts: Iterable[tuple[tuple[str, ...], Callable[[Sizes], Iterable[Result]]]] = (
        (("P5",), lambda sizes: [measure_memory(sizes)]),
        (("P3",), lambda sizes: [measure_growth(sizes)]),
        (("P1", "P2", "P4", "P7"), measure_catalogue),
        (("P6",), lambda sizes: [measure_customers(sizes)]),
        (("P11",), measure_tracking),
        (("P12",), measure_latency),
        (("P8", "P10"), measure_history),
        (("P9",), measure_export),
    )
    for names, measure in parts:
        if set(names).isdisjoint(wanted):
            continue
        sys.stderr.write(f"Measuring {', '.join(names)}\n")
        for result in measure(sizes):
            load = f"load average {os.getloadavg()[1]:.1f}"
            sys.stderr.write(f"  {result.goal.name} {result.value}\n")
            yield replace(result, how=f"{result.how}; {load}")


def _asked_for() -> tuple[int, tuple[str, ...]]:
    """Give the number of products and the names of the goals."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", default="1k", help="products of the shop (default %(default)s)")
    parser.add_argument("--goals", default="", help="only these, as P1,P2 (default: all)")
    asked = parser.parse_args()
    goals = tuple(asked.goals.upper().split(",")) if asked.goals else tuple(BY_NAME)
    if unknown := set(goals) - BY_NAME.keys():
        parser.error(f"There is no goal {', '.join(sorted(unknown))}, only {', '.join(BY_NAME)}.")
    try:
        return parse_size(asked.size), goals
    except ValueError as error:
        parser.error(str(error))


def _limits(result: Result) -> str:
    return f"must {result.goal.must}, aim {result.goal.aim}: {result.reaches}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
