"""P3, P5 and P6: how the unchanged import grows, memory, customers."""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from . import programs, tables
from .exports import counterparties, shop
from .goals import BY_NAME, Result
from .imports import first_import, first_import_of_customers, next_import
from .sizes import Sizes, repeats, taken

_LARGER_CHUNKS = ("--chunk-size", "1000")


def measure_growth(sizes: Sizes) -> Result:
    """Measure P3."""
    parse, unchanged = [], []
    with shop(sizes.grown) as directory:
        first_import(directory)
        for _ in range(repeats(sizes.grown)):
            unchanged.append(next_import(directory, changes=False).seconds)
            parse.append(programs.parse(directory).seconds)
    tables.empty(tables.catalogue_models())
    how = (
        f"{sizes.grown:,} products, {taken(sizes.grown)}; P {median(parse):.2f} s, "
        f"unchanged {median(unchanged):.2f} s"
    )
    return Result(BY_NAME["P3"], (median(unchanged) / median(parse),), how)


def measure_memory(sizes: Sizes) -> Result:
    """Measure P5: first imports, which hold the most."""
    peaks = [_peak(products) / 1e6 for products in sizes.memory]
    how = (
        f"{sizes.memory[1]:,} products after {peaks[0]:.0f} MB at {sizes.memory[0]:,}; peak "
        "resident set of the importing process during a first import, taken once"
    )
    return Result(BY_NAME["P5"], (peaks[1], peaks[1] / peaks[0]), how)


def _peak(products: int) -> float:
    with shop(products) as directory:
        peak = first_import(directory).peak
    tables.empty(tables.catalogue_models())
    return peak


def measure_customers(sizes: Sizes) -> Result:
    """Measure P6: chunks as they are by default; what larger ones would take is said beside it."""
    parse, copy, first, larger = [], [], [], []
    with counterparties(sizes.customers) as directory:
        for _ in range(repeats(sizes.customers)):
            first.append(first_import_of_customers(directory).seconds)
            parse.append(programs.parse(directory).seconds)
            copy.append(_copy_customers())
            larger.append(first_import_of_customers(directory, *_LARGER_CHUNKS).seconds)
            tables.delete(tables.customer_models())
    floor = median(parse) + median(copy)
    how = (
        f"{sizes.customers:,} customers, {taken(sizes.customers)}; P "
        f"{median(parse):.2f} s, C {median(copy):.2f} s (accounts and the log of them), first "
        f"{median(first):.2f} s in chunks of 100, the default; in chunks of 1,000 "
        f"{median(larger):.2f} s, {median(larger) / floor:.2f} of the floor"
    )
    return Result(BY_NAME["P6"], (median(first) / floor,), how)


def _copy_customers() -> float:
    models = tables.customer_models()
    with TemporaryDirectory(prefix="freesport-bench-") as rows:
        tables.dump(models, Path(rows))
        tables.delete(models)
        seconds = tables.copy_back(models, Path(rows))
    tables.delete(models)
    return seconds
