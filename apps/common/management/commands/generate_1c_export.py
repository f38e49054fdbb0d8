"""`manage.py generate_1c_export`: write a synthetic 1C export for demos, tests and benchmarks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.common.synthetic import (
    ExportOptions,
    ExportSummary,
    ForeignDirectoryError,
    InvalidOptionError,
    Refusal,
    write_export,
)

Number = TypeVar("Number", int, float)

WRONG_OPTIONS = 2

REFUSALS = {
    Refusal.NOT_A_NUMBER: _("--%(option)s must be a number, not “%(value)s”."),
    Refusal.OUT_OF_RANGE: _(
        "--%(option)s must be a whole number from 0 to %(limit)s, not “%(value)s”."
    ),
    Refusal.UNKNOWN: _("--%(option)s must be one of %(choices)s, not “%(value)s”."),
    Refusal.NOT_A_SHARE: _("--%(option)s must be a share from 0 to %(limit)s, not “%(value)s”."),
    Refusal.MISSING: _("--%(option)s is missing: name the directory to write."),
    Refusal.NOTHING_TO_WRITE: _(
        "--products and --customers are both 0: give one of them, or --full for an empty package."
    ),
}


class Command(BaseCommand):
    """Writes an export and prints what it holds.

    Takes the options of `ExportOptions` and a directory, which must be missing, empty or an
    earlier generated export. Exit codes: 0 done; 1 the disk or a library failed; 2 wrong options
    or a directory with foreign files. A failed run leaves the directory as it was.
    """

    help = "Write a synthetic 1C export: the same seed gives the same shop in every form."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options.

        Their values are checked in one place, by `ExportOptions`, so that a wrong one is the same
        error with the same exit code from the shell and from `call_command`.
        """
        add = parser.add_argument
        add("--output", metavar="DIR", help=gettext("directory to write, replaced as a whole"))
        add("--products", metavar="N", default=1000, help=gettext("products (default 1000)"))
        add("--customers", metavar="M", default=100, help=gettext("counterparties (default 100)"))
        add("--seed", metavar="S", default=1, help=gettext("same seed, same shop (default 1)"))
        add(
            "--layout",
            metavar="L",
            default="split",
            help=gettext("split (default), flat or single"),
        )
        add(
            "--schema-version",
            metavar="V",
            help=gettext("2.04 to 2.10 or 3.1 (default: split 3.1, flat 2.09, single 2.07)"),
        )
        add(
            "--encoding",
            metavar="E",
            default="utf-8",
            help=gettext("utf-8 (default), utf-8-sig, utf-16 or windows-1251"),
        )
        add("--full", action="store_true", help=gettext("a full package instead of a delta"))
        add(
            "--change-share",
            metavar="F",
            help=gettext(
                "alter this share (0 to 1) of the records; without --full write only these"
            ),
        )
        add(
            "--delete-share",
            metavar="F",
            default=0.0,
            help=gettext(
                "delete this share of the records; --full leaves every second of them out"
            ),
        )
        add("--images", action="store_true", help=gettext("one or two small images per product"))

    def handle(self, **options: Any) -> None:
        """Write the export and print its counts to stdout.

        Raises:
            CommandError: wrong options, a directory with foreign files, a failing disk.
        """
        try:
            output = _directory(options["output"])
            summary = write_export(output, _export_options(options))
        except InvalidOptionError as error:
            raise CommandError(_wrong_option(error), returncode=WRONG_OPTIONS) from error
        except ForeignDirectoryError as error:
            raise CommandError(_foreign(error), returncode=WRONG_OPTIONS) from error
        except NotADirectoryError as error:
            message = gettext("--output must be a directory, and “%(path)s” is a file.")
            raise CommandError(
                message % {"path": error.filename}, returncode=WRONG_OPTIONS
            ) from error
        except ModuleNotFoundError as error:
            if error.name != "PIL":
                raise
            message = gettext("--images needs Pillow: install it, or leave the option out.")
            raise CommandError(message) from error
        except OSError as error:
            message = gettext("The export could not be written: %(reason)s.")
            raise CommandError(message % {"reason": error}) from error
        self.stdout.write(_report(output, summary))


def _export_options(options: dict[str, Any]) -> ExportOptions:
    """The checked options of one export; raises `InvalidOptionError`."""
    change = options["change_share"]
    return ExportOptions(
        products=_number("products", options["products"], int),
        customers=_number("customers", options["customers"], int),
        seed=_number("seed", options["seed"], int),
        layout=options["layout"],
        schema_version=str(options["schema_version"] or ""),
        encoding=options["encoding"].lower(),
        full=options["full"],
        change_share=None if change is None else _number("change_share", change, float),
        delete_share=_number("delete_share", options["delete_share"], float),
        images=options["images"],
    )


def _directory(value: str | Path | None) -> Path:
    if not value:
        raise InvalidOptionError("output", value, Refusal.MISSING)
    return Path(value)


def _number(option: str, value: object, type_: Callable[[str], Number]) -> Number:
    try:
        return type_(str(value))
    except ValueError:
        raise InvalidOptionError(option, value, Refusal.NOT_A_NUMBER) from None


def _wrong_option(error: InvalidOptionError) -> str:
    option = error.option.replace("_", "-")
    values = {"option": option, "value": error.value, **error.params}
    return str(REFUSALS[error.refusal]) % values


def _foreign(error: ForeignDirectoryError) -> str:
    return gettext(
        "“%(path)s” holds “%(example)s”, which this command has not written, so nothing was "
        "changed. Choose a new or an empty directory."
    ) % {"path": error.path, "example": error.example}


def _report(output: Path, summary: ExportSummary) -> str:
    return gettext(
        "%(output)s: %(products)d products, %(offers)d offers, %(prices)d prices, %(stocks)d stock "
        "rows, %(groups)d groups, %(customers)d counterparties, %(images)d images; "
        "%(files)d files, %(megabytes).1f MB."
    ) % {
        "output": output,
        "products": summary.products,
        "offers": summary.offers,
        "prices": summary.prices,
        "stocks": summary.stocks,
        "groups": summary.groups,
        "customers": summary.customers,
        "images": summary.images,
        "files": summary.files,
        "megabytes": summary.bytes / 1e6,
    }
