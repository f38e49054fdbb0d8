"""`python -m benchmarks [--size 1k|10k|100k|200k]`: measure all goals, print a line for each.

From 10k on, the result is judged and written to docs/benchmarks.md; below, fixed costs rule.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from .goals import Result
from .report import Machine, write_page
from .sizes import NAMED, Sizes, parse_size

_SMALLEST_WRITTEN = NAMED["10k"]


def main() -> None:
    """Measure and report."""
    sizes = Sizes(_size_asked_for())
    machine = Machine.now()
    from .server import own_database, version  # noqa: PLC0415  (it may start a server)

    with own_database():
        machine.postgresql = version()
        results = sorted(_measure(sizes), key=lambda result: int(result.goal.name[1:]))
    in_full = sizes.products >= _SMALLEST_WRITTEN
    for result in results:
        limits = f"  [{_limits(result)}]" if in_full else ""
        _say(f"{result.goal.name} {result.value}{limits}  {result.how}")
    if in_full:
        _say(f"Written: {write_page(machine.finished(), sizes, results)}")


def _measure(sizes: Sizes) -> Iterator[Result]:
    """Measure everything on the database of `own_database`."""
    import django  # noqa: PLC0415  (its settings name the database, which is there only now)

    from . import programs  # noqa: PLC0415  (the same)

    django.setup()
    programs.migrate()
    from .catalogue import measure_catalogue  # noqa: PLC0415  (they need Django's models)
    from .history import measure_history  # noqa: PLC0415
    from .history_export import measure_export  # noqa: PLC0415
    from .latency import measure_latency  # noqa: PLC0415
    from .others import measure_customers, measure_growth, measure_memory  # noqa: PLC0415

    parts: Iterable[tuple[str, Callable[[Sizes], Iterable[Result]]]] = (
        ("P5", lambda sizes: [measure_memory(sizes)]),
        ("P3", lambda sizes: [measure_growth(sizes)]),
        ("P1, P2, P4, P7", measure_catalogue),
        ("P6", lambda sizes: [measure_customers(sizes)]),
        ("P12", measure_latency),
        ("P8, P10", measure_history),
        ("P9", measure_export),
    )
    for names, measure in parts:
        sys.stderr.write(f"Measuring {names}\n")
        for result in measure(sizes):
            load = f"load average {os.getloadavg()[1]:.1f}"
            sys.stderr.write(f"  {result.goal.name} {result.value}\n")
            yield replace(result, how=f"{result.how}; {load}")


def _size_asked_for() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", default="1k", help="products of the shop (default %(default)s)")
    try:
        return parse_size(parser.parse_args().size)
    except ValueError as error:
        parser.error(str(error))


def _limits(result: Result) -> str:
    return f"must {result.goal.must}, aim {result.goal.aim}: {result.reaches}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
