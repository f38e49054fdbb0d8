"""Errors of the database told without the row they are about: it is a person's."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DataError, IntegrityError
from django.utils.translation import gettext as _

from apps.products.imports.errors import ImportFailed


@contextmanager
def discreet() -> Iterator[None]:
    """Turn what the database says of a refused row into what may stand in logs and sessions.

    Its own words quote the row, names, addresses and all.

    Raises:
        ImportFailed: the database refused a row.
    """
    try:
        yield
    except (IntegrityError, DataError) as error:
        raise ImportFailed(
            _(
                "The database refused a customer: %(reason)s. Somebody may have registered with "
                "the same data at this moment: run the import again. If it fails again, tell the "
                "developers."
            )
            % {"reason": _reason(error)}
        ) from None


def _reason(error: Exception) -> str:
    """Give the first line of the database's message: it names constraints, not values."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return (diagnosis and diagnosis.message_primary) or type(error).__name__
