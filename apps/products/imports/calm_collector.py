"""How often Python looks for reference cycles during an import."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Objects made before the youngest are searched: 700 by default, a fraction of one chunk.
_YOUNG = 50_000


@contextmanager
def calm_collector() -> Iterator[None]:
    """Search for cycles seldom, and not among what is there already; then as before.

    Records and rows come by the hundred thousand and refer to nothing that refers back to them:
    counting references frees them, and searching them took a sixth of an import's time. What few
    cycles errors and libraries make is still collected.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
