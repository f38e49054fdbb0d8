"""`make bench` on a shop of a few products: whether it measures, not what."""

import os
import re
import subprocess
import sys

import pytest

from tests.support.processes import ROOT


@pytest.fixture(scope="module")
def printed() -> str:
    """What the benchmark prints. Its database is its own, on the tests' server."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--size", "20"],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class TestBenchmark:
    @pytest.mark.parametrize("goal", [f"P{number}" for number in (*range(1, 11), 12)])
    def test_each_goal_has_a_line_with_its_figure(self, printed: str, goal: str) -> None:
        figures = re.findall(rf"^{goal} (\d+(?:\.\d+)?)\b", printed, re.MULTILINE)
        assert len(figures) == 1, printed
        assert float(figures[0]) > 0

    def test_a_small_run_leaves_the_page_of_figures_alone(self, printed: str) -> None:
        assert "benchmarks.md" not in printed

    def test_a_size_that_is_none_is_refused_with_the_sizes(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks", "--size", "huge"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert "1k, 10k, 100k, 200k" in done.stderr

    def test_some_goals_can_be_measured_alone(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks", "--size", "20", "--goals", "p6"],
            cwd=ROOT,
            env=os.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert re.findall(r"^P\d", done.stdout, re.MULTILINE) == ["P6"]

    def test_a_goal_that_is_none_is_refused_with_the_goals(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks", "--goals", "P1,P77"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert "P77, only P1, P2" in done.stderr
