"""The goals: what each must reach, what it aims at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """One goal. `must` and `aim` are its limits in words, in the order of its figures."""

    name: str
    what: str
    must: str
    aim: str


GOALS = (
    Goal("P1", "first catalogue import ÷ (P + C)", "≤ 1.6", "≤ 1.15"),
    Goal("P2", "unchanged re-import ÷ P", "≤ 1.8", "≤ 1.3"),
    Goal("P3", "unchanged re-import of a ten times larger shop ÷ P", "≤ 2.0", "≤ 1.5"),
    Goal("P4", "1 % changed ÷ unchanged", "≤ 1.2", "≤ 1.05"),
    Goal(
        "P5",
        "peak memory of a large shop, MB; growth from a quarter of it",
        "≤ 220; ≤ 1.25",
        "≤ 150; ≤ 1.05",
    ),
    Goal("P6", "customers, first import ÷ (P + C)", "≤ 2.0", "≤ 1.3"),
    Goal(
        "P7",
        "rows per second against django-import-export: first; unchanged",
        "≥ 15; ≥ 30",
        "≥ 25; ≥ 60",
    ),
    Goal(
        "P8",
        "database time of a page of the history, ms: any order with any filter; with text",
        "≤ 10; ≤ 50",
        "≤ 1; ≤ 50",
    ),
    Goal(
        "P9",
        "CSV of the history: rate against COPY TO STDOUT; peak memory, MB",
        "≥ 0.15; ≤ 80",
        "≥ 0.5; ≤ 60",
    ),
    Goal("P10", "page of the history, whole request ÷ the same at 100 sessions", "≤ 1.3", "≤ 1.05"),
    Goal("P11", "import with its tracking ÷ without", "≤ 1.05", "≤ 1.02"),
    Goal("P12", "seconds from a POST to the worker's first write", "≤ 2", "≤ 0.5"),
)
BY_NAME = {goal.name: goal for goal in GOALS}


@dataclass(frozen=True)
class Result:
    """A goal's figures in one run, and how they came about."""

    goal: Goal
    figures: tuple[float, ...]
    how: str

    @property
    def value(self) -> str:
        """The figures as they are printed; whole numbers where decimals say nothing."""
        return "; ".join(f"{figure:.{0 if figure >= 100 else 2}f}" for figure in self.figures)

    @property
    def reaches(self) -> str:
        """What is reached: "aim", "must", or "no" if one figure misses its must."""
        for word, limits in (("aim", self.goal.aim), ("must", self.goal.must)):
            pairs = zip(self.figures, limits.split("; "), strict=True)
            if all(_holds(figure, limit) for figure, limit in pairs):
                return word
        return "no"


def _holds(figure: float, limit: str) -> bool:
    sign, number = limit.split()
    return figure <= float(number) if sign == "≤" else figure >= float(number)
