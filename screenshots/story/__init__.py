"""Two weeks of a shop: what happens, and when it holds still for a picture.

A scene is a generator of shots. While it waits at one, the world stays as the picture needs it;
afterwards the scene goes on and clears up. Each scene begins where the one before it ended.
"""

from collections.abc import Callable, Iterator

from ..shots import Shot
from ..world import World
from .beginning import before_the_first_import, first_imports
from .looking_back import history, monitoring, records, start
from .trouble import both, cancelled, damaged, failed, lost, nothing_new, rehearsed, stalled

Scene = Callable[[World], Iterator[Shot]]

SCENES: tuple[Scene, ...] = (
    before_the_first_import,
    first_imports,
    damaged,
    nothing_new,
    failed,
    lost,
    stalled,
    rehearsed,
    both,
    cancelled,
    start,
    history,
    records,
    monitoring,
)
