"""Where bars, lines and words of a chart come to lie."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from apps.monitoring.charts import (
    BASE,
    LEAST_HEIGHT,
    LEFT,
    MOST_LABELS,
    MOST_TICKS,
    RIGHT,
    TOP,
    WIDTH,
    Chart,
    Outcome,
    Words,
    draw,
    tick_step,
)
from apps.monitoring.sync import Bucket

START = datetime(2026, 1, 1, tzinfo=UTC)
OUTCOMES = (Outcome("failed", "Failed"), Outcome("succeeded", "Completed"))


def chart(*counts: tuple[int, int]) -> Chart:
    """Draw days with so many failed and succeeded ones."""
    buckets = [
        Bucket(START + timedelta(days=day), failed=failed, succeeded=succeeded)
        for day, (failed, succeeded) in enumerate(counts)
    ]
    names = [f"day {number}" for number in range(len(counts))]
    return draw(buckets, OUTCOMES, Words("key", "Title", "Day", names, names))


class TestBars:
    def test_stand_on_the_base_and_are_as_high_as_they_count(self) -> None:
        drawn = chart((1, 3), (0, 2))
        failed, succeeded = drawn.bars[0].segments
        assert failed.y + failed.height == pytest.approx(BASE)
        assert succeeded.y + succeeded.height == pytest.approx(failed.y)
        assert succeeded.height == pytest.approx(3 * failed.height)
        assert drawn.bars[1].segments[0].height == pytest.approx(2 * failed.height)

    def test_stay_within_the_drawing(self) -> None:
        drawn = chart(*((number % 7, number) for number in range(91)))
        assert min(bar.x for bar in drawn.bars) >= LEFT
        assert max(bar.x + bar.width for bar in drawn.bars) <= WIDTH - RIGHT
        assert min(part.y for bar in drawn.bars for part in bar.segments) >= TOP - LEAST_HEIGHT

    def test_do_not_overlap(self) -> None:
        bars = chart(*[(1, 1)] * 91).bars
        assert all(a.x + a.width <= b.x for a, b in pairwise(bars))

    def test_a_single_failure_among_thousands_is_seen(self) -> None:
        failed, _succeeded = chart((1, 100_000)).bars[0].segments
        assert failed.height == LEAST_HEIGHT

    def test_an_empty_day_has_none(self) -> None:
        assert chart((0, 0), (1, 0)).bars[0].segments == []

    def test_say_what_they_show(self) -> None:
        assert chart((1, 3)).bars[0].text == "day 0. Failed: 1, Completed: 3"
        assert chart((1, 3)).bars[0].counts == [1, 3]


class TestAxes:
    @pytest.mark.parametrize(
        ("highest", "step"),
        [(0, 1), (1, 1), (4, 1), (5, 2), (9, 5), (20, 5), (21, 10), (900, 500), (123_456, 50_000)],
    )
    def test_lines_are_at_round_numbers(self, highest: int, step: int) -> None:
        assert tick_step(highest) == step

    @pytest.mark.parametrize("highest", [0, 1, 7, 10, 99, 12_345, 1_000_000])
    def test_lines_reach_over_the_highest_bar(self, highest: int) -> None:
        ticks = chart((0, highest)).ticks
        assert (ticks[0].value, ticks[0].y) == (0, BASE)
        assert ticks[-1].value >= highest
        assert len(ticks) <= MOST_TICKS + 1

    @pytest.mark.parametrize("number", [1, 2, 8, 25, 31, 91])
    def test_few_bars_are_named_and_the_newest_always(self, number: int) -> None:
        labels = chart(*[(0, 1)] * number).labels
        assert len(labels) <= MOST_LABELS
        assert labels[0][1] == f"day {number - 1}"


class TestLegend:
    def test_counts_the_whole_chart(self) -> None:
        drawn = chart((1, 3), (0, 2))
        assert drawn.legend == [(OUTCOMES[0], 1), (OUTCOMES[1], 5)]
        assert not drawn.empty

    def test_nothing_to_draw(self) -> None:
        assert chart((0, 0), (0, 0)).empty
