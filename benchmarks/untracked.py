"""`manage.py` for an import that nobody can watch: what P11 compares the real one with.

Session and summary stay, because they carry the figures. Everything that keeps an import safe and
visible while it runs is gone: the proof of ownership, progress, lease, heartbeat, issues and log.
"""

import os
import sys
from typing import Any, Self

import django


class Nothing:
    """Stands in for the heartbeat and for the log."""

    def __init__(self, *_given: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def write(self, *_words: object, **_params: object) -> None:
        """Say nothing."""


def nothing(*_given: Any, **_named: Any) -> None:
    """Do nothing."""


def main() -> None:
    """Take the tracking away, and run the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freesport.settings.base")
    django.setup()
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    from apps.products.imports import context, run  # noqa: PLC0415
    from apps.products.sessions import lifecycle  # noqa: PLC0415

    replaced: dict[str, tuple[Any, Any]] = {
        "Heartbeat": (run, Nothing),
        "SessionLog": (run, Nothing),
        "save": (context.Issues, context.Issues.forget),
        "prove_ownership": (lifecycle, nothing),
        "note_chunk": (lifecycle, nothing),
    }
    for name, (place, stand_in) in replaced.items():
        if not hasattr(place, name):
            raise RuntimeError(f"{place} has no {name} any more: P11 would compare nothing.")
        setattr(place, name, stand_in)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
