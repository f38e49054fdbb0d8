r"""PostgreSQL's text format for COPY: tab between values, `\N` for NULL, backslash escapes.

Source: PostgreSQL documentation, "COPY", section "Text Format".
"""

from collections.abc import Iterable
from typing import Any

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})


def copy_line(values: Iterable[Any]) -> str:
    """Give one line of COPY input; None becomes NULL, NUL characters (no text has them) vanish."""
    return "\t".join([_field(value) for value in values]) + "\n"


def _field(value: Any) -> str:
    if value.__class__ is str:
        # What has to be escaped is a backslash or not printable: a look is cheaper than a copy.
        return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPES)
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value).translate(_ESCAPES) if isinstance(value, str) else str(value)
