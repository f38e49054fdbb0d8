"""Bar charts as plain numbers, which a template draws as SVG: no script, no inline style.

Units are those of the drawing's `viewBox`. A chart library was weighed in docs/decisions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.functional import Promise

from .sync import Bucket

WIDTH, HEIGHT = 480, 190
LEFT, RIGHT, TOP, BOTTOM = 44, 22, 12, 26
BASE = HEIGHT - BOTTOM
# A single failure among thousands must be seen.
LEAST_HEIGHT = 2.0
MOST_TICKS = 4
MOST_LABELS = 6
GAP_SHARE = 0.2


@dataclass(frozen=True)
class Outcome:
    """One colour of the bars: the bucket's attribute, and what it means here."""

    key: str
    title: str | Promise


@dataclass(frozen=True)
class Segment:
    """A part of a bar, from its upper edge down."""

    outcome: str
    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    """One bucket as drawn. `label` is its time, `text` says it all; `counts` are its numbers."""

    x: float
    width: float
    label: str
    text: str
    counts: list[int]
    segments: list[Segment]

    @property
    def middle(self) -> float:
        """Where a label of the bar is centred."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True)
class Tick:
    """A line across the chart with its number."""

    y: float
    value: int


@dataclass(frozen=True)
class Chart:
    """A chart with the words around it. `labels` are the few bars that are named on the axis."""

    key: str
    title: str
    unit: str
    outcomes: Sequence[Outcome]
    bars: list[Bar]
    ticks: list[Tick]
    labels: list[tuple[float, str]]
    totals: list[int]

    width, height, left, right, base = WIDTH, HEIGHT, LEFT, WIDTH - RIGHT, BASE
    label_y = HEIGHT - 8

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(self.totals)

    @property
    def legend(self) -> list[tuple[Outcome, int]]:
        """Give each outcome with its number in the whole chart."""
        return list(zip(self.outcomes, self.totals, strict=True))


@dataclass(frozen=True)
class Words:
    """A chart's texts. `labels` name the buckets, `short` ones stand on the axis."""

    key: str
    title: str
    unit: str
    labels: Sequence[str]
    short: Sequence[str]


def draw(buckets: Sequence[Bucket], outcomes: Sequence[Outcome], words: Words) -> Chart:
    """Lay out buckets as stacked bars; the last of `outcomes` is on top."""
    highest = max((bucket.total for bucket in buckets), default=0)
    step = tick_step(highest)
    top = max(step * ceil(highest / step), step)
    bars = [
        _bar(place, bucket, outcomes, words.labels[place], (len(buckets), top))
        for place, bucket in enumerate(buckets)
    ]
    every = max(1, ceil(len(bars) / MOST_LABELS))
    return Chart(
        words.key,
        words.title,
        words.unit,
        outcomes,
        bars,
        [Tick(_height_to_y(value, top), value) for value in range(0, top + 1, step)],
        # Counted from the end: the newest bar is always named.
        [(bars[i].middle, words.short[i]) for i in range(len(bars) - 1, -1, -every)],
        [sum(getattr(bucket, outcome.key) for bucket in buckets) for outcome in outcomes],
    )


def tick_step(highest: int) -> int:
    """Give 1, 2 or 5 times a power of ten: at most `MOST_TICKS` steps reach `highest`."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if step * MOST_TICKS >= highest:
                return step
        power *= 10


def _bar(
    place: int,
    bucket: Bucket,
    outcomes: Sequence[Outcome],
    label: str,
    scale: tuple[int, int],
) -> Bar:
    number, top = scale
    pitch = (WIDTH - LEFT - RIGHT) / max(number, 1)
    counts = [getattr(bucket, outcome.key) for outcome in outcomes]
    told = ", ".join(
        f"{outcome.title}: {count}"
        for outcome, count in zip(outcomes, counts, strict=True)
        if count
    )
    return Bar(
        x=round(LEFT + pitch * (place + GAP_SHARE / 2), 1),
        width=round(pitch * (1 - GAP_SHARE), 1),
        label=label,
        text=f"{label}. {told}",
        counts=counts,
        segments=_segments(counts, outcomes, top),
    )


def _segments(counts: Sequence[int], outcomes: Sequence[Outcome], top: int) -> list[Segment]:
    segments = []
    y = float(BASE)
    for outcome, count in zip(outcomes, counts, strict=True):
        if count:
            height = max(LEAST_HEIGHT, count * (BASE - TOP) / top)
            y -= height
            segments.append(Segment(outcome.key, round(y, 1), round(height, 1)))
    return segments


def _height_to_y(value: int, top: int) -> float:
    return round(BASE - value * (BASE - TOP) / top, 1)
