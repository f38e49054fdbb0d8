"""Deterministic synthetic 1C exports: an invented sports shop in every form that 1C writes.

The same seed is the same shop, byte for byte in one form, and record for record across layouts,
schema versions and encodings. Pure Python, no Django: `generate_1c_export` is its command.
"""

from .export import ExportSummary, write_export
from .options import ExportOptions, InvalidOptionError, Refusal
from .shop import Shop
from .target import ForeignDirectoryError

__all__ = [
    "ExportOptions",
    "ExportSummary",
    "ForeignDirectoryError",
    "InvalidOptionError",
    "Refusal",
    "Shop",
    "write_export",
]
