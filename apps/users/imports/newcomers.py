"""What a new account gets beside what 1C says: a login nobody has, no password, no rights."""

import re
import secrets
from collections.abc import Iterable

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, UNUSABLE_PASSWORD_SUFFIX_LENGTH
from django.db import connection
from django.utils import timezone

from apps.products.imports.merge import Initial, Row
from apps.products.imports.rows import Values
from apps.products.imports.sql import text_array

from ..models import User
from .entity import CUSTOMERS

# What Django's own check of logins refuses.
_NOT_IN_LOGINS = re.compile(r"[^\w.@+-]")


def login_for(onec_id: str) -> str:
    """Make a login from a 1C id: always the same one."""
    return User.normalize_username(f"1c-{_NOT_IN_LOGINS.sub('_', onec_id)}")


def taken_logins(onec_ids: Iterable[str]) -> set[str]:
    """Give those of the customers' logins that somebody has."""
    logins = [login_for(onec_id) for onec_id in onec_ids]
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

    def make(row: Row, row_id: int) -> Values:
        login = login_for(str(row.key))
        if login in taken:
            login = f"{login}-{row_id}"
        taken.add(login)
        password = _unusable_password()
        return (login, password, User.Role.UNREGISTERED.value, True, False, False, now, now)

    return make


def _unusable_password() -> str:
    """Give what no password matches, as Django makes it, in a twentieth of the time."""
    return UNUSABLE_PASSWORD_PREFIX + secrets.token_hex(UNUSABLE_PASSWORD_SUFFIX_LENGTH // 2)
