"""What a new account gets beside what 1C says: a login nobody has, no password, no rights."""

import secrets
from collections.abc import Collection, Iterator

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, UNUSABLE_PASSWORD_SUFFIX_LENGTH
from django.db import connection
from django.utils import timezone

from apps.products.imports.merge import Initial, Row
from apps.products.imports.rows import Values
from apps.products.imports.sql import text_array

from ..models import User
from .entity import CUSTOMERS
from .naming import login_for

_PASSWORDS_AT_ONCE = 100


def taken_logins(logins: Collection[str]) -> set[str]:
    """Give those of the logins that somebody has."""
    if not logins:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT username FROM {CUSTOMERS.table} WHERE username = ANY(%s::text[])",  # noqa: S608
            [text_array(logins)],
        )
        return {row[0] for row in cursor.fetchall()}


def initial_values(taken: set[str]) -> Initial:
    """Give the maker of a new account's values, in the order of the entity's `initial` columns.

    `taken` are the logins that are not free; it grows with each that is given away.
    """
    now = timezone.now()
    role = User.Role.UNREGISTERED.value
    passwords = _unusable_passwords()

    def make(row: Row, row_id: int) -> Values:
        login = login_for(str(row.key))
        if login in taken:
            login = f"{login}-{row_id}"
        taken.add(login)
        return (login, next(passwords), role, True, False, False, now, now)

    return make


def _unusable_passwords() -> Iterator[str]:
    """Give what no password matches, as Django makes it. Asking for each alone takes longer."""
    length = UNUSABLE_PASSWORD_SUFFIX_LENGTH
    while True:
        digits = secrets.token_hex(_PASSWORDS_AT_ONCE * length // 2)
        for at in range(0, len(digits), length):
            yield UNUSABLE_PASSWORD_PREFIX + digits[at : at + length]
