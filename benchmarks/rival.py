"""django-import-export, set up for speed: `python -m benchmarks.rival DIR` imports DIR's CSV twice.

Into emptied tables first, then the same again. It gets bulk writes, `skip_unchanged`, no reports,
no HTML differences, keys that are already row ids (so that nothing has to be looked up by its 1C
id), and a loader that fetches all existing rows at once. `skip_diff` stays off: it would silently
disable `skip_unchanged`. Prints a line of JSON: rows, and seconds of both passes.
"""

import json
import sys
import time
from pathlib import Path

import django
from django.db.models import Model


def main() -> None:
    """Import everything twice and say how long each pass took."""
    django.setup()
    from .rival_resource import import_file  # noqa: PLC0415  (it needs Django's models)
    from .tables import catalogue_models, empty  # noqa: PLC0415  (the same)

    directory = Path(sys.argv[1])
    models = catalogue_models()
    empty(models)

    def measure(outcome: str) -> tuple[int, float]:
        started = time.perf_counter()
        rows = sum(import_file(model, _file(directory, model), outcome) for model in models)
        return rows, time.perf_counter() - started

    rows, first = measure("new")
    _rows, unchanged = measure("skip")
    answer = {"rows": rows, "seconds": first, "unchanged_seconds": unchanged}
    sys.stdout.write(json.dumps(answer) + "\n")


def _file(directory: Path, model: type[Model]) -> Path:
    return directory / model._meta.db_table  # noqa: SLF001  (Django's documented model API)


if __name__ == "__main__":
    main()
