"""Command line: `python -m screenshots [--only start,history] [--languages en] [--themes light]`.

Exit codes: 0 done; 1 a step failed, with the reason; 2 wrong options; 130, 143 interrupted.
"""

import argparse
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from django.core.management.base import CommandError

from freesport.demo.console import say
from freesport.demo.errors import DemoError
from freesport.embedded import EmbeddedError

from .index import write_index
from .pages import LANGUAGES, PAGES, THEMES

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"


def main() -> int:
    """Take the pictures; return the exit code."""
    options = _parse()
    signal.signal(signal.SIGTERM, _leave)
    try:
        several = len(options.languages) > 1
        code = _one_after_the_other(options) if several else _take(options)
    except (DemoError, EmbeddedError, CommandError) as error:
        say(f"No pictures. {error}")
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return code


def _take(options: argparse.Namespace) -> int:
    import django  # noqa: PLC0415  (its settings name the database, which is there only now)

    from .place import own_place  # noqa: PLC0415  (the same)

    [language] = options.languages
    options.output.mkdir(parents=True, exist_ok=True)
    with own_place(language) as place:
        django.setup()
        from .play import play  # noqa: PLC0415  (needs Django set up)

        play(place, language, options.themes, options.only, options.output)
    say(f"Written: {write_index(options.output)}")
    return 0


def _one_after_the_other(options: argparse.Namespace) -> int:
    """Take the pictures of each language in a process of its own: Django is set up once in one."""
    for language in options.languages:
        command = [
            *(sys.executable, "-m", "screenshots", "--languages", language),
            *("--themes", ",".join(options.themes), "--only", ",".join(options.only)),
            *("--output", str(options.output)),
        ]
        process = subprocess.Popen(command)  # noqa: S603  (our own program)
        try:
            code = process.wait()
        except BaseException:
            process.terminate()  # it stops what it has started
            process.wait()
            raise
        if code:
            return code
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m screenshots", description=__doc__)
    parser.add_argument("--only", type=_some_of(PAGES), default=list(PAGES), help="these pages")
    parser.add_argument("--languages", type=_some_of(LANGUAGES), default=list(LANGUAGES))
    parser.add_argument("--themes", type=_some_of(THEMES), default=list(THEMES))
    parser.add_argument("--output", type=Path, default=IMAGES, help="default: docs/images")
    return parser.parse_args()


def _some_of(known: Sequence[str] | dict[str, str]) -> Callable[[str], list[str]]:
    def some(text: str) -> list[str]:
        names = text.split(",")
        if unknown := set(names) - set(known):
            raise argparse.ArgumentTypeError(
                f"there is no {', '.join(sorted(unknown))}, only {', '.join(known)}"
            )
        return names

    return some


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
