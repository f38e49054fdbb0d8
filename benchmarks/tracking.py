"""P11: what it costs that an import can be watched, stopped and recovered."""

from statistics import median

from . import tables
from .exports import shop
from .goals import BY_NAME, Result
from .imports import first_import, next_import
from .sizes import Sizes, repeats, taken


def measure_tracking(sizes: Sizes) -> list[Result]:
    """Import a shop and import it again, with and without tracking in turns."""
    tracked: list[float] = []
    untracked: list[float] = []
    with shop(sizes.products) as directory:
        for _ in range(repeats(sizes.products)):
            for times, is_tracked in ((untracked, False), (tracked, True)):
                first = first_import(directory, tracked=is_tracked).seconds
                again = next_import(directory, changes=False, tracked=is_tracked).seconds
                times.append(first + again)
                tables.empty(tables.catalogue_models())
    ratio = median(tracked) / median(untracked)
    how = (
        f"{sizes.products:,} products, first import and unchanged one, {taken(sizes.products)}; "
        f"with {median(tracked):.2f} s, without {median(untracked):.2f} s"
    )
    return [Result(BY_NAME["P11"], (ratio,), how)]
