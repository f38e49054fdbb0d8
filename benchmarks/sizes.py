"""How large the shops of one run are, and how often each measurement is repeated."""

from dataclasses import dataclass

NAMED = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "200k": 200_000}
_REPEATED_UP_TO = 10_000
_LARGEST_GROWN = 100_000
_LARGEST_MEMORY = 200_000
_MOST_CUSTOMERS = 10_000
_MOST_FOR_RIVAL = 1_000


@dataclass(frozen=True)
class Sizes:
    """The shops of one run, in products (`customers`: in customers).

    Every goal grows with `products`; at 10,000 each stands at the size that its definition names.
    """

    products: int

    @property
    def grown(self) -> int:
        """The shop of P3, ten times as large."""
        return max(self.products, min(10 * self.products, _LARGEST_GROWN))

    @property
    def memory(self) -> tuple[int, int]:
        """The small and the large shop of P5: four times and once twenty times as large."""
        large = max(self.products, min(20 * self.products, _LARGEST_MEMORY))
        return large // 4, large

    @property
    def customers(self) -> int:
        """The customers of P6."""
        return min(self.products, _MOST_CUSTOMERS)

    @property
    def history(self) -> int:
        """The sessions of P8, P9 and P10: a million from 10,000 products on."""
        return min(20 * self.products, 1_000_000) if self.products < 10_000 else 1_000_000

    @property
    def rival(self) -> int:
        """The shop that django-import-export imports: it would take minutes for a larger one."""
        return min(self.products, _MOST_FOR_RIVAL)


def repeats(records: int) -> int:
    """How often a measurement of this size is taken; its median counts."""
    return 3 if records <= _REPEATED_UP_TO else 1


def taken(records: int) -> str:
    """Say how often a measurement of this size is taken."""
    return f"median of {repeats(records)}" if repeats(records) > 1 else "taken once"


def parse_size(text: str) -> int:
    """Read `SIZE`: a name of `NAMED`, or a number of products for a look at the benchmark itself.

    Raises:
        ValueError: it is neither.
    """
    size = NAMED.get(text) or (int(text) if text.isdecimal() else 0)
    if not size:
        raise ValueError(f"SIZE must be one of {', '.join(NAMED)}, not {text!r}.")
    return size
