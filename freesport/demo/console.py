"""What the demo says on the terminal."""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager


def say(text: str = "") -> None:
    """Print a line at once, whatever stands at the other end."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def step(name: str) -> Iterator[None]:
    """Announce a step and, when it went well, say how many seconds it took."""
    sys.stdout.write(f"{name} ... ")
    sys.stdout.flush()
    start = time.monotonic()
    try:
        yield
    except BaseException:
        say()
        raise
    say(f"{time.monotonic() - start:.1f} s")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Give the lines of a table: the first column to the left, figures to the right."""
    lines = [[str(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for first, *others in lines:
        cells = (text.rjust(width) for text, width in zip(others, widths[1:], strict=True))
        yield "  ".join([first.ljust(widths[0]), *cells])
